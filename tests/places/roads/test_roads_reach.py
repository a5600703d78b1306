"""Snapping, reach and its outline, and the straight line that stands in for roads."""

import threading

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from roads_town import Town, lonlat
from shapely.geometry import MultiPolygon, Point, shape
from test_roads_small_town import cross

from maplebridge.places.roads.network import StraightLine
from maplebridge.places.roads.places import Snaps
from maplebridge.places.roads.reach import outline_of


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """Twelve by twelve streets, 130 m apart."""
    town = Town()
    for row in range(12):
        for col in range(12):
            town.node(100 * row + col, 130 * col, 130 * row)
    for i in range(12):
        town.way(i + 1, [100 * i + j for j in range(12)])
        town.way(i + 50, [100 * j + i for j in range(12)])
    return town.network(tmp_path_factory.mktemp("grid"))


@settings(max_examples=200, deadline=None)
@given(st.floats(-400, 1800), st.floats(-400, 1800), st.sampled_from([20.0, 300.0, 2000.0]))
def test_snapping_finds_the_nearest_of_all_pieces_or_none(grid, x, y, most):
    g = grid.graph
    px, py, last = g.pt_lon * 111_195.08, g.pt_lat * 111_195.08, g.chain_first[1:] - 1
    pieces = np.setdiff1d(np.arange(len(px)), last)
    ex, ey = px[pieces + 1] - px[pieces], py[pieces + 1] - py[pieces]
    t = np.clip(((x - px[pieces]) * ex + (y - py[pieces]) * ey) / (ex**2 + ey**2), 0, 1)
    least = np.hypot(px[pieces] + t * ex - x, py[pieces] + t * ey - y).min()
    lon, lat = lonlat(x, y)
    snap = grid.snap([lon], [lat], most)
    if abs(least - most) > 0.1:
        assert snap.ok[0] == (least < most)
    if snap.ok[0]:
        assert snap.off_metres[0] == pytest.approx(least, abs=0.1)
        away = np.hypot(*(np.array([snap.lon[0] - lon, snap.lat[0] - lat]) * 111_195.08))
        assert away == pytest.approx(least, abs=0.1)


def test_what_is_no_coordinate_is_not_snapped(grid):
    snaps = grid.snap([float("nan"), 999.0, 0.0, float("inf")], [0.0, 0.0, 95.0, 0.0], 1e9)
    assert not snaps.ok.any()
    assert np.isinf(grid.table(snaps, snaps)).all()
    assert len(grid.reachable_from(snaps, 60).lines) == 0


def test_at_a_corner_the_two_way_street_is_taken_so_that_any_arm_can_be_driven(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 0, 100).node(4, 100, 100)
    town.way(1, [1, 2], oneway="yes").way(2, [2, 4, 3, 1])
    network = town.network(tmp_path)
    assert town.seconds(network, (0, 0), (0, 50)) == pytest.approx(5, abs=0.02)


def test_places_can_be_taken_and_joined(grid):
    snaps = grid.snap(*zip(*(lonlat(x, 0) for x in (0, 130, 5000, 260)), strict=True))
    assert len(Snaps.joined([snaps.take([3]), snaps.take([0, 1])])) == 3
    assert len(Snaps.joined([])) == 0
    assert snaps.take(snaps.ok).lon.tolist() == snaps.lon[[0, 1, 3]].tolist()
    assert len(snaps.take([])) == 0


def test_reach_on_a_grid_is_a_diamond(grid):
    lines = grid.reachable(*lonlat(650, 650), 30).lines * 111_195.08
    away = np.abs(lines[:, 0::2] - 650) + np.abs(lines[:, 1::2] - 650)
    assert away.max() == pytest.approx(300, abs=0.5)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum()
    # 16 whole pieces join the 13 crossings within 260 m; from the outer 8, 20 stubs of the last 40 m;
    # the piece one stands on is drawn twice
    assert length == pytest.approx(16 * 130 + 20 * 40 + 130, abs=5)


def test_no_time_reaches_nothing_and_much_time_everything(grid):
    assert _metres(grid.reachable(*lonlat(650, 650), 0).lines) < 1
    every = grid.reachable(*lonlat(650, 650), 1e9).lines
    lengths = np.hypot(every[:, 2] - every[:, 0], every[:, 3] - every[:, 1]) * 111_195.08
    assert lengths.sum() == pytest.approx(2 * 12 * 11 * 130 + 130, rel=0.002)
    assert grid.reachable(*lonlat(9000, 9000), 60).outline() == []


def test_reach_from_several_places_is_the_union(grid):
    one, other = lonlat(200, 200), lonlat(1200, 1200)
    both = grid.reachable_many([one[0], other[0]], [one[1], other[1]], 12)
    single = [grid.reachable(*place, 12) for place in (one, other)]
    assert _metres(both.lines) == pytest.approx(sum(_metres(part.lines) for part in single), abs=1)
    assert len(both.outline()) == 2
    many = grid.reachable_from(Snaps.joined([grid.snap([one[0]] * 2000, [one[1]] * 2000)]), 12)
    assert _metres(many.lines) > 0


def _metres(lines):
    return float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum() * 111_195.08)


@settings(max_examples=60, deadline=None)
@example(379.0, 401.6875, 47)
@given(st.floats(100, 1300), st.floats(100, 1300), st.integers(1, 90))
def test_an_outline_is_valid_holds_what_is_reached_and_little_more(grid, x, y, seconds):
    reach = grid.reachable(*lonlat(x, y), seconds)
    area = shape({"type": "MultiPolygon", "coordinates": reach.outline()})
    assert isinstance(area, MultiPolygon)
    assert area.is_valid
    for lon, lat in reach.lines[:, :2]:
        assert area.contains(Point(lon, lat))
    spread = reach.lines * 111_195.08
    for lon, lat in area.geoms[0].exterior.coords:
        px, py = lon * 111_195.08, lat * 111_195.08
        assert np.hypot(spread[:, 0::2] - px, spread[:, 1::2] - py).min() < 145


def test_an_outline_has_a_hole_where_a_wide_block_is_not_reached():
    ring = [(0, 0), (900, 0), (900, 900), (0, 900), (0, 0)]
    lines = np.array([[*lonlat(*a), *lonlat(*b)] for a, b in zip(ring, ring[1:], strict=False)])
    (polygon,) = outline_of(lines)
    assert len(polygon) == 2
    area = shape({"type": "Polygon", "coordinates": polygon})
    assert area.is_valid
    assert area.exterior.is_ccw
    assert not area.contains(Point(lonlat(450, 450)))


def test_threads_share_a_network_without_mixing_answers(grid):
    units = grid.snap(*zip(*(lonlat(130 * i, 130 * i) for i in range(12)), strict=True))
    expected = [grid.nearest(*lonlat(130 * i + 5, 130), units, 3) for i in range(12)]
    wrong = []

    def ask():
        for _ in range(60):
            for i in range(12):
                if grid.nearest(*lonlat(130 * i + 5, 130), units, 3) != expected[i]:
                    wrong.append(i)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_labels_of_earlier_requests_do_not_count_when_the_epoch_wraps(tmp_path):
    town = cross()
    network = town.network(tmp_path)
    before = town.seconds(network, (-50, 0), (50, 0))
    network._idle[0].now[0] = 2_147_483_640
    assert [town.seconds(network, (-50, 0), (50, 0)) for _ in range(3)] == [before] * 3


def test_the_straight_line_answers_the_same_questions():
    line = StraightLine("car")
    units = line.snap([0.0, 0.01, 0.002], [0.0, 0.0, 0.0])
    found = line.nearest(0.0, 0.0, units, 2)
    assert [reach.index for reach in found] == [0, 2]
    assert found[1].metres == pytest.approx(0.002 * 111_195 * 1.4, rel=1e-3)
    assert found[1].seconds == pytest.approx(found[1].metres / (25 / 3.6))
    assert line.seconds_to(0.0, 0.0, units).shape == (3,)
    assert line.table(units, units).shape == (3, 3)
    assert [reach.index for reach in line.nearest(0.0, 0.0, units, 9, max_seconds=found[1].seconds)] == [0, 2]
    route = line.route(0.0, 0.0, 0.01, 0.0)
    assert route is not None
    assert route.is_estimate
    assert route.position(route.seconds / 2) == pytest.approx((0.005, 0.0))
    reach = line.reachable_many([0.0, 1.0], [60.0, 60.0], 60)
    assert reach.is_estimate
    disc = shape({"type": "Polygon", "coordinates": reach.outline()[0]})
    assert disc.is_valid
    assert disc.bounds[3] - 60 == pytest.approx(60 * 25 / 3.6 / 1.4 / 111_195, rel=1e-3)
    assert line.reachable(0.0, 0.0, 0).outline() == []
    assert line.nearest(float("nan"), 0.0, units, 3) == []
    assert line.route(0.0, 99.0, 0.0, 0.0) is None
