"""Each step of the pipeline alone, and all of them in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.positions import steps
from maplebridge.positions.steps import STEPS, Point, State, metres, run

NOON = 1_777_896_000.0


def state(**more):
    return State(**{"shifts": {1: [(NOON - 3600, NOON + 3600)]}, "now": NOON} | more)


def point(at=0.0, *, unit=1, lon=24.94, lat=60.17, **more):
    return Point(unit, lon, lat, NOON + at, **more)


def test_the_pipeline_is_a_list_that_one_can_read():
    assert [step.__name__ for step in STEPS] == [
        "shift_gate", "on_earth_and_in_time", "deduplicate", "mark_late", "flag_outliers", "tell_motion",
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


@pytest.mark.parametrize(("speed", "motion"), [(None, ""), (0.0, "standing"), (0.79, "standing"), (0.8, "moving")])
def test_motion_is_told_by_the_devices_own_speed(speed, motion):
    assert run([point(speed=speed)], state())[0].motion == motion


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
