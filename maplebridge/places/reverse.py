"""What is at a point: the address, corner or street, and the area."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from maplebridge.kernel.geometry import EARTH_RADIUS_M
from maplebridge.places.edition import read_streets

_DEGREE_M = float(np.radians(1.0) * EARTH_RADIUS_M)
ADDRESS_M, CORNER_M, DOOR_M = 35.0, 18.0, 12.0
STREET_M, PLACE_M, AROUND_M = 60.0, 150.0, 600.0

Points = npt.NDArray[np.float64]


class Label(NamedTuple):
    """What a point is called: `kind` address, corner, street, near or nothing; `first` and `second` its names."""

    kind: str
    first: str = ""
    second: str = ""
    first_zh: str = ""
    second_zh: str = ""


class Nearest:
    """Labelled points, and the nearest of them to a place."""

    def __init__(self, points: Points, labels: Sequence[Label], plane: "Plane") -> None:
        self._labels = labels
        self._tree = shapely.STRtree(shapely.points(plane.metres(points))) if len(points) else None

    def at(self, point: Any, within_m: float) -> tuple[float, Label] | None:
        """Give distance in metres and label of the nearest, None where none is that near."""
        if self._tree is None:
            return None
        found, distance = self._tree.query_nearest(
            point, max_distance=within_m, return_distance=True, all_matches=False
        )
        return (float(distance[0]), self._labels[int(found[0])]) if len(found) else None


class Plane:
    """Metres around a city: equirectangular about its middle, true to 0.1 % within 50 km."""

    def __init__(self, lon: float, lat: float) -> None:
        self._origin = np.array([lon, lat])
        self._scale = np.array([_DEGREE_M * np.cos(np.radians(lat)), _DEGREE_M])

    def metres(self, lonlat: Points) -> Points:
        """Project lon/lat rows to metres."""
        return np.asarray((lonlat - self._origin) * self._scale)

    def point(self, lon: float, lat: float) -> Any:
        """Project one point."""
        return shapely.Point(self.metres(np.array([[lon, lat]]))[0])


class Surroundings:
    """Everything a point can be called after."""

    def __init__(
        self,
        plane: Plane,
        *,
        addresses: tuple[Points, Sequence[Label]],
        corners: tuple[Points, Sequence[Label]],
        places: tuple[Points, Sequence[Label]],
        streets_file: Path | None,
    ) -> None:
        self._plane = plane
        self._addresses, self._corners, self._places = (
            Nearest(points, labels, plane) for points, labels in (addresses, corners, places)
        )
        self._streets, self._street_tree = _street_tree(streets_file, plane)

    def label(self, lon: float, lat: float) -> Label:
        """Call a point after the door, corner or street it is at, or after what is near."""
        point = self._plane.point(lon, lat)
        address, corner = self._addresses.at(point, ADDRESS_M), self._corners.at(point, CORNER_M)
        if address and (address[0] <= DOOR_M or not corner):
            return address[1]
        if corner:
            return corner[1]
        street = self._street(point, STREET_M)
        if street:
            return street
        place = self._places.at(point, PLACE_M)
        if place:
            return place[1]._replace(kind="near")
        around = self._street(point, AROUND_M)
        return around._replace(kind="near") if around else Label("nothing")

    def street(self, lon: float, lat: float) -> Label | None:
        """Name the nearest street, None where none is near."""
        return self._street(self._plane.point(lon, lat), STREET_M)

    def _street(self, point: Any, within_m: float) -> Label | None:
        if self._street_tree is None:
            return None
        found = self._street_tree.query_nearest(point, max_distance=within_m, all_matches=False)
        return self._streets[int(found[0])] if len(found) else None


def _street_tree(file: Path | None, plane: Plane) -> tuple[list[Label], shapely.STRtree | None]:
    if file is None or not file.is_file():
        return [], None
    coords, line, names, names_zh = read_streets(file)
    if not len(coords):
        return [], None
    labels = [Label("street", name, "", zh) for name, zh in zip(names, names_zh, strict=True)]
    return labels, shapely.STRtree(shapely.linestrings(plane.metres(coords), indices=line))


class AreaFound(NamedTuple):
    """The finest area at a point and its place in the hierarchy, `/district/beat/`."""

    code: str
    name: str
    name_zh: str
    path: str


class AreaMap:
    """Areas in memory."""

    def __init__(self, rows: Sequence[AreaFound], shapes: Sequence[Any]) -> None:
        self._rows = rows
        self._shapes = np.array(shapes, object)
        shapely.prepare(self._shapes)
        self._sizes = shapely.area(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def at_each(self, points: Sequence[tuple[float, float]]) -> list[AreaFound | None]:
        """Give the deepest, then smallest area that holds each point (lon, lat); None where none does."""
        of_point: list[list[int]] = [[] for _point in points]
        places = shapely.points(np.array(points, float).reshape(-1, 2))
        for point, area in self._tree.query(places, predicate="intersects").T.tolist():
            of_point[point].append(area)
        return [self._finest(areas) for areas in of_point]

    def _finest(self, areas: Sequence[int]) -> AreaFound | None:
        best = min(areas, key=lambda i: (-self._rows[i].path.count("/"), self._sizes[i]), default=None)
        return None if best is None else self._rows[best]


def outlines(by_level: dict[int, list[Any]]) -> dict[int, Any]:
    """Draw every boundary once, at the largest level that has it, to some 3 m: lines by level from edges by level."""
    lines: dict[int, Any] = {}
    drawn: Any = shapely.LineString()
    for level in sorted(by_level):
        edges = shapely.union_all(shapely.set_precision(np.array(by_level[level], object), 1e-6))
        fresh = shapely.difference(edges, drawn)
        drawn = shapely.union(drawn, edges)
        if not shapely.is_empty(fresh):
            joined = shapely.line_merge(fresh) if fresh.geom_type == "MultiLineString" else fresh
            lines[level] = shapely.simplify(joined, 3e-5)
    return lines
