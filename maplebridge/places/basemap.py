"""From what was read to the layers of the base map."""

from collections import defaultdict

import numpy as np
import shapely

from maplebridge.places.coast import sea
from maplebridge.places.mvt import LINE, POINT, POLYGON, Properties
from maplebridge.places.osm import Geometries, MapData, Spot
from maplebridge.places.rules import rank_of
from maplebridge.places.strokes import label_lines
from maplebridge.places.tiles import MAX_ZOOM, Layer, layer_of

_STREET_ZOOM = {"motorway": 8, "major": 9, "medium": 11, "minor": 12, "pedestrian": 13, "service": 14, "path": 14}
_SURFACE_ZOOM = {"water": 8, "green": 10, "ground": 13, "building": 14}
_LINE_ZOOM = {"river": 9, "stream": 13, "rail": 11, "tram": 14}
_PLACE_ZOOM = (8, 11, 13, 14, 15, 15, 15, 15)


def base_layers(data: MapData) -> list[Layer]:
    """Make the layers water, green, ground, building, waterway, rail, street, street_name, place, address."""
    surfaces = {name: _surfaces(data, name) for name in _SURFACE_ZOOM}
    layers = [surfaces["water"], surfaces["green"], surfaces["ground"], surfaces["building"]]
    layers += [
        _lines(data, "waterway"),
        _lines(data, "rail"),
        _streets(data),
        _street_names(data),
        _places(data.spots),
        _addresses(data.spots),
    ]
    return [layer for layer in layers if len(layer.shapes)]


def _surfaces(data: MapData, name: str) -> Layer:
    rows = [i for i, (layer, _kind) in enumerate(data.surfaces) if layer == name]
    shapes = data.surface_shapes[rows]
    kinds = [data.surfaces[i][1] for i in rows]
    if name == "water":
        water = sea(
            [data.line_shapes[i] for i, (layer, _kind) in enumerate(data.lines) if layer == "coastline"], data.box
        )
        shapes, kinds = np.r_[shapes, water], kinds + ["sea"] * len(water)
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes)) if len(shapes) else shapes
    shown: dict[str, Properties] = {kind: {"kind": kind} if kind != "building" else {} for kind in set(kinds)}
    return layer_of(name, POLYGON, shapes, [shown[kind] for kind in kinds], [_SURFACE_ZOOM[name]] * len(kinds))


def _lines(data: MapData, name: str) -> Layer:
    rows = [i for i, (layer, _kind) in enumerate(data.lines) if layer == name]
    kinds = [data.lines[i][1] for i in rows]
    shown: dict[str, Properties] = {kind: {"kind": kind} for kind in set(kinds)}
    return layer_of(name, LINE, data.line_shapes[rows], [shown[kind] for kind in kinds], [_LINE_ZOOM[k] for k in kinds])


def _streets(data: MapData) -> Layer:
    """Join ways that look and are called the same, so that a street is labelled as a whole."""
    alike: dict[tuple[str, str, str, bool, int], list[int]] = defaultdict(list)
    for i, street in enumerate(data.streets):
        names = street.names
        label = (names.name, names.zh) if names else ("", "")
        alike[street.cls, *label, street.oneway and street.cls != "path", street.level].append(i)
    shapes: list[Geometries] = []
    properties: list[Properties] = []
    zooms: list[int] = []
    for (cls, name, zh, oneway, level), rows in alike.items():
        joined = shapely.line_merge(shapely.multilinestrings(data.street_lines[rows]), directed=oneway)
        pieces = shapely.get_parts(joined)
        every: dict[str, str | int] = {
            "class": cls,
            "name": name,
            "name_zh": zh,
            "oneway": int(oneway),
            "level": ("tunnel", "", "bridge")[level + 1],
        }
        shapes.append(pieces)
        properties += [{key: value for key, value in every.items() if value}] * len(pieces)
        zooms += [_STREET_ZOOM[cls]] * len(pieces)
    return layer_of("street", LINE, np.concatenate(shapes), properties, zooms)


def _street_names(data: MapData) -> Layer:
    """Lines for the names alone, as long as the street allows."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, street in enumerate(data.streets):
        if street.names:
            alike[street.names.name, street.names.zh].append(i)
    lengths = shapely.length(data.street_lines)
    shapes: list[Geometries] = []
    properties: list[Properties] = []
    zooms: list[int] = []
    for (name, zh), rows in alike.items():
        lines = label_lines(data.street_lines[rows])
        cls = _label_class([(data.streets[i].cls, float(lengths[i])) for i in rows])
        row: Properties = {"class": cls, "name": name, **({"name_zh": zh} if zh else {})}
        shapes += lines
        properties += [row] * len(lines)
        zooms += [11 if _STREET_ZOOM[cls] <= 11 else 14] * len(lines)
    return layer_of("street_name", LINE, np.array(shapes, object), properties, zooms)


def _label_class(ways: list[tuple[str, float]]) -> str:
    """Give the first class on the map that makes up at least a seventh of a street."""
    share: dict[str, float] = defaultdict(float)
    for cls, length in ways:
        share[cls] += length
    least = sum(share.values()) / 7
    return min((cls for cls, length in share.items() if length >= least), key=lambda cls: _STREET_ZOOM[cls])


def _places(spots: list[Spot]) -> Layer:
    shown = sorted(
        (spot for spot in spots if spot.kind in ("poi", "station") and spot.category != "building"),
        key=lambda spot: (rank_of(spot.category), spot.key),
    )
    properties = [_place_properties(spot) for spot in shown]
    zooms = [_PLACE_ZOOM[rank_of(spot.category)] for spot in shown]
    return layer_of("place", POINT, _points(shown), properties, zooms)


def _place_properties(spot: Spot) -> Properties:
    group, _colon, kind = spot.category.rpartition(":")
    row: dict[str, str | int] = {"name": spot.names.name, "kind": kind, "rank": rank_of(spot.category)}
    if group:
        row["group"] = group
    if spot.names.zh:
        row["name_zh"] = spot.names.zh
    return row


def _addresses(spots: list[Spot]) -> Layer:
    shown = [spot for spot in spots if spot.kind == "address"]
    return layer_of(
        "address", POINT, _points(shown), [{"number": spot.number} for spot in shown], [MAX_ZOOM] * len(shown)
    )


def _points(spots: list[Spot]) -> Geometries:
    return np.asarray(shapely.points(np.array([(spot.lon, spot.lat) for spot in spots], float).reshape(-1, 2)))
