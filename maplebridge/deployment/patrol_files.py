"""Patrols in and out: places from CSV, plans as JSON and GeoJSON (RFC 7946)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment.patrol_routes import Place, Plan, Stop
from maplebridge.kernel.refused import BadInput


def read_places(text: str) -> list[Place]:
    """Read `place,lon,lat` and where they are not 1 and 5 `visits,minutes`. Raises BadInput with the line."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if not {"place", "lon", "lat"} <= set(reader.fieldnames or ()):
        raise BadInput("places", _("The first line must name the columns place, lon and lat."))
    places = [_place(row, number) for number, row in enumerate(reader, 2)]
    if len({place.name for place in places}) < len(places):
        raise BadInput("places", _("Two lines name the same place. Give each its own name."))
    return places


def _place(row: dict[str, str], line: int) -> Place:
    try:
        seconds = round(float(row.get("minutes") or 5) * 60)
        return Place(row["place"], float(row["lon"]), float(row["lat"]), int(row.get("visits") or 1), seconds)
    except (TypeError, ValueError, OverflowError):
        sentence = _("Line %(line)d: lon, lat, visits and minutes must be numbers.")
        raise BadInput("places", sentence % {"line": line}) from None


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as it is printed; times in s from the begin of the shift."""
    routes = [{name: value for name, value in asdict(route).items() if name != "line"} for route in plan.routes]
    missing = [{"place": one.place, "number": one.number, "reason": one.reason.value} for one in plan.unserved]
    balance = {"imbalance": round(plan.imbalance(), 4), "is_estimate": plan.is_estimate}
    return {"seed": plan.seed, "routes": routes, "unserved": missing, **balance}


def geojson(plan: Plan) -> dict[str, Any]:
    """The plan for a map: the way of each unit as a line, each stop as a point."""
    features = [
        _feature("LineString", route.line, unit=route.unit, metres=round(route.metres), seconds=route.seconds)
        for route in plan.routes if route.line
    ]  # fmt: skip
    features += [
        _feature("Point", (stop.lon, stop.lat), unit=route.unit, turn=turn, **_said(stop))
        for route in plan.routes for turn, stop in enumerate(route.stops, 1)
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _said(stop: Stop) -> dict[str, Any]:
    return {"place": stop.place, "number": stop.number, "begin": stop.begin, "end": stop.end}


def _feature(kind: str, coordinates: Sequence[Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
