"""From a point to the nearest place on a street: a uniform grid over all street pieces, compiled and memory-mapped."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

DEGREE_METRES = 111_195.08  # one degree on a sphere of the mean Earth radius
_CELL_METRES = 150.0
_MOST_CELLS = 4_000_000
_ONEWAY_METRES = 1.0


@compiled
def _fill(lon: Any, lat: Any, pieces: Any, box: Any, first: Any, point: Any, counting: bool) -> None:
    """Count, or place, each piece in every cell its bounding box touches and its line comes near."""
    west, south, dx, dy, nx = box[0], box[1], box[2], box[3], int(box[4])
    for p in pieces:
        x0, y0, x1, y1 = (
            (lon[p] - west) / dx,
            (lat[p] - south) / dy,
            (lon[p + 1] - west) / dx,
            (lat[p + 1] - south) / dy,
        )
        length = math.hypot(x1 - x0, y1 - y0)
        for row in range(int(min(y0, y1)), int(max(y0, y1)) + 1):
            for col in range(int(min(x0, x1)), int(max(x0, x1)) + 1):
                if length > 2.0:
                    off = abs((x1 - x0) * (row + 0.5 - y0) - (y1 - y0) * (col + 0.5 - x0)) / length
                    if off > 0.7072:
                        continue
                cell = row * nx + col
                if counting:
                    first[cell + 1] += 1
                else:
                    point[first[cell]] = p
                    first[cell] += 1


def lay_grid(lon: Floats, lat: Floats, usable: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, Floats]:
    """Index the pieces (point p to p + 1 where `usable[p]`): (first by cell, points, box) as in `Graph.grid_*`."""
    west, south = float(lon.min()) - 1e-4, float(lat.min()) - 1e-4
    width, height = float(lon.max()) + 1e-4 - west, float(lat.max()) + 1e-4 - south
    squeeze = max(math.cos(math.radians(south + height / 2)), 0.01)
    side = _CELL_METRES / DEGREE_METRES
    side = max(side, math.sqrt(width * squeeze * height / _MOST_CELLS))
    nx, ny = int(width * squeeze / side) + 1, int(height / side) + 1
    box = np.array([west, south, side / squeeze, side, nx, ny])
    pieces = np.flatnonzero(usable).astype(np.int32)
    first = np.zeros(nx * ny + 1, np.int32)
    nothing = np.empty(0, np.int32)
    _fill(lon, lat, pieces, box, first, nothing, True)
    first = first.cumsum().astype(np.int32)
    point = np.empty(int(first[-1]), np.int32)
    _fill(lon, lat, pieces, box, first[:-1].copy(), point, False)
    return first, point, box


@compiled
def nearest_piece(g: Any, lon: float, lat: float, most: float) -> Any:
    """Find the piece nearest to a point within `most` metres: (point or -1, fraction along it, metres away).

    A two-way street is taken before a one-way street up to a metre nearer: at a corner, one may leave by any arm.
    """
    west, south, dx, dy = g.grid_box[0], g.grid_box[1], g.grid_box[2], g.grid_box[3]
    nx, ny = int(g.grid_box[4]), int(g.grid_box[5])
    best_p, best_t, best_d2, best = -1, 0.0, most * most, most * most
    if not (abs(lat) <= 90.0 and abs(lon) <= 360.0):
        return best_p, best_t, most
    ky = DEGREE_METRES
    kx = DEGREE_METRES * math.cos(math.radians(lat))
    col, row = int(math.floor((lon - west) / dx)), int(math.floor((lat - south) / dy))
    cell = min(dx * kx, dy * ky)
    outside = max(max(-col, col - nx + 1), max(-row, row - ny + 1), 0)
    ring = outside
    while True:
        reach = (ring - 1) * cell  # everything nearer than this has been seen
        if reach > 0 and reach * reach >= best_d2 or ring > outside + nx + ny:
            break
        for r in range(max(row - ring, 0), min(row + ring, ny - 1) + 1):
            step = 1 if r == row - ring or r == row + ring else max(2 * ring, 1)
            for c in range(col - ring, col + ring + 1, step):
                if c < 0 or c >= nx:
                    continue
                for i in range(g.grid_first[r * nx + c], g.grid_first[r * nx + c + 1]):
                    p = g.grid_point[i]
                    x0, y0 = (g.pt_lon[p] - lon) * kx, (g.pt_lat[p] - lat) * ky
                    x1, y1 = (g.pt_lon[p + 1] - lon) * kx, (g.pt_lat[p + 1] - lat) * ky
                    ex, ey = x1 - x0, y1 - y0
                    square = ex * ex + ey * ey
                    t = 0.0 if square == 0.0 else min(max(-(x0 * ex + y0 * ey) / square, 0.0), 1.0)
                    d2 = (x0 + t * ex) ** 2 + (y0 + t * ey) ** 2
                    if d2 >= best_d2 or d2 > most * most:
                        continue
                    link = 2 * g.pt_chain[p]
                    if g.link_ms[link] < 0 or g.link_ms[link + 1] < 0:
                        d2 = (math.sqrt(d2) + _ONEWAY_METRES) ** 2
                    if d2 < best_d2 or best_p < 0:
                        best_p, best_t, best_d2, best = p, t, d2, (x0 + t * ex) ** 2 + (y0 + t * ey) ** 2
        ring += 1
    return best_p, best_t, math.sqrt(best)


@compiled
def snap_points(g: Any, lons: Any, lats: Any, most: float, at: Any, where: Any) -> None:
    """Snap points: fills `at` (n, 4: chain or -1, piece, ms along, ms against) and `where` (n, 4: see Snaps)."""
    for i in range(len(lons)):
        p, t, metres = nearest_piece(g, lons[i], lats[i], most)
        if p < 0:
            at[i, 0] = -1
            at[i, 1] = at[i, 2] = at[i, 3] = 0
            where[i, 0], where[i, 1], where[i, 2], where[i, 3] = lons[i], lats[i], 0.0, np.inf
            continue
        at[i, 0] = g.pt_chain[p]
        at[i, 1] = p
        at[i, 2] = int(round(g.pt_along[p] + t * (g.pt_along[p + 1] - g.pt_along[p])))
        at[i, 3] = int(round(g.pt_against[p] + t * (g.pt_against[p + 1] - g.pt_against[p])))
        where[i, 0] = g.pt_lon[p] + t * (g.pt_lon[p + 1] - g.pt_lon[p])
        where[i, 1] = g.pt_lat[p] + t * (g.pt_lat[p + 1] - g.pt_lat[p])
        where[i, 2] = g.pt_m[p] + t * (g.pt_m[p + 1] - g.pt_m[p])
        where[i, 3] = metres
