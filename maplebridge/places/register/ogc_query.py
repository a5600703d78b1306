"""The parameters of OGC API - Features, read and refused as its requirements want: ValueError becomes a 400."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from maplebridge.places.register.rules.quads import Box

LIMIT, LIMIT_MOST, OFFSET_MOST = 100, 10_000, 10_000_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_ITEMS = ("limit", "offset", "after", "bbox", "bbox-crs", "datetime")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What is asked of a collection."""

    limit: int = LIMIT
    offset: int = 0
    after: int = 0
    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None


def read_items_query(given: Mapping[str, str]) -> ItemsQuery:
    """Read limit, offset, bbox and datetime. Raises ValueError with a sentence."""
    unknown_parameters(given, _ITEMS)
    if given.get("bbox-crs", CRS84) != CRS84:
        raise ValueError(_("Boxes are read in CRS84 alone: longitude, latitude."))
    since, until = _interval(given.get("datetime", ""))
    return ItemsQuery(
        limit=min(_whole(given, "limit", 1, LIMIT), LIMIT_MOST), offset=min(_whole(given, "offset", 0, 0), OFFSET_MOST),
        after=_whole(given, "after", 0, 0), box=_box(given.get("bbox", "")), since=since, until=until,
    )  # fmt: skip


def unknown_parameters(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ValueError where a parameter is none of ours (requirement /req/core/query-param-unknown)."""
    if strange := sorted(set(given) - {"f", *known}):
        raise ValueError(_("Unknown parameter: %(name)s.") % {"name": strange[0][:40]})


def _whole(given: Mapping[str, str], name: str, least: int, otherwise: int) -> int:
    text = given.get(name, "")
    if not text:
        return otherwise
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or int(text) < least:
        raise ValueError(_("%(name)s is a whole number from %(least)d on.") % {"name": name, "least": least})
    return int(text)


def _box(text: str) -> Box | None:
    """Four numbers, or six of which the heights are passed over."""
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    right = len(numbers) == 4 and all(-180 <= lon <= 180 for lon in numbers[::2])
    if not right or not -90 <= numbers[1] <= numbers[3] <= 90:
        raise ValueError(_("bbox is west,south,east,north in degrees."))
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    """An instant, or an interval that may be open (`..`) on one side (RFC 3339)."""
    if not text:
        return None, None
    ends = text.split("/")
    if len(ends) > 2 or all(end in ("", "..") for end in ends):
        raise ValueError(_("datetime is a moment or an interval, as 2026-05-01T00:00:00Z/.."))
    moments = [None if end in ("", "..") else _moment(end) for end in ends]
    return moments[0], moments[-1]


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(_("datetime is a moment or an interval, as 2026-05-01T00:00:00Z/.."))
    return moment
