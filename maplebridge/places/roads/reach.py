"""How far one gets in a given time: the street pieces reached, and a soft outline round them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled
from maplebridge.places.roads.labels import SLOT, begin, begin_at, reach_state, unqueue
from maplebridge.places.roads.snap import DEGREE_METRES

Floats = npt.NDArray[np.float64]
_BUFFER_METRES = 45.0
_MOST_SIDE = 700


@compiled
def _settle(g: Any, w: Any, at: Any, where: Any, limit: int) -> int:
    """Settle every state reached within `limit` ms of any of the places, into `w.order`; returns how many."""
    begin(w)
    for i in range(len(at)):
        if at[i, 0] >= 0:
            begin_at(g, w, at[i], where[i, 2], True)
    settled = slot = 0
    while w.now[1] > 0 and slot << SLOT <= limit:
        state = w.bucket[slot & (len(w.bucket) - 1)]
        if state < 0:
            slot += 1
            continue
        unqueue(w.before, w.after, w.bucket, state)
        w.now[1] -= 1
        ms = w.ms[state]
        if ms > limit:
            continue
        if w.goal_epoch[state] != w.now[0]:
            w.goal_epoch[state] = w.now[0]
            w.order[settled] = state
            settled += 1
        for a in range(g.out_first[state], g.out_first[state + 1]):
            if ms + g.out_ms[a] <= limit:
                reach_state(w, g.out_head[a], ms + g.out_ms[a], 0.0, a)
    return settled


@compiled
def _passed(g: Any, w: Any, link: int, limit: int) -> bool:
    """Say whether some reached state leads through the whole of a link in time."""
    for i in range(g.link_first[link], g.link_first[link + 1]):
        tail = g.link_tail[i]
        if w.goal_epoch[tail] == w.now[0] and w.ms[tail] + g.link_wait[i] + g.link_ms[link] <= limit:
            return True
    return False


@compiled
def flood(g: Any, w: Any, at: Any, where: Any, limit: int) -> Any:
    """Give the street pieces reached outward from any of the places within `limit` ms: (n, 4) lon, lat, lon, lat."""
    settled = _settle(g, w, at, where, limit)
    room = 0
    for i in range(settled):
        for a in range(g.out_first[w.order[i]], g.out_first[w.order[i] + 1]):
            chain = g.out_link[a] >> 1
            room += g.chain_first[chain + 1] - g.chain_first[chain]
    for i in range(len(at)):
        if at[i, 0] >= 0:
            room += 2 * (g.chain_first[at[i, 0] + 1] - g.chain_first[at[i, 0]])
    out = np.empty((room, 4))
    n = 0
    for i in range(settled):
        state = w.order[i]
        for a in range(g.out_first[state], g.out_first[state + 1]):
            link = g.out_link[a]
            if (link & 1 or w.ms[state] + g.out_ms[a] > limit) and _passed(g, w, link ^ 1, limit):
                continue  # the other direction draws it
            n = _draw(
                g,
                out,
                n,
                link,
                0 if link & 1 == 0 else g.link_ms[link],
                limit - w.ms[state] - (g.out_ms[a] - g.link_ms[link]),
            )
    for i in range(len(at)):
        for side in range(2):
            if at[i, 0] >= 0 and g.link_ms[2 * at[i, 0] + side] >= 0:
                n = _draw(g, out, n, 2 * at[i, 0] + side, at[i, 2 + side], limit)
    return out[:n].copy()


@compiled
def _draw(g: Any, out: Any, n: int, link: int, begin: int, left: int) -> int:
    """Append the pieces of a link passed in `left` ms from the place at `begin` (ms by its chain's own count)."""
    first, last = g.chain_first[link >> 1], g.chain_first[(link >> 1) + 1] - 1
    time = g.pt_along if link & 1 == 0 else g.pt_against
    low, high = (begin, begin + left) if link & 1 == 0 else (begin - left, begin)
    for p in range(first, last):
        t0, t1 = time[p], time[p + 1]
        if t1 < low or t0 > high:
            continue
        span = max(t1 - t0, 1)
        a, b = max(low - t0, 0) / span, min(high - t0, span) / span
        dx, dy = g.pt_lon[p + 1] - g.pt_lon[p], g.pt_lat[p + 1] - g.pt_lat[p]
        out[n, 0], out[n, 1] = g.pt_lon[p] + a * dx, g.pt_lat[p] + a * dy
        out[n, 2], out[n, 3] = g.pt_lon[p] + b * dx, g.pt_lat[p] + b * dy
        n += 1
    return n


@compiled
def _distance_field(lines: Any, field: Any, step: float) -> None:
    """Lower `field` (rows, columns; metres) to the distance to the nearest line, where that is less."""
    rows, cols = field.shape
    far = field[0, 0]
    for i in range(len(lines)):
        x0, y0, x1, y1 = lines[i, 0], lines[i, 1], lines[i, 2], lines[i, 3]
        ex, ey = x1 - x0, y1 - y0
        square = ex * ex + ey * ey
        for r in range(max(int((min(y0, y1) - far) / step), 0), min(int((max(y0, y1) + far) / step) + 2, rows)):
            for c in range(max(int((min(x0, x1) - far) / step), 0), min(int((max(x0, x1) + far) / step) + 2, cols)):
                px, py = c * step - x0, r * step - y0
                t = 0.0 if square == 0.0 else min(max((px * ex + py * ey) / square, 0.0), 1.0)
                d = np.hypot(px - t * ex, py - t * ey)
                if d < field[r, c]:
                    field[r, c] = d


# Marching squares: by the corners inside (1 south-west, 2 south-east, 4 north-east, 8 north-west), the cell edges the
# line comes in by and goes out by (0 south, 1 east, 2 north, 3 west; -1 none), inside on the left; 5 and 10 have two.
_CROSSINGS = np.array(
    [
        [-1, -1, -1, -1], [0, 3, -1, -1], [1, 0, -1, -1], [1, 3, -1, -1], [2, 1, -1, -1], [0, 3, 2, 1], [2, 0, -1, -1],
        [2, 3, -1, -1], [3, 2, -1, -1], [0, 2, -1, -1], [1, 0, 3, 2], [1, 2, -1, -1], [3, 1, -1, -1], [0, 1, -1, -1],
        [3, 0, -1, -1], [-1, -1, -1, -1],
    ],
    np.int64,
)  # fmt: skip


@compiled
def _crossings(field: Any, level: float) -> Any:
    """Tell for every edge of the grid by which edge the contour goes on, -1 where it does not pass.

    Edges are 2 * vertex (to the right of it) and 2 * vertex + 1 (above it).
    """
    rows, cols = field.shape
    follow = np.full(2 * rows * cols, -1, np.int32)
    edges = np.empty(4, np.int32)
    for r in range(rows - 1):
        for c in range(cols - 1):
            south = int(field[r, c] < level) + 2 * int(field[r, c + 1] < level)
            kind = south + 4 * int(field[r + 1, c + 1] < level) + 8 * int(field[r + 1, c] < level)
            if kind == 0 or kind == 15:
                continue
            v = r * cols + c
            edges[0], edges[1], edges[2], edges[3] = 2 * v, 2 * (v + 1) + 1, 2 * (v + cols), 2 * v + 1
            for i in range(0, 4, 2):
                if _CROSSINGS[kind, i] >= 0:
                    follow[edges[_CROSSINGS[kind, i]]] = edges[_CROSSINGS[kind, i + 1]]
    return follow


@compiled
def _contours(field: Any, level: float) -> Any:
    """Trace where the field falls below `level`: (points as column, row; first point by ring).

    The inside is on the left: outer rings run anticlockwise, holes clockwise.
    """
    cols = field.shape[1]
    follow = _crossings(field, level)
    total = 0
    for e in range(len(follow)):
        total += follow[e] >= 0
    points, starts = np.empty((total, 2)), np.empty(total + 1, np.int32)
    n = rings = 0
    for start in range(len(follow)):
        if follow[start] < 0:
            continue
        starts[rings] = n
        rings += 1
        e = start
        while follow[e] >= 0:
            r, c = (e >> 1) // cols, (e >> 1) % cols
            here = field[r, c]
            there = field[r + 1, c] if e & 1 else field[r, c + 1]
            t = min(max((level - here) / (there - here), 0.05), 0.95)  # rings never touch at a vertex of the grid
            points[n, 0], points[n, 1] = (c, r + t) if e & 1 else (c + t, r)
            n += 1
            after = follow[e]
            follow[e] = -1
            e = after
    starts[rings] = n
    return points, starts[: rings + 1]


def outline_of(lines: Floats, buffer_metres: float = _BUFFER_METRES) -> list[list[list[list[float]]]]:
    """Draw a soft outline round street pieces (n, 4; degrees): the coordinates of a GeoJSON MultiPolygon.

    Small holes (under 8 x the buffer squared) are filled; corners are cut once (Chaikin).
    """
    if not len(lines):
        return []
    west, south = float(lines[:, 0::2].min()), float(lines[:, 1::2].min())
    east, north = float(lines[:, 0::2].max()), float(lines[:, 1::2].max())
    kx = DEGREE_METRES * float(np.cos(np.radians((south + north) / 2)))
    width, height = (east - west) * kx, (north - south) * DEGREE_METRES
    step = max(buffer_metres * 0.6, max(width, height) / _MOST_SIDE)
    level = max(buffer_metres, 1.5 * step)
    margin = 2 * level + 2 * step
    scale, shift = np.array([kx, DEGREE_METRES] * 2), np.array([west, south] * 2)
    shape = int((height + 2 * margin) / step) + 3, int((width + 2 * margin) / step) + 3
    field = np.full(shape, 1.6 * level)
    _distance_field((lines - shift) * scale + margin, field, step)
    points, starts = _contours(field, level)
    degrees = (points * step - margin) / scale[:2] + shift[:2]
    rings = [_cut_corners(degrees[a:b]) for a, b in zip(starts[:-1], starts[1:], strict=True)]
    least = 8 * buffer_metres**2 / (kx * DEGREE_METRES)
    return _nested([ring for ring in rings if (area := _area(ring)) > 0 or -area > least])


def _cut_corners(ring: Floats) -> Floats:
    follow = np.roll(ring, -1, axis=0)
    soft = np.empty((2 * len(ring), 2))
    soft[0::2], soft[1::2] = 0.75 * ring + 0.25 * follow, 0.25 * ring + 0.75 * follow
    return np.asarray(np.round(np.vstack([soft, soft[:1]]), 7), np.float64)


def _area(ring: Floats) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def _nested(rings: list[Floats]) -> list[list[list[list[float]]]]:
    """Put each hole into the smallest outer ring that holds its first point."""
    outers = sorted((ring for ring in rings if _area(ring) > 0), key=_area)
    polygons = [[ring.tolist()] for ring in outers]
    for hole in (ring for ring in rings if _area(ring) < 0):
        for outer, polygon in zip(outers, polygons, strict=True):
            if _holds(outer, hole[0]):
                polygon.append(hole.tolist())
                break
    return polygons


def _holds(ring: Floats, point: Floats) -> bool:
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > point[1]) != (y1 > point[1])
    at = x0[crosses] + (point[1] - y0[crosses]) * (x1[crosses] - x0[crosses]) / (y1[crosses] - y0[crosses])
    return bool(np.count_nonzero(at > point[0]) % 2)
