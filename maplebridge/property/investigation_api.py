"""The API for investigators: an item's timeline, leads, clones, figures."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import queries, schemas
from maplebridge.property.models import Sighting
from maplebridge.property.queries.clones import contradicting_codes, impossible_jumps
from maplebridge.property.queries.figures import before_and_after, figures
from maplebridge.property.queries.leads import chain_row, chains_by_place
from maplebridge.property.queries.near import near_codes
from maplebridge.property.rules import CLEAN_SIGHTINGS_AT_MOST

router = Router(tags=["property"])
Row = dict[str, Any]
Days = Annotated[int, Field(ge=1, le=3650)]


def _investigator(request: HttpRequest) -> Actor:
    actor = actor_of_request(request)
    actor.must("property.investigate")
    return actor


@router.get("/property/near", response={200: list[schemas.NearOut], **REFUSALS}, summary="Codes near one")
def get_near(request: HttpRequest, code: str) -> list[Row]:
    """Registered codes within two edits, to compare with the thing itself. Nothing is ever alarmed on them."""
    _investigator(request)
    return [asdict(near) for near in near_codes(code)]


@router.get("/property/items/{item_id}/timeline", response={200: list[Row], **REFUSALS}, summary="What happened to it")
def get_timeline(request: HttpRequest, item_id: int) -> list[Row]:
    """The steps of an item, oldest first, with their places; owners are numbers."""
    item = queries.visible_item(_investigator(request), item_id)
    return [asdict(step) for step in queries.timeline_of(item)]


@router.get("/property/leads", response={200: list[Row], **REFUSALS}, summary="Where stolen things turn up")
def get_leads(request: HttpRequest, days: Days = 90) -> list[Row]:
    """Places where at least two stolen items were seen, those with most first. Places, never persons."""
    actor = _investigator(request)
    since = clock.now() - timedelta(days=days)
    return [chain_row(chain) for chain in chains_by_place(actor, since=since)]


@router.get("/property/owed", response={200: list[Row], **REFUSALS}, summary="Places that owe an answer")
def get_owed(request: HttpRequest) -> list[Row]:
    """Alarms at accredited places that have not said what became of the item, oldest first."""
    return [queries.alarm_card(alarm) for alarm in queries.owed_answers(_investigator(request))[:200]]


@router.get("/property/clones", response={200: Row, **REFUSALS}, summary="Codes that seem to be on two things")
def get_clones(request: HttpRequest, days: Days = 90) -> Row:
    """Codes at two places in less time than any road takes, and codes that tell what their item is not."""
    _investigator(request)
    now = clock.now()
    jumps = impossible_jumps(since=now - CLEAN_SIGHTINGS_AT_MOST)
    found = contradicting_codes(since=now - timedelta(days=days))
    return {
        "jumps": [{"code": jump.canonical, "first": _seen(jump.first), "second": _seen(jump.second),
                   "apart_s": round(jump.apart_s), "way_s": round(jump.way_s)} for jump in jumps],
        "contradictions": [{"item": each.identifier.item_id, "identifier": each.identifier.pk,
                            "written": each.identifier.written, "what": each.what} for each in found],
    }  # fmt: skip


@router.get("/property/figures", response={200: Row, **REFUSALS}, summary="What it comes to")
def get_figures(request: HttpRequest, since: datetime, until: datetime, area: str = "") -> Row:
    """Thefts, recoveries, checks, hits and false matches of a stretch of time, each with its 95 % interval."""
    _investigator(request)
    for name, moment in (("since", since), ("until", until)):
        must_know_offset(name, moment)
    return asdict(figures(since=since, until=until, now=clock.now(), area=area))


@router.get("/property/figures/before-after", response={200: list[Row], **REFUSALS}, summary="Before and after a day")
def get_before_after(request: HttpRequest, split_at: datetime, days: Days = 90, areas: str = "") -> list[Row]:
    """The rate of thefts after as a multiple of that before, with its 95 % interval, in all areas and in each named."""
    _investigator(request)
    must_know_offset("split_at", split_at)
    named = [area.strip() for area in areas.split(",") if area.strip()][:100]
    rows = before_and_after(split_at=split_at, days=days, now=clock.now(), areas=named)
    return [{"area": row.area, "before": row.ratio.before, "after": row.ratio.after, "ratio": row.ratio.value,
             "low": row.ratio.low, "high": _finite(row.ratio.high), "shows_change": row.ratio.shows_change}
            for row in rows]  # fmt: skip


def must_know_offset(name: str, moment: datetime) -> None:
    """Raise BadInput for a time without its offset from UTC."""
    if moment.tzinfo is None:
        raise BadInput(name, _("Give the times with their offset from UTC, for example 2026-05-04T12:00:00Z."))


def _finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return value if value < 1e300 else None


def _seen(sighting: Sighting) -> Row:
    place = sighting.dealer or sighting.reader
    return {"at": clock.stamp(sighting.at), "lon": sighting.lon, "lat": sighting.lat, "channel": sighting.channel,
            "place": str(place) if place else ""}  # fmt: skip
