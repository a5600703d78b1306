"""Read an OpenStreetMap file into what the base map and the search need: streets, surfaces, lines, spots."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from django.utils.translation import gettext as _

from maplebridge.kernel.refused import Refused
from maplebridge.places.rules import (
    SURFACE_KEYS,
    Names,
    Tags,
    names_of,
    numbers_of,
    place_of,
    street_class,
    surface_of,
)

Fraction = Callable[[float], None]
Box = tuple[float, float, float, float]
Geometries = npt.NDArray[Any]

_KEYS = (
    *SURFACE_KEYS, "addr:housenumber", "shop", "tourism", "office", "healthcare", "historic", "craft", "railway",
)  # fmt: skip
_OPEN_LINES = {"river": "river", "canal": "river", "stream": "stream", "drain": "stream", "ditch": "stream"}
_RAILS = frozenset({"rail", "subway", "light_rail", "tram", "narrow_gauge"})
_UNREAD = 2_147_483_647


class CannotReadMap(Refused):
    """The OpenStreetMap file can't be used."""


class Street(NamedTuple):
    """One OSM way that is a street: its class on the map and its names, None where it has none."""

    way: int
    cls: str
    names: Names | None
    oneway: bool
    level: int  # below ground -1, on it 0, bridge 1


class Spot(NamedTuple):
    """Something with a name or an address at one point."""

    key: str
    kind: str
    category: str
    names: Names
    lon: float
    lat: float
    street: str = ""
    number: str = ""
    cross_street: str = ""


@dataclass(slots=True)
class MapData:
    """Everything read. Geometries are shapely arrays in lon/lat, parallel to the lists beside them."""

    box: Box
    streets: list[Street]
    street_lines: Geometries
    street_refs: list[npt.NDArray[np.int64]]  # node ids, as many as the line has points
    surfaces: list[tuple[str, str]]  # layer, kind
    surface_shapes: Geometries
    lines: list[tuple[str, str]]  # layer (rail, waterway, coastline), kind
    line_shapes: Geometries
    spots: list[Spot]


@dataclass(slots=True)
class _Sheet:
    streets: list[Street] = field(default_factory=list)
    street_nodes: list[npt.NDArray[np.int64]] = field(default_factory=list)
    surfaces: list[tuple[str, str]] = field(default_factory=list)
    surface_wkb: list[Any] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    line_shapes: list[Any] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    wide: list[tuple[str, Tags, str]] = field(default_factory=list)  # key, tags and WKB of polygons that are spots too


def read_map(osm_file: Path, progress: Fraction | None = None) -> MapData:
    """Read an OSM file (.osm.pbf, .osm, .osm.gz, .osm.bz2).

    Raises CannotReadMap with a sentence for a file that is missing, broken, cut short or without streets.
    """
    say = progress or (lambda fraction: None)
    if not osm_file.is_file():
        raise CannotReadMap(_("There is no file %(file)s. Give the path of an .osm.pbf file.") % {"file": osm_file})
    say(0.0)
    sheet = _Sheet()
    try:
        box = _header_box(osm_file)
        for thing in _things(osm_file):
            _take(sheet, thing)
    except (RuntimeError, ValueError, OSError, MemoryError) as error:
        raise CannotReadMap(
            _("%(file)s can't be read as OpenStreetMap data: it is broken or cut short (%(error)s). Download it again.")
            % {"file": osm_file.name, "error": str(error)[:120]}
        ) from None
    say(0.7)
    data = _assemble(sheet, box, osm_file.name)
    say(1.0)
    return data


def _header_box(osm_file: Path) -> Box | None:
    reader = osmium.io.Reader(str(osm_file), osmium.osm.osm_entity_bits.NOTHING)
    box = reader.header().box()
    reader.close()
    if not box.valid():
        return None
    return box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat


def _things(osm_file: Path) -> Iterator[Any]:
    wanted = osmium.filter.KeyFilter(*_KEYS)
    return iter(osmium.FileProcessor(str(osm_file)).with_areas(wanted).with_filter(wanted))


def _take(sheet: _Sheet, thing: Any) -> None:
    if thing.is_way():
        _take_way(sheet, thing)
    elif thing.is_area():
        tags = {tag.k: tag.v for tag in thing.tags}
        key = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
        _take_area(sheet, key, tags, thing)
    elif thing.is_node() and thing.location.valid():
        tags = {tag.k: tag.v for tag in thing.tags}
        sheet.spots += spots_of(f"n{thing.id}", tags, thing.location.lon, thing.location.lat)


_wkb = osmium.geom.WKBFactory()


def _take_area(sheet: _Sheet, key: str, tags: Tags, area: Any) -> None:
    surface = surface_of(tags)
    if "highway" in tags and tags.get("area") != "yes" and not key.startswith("r"):
        surface = None
    named = "addr:housenumber" in tags or (place_of(tags) is not None and names_of(tags) is not None)
    if surface is None and not named:
        return
    if not area.num_rings()[0]:
        return  # its outline crosses itself or is not closed: nothing to draw
    shape = _wkb.create_multipolygon(area)
    if surface is not None:
        sheet.surfaces.append(surface)
        sheet.surface_wkb.append(shape)
    if named:
        sheet.wide.append((key, tags, shape))


def _take_way(sheet: _Sheet, way: Any) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    cls = street_class(tags.get("highway", ""))
    if cls and tags.get("area") != "yes":
        sheet.streets.append(
            Street(way.id, cls, names_of(tags), tags.get("oneway") in ("yes", "1", "-1"), _level(tags))
        )
        sheet.street_nodes.append(np.array([(n.ref, n.x, n.y) for n in way.nodes], np.int64).reshape(-1, 3))
        return
    line = _line_of(tags)
    surface = None if line else surface_of(tags)
    if not line and not (surface and way.is_closed()):
        return
    points = [(n.x / 1e7, n.y / 1e7) for n in way.nodes if n.x != _UNREAD]
    if line and len(points) > 1:
        sheet.lines.append(line)
        sheet.line_shapes.append(shapely.LineString(points))
    elif surface and 2 < len(points) < len(way.nodes) - 1:  # cut at the edge of the file: osmium makes no area of it
        sheet.surfaces.append(surface)
        sheet.surface_wkb.append(shapely.to_wkb(shapely.make_valid(shapely.Polygon(points)), hex=True))


def _line_of(tags: Tags) -> tuple[str, str] | None:
    if tags.get("natural") == "coastline":
        return "coastline", "coastline"
    if tags.get("tunnel", "no") != "no" and "railway" not in tags:
        return None
    if tags.get("waterway") in _OPEN_LINES:
        return "waterway", _OPEN_LINES[tags["waterway"]]
    if tags.get("railway") in _RAILS and tags.get("tunnel", "no") == "no":
        return "rail", "tram" if tags["railway"] == "tram" else "rail"
    return None


def _level(tags: Tags) -> int:
    return -1 if tags.get("tunnel", "no") != "no" else int(tags.get("bridge", "no") != "no")


def spots_of(key: str, tags: Tags, lon: float, lat: float) -> list[Spot]:
    """Read the named place and the addresses in one object's tags."""
    spots = []
    place, names = place_of(tags), names_of(tags)
    street = (tags.get("addr:street") or tags.get("addr:place") or "").strip()[:160]
    number = tags.get("addr:housenumber", "")
    if place and names:
        first = numbers_of(number)[:1]
        spots.append(Spot(f"{place[0]}/{key}", *place, names, lon, lat, street, first[0] if first and street else ""))
    if street and number:
        for one in numbers_of(number):
            spots.append(Spot(f"address/{key}/{one}", "address", "", Names(street), lon, lat, street, one))
    return spots


def _assemble(sheet: _Sheet, box: Box | None, name: str) -> MapData:
    streets, lines, refs = _street_lines(sheet)
    if not streets:
        raise CannotReadMap(
            _("%(file)s is readable but holds no streets. Export it with its ways and nodes.") % {"file": name}
        )
    west, south, east, north = shapely.total_bounds(lines).tolist()
    if box is None or box[0] > east or box[2] < west or box[1] > north or box[3] < south:
        box = west, south, east, north
    shapes = shapely.from_wkb(np.array(sheet.surface_wkb, object))
    wide = shapely.from_wkb(np.array([shape for _key, _tags, shape in sheet.wide], object))
    centres = shapely.get_coordinates(shapely.point_on_surface(wide)) if len(wide) else np.empty((0, 2))
    spots = list(sheet.spots)
    for (key, tags, _shape), (lon, lat) in zip(sheet.wide, centres.tolist(), strict=True):
        spots += spots_of(key, tags, lon, lat)
    return MapData(
        box, streets, lines, refs, sheet.surfaces, shapes, sheet.lines, np.array(sheet.line_shapes, object),
        one_of_each(spots),
    )  # fmt: skip


def _street_lines(sheet: _Sheet) -> tuple[list[Street], Geometries, list[npt.NDArray[np.int64]]]:
    """Make the lines of all streets at once, without the nodes that the file does not hold."""
    if not sheet.streets:
        return [], np.array([], object), []
    way = np.repeat(np.arange(len(sheet.streets)), [len(nodes) for nodes in sheet.street_nodes])
    nodes = np.concatenate(sheet.street_nodes)
    here = (nodes[:, 1] != _UNREAD) & (np.abs(nodes[:, 2]) <= 900_000_000)
    way, nodes = way[here], nodes[here]
    length = np.bincount(way, minlength=len(sheet.streets))
    kept = np.flatnonzero(length >= 2)
    inside = length[way] >= 2
    way, nodes = way[inside], nodes[inside]
    lines = (
        shapely.linestrings(nodes[:, 1:] / 1e7, indices=np.searchsorted(kept, way))
        if len(kept)
        else np.array([], object)
    )
    refs = np.split(nodes[:, 0], np.cumsum(length[kept])[:-1]) if len(kept) else []
    return [sheet.streets[i] for i in kept.tolist()], lines, refs


def one_of_each(spots: list[Spot]) -> list[Spot]:
    """Keep one spot for each address, the one without a shop where there is one, and one for each key."""
    shops = {spot.key.partition("/")[2] for spot in spots if spot.kind != "address"}
    best: dict[tuple[str, ...], tuple[tuple[bool, str], Spot]] = {}
    for spot in spots:
        if spot.kind == "address":
            same: tuple[str, ...] = (
                "address",
                spot.street.casefold(),
                spot.number.casefold(),
                f"{spot.lon:.2f} {spot.lat:.2f}",
            )
        else:
            same = (spot.key,)
        order = (spot.key.split("/")[1] in shops, spot.key)
        if same not in best or order < best[same][0]:
            best[same] = (order, spot)
    return [spot for _order, spot in best.values()]
