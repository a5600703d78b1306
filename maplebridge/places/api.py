"""Search, reverse geocoding, premise notes and areas over HTTP."""

import re
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.language import named
from maplebridge.kernel.refused import BadInput
from maplebridge.people.sessions import actor_of_request
from maplebridge.places import actions, queries
from maplebridge.places.fold import fold
from maplebridge.places.models import PremiseNote
from maplebridge.places.register.models import Address
from maplebridge.places.register.queries.search import search_addresses

router = Router(tags=["places"])
MOST_RESULTS = 30
_NUMBER = re.compile(r"\s*\d+\s*\w?\s*$")


class FoundOut(Schema):
    """A search result; `id` is the key of an address of the register."""

    kind: str
    name: str
    detail: str
    lon: float
    lat: float
    score: float
    id: int | None = None


class AreaOut(Schema):
    code: str
    name: str


class PlaceAtOut(Schema):
    """What a point is called and where it belongs."""

    address: str
    area: AreaOut | None
    in_city: bool


class NoteIn(Schema):
    """A premise note to add. `expires_at` must be at most a year ahead."""

    kind: str = "hint"
    text: str
    reason: str = ""
    lon: float
    lat: float
    radius_m: int = 40
    expires_at: datetime | None = None


class WithdrawIn(Schema):
    reason: str = ""


class NoteOut(Schema):
    """A premise note; `distance_m` is null where no point was asked for."""

    id: int
    kind: str
    text: str
    reason: str
    lon: float
    lat: float
    radius_m: int
    expires_at: str
    distance_m: float | None = None


@router.get("/search", response={200: list[FoundOut], **REFUSALS})
def search(
    request: HttpRequest, q: str = "", lon: float | None = None, lat: float | None = None, limit: int = 8
) -> list[Any]:
    """Find addresses, corners, places, areas and coordinates as typed so far, the nearest to lon, lat first.

    Addresses of the register that have the number or code typed come first, others after what the map knows.
    """
    actor_of_request(request).must("places.view")
    near = (lon, lat) if lon is not None and lat is not None and valid_lonlat(lon, lat) else None
    most = max(1, min(limit, MOST_RESULTS))
    exact, registered = _in_register(q[:120], most)
    names = {_words(each["name"]) for each in registered}
    known = [each for each in queries.search_places(q, near, most) if _words(each.name) not in names]
    if exact:
        return [*registered, *known][:most]
    return [*known[: most - min(len(registered), most // 3)], *registered][:most]


@router.get("/places/at", response={200: PlaceAtOut, **REFUSALS})
def place_at(request: HttpRequest, lon: float, lat: float) -> dict[str, Any]:
    """Say what a point is called, in which area it lies, and whether it is in the city."""
    actor_of_request(request).must("places.view")
    _check_point(lon, lat)
    area, city = queries.area_at(lon, lat), queries.current_city()
    return {
        "address": queries.address_at(lon, lat),
        "area": {"code": area.code, "name": area.name} if area else None,
        "in_city": bool(city and city.holds(lon, lat)),
    }


@router.get("/premise-notes", response={200: list[NoteOut], **REFUSALS})
def premise_notes(request: HttpRequest, lon: float | None = None, lat: float | None = None) -> list[dict[str, Any]]:
    """List the valid notes, or those that hold at a point, nearest first."""
    actor_of_request(request).must("places.view")
    at = clock.now()
    if lon is None or lat is None:
        return [_note_out(note) for note in PremiseNote.objects.valid(at).order_by("expires_at")[:500]]
    _check_point(lon, lat)
    return [_note_out(near.note, near.distance_m) for near in queries.premise_notes_near(lon, lat, at)]


@router.post("/premise-notes", response={201: NoteOut, **REFUSALS})
def add_note(request: HttpRequest, body: NoteIn) -> tuple[int, dict[str, Any]]:
    """Add a note about premises: what, why, and until when."""
    at = clock.now()
    if body.expires_at is not None and body.expires_at.tzinfo is None:
        raise BadInput("expires_at", _("Give the end of the note with its offset from UTC."))
    note = actions.add_premise_note(actor_of_request(request), **body.dict(), at=at)
    return 201, _note_out(note)


@router.post("/premise-notes/{note_id}/withdraw", response={200: NoteOut, **REFUSALS})
def withdraw_note(request: HttpRequest, note_id: int, body: WithdrawIn) -> dict[str, Any]:
    """Withdraw a note that no longer holds."""
    note = actions.withdraw_premise_note(actor_of_request(request), note_id=note_id, reason=body.reason, at=clock.now())
    return _note_out(note)


@router.get("/areas", response={200: dict[str, Any], **REFUSALS})
def areas(request: HttpRequest) -> dict[str, Any]:
    """Give the areas in use whose borders are known as a GeoJSON FeatureCollection, the largest first."""
    actor_of_request(request).must("places.view")
    rows = queries.drawn_areas()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": area.pk,
                "properties": {
                    "code": area.code, "name": area.name, "name_zh": area.name_zh, "kind": area.kind,
                    "level": area.level, "path": area.path,
                },
                "geometry": area.geometry,
            }
            for area in rows
        ],
    }  # fmt: skip


def _in_register(text: str, most: int) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the register has the number or code that is typed, and its addresses.

    Where it has it not, or all of it is not typed yet, these are others of the street.
    """
    found = search_addresses(text, limit=most)
    exact = bool(found) and any(letter.isdigit() for letter in text)
    street = _NUMBER.sub("", text)
    if not found and street and street != text:
        found = search_addresses(street, limit=most)
    return exact, [_registered(each) for each in found]


def _registered(address: Address) -> dict[str, Any]:
    return {
        "kind": "address", "name": address.text, "detail": named(address.area.name, address.area.name_zh),
        "lon": address.lon, "lat": address.lat, "score": 1.0, "id": address.pk,
    }  # fmt: skip


def _words(name: str) -> frozenset[str]:
    """The words of a name in any order: `12 Mill Lane` and `Mill Lane 12` are one."""
    return frozenset(fold(name).split())


def _check_point(lon: float, lat: float) -> None:
    if not valid_lonlat(lon, lat):
        raise BadInput("lon", _("This is not a place on Earth: give longitude, latitude in degrees."))


def _note_out(note: PremiseNote, distance_m: float | None = None) -> dict[str, Any]:
    return {
        "id": note.pk, "kind": note.kind, "text": note.text, "reason": note.reason, "lon": note.lon, "lat": note.lat,
        "radius_m": note.radius_m, "expires_at": clock.stamp(note.expires_at),
        "distance_m": None if distance_m is None else round(distance_m, 1),
    }  # fmt: skip
