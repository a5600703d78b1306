"""The sea from coastlines, which OpenStreetMap draws with land on the left and water on the right."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from maplebridge.places.osm import Box, Geometries

_GAP = 1e-3  # degrees (some 100 m): a coast that ends this near the edge of the box was cut there
_STEP = 1e-6  # degrees (0.1 m) to the side of a coast segment: surely in the face it borders


def sea(coastlines: Sequence[Any], box: Box) -> Geometries:
    """Give the polygons of the box that lie to the right of a coastline, in lon/lat; none where no coast crosses it.

    A face that has coast of both kinds (lines that stop inside the box) counts as land.
    """
    frame = shapely.box(*box)
    inside = shapely.intersection(np.array(coastlines, object), frame)
    coast = [line for line in shapely.get_parts(inside) if line.geom_type == "LineString" and line.length]
    if not coast:
        return np.array([], object)
    lines = [*coast, *_loose_ends(coast, frame.boundary), frame.boundary]
    faces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all(lines))]))
    right, left = _sides(coast)
    tree = shapely.STRtree(faces)
    wet, dry = (np.unique(tree.query(shapely.points(points), predicate="within")[1]) for points in (right, left))
    return np.asarray(faces[np.setdiff1d(wet, dry)])


def _loose_ends(coast: Sequence[Any], edge: Any) -> list[Any]:
    """Draw on to the edge of the box the coasts that stop just short of it, where an extract was cut."""
    ends = np.array([line.coords[i] for line in coast for i in (0, -1)])
    _same, where, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    points = shapely.points(ends[count[where.ravel()] == 1])
    gaps = shapely.shortest_line(points, edge)
    length = shapely.length(gaps)
    return list(gaps[(length > 0) & (length < _GAP)])


def _sides(coast: Sequence[Any]) -> tuple[Any, Any]:
    """Give a point just right and one just left of the middle of every segment."""
    starts = np.concatenate([shapely.get_coordinates(line)[:-1] for line in coast])
    ends = np.concatenate([shapely.get_coordinates(line)[1:] for line in coast])
    along = ends - starts
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)[:, None]
    rightward = np.stack([along[:, 1], -along[:, 0]], axis=1) / length * _STEP
    middle = (starts + ends) / 2
    return middle + rightward, middle - rightward
