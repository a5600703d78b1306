"""Read areas (beats, stations, wards, districts) from GeoJSON of any schema."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape

from maplebridge.kernel.refused import Refused
from maplebridge.places.rules import has_cjk

Feature = dict[str, Any]

CODE_NAMES = (
    "code", "area_code", "adcode", "beat_id", "beat", "ward_id", "ward", "district_id", "district_code", "district",
    "precinct", "sector", "station_code", "division", "geocode", "geoid", "gid", "id", "objectid", "fid",
)  # fmt: skip
NAME_NAMES = (
    "name",
    "name_en",
    "area_name",
    "label",
    "title",
    "beat_name",
    "ward_name",
    "district_name",
    "precinct_name",
)
ZH_NAMES = ("name_zh", "name:zh", "namezh", "name_cn", "名称", "中文名")
PARENT_NAMES = ("parent", "parent_code", "parent_id", "parentid", "parent_adcode")
KIND_NAMES = ("kind", "area_type", "type", "level")
KINDS = frozenset({"district", "station", "sector", "ward", "beat", "precinct", "township", "community", "village"})
PARENT_LARGER = 1.15  # an area lies in another only if that is at least so many times as large


class CannotReadAreas(Refused):
    """The GeoJSON file of areas can't be used."""


class AreaOptions(NamedTuple):
    """Which properties to take, where the names alone do not tell."""

    code: str = ""
    name: str = ""
    parent: str = ""
    kind: str = ""  # a kind for all areas without one of their own


class AreaShape(NamedTuple):
    """One area as read: its place in the hierarchy and its geometry as GeoJSON."""

    code: str
    name: str
    name_zh: str
    kind: str
    parent: str
    level: int
    path: str
    geometry: dict[str, Any]
    bounds: tuple[float, float, float, float]


def read_areas(file: Path, options: AreaOptions = AreaOptions()) -> list[AreaShape]:  # noqa: B008  # frozen
    """Read a GeoJSON FeatureCollection of polygons in WGS 84 (RFC 7946).

    Code, names, kind and parent are found by the usual property names (any case) or as `options` say; without a parent
    property an area belongs to the smallest one that holds it. Raises CannotReadAreas with a sentence.
    """
    features = _features(file)
    shapes = np.array([_shape(feature, i) for i, feature in enumerate(features, 1)], object)
    rows = [{str(k).casefold(): v for k, v in (feature.get("properties") or {}).items()} for feature in features]
    codes = _codes(rows, features, options.code.casefold())
    names = [_names(row, code, options.name.casefold()) for row, code in zip(rows, codes, strict=True)]
    parents = _parents(rows, codes, shapes, options.parent.casefold())
    out = []
    for i, code in enumerate(codes):
        line = _line(code, parents)
        kind = _first(rows[i], KIND_NAMES).casefold()
        name, name_zh = names[i]
        west, south, east, north = shapely.bounds(shapes[i]).tolist()
        out.append(
            AreaShape(
                code, name, name_zh, kind if kind in KINDS else options.kind or "beat", parents.get(code, ""),
                len(line) - 1,
                f"/{'/'.join(line)}/", json.loads(json.dumps(mapping(shapely.set_precision(shapes[i], 1e-6)))),
                (west, south, east, north),
            )
        )  # fmt: skip
    return out


def _features(file: Path) -> list[Feature]:
    try:
        data = json.loads(file.read_text("utf-8-sig"))
    except OSError:
        raise CannotReadAreas(
            _("There is no file %(file)s. Give the path of a GeoJSON file.") % {"file": file}
        ) from None
    except ValueError as error:
        raise CannotReadAreas(
            _("%(file)s is not valid GeoJSON: %(error)s. Export it again.")
            % {"file": file.name, "error": str(error)[:120]}
        ) from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise CannotReadAreas(
            _("%(file)s is JSON, but no GeoJSON FeatureCollection. Export the areas as one.") % {"file": file.name}
        )
    kept = [f for f in features if isinstance(f, dict) and f.get("geometry")]
    if not kept:
        raise CannotReadAreas(
            _("%(file)s holds no areas with a shape. Export them with their polygons.") % {"file": file.name}
        )
    return kept


def _shape(feature: Feature, row: int) -> Any:
    try:
        found = shape(feature["geometry"])
        found = found if found.is_valid else shapely.make_valid(found)
    except (GEOSException, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise CannotReadAreas(
            _("Area %(row)d has no usable shape: %(error)s. Correct it or leave it out.")
            % {"row": row, "error": str(error)[:120]}
        ) from None
    polygons = [part for part in shapely.get_parts(found) if part.geom_type in ("Polygon", "MultiPolygon")]
    if not polygons:
        raise CannotReadAreas(_("Area %(row)d is no polygon. Areas are polygons.") % {"row": row})
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CannotReadAreas(
            _("Area %(row)d is not in degrees. Export the file in WGS 84 (EPSG:4326), longitude first.") % {"row": row}
        )
    return shapely.union_all(polygons)


def _text(value: Any) -> str:
    if isinstance(value, dict):  # {"adcode": 450300}
        value = next((value[key] for key in CODE_NAMES if key in value), "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, list | bool) else str(value).strip()


def _first(row: dict[str, Any], keys: Sequence[str]) -> str:
    return next((text for key in keys if (text := _text(row.get(key)))), "")


def _codes(rows: list[dict[str, Any]], features: list[Feature], wanted: str) -> list[str]:
    """Take the first property that every area has, each another value; else the features' own ids."""
    for key in (wanted,) if wanted else CODE_NAMES:
        codes = [clean_code(_text(row.get(key))) for row in rows]
        if all(codes) and len(set(codes)) == len(codes):
            return codes
    if wanted:
        raise CannotReadAreas(
            _("The property “%(name)s” can't be the areas' code: some have none, or two have the same.")
            % {"name": wanted}
        )
    ids = [clean_code(_text(feature.get("id"))) for feature in features]
    if all(ids) and len(set(ids)) == len(ids):
        return ids
    known = sorted({key for row in rows for key in row})[:12]
    raise CannotReadAreas(
        _("No property gives every area a code of its own. Name it; the file has: %(names)s.")
        % {"names": ", ".join(known)}
    )


def clean_code(text: str) -> str:
    """Make a code fit for a path: no slash, no space, at most 40 characters."""
    return re.sub(r"[\s/]+", "-", text)[:40]


def _names(row: dict[str, Any], code: str, wanted: str) -> tuple[str, str]:
    local = _first(row, (wanted,) if wanted else NAME_NAMES)
    zh = _first(row, ZH_NAMES) or (local if has_cjk(local) else "")
    english = _first(row, ("name_en", "name:en", "nameen")) if has_cjk(local) else ""
    return (english or local or zh or code)[:120], zh[:120]


def _parents(rows: list[dict[str, Any]], codes: list[str], shapes: Any, wanted: str) -> dict[str, str]:
    known = set(codes)
    for key in (wanted,) if wanted else PARENT_NAMES:
        named = {code: clean_code(_text(row.get(key))) for code, row in zip(codes, rows, strict=True)}
        found = {code: parent for code, parent in named.items() if parent in known and parent != code}
        if found:
            return found
    return _by_containment(codes, shapes)


def _by_containment(codes: list[str], shapes: Any) -> dict[str, str]:
    sizes = shapely.area(shapes)
    inner, outer = shapely.STRtree(shapes).query(shapely.point_on_surface(shapes), predicate="within")
    parents: dict[str, tuple[float, str]] = {}
    for i, j in zip(inner.tolist(), outer.tolist(), strict=True):
        if sizes[j] > PARENT_LARGER * sizes[i] and (codes[i] not in parents or sizes[j] < parents[codes[i]][0]):
            parents[codes[i]] = (float(sizes[j]), codes[j])
    return {code: parent for code, (_size, parent) in parents.items()}


def _line(code: str, parents: dict[str, str]) -> list[str]:
    """Give the codes from the largest area down to this one; a circle is cut where it closes."""
    line = [code]
    while (above := parents.get(line[0], "")) and above not in line and len(line) < 8:
        line.insert(0, above)
    return line
