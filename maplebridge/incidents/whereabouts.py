"""Where a report points: inside the city or not, in which area, at what address."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from maplebridge.incidents.rules import clean
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.places import queries as places
from maplebridge.places.register.queries.villages import area_by_houses

ADDRESS_MAX = 200


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with the words people use for it and the areas that hold it (`/district/beat/`, largest first)."""

    lon: float
    lat: float
    address: str
    area_code: str = ""
    area_path: str = ""


def spot_of(*, lon: float | None, lat: float | None, address: str = "") -> Spot:
    """Resolve a point, or an address where no point is given. Raises BadInput when it is unusable or outside.

    Where no borders are drawn, the point lies in the area of the registered house next to it; such a place is in the
    city though its map ends before.
    """
    address = clean(address)[:ADDRESS_MAX]
    if lon is None and lat is None and address:
        lon, lat = _found(address)
    if lon is None or lat is None:
        raise BadInput("lon", _("Say where: give longitude and latitude, or an address."))
    if not valid_lonlat(lon, lat):
        raise BadInput("lon", _("%(lon)s, %(lat)s is not a place on Earth.") % {"lon": lon, "lat": lat})
    city = places.current_city()
    code, path = area_of(lon, lat)
    if not code and (area := area_by_houses(lon, lat)):  # its borders are not drawn
        code, path = area.code, area.path
    if city and not code and not city.holds(lon, lat):
        sentence = _("%(lon).5f, %(lat).5f lies outside %(city)s. Check the place, or hand it to the service there.")
        raise BadInput("lon", sentence % {"lon": lon, "lat": lat, "city": city.name})
    return Spot(lon, lat, address or (places.address_at(lon, lat)[:ADDRESS_MAX] if city else ""), code, path)


def area_of(lon: float, lat: float) -> tuple[str, str]:
    """Code of the smallest area that holds the point, and its path from the largest down; empty outside all."""
    area = places.area_at(lon, lat)
    return (area.code, area.path) if area else ("", "")


def _found(address: str) -> tuple[float, float]:
    place = places.locate(address)
    if place is None:
        sentence = _("No place called “%(address)s” is on the map. Check the spelling, or point at the map.")
        raise BadInput("address", sentence % {"address": address})
    return place.lon, place.lat
