"""Reads about the city. What is slow to build is kept per process and built anew when the edition changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.kernel.language import named
from maplebridge.places.archive import Archive
from maplebridge.places.categories import category_name
from maplebridge.places.finder import Address, Crossing, Finder, Hit
from maplebridge.places.fold import pinyin_of, search_text
from maplebridge.places.index import Named
from maplebridge.places.kept import areas_version, keep, let_go, places_version
from maplebridge.places.kept import current_city as current_city  # a question of this domain like those below
from maplebridge.places.models import Area, Place, PremiseNote
from maplebridge.places.reverse import AreaFound, AreaMap, Label, Plane, Surroundings, outlines
from maplebridge.places.roads.build import STAMP
from maplebridge.places.roads.network import Roads
from maplebridge.places.rules import NOTE_LONGEST_RADIUS_M, Names, rank_of

GOOD_ENOUGH = 0.7  # from this score on one place is taken to be meant without asking


class Found(NamedTuple):
    """A search result; kind is address, crossing, street, poi, station, area or coordinates, score 0..1."""

    kind: str
    name: str
    detail: str
    lon: float
    lat: float
    score: float


class NoteNear(NamedTuple):
    """A valid premise note and how far it is, in metres."""

    note: PremiseNote
    distance_m: float


def city_directory() -> Path:
    """Where the city's files lie."""
    return Path(settings.HOME) / "city"


def city_zone() -> ZoneInfo:
    """The city's time zone, or the server's where no city is loaded."""
    city = current_city()
    return ZoneInfo(city.time_zone if city else settings.TIME_ZONE)


def reload() -> None:
    """Forget all that is kept in this process; it is built again when next asked for."""
    let_go()


def warm() -> None:
    """Build all that is kept, so that no request waits for it: for the start of a server."""
    for build in (_finder, _surroundings, _area_map, area_boundaries, road_network):
        build()
    pinyin_of("路")  # loads its dictionary


def road_network() -> Roads:
    """Give the city's roads, all modes, as last built; straight lines where there are none. Some 5 µs once loaded."""
    directory = city_directory() / "roads"
    try:
        version = (directory, (directory / STAMP).stat().st_mtime_ns)
    except OSError:
        return keep("roads", (directory, None), lambda: Roads.load(None))
    return keep("roads", version, lambda: Roads.load(directory))


def tile_archive(edition: str) -> Archive | None:
    """Give the tiles of a map edition, None where they are not there."""
    file = city_directory() / "editions" / edition / "base.pmtiles"
    return keep("tiles", edition, lambda: Archive(file)) if file.is_file() else None


def search_places(q: str, near: tuple[float, float] | None = None, limit: int = 8) -> list[Found]:
    """Find an address, corner, place, area or coordinates as typed so far; `near` is (lon, lat)."""
    return [_found(hit) for hit in _finder().find(q, near, limit)] if q.strip() else []


def locate(text: str, near: tuple[float, float] | None = None) -> Found | None:
    """Give the one place that an address in words must mean; None where nothing fits well enough."""
    hits = _finder().find(text, near, 1) if text.strip() else []
    return _found(hits[0]) if hits and hits[0].score >= GOOD_ENOUGH else None


def address_at(lon: float, lat: float) -> str:
    """Call a point by the nearest address, corner or street, in the reader's language."""
    label = _surroundings().label(lon, lat)
    first, second = named(label.first, label.first_zh), named(label.second, label.second_zh)
    if label.kind == "corner":
        return _("Corner of %(first)s and %(second)s") % {"first": first, "second": second}
    if label.kind == "near":
        return _("near %(place)s") % {"place": first}
    return first or f"{lat:.5f}, {lon:.5f}"


def street_at(lon: float, lat: float) -> str:
    """Name the street at a point, in the reader's language; "" where there is none within some 60 m."""
    label = _surroundings().street(lon, lat)
    return named(label.first, label.first_zh) if label else ""


def area_at(lon: float, lat: float) -> AreaFound | None:
    """Give the finest area at a point with its path `/district/beat/`; None where no area holds it."""
    return areas_at([(lon, lat)])[0]


def areas_at(points: Sequence[tuple[float, float]]) -> list[AreaFound | None]:
    """Give the finest area at each point (lon, lat), all of one look at the areas."""
    return _area_map().at_each(points)


def premise_notes_near(lon: float, lat: float, at: datetime) -> list[NoteNear]:
    """Give the valid notes whose circle holds the point, nearest first."""
    west, south, east, north = bbox_around(lon, lat, NOTE_LONGEST_RADIUS_M)
    rows = PremiseNote.objects.valid(at).filter(lon__range=(west, east), lat__range=(south, north))
    near = [NoteNear(note, distance_m(lon, lat, note.lon, note.lat)) for note in rows]
    return sorted((n for n in near if n.distance_m <= n.note.radius_m), key=lambda n: n.distance_m)


def areas_in_use() -> list[Area]:
    """Give the areas in use, the largest first."""
    return list(Area.objects.filter(gone=False).order_by("level", "code"))


def area_names(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Give areas by code, all of them or these, as the reader calls them."""
    rows = Area.objects.all() if codes is None else Area.objects.filter(code__in=set(codes))
    return {code: named(name, zh) for code, name, zh in rows.values_list("code", "name", "name_zh")}


def drawn_areas() -> list[Area]:
    """Give the areas in use whose borders are known, the largest first."""
    return list(Area.objects.drawn().order_by("level", "code"))


def area_boundaries() -> dict[str, Any]:
    """Give the areas' outlines and name points as GeoJSON for the map, to some 3 m."""
    return keep("boundaries", areas_version(), _boundaries)


def _boundaries() -> dict[str, Any]:
    features: list[dict[str, Any]] = []
    by_level: dict[int, list[Any]] = {}
    for area in drawn_areas():
        polygon = shape(area.geometry)
        by_level.setdefault(area.level, []).append(polygon.boundary)
        row = {"code": area.code, "name": area.name, "level": area.level} | (
            {"name_zh": area.name_zh} if area.name_zh else {}
        )
        middle = mapping(shapely.set_precision(shapely.point_on_surface(polygon), 1e-6))
        features.append({"type": "Feature", "properties": row, "geometry": middle})
    for level, line in outlines(by_level).items():
        features.append({"type": "Feature", "properties": {"level": level}, "geometry": mapping(line)})
    return {"type": "FeatureCollection", "features": features}


def _finder() -> Finder:
    return keep("finder", places_version() + areas_version(), _build_finder)


def _build_finder() -> Finder:
    places = Place.objects.filter(gone=False)
    names = places.exclude(kind__in=("address", "crossing"))
    named = [Named(*row) for row in names.values_list("kind", "category", "name", "name_zh", "search", "lon", "lat")]
    for area in areas_in_use():
        inner = shapely.point_on_surface(shape(area.geometry)) if area.geometry else None
        middle = (inner.x, inner.y) if inner is not None else area.middle
        if middle is not None:
            text = search_text(Names(area.name, area.name_zh, (area.code,)))
            named.append(Named("area", area.kind, area.name, area.name_zh, text, *middle))
    addresses = (Address(*row) for row in places.filter(kind="address").values_list("street", "number", "lon", "lat"))
    crossings = (
        Crossing(*row)
        for row in places.filter(kind="crossing").values_list("street", "cross_street", "name_zh", "lon", "lat")
    )
    city = current_city()
    return Finder(named, addresses, crossings, city.holds if city else None)


def _surroundings() -> Surroundings:
    return keep("surroundings", places_version(), _build_surroundings)


def _build_surroundings() -> Surroundings:
    city = current_city()
    west, south, east, north = city.bbox if city else (0.0, 0.0, 0.0, 0.0)
    points: dict[str, list[tuple[float, float]]] = {"address": [], "corner": [], "place": []}
    labels: dict[str, list[Label]] = {"address": [], "corner": [], "place": []}
    columns = ("kind", "category", "name", "name_zh", "street", "cross_street", "lon", "lat")
    for kind, category, name, zh, street, cross, lon, lat in Place.objects.filter(gone=False).values_list(*columns):
        if kind == "address":
            group, label = "address", Label("address", name)
        elif kind == "crossing":
            one, _sep, other = zh.partition("与")
            group, label = "corner", Label("corner", street, cross, one, other)
        elif kind == "street" or category.startswith("place:") or rank_of(category) > 5:
            continue
        else:
            group, label = "place", Label("place", name, "", zh)
        points[group].append((lon, lat))
        labels[group].append(label)
    both = {group: (np.array(points[group], float).reshape(-1, 2), labels[group]) for group in points}
    file = city_directory() / "editions" / city.map_edition / "streets.npz" if city else None
    return Surroundings(
        Plane((west + east) / 2, (south + north) / 2), addresses=both["address"], corners=both["corner"],
        places=both["place"], streets_file=file,
    )  # fmt: skip


def _area_map() -> AreaMap:
    return keep("areas", areas_version(), _build_area_map)


def _build_area_map() -> AreaMap:
    areas = drawn_areas()
    by_id = {area.pk: area for area in areas_in_use()}
    rows = [AreaFound(area.code, area.name, area.name_zh, area.path or _path(area, by_id)) for area in areas]
    return AreaMap(rows, [shape(area.geometry) for area in areas])


def _path(area: Area, by_id: dict[int, Area]) -> str:
    """Give the codes from the largest area down, for an area that was made without an import."""
    codes = [area.code]
    while (above := by_id.get(area.parent_id or 0)) is not None and above.code not in codes:
        codes.insert(0, above.code)
        area = above
    return f"/{'/'.join(codes)}/"


def _found(hit: Hit) -> Found:
    name = named(hit.name, hit.name_zh)
    if hit.kind == "crossing":
        first_zh, _and, second_zh = hit.name_zh.partition("与")
        names = {"first": named(hit.first, first_zh), "second": named(hit.second, second_zh)}
        name = _("Corner of %(first)s and %(second)s") % names
    return Found(hit.kind, name, _detail(hit), round(hit.lon, 7), round(hit.lat, 7), hit.score)


def _detail(hit: Hit) -> str:
    """Say what kind of place it is and in which area, or what stands in for a missing house number."""
    if len(hit.near) == 2:
        return _("not on the map; placed between numbers %(low)s and %(high)s") % {
            "low": hit.near[0],
            "high": hit.near[1],
        }
    if hit.near:
        return _("not on the map; placed at number %(number)s") % {"number": hit.near[0]}
    if hit.unnumbered:
        return _("house numbers of this street are not on the map")
    area = area_at(hit.lon, hit.lat) if hit.kind != "area" else None
    what = category_name(hit.category) if hit.kind in ("poi", "station") else ""
    return " · ".join(part for part in (what, named(area.name, area.name_zh) if area else "") if part)
