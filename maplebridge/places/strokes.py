"""Long lines to write street names along: pieces of one street joined through its junctions, twin carriageways once.

"Strokes" after Thomson and Richardson, "The 'Good Continuation' Principle of Perceptual Organization applied to the
Generalization of Road Networks", ICC 1999: at a junction the two pieces that bend least go on into each other.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from maplebridge.places.osm import Geometries

MOST_BEND = 60.0  # degrees: what turns more is another stroke
TWIN_DEGREES = 0.0003  # some 25 m: carriageways nearer than this are written on once
Point = tuple[float, float]


def label_lines(lines: Geometries) -> list[Any]:
    """Join the lines (lon/lat) of one street to as few long ones as possible; leave out those beside a longer one."""
    strokes = sorted(_strokes(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))), key=_length)
    kept: list[Any] = []
    while strokes:
        longest = strokes.pop()
        if not any(_beside(longest, other) for other in kept):
            kept.append(longest)
    return kept


def _length(line: Any) -> float:
    return float(shapely.length(line))


def _beside(line: Any, longer: Any) -> bool:
    middle = shapely.line_interpolate_point(line, [0.15, 0.5, 0.85], normalized=True)
    return bool((shapely.distance(middle, longer) < TWIN_DEGREES).all())


def _strokes(pieces: Sequence[Any]) -> list[Any]:
    """Join pieces pairwise at each shared end, the pair that bends least first."""
    paths: dict[int, list[Point]] = {i: [(x, y) for x, y in piece.coords] for i, piece in enumerate(pieces)}
    ends: dict[Point, list[int]] = defaultdict(list)
    for i, path in paths.items():
        ends[path[0]].append(i)
        ends[path[-1]].append(i)
    owner = {i: i for i in paths}
    for node, at in ends.items():
        joined: set[int] = set()
        for _bend, i, j in sorted(_pairs(node, [paths[owner[i]] for i in at], at)):
            a, b = owner[i], owner[j]
            if i in joined or j in joined or a == b:
                continue
            joined |= {i, j}
            paths[a] = _joined(paths[a], paths.pop(b), node)
            owner = {k: a if o == b else o for k, o in owner.items()}
    return [shapely.LineString(path) for path in paths.values()]


def _pairs(node: Point, paths: list[list[Point]], ids: list[int]) -> list[tuple[float, int, int]]:
    headings = [_heading(path, node) for path in paths]
    found = []
    for a in range(len(ids)):
        for b in range(a + 1, len(ids)):
            bend = abs(180.0 - abs((headings[a] - headings[b] + 180.0) % 360.0 - 180.0))
            if bend <= MOST_BEND and ids[a] != ids[b]:
                found.append((bend, ids[a], ids[b]))
    return found


def _heading(path: list[Point], node: Point) -> float:
    """Give the direction in degrees in which a path leaves its end at `node`."""
    (x0, y0), (x1, y1) = (path[0], path[1]) if path[0] == node else (path[-1], path[-2])
    return float(np.degrees(np.arctan2(y1 - y0, (x1 - x0) * np.cos(np.radians(y0)))))


def _joined(first: list[Point], second: list[Point], node: Point) -> list[Point]:
    start = first if first[-1] == node else first[::-1]
    rest = second if second[0] == node else second[::-1]
    return start + rest[1:]
