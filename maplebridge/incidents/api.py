"""The incidents API: parse, one action or query, answer."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, File, Header, Router, Status
from ninja.files import UploadedFile

from maplebridge.incidents import actions, queries, schemas
from maplebridge.incidents.actions.report import type_of
from maplebridge.incidents.filters import box_of, searchable, since_of, states_of
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.incidents.rules import DISPOSITIONS
from maplebridge.incidents.whereabouts import spot_of
from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.people.sessions import actor_of_request

router = Router(tags=["incidents"])
Answer = dict[str, Any]
LIST_MAX = 5000
ROW: dict[int, Any] = {200: schemas.IncidentRow, **REFUSALS}


@router.get("/incidents", response={200: list[schemas.IncidentRow], **REFUSALS})
def list_incidents(
    request: HttpRequest,
    state: str = "",
    bbox: str = "",
    since: datetime | None = None,
    q: str = "",
    limit: Annotated[int, Field(ge=1, le=LIST_MAX)] = 500,
) -> list[Answer]:
    """Incidents, newest first. `state` is `open` or states joined by commas; `bbox` is west,south,east,north."""
    actor = actor_of_request(request)
    actor.must("incidents.view")
    found = queries.find_incidents(
        actor, states=states_of(state), bbox=box_of(bbox), since=since_of(since), q=searchable(q)
    )
    return queries.incident_rows(found[:limit])


@router.post(
    "/incidents",
    response={200: schemas.ReportedOut, 201: schemas.ReportedOut, **REFUSALS},
)
def report(
    request: HttpRequest, body: schemas.ReportIn, idempotency_key: Annotated[str, Header(alias="Idempotency-Key")] = ""
) -> Status[Answer]:
    """Take a report. 201 when it is new; 200 with the same incident when the key and the content are repeated."""
    actor, at = actor_of_request(request), clock.now()
    given = body.dict(exclude={"at", "source"})
    source = body.source or ("paper" if body.number else "api" if actor.may("units.position") else "call")
    done = actions.report_incident(
        actor,
        **given,
        source=source,
        occurred_at=body.at,
        source_key=f"{actor.ref}:{idempotency_key}" if idempotency_key else "",
        at=at,
    )
    incident = done.incident
    duplicates = queries.possible_duplicates(
        actor,
        lon=incident.lon,
        lat=incident.lat,
        type=incident.type,
        narrative=body.narrative,
        at=incident.reported_at,
        but=incident.pk,
    )
    answer = {"id": incident.pk, "number": incident.label, "area": incident.area_code, "duplicates": duplicates}
    return Status(201 if done.new else 200, answer)


@router.post("/incidents/check", response={200: schemas.CheckOut, **REFUSALS})
def check(request: HttpRequest, body: schemas.CheckIn) -> Answer:
    """Look before a report is taken: likely duplicates, premise notes, area and address of the point."""
    actor, at = actor_of_request(request), clock.now()
    actor.must("incidents.view")
    spot = spot_of(lon=body.lon, lat=body.lat)
    kind = type_of(body.type) if body.type else None
    return {
        "duplicates": queries.possible_duplicates(
            actor, lon=spot.lon, lat=spot.lat, type=kind, narrative=body.narrative[:2000], at=at
        ),
        "premise_notes": queries.premise_note_rows(spot.lon, spot.lat, at=at),
        "area": spot.area_code,
        "address": spot.address,
    }


@router.get("/incidents/caller-last", response={200: schemas.LastPlaceOut | None, **REFUSALS})
def caller_last(request: HttpRequest, phone: str) -> Answer | None:
    """Where the newest report from a telephone number came from, or null; no person is named, the look is journaled."""
    found = actions.last_place_of_caller(actor_of_request(request), phone=phone, at=clock.now())
    if found is None:
        return None
    return {"lon": found.lon, "lat": found.lat, "address": found.address, "number": found.label}


@router.get("/incidents/{incident_id}", response={200: schemas.IncidentDetail, **REFUSALS})
def detail(request: HttpRequest, incident_id: schemas.RowId, callers: bool = False, reason: str = "") -> Answer:
    """One incident in full. `callers=1` shows names and telephone numbers, and journals the look with its reason."""
    actor, at = actor_of_request(request), clock.now()
    incident = queries.visible_incident(actor, incident_id)
    if callers:
        actions.consult_callers(actor, incident=incident, reason=reason, at=at)
    words = actions.read_incident(actor, incident=incident, at=at)
    return queries.incident_detail(actor, incident, with_callers=callers, with_words=words, at=at)


@router.post("/incidents/{incident_id}/purpose", response=ROW)
def purpose(request: HttpRequest, incident_id: schemas.RowId, body: schemas.PurposeIn) -> Answer:
    """Say what for one reads an incident without a part in it; its words are then shown for an hour."""
    incident = _seen(request, incident_id)
    actions.state_purpose(actor_of_request(request), incident=incident, **body.dict(), at=clock.now())
    return queries.incident_row(incident)


@router.get("/incidents/{incident_id}/timeline", response={200: list[schemas.TimelineRow], **REFUSALS})
def timeline(request: HttpRequest, incident_id: schemas.RowId) -> list[Answer]:
    """The journal's entries about an incident, as sentences in the reader's language."""
    incident = _seen(request, incident_id)
    words = actions.read_incident(actor_of_request(request), incident=incident, at=clock.now())
    return queries.timeline(incident, with_words=words)


@router.post("/incidents/{incident_id}/notes", response=ROW)
def note(
    request: HttpRequest,
    incident_id: schemas.RowId,
    body: schemas.NoteIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")] = "",
) -> Answer:
    """Add a line to the narrative, now or late with its own time; a repeated key adds nothing."""
    actor, incident = actor_of_request(request), _seen(request, incident_id)
    key = f"{actor.ref}:{idempotency_key}" if idempotency_key else ""
    actions.add_note(actor, incident=incident, text=body.text, occurred_at=body.at, source_key=key, at=clock.now())
    return queries.incident_row(incident)


@router.post("/incidents/{incident_id}/priority", response=ROW)
def priority(request: HttpRequest, incident_id: schemas.RowId, body: schemas.PriorityIn) -> Answer:
    """Override the priority, with the reason."""
    return _done(
        actions.set_priority(
            actor_of_request(request),
            incident=_seen(request, incident_id),
            priority=body.priority,
            reason=body.reason,
            at=clock.now(),
        )
    )


@router.post("/incidents/{incident_id}/merge", response=ROW)
def merge(request: HttpRequest, incident_id: schemas.RowId, body: schemas.MergeIn) -> Answer:
    """Merge this duplicate into another incident; answers with that one."""
    actor = actor_of_request(request)
    into = queries.visible_incident(actor, body.into)
    return _done(actions.merge_incidents(actor, incident=_seen(request, incident_id), into=into, at=clock.now()))


@router.post("/incidents/{incident_id}/unmerge", response=ROW)
def unmerge(request: HttpRequest, incident_id: schemas.RowId) -> Answer:
    """Take a merge back."""
    return _done(
        actions.unmerge_incident(actor_of_request(request), incident=_seen(request, incident_id), at=clock.now())
    )


@router.post("/incidents/{incident_id}/links", response=ROW)
def link(request: HttpRequest, incident_id: schemas.RowId, body: schemas.LinkIn) -> Answer:
    """Link two incidents: child, parent, related or split."""
    actor, incident = actor_of_request(request), _seen(request, incident_id)
    other = queries.visible_incident(actor, body.other)
    actions.link_incidents(actor, incident=incident, other=other, kind=body.kind, at=clock.now())
    return _done(incident)


@router.post("/incidents/{incident_id}/split", response=ROW)
def split(request: HttpRequest, incident_id: schemas.RowId, body: schemas.SplitIn) -> Answer:
    """Make a second incident out of this one; answers with the new one."""
    return _done(
        actions.split_incident(
            actor_of_request(request), incident=_seen(request, incident_id), at=clock.now(), **body.dict()
        )
    )


@router.post("/incidents/{incident_id}/close", response=ROW)
def close(request: HttpRequest, incident_id: schemas.RowId, body: schemas.CloseIn) -> Answer:
    """Close with a disposition; `at_post` when it was handled at the post."""
    return _done(
        actions.close_incident(
            actor_of_request(request), incident=_seen(request, incident_id), at=clock.now(), **body.dict()
        )
    )


@router.post("/incidents/{incident_id}/cancel", response=ROW)
def cancel(request: HttpRequest, incident_id: schemas.RowId, body: schemas.ReasonIn) -> Answer:
    """Cancel with the reason."""
    return _done(
        actions.cancel_incident(
            actor_of_request(request), incident=_seen(request, incident_id), reason=body.reason, at=clock.now()
        )
    )


@router.post("/incidents/{incident_id}/reopen", response=ROW)
def reopen(request: HttpRequest, incident_id: schemas.RowId, body: schemas.ReasonIn) -> Answer:
    """Open an ended incident again; those who closed it are told."""
    return _done(
        actions.reopen_incident(
            actor_of_request(request), incident=_seen(request, incident_id), reason=body.reason, at=clock.now()
        )
    )


@router.post("/incidents/{incident_id}/edit", response=ROW)
def edit(request: HttpRequest, incident_id: schemas.RowId, body: schemas.EditIn) -> Answer:
    """Correct type or place."""
    return _done(
        actions.edit_incident(
            actor_of_request(request), incident=_seen(request, incident_id), at=clock.now(), **body.dict()
        )
    )


@router.post("/incidents/{incident_id}/attachments", response=ROW)
def attach(request: HttpRequest, incident_id: schemas.RowId, file: File[UploadedFile]) -> Answer:
    """Attach a photo or file of at most 20 MB; its type is told by its content."""
    incident = _seen(request, incident_id)
    actions.attach_file(
        actor_of_request(request),
        incident=incident,
        name=file.name or "",
        content=file.read(actions.FILE_MAX + 1),
        at=clock.now(),
    )
    return _done(incident)


@router.get("/types", response={200: list[schemas.TypeOut], **REFUSALS})
def types(request: HttpRequest) -> list[Answer]:
    """The incident types offered here."""
    return [
        {
            "code": each.code,
            "family": each.family,
            "name": {"en": each.name, "zh": each.name_zh},
            "words": each.words,
            "priority": each.priority,
            "target_s": each.target_s,
        }
        for each in IncidentType.objects.filter(active=True)
    ]


@router.get("/dispositions", response={200: list[schemas.DispositionOut], **REFUSALS})
def dispositions(request: HttpRequest) -> list[Answer]:
    """How an incident may end: the code a dispatcher types, and its words."""
    return [{"code": code, "name": str(name)} for code, name in DISPOSITIONS]


def _seen(request: HttpRequest, incident_id: int) -> Incident:
    return queries.visible_incident(actor_of_request(request), incident_id)


def _done(incident: Incident) -> Answer:
    return queries.incident_row(incident)
