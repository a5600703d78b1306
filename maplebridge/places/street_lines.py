"""The lines of streets and of areas within a box, thinned out for a drawing on paper."""

from collections import defaultdict

import numpy as np
import shapely
from shapely.geometry import shape

from maplebridge.places.edition import read_streets
from maplebridge.places.queries import area_boundaries, city_directory, current_city

Line = list[tuple[float, float]]
Box = tuple[float, float, float, float]


def streets_within(box: Box, *, most: int) -> list[Line]:
    """Give the streets within a box (west, south, east, north) as lines of (lon, lat), `most` points in all.

    Where there are more, the streets that are longest under one name within the box stay: the main ones, mostly.
    """
    city = current_city()
    file = city_directory() / "editions" / city.map_edition / "streets.npz" if city else None
    if file is None or not file.is_file():
        return []
    coords, line, names, _names_zh = read_streets(file)
    if not len(coords):
        return []
    clipped = shapely.clip_by_rect(shapely.linestrings(coords, indices=line), *box)
    parts = shapely.simplify(clipped, _grain(box))
    by_name: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for number in np.flatnonzero(~shapely.is_empty(parts)):
        by_name[names[number]].append(parts[number])
    kept: list[Line] = []
    for _name, members in sorted(by_name.items(), key=lambda row: (-float(shapely.length(row[1]).sum()), row[0])):
        if (most := most - int(shapely.get_num_coordinates(members).sum())) < 0:
            break
        kept += lines_of(shapely.union_all(members))
    return kept


def outlines_within(box: Box) -> list[Line]:
    """Give the boundaries of the areas in use within a box as lines of (lon, lat)."""
    features = [feature["geometry"] for feature in area_boundaries()["features"]]
    edges = [shape(each) for each in features if each["type"] in ("LineString", "MultiLineString")]
    clipped = [shapely.simplify(shapely.clip_by_rect(edge, *box), _grain(box)) for edge in edges]
    return [line for each in clipped for line in lines_of(each)]


def _grain(box: Box) -> float:
    """Degrees that nobody sees on paper."""
    return (box[2] - box[0]) / 1500


def lines_of(geometry: shapely.Geometry) -> list[Line]:
    """Give the lines that a geometry is made of."""
    parts = shapely.get_parts(geometry)
    return [list(part.coords) for part in parts if part.geom_type == "LineString" and not part.is_empty]
