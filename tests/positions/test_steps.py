"""Each step of the pipeline alone, and all of them in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from maplebridge.positions import steps
from maplebridge.positions.ground import Circle, Ground, Ring
from maplebridge.positions.steps import STEPS, Point, State, metres, run

NOON = 1_777_896_000.0


def state(**more):
    return State(**{"shifts": {1: [(NOON - 3600, NOON + 3600)]}, "now": NOON} | more)


def point(at=0.0, *, unit=1, lon=24.94, lat=60.17, **more):
    return Point(unit, lon, lat, NOON + at, **more)


def test_the_pipeline_is_a_list_that_one_can_read():
    assert [step.__name__ for step in STEPS] == [
        "shift_gate", "on_earth_and_in_time", "deduplicate", "mark_late", "flag_outliers", "snap_to_road",
        "tell_motion", "cross_fences",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "at", "kept"),
    [(1, 0, True), (1, -3600, True), (1, -3600.001, False), (1, 3600, False), (2, 0, False)],
)
def test_a_fix_counts_only_where_its_unit_was_on_shift_when_it_was_made(unit, at, kept):
    assert bool(steps.shift_gate([point(at, unit=unit)], state())) is kept


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"lon": 180.1}, False),
        ({"lat": -90.1}, False),
        ({"lon": 0.0, "lat": 0.0}, False),
        ({"at": 10.0}, True),
        ({"at": 10.1}, False),
        ({"at": -7 * 86_400.0}, True),
        ({"at": -7 * 86_400.0 - 1}, False),
    ],
)
def test_nowhere_on_earth_from_the_future_or_too_old_is_dropped(changes, kept):
    assert bool(steps.on_earth_and_in_time([point(**changes)], state())) is kept


def test_a_call_for_help_from_nowhere_is_kept_and_believed_of_no_place():
    lost = [point(lon=0.0, lat=0.0, alarm=True), point(1, lon=500.0, alarm=True), point(2, lon=0.0, lat=0.0)]
    found = run(lost, state())
    assert [(each.lon, each.lat, each.flag) for each in found] == [(0.0, 0.0, "no place")] * 2


def test_what_is_sent_twice_counts_once_also_in_another_batch():
    known = state()
    assert len(steps.deduplicate([point(), point(), point(1)], known)) == 2
    assert steps.deduplicate([point(1)], known) == []
    assert len(steps.deduplicate([point(1, unit=2)], known)) == 1


def test_an_old_queue_that_is_played_back_is_kept_and_moves_nothing():
    known = state()
    run([point(60)], State(shifts=known.shifts, now=NOON + 60, last=known.last))
    late = run([point(-30), point(-20)], known)
    assert [each.late for each in late] == [True, True]
    assert known.of(1).point.at == NOON + 60


@pytest.mark.parametrize(
    ("first", "second", "flag"),
    [
        ({}, {"at": 10, "lat": 60.171}, ""),
        ({}, {"at": 10, "lat": 60.19}, "too fast"),
        ({}, {"at": 600, "lat": 60.19}, ""),
        ({"accuracy": 1200.0}, {"at": 10, "lat": 60.18, "accuracy": 900.0}, ""),
        ({}, {"at": 10, "accuracy": 2001.0}, "vague"),
    ],
)
def test_an_outlier_is_flagged_with_its_reason_and_kept(first, second, flag):
    known = state(now=NOON + 700)
    run([point(**first)], known)
    (found,) = run([point(**second)], known)
    assert found.flag == flag
    assert (known.of(1).point is found) is (flag == "")


def test_three_strange_fixes_that_agree_say_that_the_one_before_them_was_wrong():
    known = state(now=NOON + 700)
    run([point(lat=61.0)], known)  # the last place that a phone knew, from another city
    found = [run([point(10 * n, lat=60.17 + n * 1e-4)], known)[0].flag for n in range(1, 6)]
    assert found == ["too fast", "too fast", "", "", ""]


def test_strange_fixes_that_do_not_agree_are_never_believed():
    known = state(now=NOON + 700)
    run([point()], known)
    found = [run([point(n, lat=60.3 + n % 2 / 2)], known)[0].flag for n in range(1, 8)]
    assert found == ["too fast"] * 7
    assert run([point(8)], known)[0].flag == ""


@pytest.mark.parametrize(("speed", "motion"), [(None, ""), (0.0, "standing"), (0.79, "standing"), (0.8, "moving")])
def test_motion_is_told_by_the_devices_own_speed(speed, motion):
    assert run([point(speed=speed)], state())[0].motion == motion


def test_what_its_own_device_calls_made_up_is_kept_with_that_word_and_moves_nothing():
    known = state()
    (found,) = run([point(flag="made up")], known)
    assert (found.flag, known.of(1).point) == ("made up", None)


def test_the_newest_point_of_each_unit_gets_its_place_on_the_street():
    asked = []

    def snap(lons, lats, most):
        asked.append((list(lons), most))
        return [(lon, 60.0) if lon < 25 else None for lon in lons]

    known = state(
        shifts={unit: [(NOON - 3600, NOON + 3600)] for unit in (1, 2, 3)}, ground=Ground(streets={1: snap, 2: snap})
    )
    sent = [point(-1), point(0), point(0, unit=2, lon=25.5), point(0, unit=3), point(0, unit=2, accuracy=9999.0)]
    found = {(each.unit, each.at - NOON): each.road for each in run(sent, known) if not each.flag}
    assert asked == [([24.94, 25.5], steps.ROAD_M)]
    assert found == {(1, -1): None, (1, 0): (24.94, 60.0), (2, 0): None, (3, 0): None}


class TestFences:
    HERE = Circle(5, 24.94, 60.17, 100.0)
    OUT = 60.18

    def news(self, *points):
        known = state(now=NOON + 1000, ground=Ground(fences={1: [self.HERE]}))
        return [crossed for each in points for done in run([each], known) for crossed in done.crossed]

    def test_two_fixes_outside_say_that_a_unit_left_and_two_inside_that_it_came(self):
        far = [point(60 * n, lat=self.OUT) for n in (1, 2, 3)]
        back = [point(300 + 60 * n) for n in (1, 2, 3)]
        assert self.news(point(0), *far, *back) == [(5, False), (5, True)]

    def test_where_a_unit_is_first_seen_is_no_news(self):
        assert self.news(point(0), point(10)) == []
        assert self.news(point(0, lat=self.OUT), point(10, lat=self.OUT)) == []

    def test_one_fix_that_drifts_over_the_border_is_no_news(self):
        drifting = [point(60 * n, lat=self.OUT if n % 2 else 60.17) for n in range(10)]
        assert self.news(*drifting) == []

    def test_a_vague_fix_crosses_nothing(self):
        vague = [point(60 * n, lat=self.OUT, accuracy=150.0) for n in (1, 2, 3)]
        assert self.news(point(0), *vague) == []

    def test_after_a_long_silence_the_next_fix_is_the_first_again(self):
        known = state(shifts={1: [(NOON - 9000, NOON + 9000)]}, now=NOON + 9000, ground=Ground(fences={1: [self.HERE]}))
        sent = [point(-5000), *(point(n, lat=self.OUT) for n in (0, 10, 20))]
        assert [crossed for each in sent for done in run([each], known) for crossed in done.crossed] == []

    def test_an_area_is_a_fence_along_its_border(self):
        ring = Ring(6, box(24.9, 60.1, 25.0, 60.2))
        assert ring.holds(24.95, 60.15)
        assert not ring.holds(24.95, 60.21)


def test_a_distance_is_that_on_the_ground():
    assert metres(point(), point(lat=60.18)) == pytest.approx(1112, abs=1)
    assert metres(point(), point(lon=24.95)) == pytest.approx(553, abs=1)


times = st.lists(st.tuples(st.integers(1, 3), st.integers(-4000, 4000)), max_size=60)


@given(times, st.integers(1, 7))
def test_however_it_is_cut_into_batches_each_fix_on_shift_is_kept_once(fixes, size):
    known, kept = state(now=NOON + 5000), []
    known.shifts = {1: [(NOON - 1000, NOON + 1000)], 2: [(NOON - 4000, NOON + 5000)]}
    points = [point(at, unit=unit) for unit, at in fixes]
    for start in range(0, len(points), size):
        kept += run(points[start : start + size], known)
    wanted = {(1, at) for unit, at in fixes if unit == 1 and -1000 <= at < 1000}
    wanted |= {(2, at) for unit, at in fixes if unit == 2 and -4000 <= at < 5000}
    assert sorted((each.unit, each.at - NOON) for each in kept) == sorted(wanted)
