"""The drawing of a study: posts and reach of two layouts on the streets and outlines of areas, for black and white."""

from collections.abc import Callable, Iterable, Sequence
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment.layout import Layout
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.street_lines import Box, outlines_within, streets_within

Row = dict[str, Any]
Points = list[tuple[float, float]]
WIDTH, HEIGHT, EDGE = 640.0, 420.0, 10.0  # of the drawing
DEGREE_M = 111_195.0
LEAST_M, ROOM = 400.0, 0.06  # of what is drawn: at least so many metres across, so much room round it
MOST_POINTS = 9_000  # of streets
BARS_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def drawing(layouts: tuple[Layout, Layout], reach: Sequence[Row | None]) -> Row:
    """Lay a study out on a page of WIDTH by at most HEIGHT, y downward.

    `streets`, `outlines` lines of points; `reach` rings of A and of B; `marks` (x, y, letter) of A and of B; `bar` the
    length of the scale's bar with its `bar_name`; the same lines as paths of an SVG in `paths`.
    """
    box = _box(layouts, reach)
    west, south, east, north = box
    shrink = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * EDGE) / ((east - west) * shrink), (HEIGHT - 2 * EDGE) / (north - south))

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round(EDGE + (lon - west) * shrink * scale, 1), round(EDGE + (north - lat) * scale, 1)

    marks = [[(*at(post.lon, post.lat), UNIT_KINDS[post.kind].letter) for post in layout.posts] for layout in layouts]
    lines = {
        "streets": _laid(streets_within(box, most=MOST_POINTS), at),
        "outlines": _laid(outlines_within(box), at),
    }
    rings = [_laid(_rings(shape), at) for shape in reach]
    metres = (WIDTH - 2 * EDGE) / scale * DEGREE_M / 4
    bar = max((each for each in BARS_M if each <= metres), default=BARS_M[0])
    return {
        "width": round(2 * EDGE + (east - west) * shrink * scale, 1),
        "height": round(2 * EDGE + (north - south) * scale, 1),
        "marks": marks, "reach": rings, **lines, "bar": round(bar / DEGREE_M * scale, 1), "bar_name": _length(bar),
        "paths": {name: _path(each) for name, each in lines.items()} | {"reach": [_path(each) for each in rings]},
    }  # fmt: skip


def _box(layouts: tuple[Layout, Layout], reach: Sequence[Row | None]) -> Box:
    """What is drawn: all posts and reaches, some room round them."""
    every = [(post.lon, post.lat) for layout in layouts for post in layout.posts]
    every += [(float(lon), float(lat)) for shape in reach for ring in _rings(shape) for lon, lat in ring]
    ends = []
    middle = sum(lat for _lon, lat in every) / len(every)
    for axis, degree in ((0, DEGREE_M * max(cos(radians(middle)), 0.01)), (1, DEGREE_M)):
        low, high = min(point[axis] for point in every), max(point[axis] for point in every)
        room = max((high - low) * ROOM, (LEAST_M / degree - (high - low)) / 2)
        ends.append((low - room, high + room))
    (west, east), (south, north) = ends
    return west, south, east, north


def _laid(lines: Iterable[Iterable[Any]], at: Callable[[float, float], tuple[float, float]]) -> list[Points]:
    """Lines on the page; points that fall on the one before are left out."""
    out = []
    for line in lines:
        points: Points = []
        for lon, lat in line:
            point = at(lon, lat)
            if not points or point != points[-1]:
                points.append(point)
        if len(points) > 1:
            out.append(points)
    return out


def _path(lines: Iterable[Points]) -> str:
    return " ".join("M" + " ".join(f"{x},{y}" for x, y in line) for line in lines)


def _rings(shape: Row | None) -> Iterable[Any]:
    if shape is None:
        return []
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def _length(metres: int) -> str:
    return _("%(n)d km") % {"n": metres // 1000} if metres >= 1000 else _("%(n)d m") % {"n": metres}
