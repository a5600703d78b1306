"""What a track tells of a patrol: how far, how long, and where it stopped. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maplebridge.positions.ground import metres_between
from maplebridge.positions.tracks import Row

STOP_M = 60.0  # whoever stays within this of where a stop began has not gone on
STOP_S = 120.0  # shorter than this is a traffic light
GAP_S = 600.0  # nothing is known of a longer silence: it is neither way nor stop


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay: its middle in degrees, from and until when (ms)."""

    lon: float
    lat: float
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Patrol:
    """A track in short: metres travelled, its stops, and the silences (from, until in ms)."""

    metres: float
    stops: list[Stop]
    gaps: list[tuple[int, int]]


def patrol_of(rows: Sequence[Row]) -> Patrol:
    """Sum up a track, oldest fix first; fixes that were not believed do not count.

    A stop is a stay of `STOP_S` within `STOP_M` of its first fix (Li et al. 2008, "Mining user similarity", section
    3.1: stay points); what was travelled is summed from stop to stop, so that standing still adds no drift.
    """
    believed = [row for row in rows if not row[7]]
    gaps = [(a[1], b[1]) for a, b in zip(believed, believed[1:], strict=False) if b[1] - a[1] > GAP_S * 1000]
    stops: list[Stop] = []
    way = 0.0
    for part in _parts(believed):
        found, moved = _stops_and_way(part)
        stops += found
        way += moved
    return Patrol(way, stops, gaps)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Stretches without a long silence."""
    begin = 0
    for at in range(1, len(rows)):
        if rows[at][1] - rows[at - 1][1] > GAP_S * 1000:
            yield rows[begin:at]
            begin = at
    if rows:
        yield rows[begin:]


def _stops_and_way(rows: Sequence[Row]) -> tuple[list[Stop], float]:
    stops: list[Stop] = []
    way, at = 0.0, 0
    while at < len(rows):
        until = _stays_until(rows, at)
        if rows[until][1] - rows[at][1] >= STOP_S * 1000:
            here = rows[at : until + 1]
            lon, lat = sum(row[2] for row in here) / len(here), sum(row[3] for row in here) / len(here)
            stops.append(Stop(round(lon, 6), round(lat, 6), rows[at][1], rows[until][1]))
            at = until
        if at + 1 < len(rows):
            way += _apart(rows[at], rows[at + 1])
        at += 1
    return stops, way


def _stays_until(rows: Sequence[Row], begin: int) -> int:
    at = begin
    while at + 1 < len(rows) and _apart(rows[begin], rows[at + 1]) <= STOP_M:
        at += 1
    return at


def _apart(a: Row, b: Row) -> float:
    return metres_between(a[2], a[3], b[2], b[3])
