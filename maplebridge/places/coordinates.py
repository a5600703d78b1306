"""Read coordinates as people write them: decimal, degrees and minutes, with or without letters, in either order."""

import re
from collections.abc import Callable

from maplebridge.kernel.geometry import valid_lonlat

_WORDS = (
    ("北纬", " N "),
    ("南纬", " S "),
    ("东经", " E "),
    ("西经", " W "),
    ("北緯", " N "),
    ("東經", " E "),
    ("纬度", " "),
    ("经度", " "),
)
_MARKS = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "′": "'",
        "’": "'",
        "‘": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "，": ",",
        "度": "°",
        "分": "'",
        "秒": '"',
    }
)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_ANGLE = rf"({_NUMBER})\s*(?:°\s*(?:(\d{{1,2}}(?:\.\d+)?)\s*'\s*(?:(\d{{1,2}}(?:\.\d+)?)\s*(?:\"|''))?)?)?"
_SIGN, _GAP = r"([NSEW])?", r"\s*[,;/\s]\s*"
_BEFORE = re.compile(rf"^\(?\s*{_SIGN}\s*{_ANGLE}{_GAP}{_SIGN}\s*{_ANGLE}\s*\)?$", re.IGNORECASE)
_AFTER = re.compile(rf"^\(?\s*{_ANGLE}\s*{_SIGN}{_GAP}{_ANGLE}\s*{_SIGN}\s*\)?$", re.IGNORECASE)

Holds = Callable[[float, float], bool]


def parse_coordinates(text: str, holds: Holds | None = None) -> tuple[float, float] | None:
    """Read a pair of coordinates as (lon, lat); None where the text is none.

    Letters N, S, E, W decide which is which. Without them the first is the latitude, as on most maps, unless only
    the other order lies in the city (`holds`) or on Earth.
    """
    plain = text.strip()
    for word, letter in _WORDS:
        plain = plain.replace(word, letter)
    plain = re.sub(r"\b(?:lat|latitude|lon|lng|longitude)\b\s*[:=]?", " ", plain.translate(_MARKS), flags=re.IGNORECASE)
    plain = re.sub(r"\s+", " ", plain).strip()
    if not re.search(r"[.°'NSEW]", plain, re.IGNORECASE):
        return None  # two bare whole numbers are a house number and something else
    if found := _BEFORE.match(plain):
        first, second = _angle(found[1], *found.group(2, 3, 4)), _angle(found[5], *found.group(6, 7, 8))
    elif found := _AFTER.match(plain):
        first, second = _angle(found[4], *found.group(1, 2, 3)), _angle(found[8], *found.group(5, 6, 7))
    else:
        return None
    if first is None or second is None:
        return None
    (a, axis_a), (b, axis_b) = first, second
    if axis_a and axis_a == axis_b:
        return None
    orders = [(b, a), (a, b)]
    if axis_a == "lon" or axis_b == "lat":
        orders = [(a, b)]
    elif axis_a == "lat" or axis_b == "lon":
        orders = [(b, a)]
    orders = [order for order in orders if valid_lonlat(*order)]
    return next((order for order in orders if holds and holds(*order)), orders[0] if orders else None)


def _angle(sign: str | None, degrees: str, minutes: str | None, seconds: str | None) -> tuple[float, str] | None:
    """Give degrees and axis ("lat", "lon" or "") of an angle; None for 61 minutes."""
    letter = (sign or "").upper()
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        return None
    size = abs(float(degrees)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    negative = degrees.startswith("-") or letter in ("S", "W")
    return (-size if negative else size), {"": "", "N": "lat", "S": "lat"}.get(letter, "lon")
