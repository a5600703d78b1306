"""Calls as need sees them: when and where, nothing else. Read from a CSV, or from the incidents on record.

The hour of the week is the city's: hour 0 is Monday from 00:00. On the night the clocks go back an hour is observed
twice, on the other night not at all; both are counted as they were.
"""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.layout import HOURS
from maplebridge.kernel.geometry import CELL_RESOLUTION, cell_of, valid_lonlat
from maplebridge.kernel.refused import BadInput

QUARTER = 900  # seconds; no time zone is off by less
MOST_DAYS = 366 * 30
COLUMNS = ("time", "lon", "lat")
_MONDAY = 72  # hours from Monday 00:00 to 1 January 1970, a Thursday


@dataclass(frozen=True)
class Calls:
    """n calls: quarter-hours since 1970 UTC (n,), degrees (n, 2) lon, lat, H3 cells (n,) at `CELL_RESOLUTION`."""

    quarters: Ints
    points: Floats
    cells: Ints

    def between(self, begin: datetime, end: datetime) -> "Calls":
        """The calls from `begin` up to, not including, `end`; both are taken down to the quarter of an hour."""
        inside = (self.quarters >= quarter_of(begin)) & (self.quarters < quarter_of(end))
        return Calls(self.quarters[inside], self.points[inside], self.cells[inside])


@dataclass(frozen=True)
class Clock:
    """The city's clocks over a time: of each quarter-hour from `first` on, its hour of the week and its day.

    Days are counted from 1 January 1970 (0), as in `date.fromordinal(719_163 + day)`.
    """

    first: int
    hours: Ints
    days: Ints

    def observed(self) -> Floats:
        """How many times each hour of the week was observed: (168,)."""
        return np.bincount(self.hours, minlength=HOURS) / 4.0


def quarter_of(moment: datetime) -> int:
    """Quarter-hours since 1970 UTC, rounded down."""
    return int(moment.timestamp() // QUARTER)


def clock(begin: datetime, end: datetime, zone: ZoneInfo) -> Clock:
    """Read the city's clocks from `begin` to `end`. Raises BadInput where that is no time to look at."""
    first, last = quarter_of(begin), quarter_of(end)
    if not 0 < last - first <= MOST_DAYS * 96:
        raise BadInput("end", _("The time to look at ends after it begins, and lasts thirty years at most."))
    hours = range(first // 4, last // 4 + 1)
    offsets = [int(datetime.fromtimestamp(h * 3600, UTC).astimezone(zone).utcoffset().total_seconds()) for h in hours]  # type: ignore[union-attr]  # aware
    quarters = np.arange(first, last)
    local = quarters + np.array(offsets)[quarters // 4 - first // 4] // QUARTER
    return Clock(first, (local // 4 + _MONDAY) % HOURS, local // 96)


def read_calls(lines: Iterable[str], zone: ZoneInfo, types: Collection[str] = ()) -> Calls:
    """Read a CSV with the columns time, lon, lat and, where `types` are wanted, type.

    A time is ISO 8601; without an offset it is the city's. Raises BadInput with the line that is wrong.
    """
    reader = csv.DictReader(lines)
    reader.fieldnames = [name.strip().lower().lstrip("\ufeff") for name in reader.fieldnames or ()]
    if not set(COLUMNS) <= set(reader.fieldnames) or (types and "type" not in reader.fieldnames):
        raise BadInput("calls", _("The first line must name the columns time, lon and lat; and type to choose by it."))
    quarters, points = list[int](), list[tuple[float, float]]()
    for number, row in enumerate(reader, 2):
        if types and (row["type"] or "").strip() not in types:
            continue
        at, lon, lat = _read(row, number, zone)
        quarters.append(at)
        points.append((lon, lat))
    return calls_of(quarters, points)


def calls_of(quarters: Collection[int], points: Collection[tuple[float, float]]) -> Calls:
    """Calls of quarter-hours since 1970 UTC and points (lon, lat)."""
    known: dict[tuple[float, float], int] = {}
    cells = [known[point] if point in known else known.setdefault(point, cell_of(*point)) for point in points]
    return Calls(
        np.array(list(quarters), np.int64), np.array(list(points), float).reshape(-1, 2), np.array(cells, np.int64)
    )


def _read(row: dict[str, str], number: int, zone: ZoneInfo) -> tuple[int, float, float]:
    try:
        moment = datetime.fromisoformat(row["time"].strip())
        lon, lat = float(row["lon"]), float(row["lat"])
    except (ValueError, TypeError, AttributeError):
        raise BadInput("calls", _at(number, _("a time as 2026-01-31T23:59 and two numbers are wanted."))) from None
    if not valid_lonlat(lon, lat):
        raise BadInput("calls", _at(number, _("this is not a place on Earth.")))
    return quarter_of(moment if moment.tzinfo else moment.replace(tzinfo=zone)), lon, lat


def _at(line: int, what: str) -> str:
    return _("Line %(line)d: %(what)s") % {"line": line, "what": what}


def parents(cells: Ints, resolution: int) -> Ints:
    """The cells at a coarser `resolution` that hold these ones, by H3's bit layout; finer is not possible.

    H3 index: bits 52-55 the resolution, then three bits a digit, those beyond the resolution all set (H3, "Bit layout
    of H3Index").
    """
    unused = np.int64((1 << 3 * (15 - resolution)) - 1)
    return (cells & ~np.int64(0xF << 52)) | np.int64(resolution << 52) | unused


def finest(resolution: int) -> int:
    """Check a resolution of places: from 5 (some 17 km across) to 11 (50 m). Raises BadInput."""
    if not 5 <= resolution <= CELL_RESOLUTION:
        raise BadInput("resolution", _("Places are H3 cells of resolution 5 to %(n)d.") % {"n": CELL_RESOLUTION})
    return resolution
