"""Read endpoints in the shape of the Bike Index API, version 3, so that clients of it can be pointed here.

After its public documentation and what its clients expect. "Bike" means anything registered. Only what is reported
stolen is listed; what is not is shown for its exact serial alone, and nothing ever about its owner. Places are rounded
to 0.01 degrees, times to the hour.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.geometry import bbox_around
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.sessions import actor_of_request
from maplebridge.property.codes import canonical
from maplebridge.property.gate import admit
from maplebridge.property.models import Item, TheftReport
from maplebridge.property.queries import known_of
from maplebridge.property.queries.near import near_stolen

router = Router(tags=["Bike Index v3"])
Row = dict[str, Any]
MILE_M = 1609.344
NEAR_MILES = 10.0
MOST = 100
_CYCLES = {"e_bike": ("bike", "pedal-assist"), "bicycle": ("bike", "foot-pedal"), "scooter": ("e-scooter", "throttle")}
PUBLIC: dict[int, Any] = {**REFUSALS, 429: REFUSALS[409]}


class SearchIn(Schema):
    """`stolenness` is stolen, non, all or proximity; `location` lat,lng; `distance` in miles."""

    serial: str = ""
    query: str = ""
    manufacturer: str = ""
    colors: str = ""
    location: str = ""
    distance: float = NEAR_MILES
    stolenness: str = "stolen"
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST)] = 25


class RegisteredIn(Schema):
    """What else their clients send (an owner's address) is not read."""

    serial: str
    manufacturer: str = ""


@router.get("/search", auth=None, response={200: Row, **PUBLIC}, summary="Search for items")
def search(request: HttpRequest, response: HttpResponse, sought: Query[SearchIn]) -> Row:
    """Items reported stolen, newest first; with `stolenness` non or all, what bears exactly this serial."""
    admit(request)
    found = _found(sought)
    response["Total"], response["Per-Page"] = str(found.count()), str(sought.per_page)
    begin = (sought.page - 1) * sought.per_page
    return {"bikes": _bikes(found[begin : begin + sought.per_page])}


@router.get("/search/count", auth=None, response={200: Row, **PUBLIC}, summary="Count items")
def count(request: HttpRequest, sought: Query[SearchIn]) -> Row:
    """How many such items are reported stolen, are so near the location, and are not."""
    admit(request)
    near = sought.model_copy(update={"stolenness": "proximity"})
    return {
        "stolen": _found(sought.model_copy(update={"stolenness": "stolen"})).count(),
        "non": _found(sought.model_copy(update={"stolenness": "non"})).count(),
        "proximity": _found(near).count() if sought.location else 0,
    }


@router.get("/search/close_serials", auth=None, response={200: Row, **PUBLIC}, summary="Stolen items with near serials")
def close_serials(request: HttpRequest, serial: str) -> Row:
    """Items reported stolen whose serial is one or two edits from this one. To compare with the item: no match."""
    admit(request)
    if not (key := canonical(serial)):
        raise BadInput("serial", _("This is no code. Type what stands on the frame, the motor or the battery."))
    near = [each for each in near_stolen(key) if each.edits]
    return {"bikes": _bikes(Item.objects.filter(pk__in=[each.item for each in near[:MOST]]))}


@router.post("/bikes/check_if_registered", response={200: Row, **REFUSALS}, summary="Is it registered?")
def check_if_registered(request: HttpRequest, body: RegisteredIn) -> Row:
    """Whether an item with this serial is registered, for accredited places; whose it is, is not told."""
    actor_of_request(request).must("property.check")
    known = known_of(canonical(body.serial))
    rows = Item.objects.filter(pk__in=known.item_ids)
    if body.manufacturer.strip():
        rows = rows.filter(Q(maker__iexact=body.manufacturer.strip()) | Q(maker=""))
    item = rows.order_by("pk").first()
    claimed = item is not None and item.ownerships.filter(until_at=None).exists()
    return {"registered": item is not None, "claimed": claimed, "can_edit": False,
            "state": _status(item) if item else "no_bike", "stolen": bool(known.theft_ids)}  # fmt: skip


@router.get("/bikes/{bike_id}", auth=None, response={200: Row, **PUBLIC}, summary="One item")
def bike(request: HttpRequest, bike_id: int) -> Row:
    """An item that is reported stolen; 404 for any other."""
    admit(request)
    found = _bikes(Item.objects.filter(pk=bike_id, state="stolen")) if bike_id < 2**63 else []
    if not found:
        raise NotFound(_("No item with this number is reported stolen."))
    return {"bike": found[0]}


def _found(sought: SearchIn) -> QuerySet[Item]:
    rows = Item.objects.filter(state="stolen")
    if sought.stolenness in ("non", "all"):
        rows = Item.objects.exclude(state="retired") if sought.serial else Item.objects.none()
        rows = rows.exclude(state="stolen") if sought.stolenness == "non" else rows
    elif sought.stolenness == "proximity":
        rows = rows.filter(pk__in=_lost_near(sought).values("item"))
    elif sought.stolenness != "stolen":
        raise BadInput("stolenness", _("Choose one of: %(names)s.") % {"names": "stolen, non, all, proximity"})
    if sought.serial:
        key = canonical(sought.serial)
        rows = rows.filter(identifiers__canonical=key) if key else rows.none()
    if sought.manufacturer:
        rows = rows.filter(maker__iexact=sought.manufacturer.strip())
    for word in [*sought.query.split()[:5], *sought.colors.replace(",", " ").split()[:3]]:
        rows = rows.filter(Q(maker__icontains=word) | Q(model__icontains=word) | Q(colour__icontains=word))
    return rows.distinct().order_by("-pk")


def _lost_near(sought: SearchIn) -> QuerySet[TheftReport]:
    try:
        lat, lon = (float(each) for each in sought.location.split(","))
        west, south, east, north = bbox_around(lon, lat, min(max(sought.distance, 0.1), 500.0) * MILE_M)
    except ValueError:
        raise BadInput("location", _("Give the location as latitude,longitude in degrees.")) from None
    box = TheftReport.objects.filter(lon__range=(west, east), lat__range=(south, north))
    return box.filter(state="open")


def _bikes(items: Iterable[Item]) -> list[Row]:
    rows = {item.pk: item for item in items}
    thefts = {theft.item_id: theft for theft in TheftReport.objects.filter(item__in=rows, state="open")}
    serials: dict[int, str] = {}
    for item in Item.objects.filter(pk__in=rows).prefetch_related("identifiers"):
        codes = [each for each in item.identifiers.all() if each.kind in ("frame", "battery", "other")]
        serials[item.pk] = codes[0].canonical if codes else ""
    return [_bike(item, thefts.get(item.pk), serials.get(item.pk, "")) for item in rows.values()]


def _status(item: Item) -> str:
    return {"stolen": "stolen", "impounded": "impounded"}.get(item.state, "with owner")


def _bike(item: Item, theft: TheftReport | None, serial: str) -> Row:
    cycle, propulsion = _CYCLES.get(item.kind, (None, None))
    lost = theft.lost_to.replace(minute=0, second=0, microsecond=0) if theft else None
    return {
        "id": item.pk,
        "title": " ".join(filter(None, (str(item.year or ""), item.maker, item.model))) or item.get_kind_display(),
        "serial": serial or None,
        "manufacturer_name": item.maker or None,
        "frame_model": item.model or None,
        "frame_colors": [item.colour] if item.colour else [],
        "year": item.year,
        "status": _status(item),
        "stolen": theft is not None,
        "date_stolen": int(lost.timestamp()) if lost else None,
        "stolen_location": theft.area_code or None if theft else None,
        "stolen_coordinates": [round(theft.lat, 2), round(theft.lon, 2)] if theft else None,
        "cycle_type_slug": cycle,
        "propulsion_type_slug": propulsion,
        "description": item.get_kind_display(),
        "thumb": None,
        "large_img": None,
        "is_stock_img": False,
        "location_found": None,
        "external_id": None,
        "registry_name": None,
        "registry_url": None,
        "url": f"/property?code={serial}" if serial else None,
    }
