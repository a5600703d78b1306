"""The API of positions: a phone's address, where units are for partners, tracks, fences."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.people.sessions import actor_of_request
from maplebridge.positions import actions, queries
from maplebridge.positions.files import written
from maplebridge.positions.patrol import patrol_of
from maplebridge.positions.tracks import opened_tracks

router = Router(tags=["positions"])
Row = dict[str, Any]


class TrackIn(Schema):
    since: datetime
    until: datetime
    reason: str = ""
    form: Literal["json", "geojson"] = "json"


@router.post("/units/{unit_id}/tracker", response={201: Row, **REFUSALS}, summary="An address for one's own phone")
def post_tracker(request: HttpRequest, unit_id: int) -> Status[Row]:
    """Lend the phone page of a crew on shift the address to which it sends its unit's positions, also in batches."""
    actor, now = actor_of_request(request), clock.now()
    given = actions.lend_tracker(actor, unit=queries.visible_unit(actor, unit_id, at=now), at=now)
    return Status(201, {"address": f"/p/{given.token}"})


@router.post("/units/{unit_id}/track", response={200: Row, **REFUSALS}, summary="Where a unit was")
def post_track(request: HttpRequest, unit_id: int, body: TrackIn) -> HttpResponse | Row:
    """Give a unit's track with its stops, or as GeoJSON; the page has GPX and CSV, too. The look is journaled."""
    actor, now = actor_of_request(request), clock.now()
    unit = queries.visible_unit(actor, unit_id, at=now)
    with opened_tracks() as tracks:
        rows = actions.consult_track(
            actor, tracks=tracks, unit=unit, since=body.since, until=body.until, reason=body.reason, at=now
        )
    if body.form == "geojson":
        return HttpResponse(written("geojson", rows, name=unit.call_sign), content_type="application/json")
    return queries.track_row(rows, patrol_of(rows))


@router.post("/units/{unit_id}/track/import", response={200: Row, **REFUSALS}, summary="Bring in a recorded track")
def post_track_import(request: HttpRequest, unit_id: int, file: File[UploadedFile]) -> Row:
    """Add a GPX or CSV file that a device of the unit recorded; what lies outside its shifts is not kept."""
    actor, now = actor_of_request(request), clock.now()
    unit = queries.visible_unit(actor, unit_id, at=now)
    with opened_tracks() as tracks:
        done = actions.import_track(actor, tracks=tracks, unit=unit, data=file.read(), at=now)
    return {"read": done.read, "kept": done.kept}


@router.get("/units/{unit_id}/looks", response={200: list[Row], **REFUSALS}, summary="Who looked at my patrol")
def get_looks(request: HttpRequest, unit_id: int) -> list[Row]:
    """Who looked at the track of one's own shifts, when and why, newest first."""
    actor, now = actor_of_request(request), clock.now()
    looks = queries.looks_at(actor, unit=queries.visible_unit(actor, unit_id, at=now))
    return [
        {"at": clock.stamp(look.at), "name": look.name, "reason": look.reason,
         "since": clock.stamp(look.since), "until": clock.stamp(look.until)} for look in looks
    ]  # fmt: skip


@router.get("/positions.geojson", response={200: Row, **REFUSALS}, summary="Where units are now")
def get_positions(request: HttpRequest) -> HttpResponse:
    """The units that one may see as points; `/api/stream` goes on with what moves."""
    actor = actor_of_request(request)
    actor.must("units.view")
    body = queries.positions_geojson(actor, at=clock.now())
    return HttpResponse(body, content_type="application/json")


@router.get("/fences", response={200: list[Row], **REFUSALS}, summary="Fences that tell of units")
def get_fences(request: HttpRequest) -> list[Row]:
    """Fences in force, with what they tell."""
    actor_of_request(request).must("units.view")
    return queries.fence_rows()
