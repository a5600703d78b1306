"""Hot spots: Gi* beside a plain transcription, false discoveries held down, and density along streets."""

from math import sqrt

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs_for_tests import LAT, LON, MONDAY, WEEK, ZONE, drawn_need
from roads_town import Town, lonlat
from scipy import integrate, stats

from maplebridge.deployment.calls import calls_of, quarter_of
from maplebridge.deployment.demand import demand_from
from maplebridge.deployment.hotspots import adjusted, gi_star, hot_spots, neighbours, tails, two_sided
from maplebridge.deployment.kernels.hotspots import beyond, held
from maplebridge.deployment.smoothing import with_neighbours
from maplebridge.deployment.street_density import street_density
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.places.roads.network import Roads, build

CELLS = np.array(h3.grid_disk(cell_of(LON, LAT, 9), 3), np.int64)


def transcription(cells, values, rings):
    """Gi* as it is written: Ord and Getis 1995, equation 6, with sums over all pairs."""
    n = len(cells)
    mean, s = sum(values) / n, sqrt(sum(v * v for v in values) / n - (sum(values) / n) ** 2)
    out = []
    for i in range(n):
        w = [1.0 if h3.grid_distance(int(cells[i]), int(cells[j])) <= rings else 0.0 for j in range(n)]
        sw, sw2 = sum(w), sum(x * x for x in w)
        below = s * sqrt((n * sw2 - sw**2) / (n - 1))
        out.append((sum(a * b for a, b in zip(w, values, strict=True)) - mean * sw) / below if below > 1e-9 else 0.0)
    return out


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=len(CELLS), max_size=len(CELLS)), st.integers(1, 2))
def test_gi_star_is_as_it_is_written(values, rings):
    values = np.array(values, float)
    if values.std() < 1e-6:
        return
    assert gi_star(values, *neighbours(CELLS, rings)) == pytest.approx(transcription(CELLS, values.tolist(), rings))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_adjusted_p_are_those_of_benjamini_and_hochberg(p):
    assert adjusted(np.array(p)) == pytest.approx(stats.false_discovery_control(p))


def test_permutations_count_as_drawing_by_hand_would():
    values = np.random.default_rng(1).poisson(3, len(CELLS)).astype(float)
    first, near = neighbours(CELLS, 1)
    found = beyond(values, first, near, 4_000, 1) / 4_000
    rng = np.random.default_rng(2)
    for i in (0, 5, 30):
        k, others = first[i + 1] - first[i], np.delete(values, i)
        drawn = np.array([rng.choice(others, k, replace=False).sum() for _turn in range(4_000)])
        own = values[near[first[i] : first[i + 1]]].sum()
        assert found[i] == pytest.approx([(drawn >= own).mean(), (drawn <= own).mean()], abs=0.04)


def test_tails_beyond_the_permutations_are_near_what_many_more_of_them_say():
    values = np.random.default_rng(3).negative_binomial(1.0, 0.25, len(CELLS)).astype(float)
    first, near = neighbours(CELLS, 1)
    counts = beyond(values, first, near, 100_000, 7)
    seen = (counts > 50) & (counts < 8_000)
    assert seen.sum() >= 3
    ratio = tails(values, first, near)[seen] * 100_000 / counts[seen]
    assert (ratio > 0.5).all() and (ratio < 2.0).all()


def need_with_a_hot_corner():
    """One call a cell, and thirty in each cell round one of them."""
    hot = set(h3.grid_disk(int(CELLS[25]), 1))
    points = []
    for cell in h3.grid_disk(cell_of(LON, LAT, 9), 6):
        lat, lon = h3.cell_to_latlng(cell)
        points += [(lon, lat)] * (30 if cell in hot else 1)
    calls = calls_of([quarter_of(MONDAY) + i % 672 for i in range(len(points))], points)
    return demand_from(calls, begin=MONDAY, end=MONDAY + WEEK, zone=ZONE), hot


def test_a_corner_with_many_calls_is_hot_and_the_rest_is_not():
    demand, hot = need_with_a_hot_corner()
    found = hot_spots(demand)
    verdicts = dict(zip(found.cells.tolist(), found.verdict.tolist(), strict=True))
    assert verdicts[int(CELLS[25])] == 1
    far = [v for cell, v in verdicts.items() if min(h3.grid_distance(cell, other) for other in hot) > 1]
    assert far.count(1) == 0
    assert len(found.cells) == len(with_neighbours(demand.cells))
    feature = found.as_geojson()["features"][0]
    assert {"z", "p", "q", "verdict", "calls", "cell"} == set(feature["properties"])


def test_where_calls_come_by_chance_alone_next_to_nothing_is_found():
    wrong = 0
    for seed in range(20):
        cells = h3.grid_disk(cell_of(LON, LAT, 9), 6)
        places = np.random.default_rng(seed).integers(0, len(cells), 500)
        points = [h3.cell_to_latlng(cells[i])[::-1] for i in places]
        calls = calls_of([quarter_of(MONDAY)] * 500, points)
        found = hot_spots(demand_from(calls, begin=MONDAY, end=MONDAY + WEEK, zone=ZONE), permutations=1_999)
        wrong += (found.verdict == 1).any()
    assert wrong <= 4


def test_in_a_field_of_few_cells_there_is_no_verdict():
    found = hot_spots(drawn_need(rings=0))
    assert not found.enough and (found.verdict == 0).all()


def test_p_of_z_is_the_normal_distributions():
    assert two_sided(np.array([-1.96, 0.0, 3.0])) == pytest.approx(2 * stats.norm.sf([1.96, 0.0, 3.0]))


def test_the_kernel_holds_one_half_on_each_side():
    whole, _error = integrate.quad(lambda u: 15 / 16 * (1 - u * u) ** 2, 0, 0.4)
    assert held(0.4) == pytest.approx(whole) and held(1.0) == held(7.0) == pytest.approx(0.5)


@pytest.fixture(scope="module")
def cross(tmp_path_factory):
    """Two streets of 400 m that cross in the middle, one of them with a dead end 60 m beyond a corner."""
    town = Town()
    for ref, (x, y) in enumerate([(-200, 0), (0, 0), (200, 0), (0, -200), (0, 200), (60, 200)], 1):
        town.node(ref, x, y)
    town.way(1, [1, 2, 3]).way(2, [4, 2, 5]).way(3, [5, 6])
    folder = tmp_path_factory.mktemp("cross")
    build(town.write(folder), folder / "roads")
    return Roads.load(folder / "roads")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-230, 230), st.floats(-230, 230)), min_size=1, max_size=12), st.floats(60, 900))
def test_every_call_counts_once_on_the_streets(cross, at, bandwidth):
    points = np.array([lonlat(x, y) for x, y in at])
    found = street_density(points, bandwidth=bandwidth, lixel=20, roads=cross)
    assert found.calls.sum() + found.off_street == pytest.approx(len(at))
    assert (found.calls >= -1e-12).all()


def test_at_a_crossing_a_call_goes_on_in_three_equal_parts(cross):
    found = street_density(np.array([lonlat(-50, 0)]), bandwidth=150, lixel=10, roads=cross)
    x, y = (found.lines[:, [axis, axis + 2]].mean(axis=1) / lonlat(1, 0)[0] for axis in (0, 1))
    behind = found.calls[(x < -1) & (abs(y) < 1)].sum()
    arms = [found.calls[(x > 1) & (abs(y) < 1)].sum(), found.calls[y < -1].sum(), found.calls[y > 1].sum()]
    assert arms == pytest.approx([(0.5 - held(50 / 150)) / 3] * 3, abs=1e-6)
    assert behind == pytest.approx(0.5 + held(50 / 150), abs=1e-6)


def test_density_is_per_length_and_the_map_shows_the_thickest(cross):
    found = street_density(np.array([lonlat(-50, 0)] * 3), roads=cross)
    assert found.per_km @ found.metres / 1000 == pytest.approx(3)
    features = found.as_geojson(most=2)["features"]
    assert len(features) == 2 and features[0]["properties"]["per_km"] >= features[1]["properties"]["per_km"]
    assert features[0]["geometry"]["type"] == "LineString"


def test_without_streets_or_with_an_odd_bandwidth_it_is_refused(cross):
    for more in ({"roads": Roads.load(None)}, {"roads": cross, "bandwidth": 5}):
        with pytest.raises(BadInput):
            street_density(np.array([lonlat(0, 0)]), **more)
