"""Places as dots: on the base map where it holds most of them, and on a small map drawn by the server in any case."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from maplebridge.places.queries import current_city

WIDTH, EDGE, TALLEST = 1000.0, 24.0, 1400.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A place in the frame: x to the right, y down; `what` is what it stands for."""

    x: float
    y: float
    what: Any


@dataclass(frozen=True, slots=True)
class Frame:
    """Dots and the size of their frame."""

    dots: list[Dot]
    width: int
    height: int


def points_on_map(places: Sequence[tuple[tuple[float, float] | None, str, str]]) -> list[dict[str, Any]]:
    """Places, each ((lon, lat), held, lapsing or bare, title), for the base map; none where most lie off it."""
    city = current_city()
    known = [(point, what, title) for point, what, title in places if point is not None]
    if city is None or sum(city.holds(*point) for point, _what, _title in known) * 2 < len(known):
        return []
    return [{"lon": round(lon, 5), "lat": round(lat, 5), "what": what, "title": title}
            for (lon, lat), what, title in known]  # fmt: skip


def frame_of(places: Sequence[tuple[tuple[float, float] | None, Any]]) -> Frame | None:
    """Put places, each ((lon, lat), what), in a frame in equirectangular projection; None where none has a point."""
    known = [(point, what) for point, what in places if point is not None]
    if not known:
        return None
    west, east = min(point[0] for point, _what in known), max(point[0] for point, _what in known)
    south, north = min(point[1] for point, _what in known), max(point[1] for point, _what in known)
    narrow = cos(radians((south + north) / 2))
    across, up = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * EDGE) / across, (TALLEST - 2 * EDGE) / up)
    dots = [
        Dot(round(EDGE + (lon - west) * narrow * scale, 1), round(EDGE + (north - lat) * scale, 1), what)
        for (lon, lat), what in known
    ]
    return Frame(dots, round(across * scale + 2 * EDGE), round(up * scale + 2 * EDGE))
