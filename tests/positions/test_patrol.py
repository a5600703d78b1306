"""What a track tells of a patrol: its way, its stops, its silences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.positions.patrol import GAP_S, STOP_S, patrol_of

LAT_M = 1 / 111_195  # degrees of a metre


def track(*legs):
    """Rows of a track from legs (seconds, metres a second), a fix every ten seconds."""
    rows, at, metres = [], 0, 0.0
    for seconds, speed in legs:
        for _fix in range(seconds // 10):
            rows.append((1, at * 1000, 24.9, 60.0 + metres * LAT_M, None, None, None, ""))
            at, metres = at + 10, metres + 10 * speed
    return rows


def test_a_walk_has_its_length_and_no_stop():
    found = patrol_of(track((600, 1.4)))
    assert found.metres == pytest.approx(590 * 1.4, rel=0.01)
    assert found.stops == found.gaps == []


def test_a_stay_is_a_stop_with_its_place_and_time():
    found = patrol_of(track((300, 1.4), (300, 0.0), (300, 1.4)))
    (stop,) = found.stops
    assert stop.until_ms - stop.from_ms >= 300_000
    assert stop.lat == pytest.approx(60.0 + 420 * LAT_M, abs=60 * LAT_M)


def test_a_traffic_light_is_none():
    assert patrol_of(track((300, 8.0), (int(STOP_S) - 30, 0.0), (300, 8.0))).stops == []


def test_standing_still_adds_nothing_to_the_way_however_gps_drifts():
    rows = [(1, n * 10_000, 24.9, 60.0 + (n % 3) * 8 * LAT_M, None, None, None, "") for n in range(360)]
    found = patrol_of(rows)
    assert found.metres == 0
    assert [(stop.from_ms, stop.until_ms) for stop in found.stops] == [(0, 3_590_000)]


def test_a_long_silence_is_neither_way_nor_stop():
    rows = track((100, 1.4))
    later = [(1, ms + int(GAP_S + 100) * 1000, lon, lat + 1, *rest) for _unit, ms, lon, lat, *rest in rows]
    found = patrol_of(rows + later)
    assert found.gaps == [(90_000, 700_000)]
    assert found.metres == pytest.approx(2 * 90 * 1.4, rel=0.02)


def test_what_was_not_believed_does_not_count():
    rows = track((200, 1.4))
    wild = [(*row[:3], row[3] + 1, *row[4:7], "too fast") for row in rows]
    assert patrol_of(sorted(rows + wild)).metres == patrol_of(rows).metres


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 1.4, 12.0])), max_size=6))
def test_stops_never_overlap_and_lie_within_the_track(legs):
    rows = track(*((tens * 10, speed) for tens, speed in legs))
    found = patrol_of(rows)
    ends = [ms for stop in found.stops for ms in (stop.from_ms, stop.until_ms)]
    assert ends == sorted(ends)
    assert found.metres >= 0
    assert not ends or rows[0][1] <= ends[0] <= ends[-1] <= rows[-1][1]
