"""What the prepared city offers to the demo: spots that reports come from, beats to patrol, streets to stand on."""

import random

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from maplebridge.incidents.models import IncidentType
from maplebridge.people.models import Unit
from maplebridge.places.models import Area, Place
from maplebridge.places.queries import address_at, road_network
from maplebridge.site.demo.rules import Spot, Teller

SPOT_KINDS = ("address", "poi", "crossing")


def teller(rng: random.Random) -> Teller:
    """A teller of reports at the city's own places, with the types it offers."""
    spots: dict[str, list[Spot]] = {kind: [] for kind in SPOT_KINDS}
    rows = Place.objects.filter(kind__in=SPOT_KINDS, gone=False).exclude(name="").order_by("key")
    for kind, name, lon, lat in rows.values_list("kind", "name", "lon", "lat"):
        spots[kind].append(Spot(kind, name, lon, lat))
    posts = [
        Spot("post", address_at(unit.home_lon, unit.home_lat), unit.home_lon, unit.home_lat)
        for unit in Unit.objects.active().filter(kind="post", invented=True)
    ]
    types = frozenset(IncidentType.objects.filter(active=True).values_list("code", flat=True))
    return Teller(rng, spots, types, posts)


def beats() -> dict[str, BaseGeometry]:
    """Shapes of the areas by code."""
    return {code: shape(geometry) for code, geometry in Area.objects.drawn().values_list("code", "geometry")}


def on_street(lon: float, lat: float) -> tuple[float, float]:
    """The nearest place on a street for someone on foot; the point itself where there is none."""
    found = road_network().mode("foot").snap([lon], [lat])
    return (float(found.lon[0]), float(found.lat[0])) if found.ok[0] else (lon, lat)
