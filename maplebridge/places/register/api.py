"""The register for the map: buildings near a point, and one address with what is at it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.language import named
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.models import Address, Premise
from maplebridge.places.register.naming import FIELD_NAMES, kind_name, shown
from maplebridge.places.register.queries.around import House, addresses_around, house_of
from maplebridge.places.register.rules.changes import SUBJECTS

router = Router(tags=["places"])
MOST = 100


class NearOut(Schema):
    """A building of the register near a point."""

    id: int
    code: str
    text: str
    area: str
    lon: float
    lat: float
    distance_m: int


class PartOf(Schema):
    id: int
    text: str


class NamedOut(Schema):
    name: str
    kind: str


class FactOut(Schema):
    name: str
    value: str


class PremisesOut(Schema):
    """What is known of premises at an address and in it: numbers, never names of residents."""

    facts: list[FactOut]
    seen_at: str | None
    residents: int | None
    premises: int
    hazards: str


class HouseOut(Schema):
    """An address: what it is part of, how many parts it has, who trades there; premises for whoever may see them."""

    id: int
    code: str
    kind: str
    text: str
    area: str
    lon: float
    lat: float
    gone: bool
    seen_at: str
    above: list[PartOf]
    units: int
    rooms: int
    organisations: list[NamedOut]
    premises: PremisesOut | None
    page: str
    plates: str | None


@router.get("/addresses", response={200: list[NearOut], **REFUSALS})
def addresses(request: HttpRequest, lon: float, lat: float, limit: int = 30) -> list[dict[str, Any]]:
    """List the buildings of the register nearest to a point, within some 2.4 km."""
    actor_of_request(request).must("places.view")
    if not valid_lonlat(lon, lat):
        raise BadInput("lon", _("This is not a place on Earth: give longitude, latitude in degrees."))
    near = addresses_around(lon, lat, limit=max(1, min(limit, MOST)))
    return [_row(each.address) | {"distance_m": each.distance_m} for each in near]


@router.get("/addresses/{key}", response={200: HouseOut, **REFUSALS})
def address(request: HttpRequest, key: int) -> dict[str, Any]:
    """Say what an address is and what is at it."""
    actor = actor_of_request(request)
    actor.must("places.view")
    house = house_of(actor, key) if key < 1 << 63 else None
    if house is None:
        raise NotFound(_("This is not in the register (any more). Search for it anew."))
    return _house(actor, house)


def _row(address: Address) -> dict[str, Any]:
    return {
        "id": address.pk, "code": address.code, "text": address.text,
        "area": named(address.area.name, address.area.name_zh), "lon": address.lon, "lat": address.lat,
    }  # fmt: skip


def _house(actor: Actor, house: House) -> dict[str, Any]:
    here = house.address
    may_view = actor.may("register.view", about=here)
    return _row(here) | {
        "kind": kind_name(here.kind), "gone": here.gone, "seen_at": clock.stamp(here.confirmed_at),
        "above": [{"id": each.pk, "text": each.text} for each in house.above],
        "units": house.parts.get("unit", 0), "rooms": house.parts.get("room", 0),
        "organisations": [
            {"name": each.name, "kind": str(each.get_kind_display())} for each in house.organisations
        ],
        "premises": _premises(house) if may_view else None,
        "page": reverse("register_address", args=[here.pk]),
        "plates": f"{reverse('register_plates')}?within={here.pk}" if may_view else None,
    }  # fmt: skip


def _premises(house: House) -> dict[str, Any]:
    return {
        "facts": _facts(house.premise) if house.premise else [],
        "seen_at": clock.stamp(house.premise.confirmed_at) if house.premise else None,
        "residents": house.residents, "premises": house.premises or 0,
        "hazards": shown("hazards", list(house.hazards)) if house.hazards else "",
    }  # fmt: skip


def _facts(premise: Premise) -> list[dict[str, str]]:
    """What is known, without what is unknown and without the hazards, which are told of the whole house."""
    told = ((name, shown(name, getattr(premise, name))) for name in SUBJECTS["premise"])
    return [
        {"name": str(FIELD_NAMES[name]), "value": value}
        for name, value in told
        if name not in ("gone", "hazards") and value != "–"
    ]
