"""The API of dispatch: units, their steps and positions, recommendations, sending."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from maplebridge.dispatch import actions, queries, schemas
from maplebridge.dispatch.reach import LONGEST_S, reach
from maplebridge.dispatch.recommend import level_of
from maplebridge.dispatch.rules import LEVEL_MOST
from maplebridge.incidents.actions import read_incident
from maplebridge.incidents.actions.shared import instant
from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries import incident_detail, incident_row, visible_incident
from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.refused import BadInput
from maplebridge.people.sessions import actor_of_request
from maplebridge.positions.actions import record_position
from maplebridge.positions.queries import visible_unit

router = Router(tags=["dispatch"])
Row = dict[str, Any]
_ONE: dict[Any, Any] = {200: Row, **REFUSALS}
_MANY: dict[Any, Any] = {200: list[Row], **REFUSALS}


@router.get("/incidents/{incident_id}/recommendations", response=_MANY, summary="Who should go, and why")
def get_recommendations(request: HttpRequest, incident_id: int, limit: int = 8, level: int = 0) -> list[Row]:
    """Rank the units on shift by road travel time now; `plan` marks those wanted at the alarm level, or at `level`."""
    actor = actor_of_request(request)
    incident = visible_incident(actor, incident_id)
    limit, level = min(max(limit, 1), 50), min(max(level, 0), LEVEL_MOST)
    return queries.recommendation_rows(actor, incident=incident, at=clock.now(), limit=limit, level=level or None)


@router.post("/incidents/{incident_id}/assignments", response={201: Row, **_ONE}, summary="Send a unit")
def post_assignment(request: HttpRequest, incident_id: int, body: schemas.AssignIn) -> Status[Row]:
    """Send a unit; 201, or 200 when it is there already. With `preempt` it is taken off a less urgent job."""
    actor, now = actor_of_request(request), clock.now()
    incident = visible_incident(actor, incident_id)
    unit = visible_unit(actor, body.unit_id, at=now)
    made = actions.assign_unit(actor, incident=incident, unit=unit, at=now, reason=body.reason, preempt=body.preempt)
    return Status(201 if made.assigned_at == now else 200, queries.assignment_row(made))


@router.post("/incidents/{incident_id}/stand_down", response=_ONE, summary="Take a unit off")
def post_stand_down(request: HttpRequest, incident_id: int, body: schemas.StandDownIn) -> Row:
    """Stand a unit down; with none left the incident waits again."""
    actor, now = actor_of_request(request), clock.now()
    incident = visible_incident(actor, incident_id)
    unit = visible_unit(actor, body.unit_id, at=now)
    actions.stand_down(actor, incident=incident, unit=unit, at=now, reason=body.reason)
    return incident_row(incident)


@router.post("/incidents/{incident_id}/swap", response=_ONE, summary="Send one unit in another's place")
def post_swap(request: HttpRequest, incident_id: int, body: schemas.SwapIn) -> Row:
    """Swap two units in one act."""
    actor, now = actor_of_request(request), clock.now()
    incident = visible_incident(actor, incident_id)
    out_unit = visible_unit(actor, body.out_unit_id, at=now)
    in_unit = visible_unit(actor, body.in_unit_id, at=now)
    actions.swap_units(actor, incident=incident, out_unit=out_unit, in_unit=in_unit, at=now, reason=body.reason)
    return incident_row(incident)


@router.post("/incidents/{incident_id}/hold", response=_ONE, summary="Hold, or release from hold")
def post_hold(request: HttpRequest, incident_id: int, body: schemas.HoldIn) -> Row:
    """Let an incident wait with a reason, or take it off hold."""
    actor = actor_of_request(request)
    incident = visible_incident(actor, incident_id)
    actions.hold_incident(actor, incident=incident, held=body.held, reason=body.reason, at=clock.now())
    return incident_row(incident)


@router.post("/incidents/{incident_id}/alarm_level", response=_ONE, summary="Raise the alarm level")
def post_alarm_level(request: HttpRequest, incident_id: int, body: schemas.AlarmLevelIn) -> Row:
    """Set the alarm level with the reason; from then on recommendations want what its response plan wants."""
    actor = actor_of_request(request)
    incident = visible_incident(actor, incident_id)
    level = actions.raise_alarm_level(actor, incident=incident, level=body.level, reason=body.reason, at=clock.now())
    return {**incident_row(incident), "alarm_level": level}


@router.get("/incidents/{incident_id}/alarm_level", response=_ONE, summary="The alarm level")
def get_alarm_level(request: HttpRequest, incident_id: int) -> Row:
    """The alarm level of an incident, 1 where nobody raised it."""
    return {"level": level_of(visible_incident(actor_of_request(request), incident_id))}


@router.post("/incidents/{incident_id}/at_post", response=_ONE, summary="Handled and closed at the post")
def post_at_post(request: HttpRequest, incident_id: int, body: schemas.AtPostIn) -> Row:
    """Assign, set on scene and close in one act, now or late with the time it happened; again it changes nothing."""
    actor, now = actor_of_request(request), clock.now()
    incident = visible_incident(actor, incident_id)
    unit = visible_unit(actor, body.unit_id, at=now)
    done = actions.handle_at_post(
        actor, incident=incident, unit=unit, disposition=body.disposition, narrative=body.narrative,
        occurred_at=aware(body.at), at=now,
    )  # fmt: skip
    return incident_row(done)


@router.get("/units", response=_MANY, summary="Units in service")
def get_units(request: HttpRequest, on_shift: bool = False) -> list[Row]:
    """All units in service by call sign that one may see, or those on shift alone."""
    actor = actor_of_request(request)
    if not actor.may("units.own"):
        actor.must("units.view")
    return queries.unit_rows(actor, at=clock.now(), on_shift=on_shift)


@router.get("/units/{unit_id}/job", response=_ONE, summary="What the unit's phone shows")
def get_job(request: HttpRequest, unit_id: int) -> Row:
    """The unit, its incident, what it may do next, and the way there."""
    actor, now = actor_of_request(request), clock.now()
    view = queries.job_view(actor, unit=visible_unit(actor, unit_id, at=now), at=now)
    if view["incident"] is not None:
        incident = Incident.objects.get(pk=view["incident"]["id"])
        if not read_incident(actor, incident=incident, at=now):
            view["incident"] = incident_detail(actor, incident, with_words=False, at=now)
    return view


@router.post("/units/{unit_id}/accept", response=_ONE, summary="Accept the job")
def post_accept(request: HttpRequest, unit_id: int) -> Row:
    """Note that the crew has read and taken its job."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    actions.accept_job(actor, unit=unit, at=now)
    return queries.unit_row(unit, at=now)


@router.post("/units/{unit_id}/status", response=_ONE, summary="Set a unit's status")
def post_status(request: HttpRequest, unit_id: int, body: schemas.StatusIn) -> Row:
    """Set the status, now or late with the time it happened; `Assigned` with `Accepted` accepts the job."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    said = aware(body.at)
    if (body.status, body.secondary) == ("Assigned", "Accepted"):
        actions.accept_job(actor, unit=unit, at=now, occurred_at=said)
    else:
        actions.set_status(actor, unit=unit, status=body.status, at=now, occurred_at=said, secondary=body.secondary)
    return queries.unit_row(unit, at=now)


@router.post("/units/{unit_id}/close", response=_ONE, summary="Close the unit's job")
def post_close_job(request: HttpRequest, unit_id: int, body: schemas.CloseJobIn) -> Row:
    """Close the incident the unit is on scene at, now or late, and free every unit on it; again it changes nothing."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    closed = actions.close_job(
        actor, unit=unit, disposition=body.disposition, narrative=body.narrative, occurred_at=aware(body.at), at=now
    )
    return incident_row(closed)


@router.post("/units/{unit_id}/duty", response=_ONE, summary="On duty, off duty")
def post_duty(request: HttpRequest, unit_id: int, body: schemas.DutyIn) -> Row:
    """Put a unit on duty until a time (eight hours without one) or off duty, or let its turn last longer."""
    actor, now = actor_of_request(request), clock.now()
    unit, until = visible_unit(actor, unit_id, at=now), aware(body.until, field="until")
    if body.on and body.extend and until:
        actions.extend_duty(actor, unit=unit, until=until, at=now)
    elif body.on:
        actions.go_on_duty(actor, unit=unit, until=until, at=now)
    else:
        actions.go_off_duty(actor, unit=unit, at=now)
    return queries.unit_row(unit, at=now)


@router.post("/units/{unit_id}/position", response=_ONE, summary="Send a unit's position")
def post_position(request: HttpRequest, unit_id: int, body: schemas.PositionIn) -> Row:
    """Keep the newest fix of a unit on shift; `kept` is false where it was dropped."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    fixed_at = aware(body.at)
    kept = record_position(actor, unit=unit, lon=body.lon, lat=body.lat, at=now, fixed_at=fixed_at)
    return {"kept": kept}


@router.post("/units/{unit_id}/panic", response=_ONE, summary="Panic alarm on or off")
def post_panic(request: HttpRequest, unit_id: int, body: schemas.PanicIn) -> Row:
    """Raise the unit's panic alarm with its position while pressed, or end it."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    if body.on:
        actions.start_panic(actor, unit=unit, at=now, lon=body.lon, lat=body.lat)
    else:
        actions.stop_panic(actor, unit=unit, at=now)
    return queries.unit_row(unit, at=now)


@router.post("/units/{unit_id}/welfare", response=_ONE, summary="The crew is well")
def post_welfare(request: HttpRequest, unit_id: int) -> Row:
    """Start the timer of the unit's status anew."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    actions.welfare_ok(actor, unit=unit, at=now)
    return queries.unit_row(unit, at=now)


@router.post("/units/{unit_id}/lone", response=_ONE, summary="Watch over somebody who works alone")
def post_lone(request: HttpRequest, unit_id: int, body: schemas.LoneIn) -> Row:
    """Raise an alarm when nothing is heard of the unit for so many minutes; with 0 no more."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    actions.watch_lone(actor, unit=unit, minutes=body.minutes, at=now)
    return queries.unit_row(unit, at=now)


@router.get("/response-plans", response=_MANY, summary="What incidents want")
def get_plans(request: HttpRequest) -> list[Row]:
    """Every response plan: by type (null: all), priorities up to one, and alarm level."""
    return queries.plan_rows(actor_of_request(request))


@router.put("/response-plans", response=_ONE, summary="Set a response plan")
def put_plan(request: HttpRequest, body: schemas.PlanIn) -> Row:
    """Say what a type (null: all), up to a priority, wants at an alarm level; replaces what was said of that before."""
    actor = actor_of_request(request)
    given = body.dict()
    return queries.plan_row(actions.set_response_plan(actor, type_code=given.pop("type"), at=clock.now(), **given))


@router.delete("/response-plans/{plan_id}", response={204: None, **REFUSALS}, summary="Remove a response plan")
def delete_plan(request: HttpRequest, plan_id: int) -> Status[None]:
    """Remove a plan; then the next most specific one holds."""
    actor, plan = actor_of_request(request), queries.response_plan(plan_id)
    actions.remove_response_plan(
        actor, type_code=plan.type_id, max_priority=plan.max_priority, level=plan.level, at=clock.now()
    )
    return Status(204, None)


@router.get("/reach", response=_ONE, summary="How far the free units reach")
def get_reach(request: HttpRequest, seconds: str = "60,180") -> Row:
    """Outlines by road of what free units reach within each number of seconds, and the share of streets inside."""
    try:
        bands = sorted({int(part) for part in seconds.split(",")})
    except ValueError:
        bands = []
    if not bands or len(bands) > 4 or bands[0] < 1 or bands[-1] > LONGEST_S:
        sentence = _("Give up to four numbers of seconds from 1 to %(longest)d, such as 60,180.")
        raise BadInput("seconds", sentence % {"longest": LONGEST_S})
    return reach(actor_of_request(request), seconds=bands, at=clock.now())


@router.get("/route", response=_ONE, summary="A unit's way to an incident")
def get_route(request: HttpRequest, unit_id: int, incident_id: int) -> Row:
    """Seconds, metres and coordinates of the quickest way by the unit's mode."""
    actor, now = actor_of_request(request), clock.now()
    unit = visible_unit(actor, unit_id, at=now)
    return queries.route_row(unit=unit, incident=visible_incident(actor, incident_id), at=now)


def aware(moment: datetime | None, *, field: str = "at") -> datetime | None:
    """A moment in UTC, or none. Raises BadInput without its offset, or beyond the calendar."""
    return instant(moment, field=field) if moment is not None else None
