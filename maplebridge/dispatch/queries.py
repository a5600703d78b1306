"""Reads of dispatch: the unit board, a unit's job, recommendations as rows of the contract."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch import sentences as _sentences  # registers the sentences of our verbs
from maplebridge.dispatch.fleet import UnitNow, fleet
from maplebridge.dispatch.models import Assignment, ResponsePlan
from maplebridge.dispatch.ranking import Ranked
from maplebridge.dispatch.recommend import recommendations
from maplebridge.dispatch.snapshot import snapshot
from maplebridge.dispatch.travel import mode_of, network_of
from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries import incident_detail
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.roads.network import Route
from maplebridge.positions.queries import codes_seen, own_units

del _sentences
Row = dict[str, Any]


def unit_rows(actor: Actor, *, at: datetime, on_shift: bool = True, units: Iterable[int] | None = None) -> list[Row]:
    """Units the actor may see as `UnitRow`s of the contract, by call sign: on shift or at a job, or all in service."""
    whole = on_shift and units is None
    found = snapshot(at=at).in_order() if whole else fleet(at=at, units=units, on_shift=on_shift)
    return [unit_row_of(unit) for unit in visible(actor, found, at=at)]


def visible(actor: Actor, units: list[UnitNow], *, at: datetime) -> list[UnitNow]:
    """Those the actor may see: all, or with roles bound to areas those of them, those of none, and the own unit."""
    codes = codes_seen(actor)
    if codes is None:
        return units
    own = set(own_units(actor, at=at))
    return [unit for unit in units if unit.area_code in codes or unit.id in own]


def unit_row_of(unit: UnitNow) -> Row:
    """One unit as a `UnitRow`."""
    timer = rules.timer_of(unit.status, unit.kind, eta_s=unit.eta_s) if unit.timer_at else None
    amber = red = None
    if timer and unit.timer_at:
        amber = unit.timer_at - timedelta(seconds=timer.alarm_s - timer.amber_s)
        red = unit.timer_at - timedelta(seconds=timer.alarm_s - timer.red_s)
    return {
        "id": unit.id,
        "call_sign": unit.call_sign,
        "kind": unit.kind,
        "letter": unit.traits.letter,
        "mode": unit.traits.mode,
        "moves": unit.traits.moves,
        "skills": list(unit.skills),
        "status": unit.status,
        "secondary": unit.secondary,
        "since_at": _stamp(unit.since_at),
        "timer_at": _stamp(unit.timer_at),
        "amber_at": _stamp(amber),
        "red_at": _stamp(red),
        "alarm": unit.alarm,
        "incident_id": unit.incident_id,
        "lon": round(unit.lon, 6),
        "lat": round(unit.lat, 6),
        "position_at": _stamp(unit.position_at),
        "battery": None if unit.battery is None else round(unit.battery, 2),
        "accuracy_m": None if unit.accuracy is None else round(unit.accuracy),
        "lone_s": unit.lone_s,
        "on_shift": unit.on_shift,
        "shift_ends_at": _stamp(unit.shift_ends_at),
        "area": unit.area_code,
    }


def _stamp(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def unit_row(unit: Unit, *, at: datetime) -> Row:
    """The row of one unit that the actor has been allowed to see already; of one out of use, too."""
    found = fleet(at=at, units=[unit.pk], on_shift=False)
    if not found:
        raise NotFound(_("%(unit)s is no longer in use.") % {"unit": unit})
    return unit_row_of(found[0])


def job_view(actor: Actor, *, unit: Unit, at: datetime) -> Row:
    """What the unit's phone shows: itself, its incident, what it may do next, and the way there."""
    found = fleet(at=at, units=[unit.pk], on_shift=False)
    if not found:
        raise NotFound(_("%(unit)s is no longer in use.") % {"unit": unit})
    now = found[0]
    view: Row = {"unit": unit_row_of(now), "incident": None, "next": rules.next_statuses(now.status),
                 "accepted_at": None, "eta_s": None, "route": []}  # fmt: skip
    assignment = Assignment.objects.active().filter(unit=unit).select_related("incident__type").first()
    if assignment is None or not _may_see_job(actor, assignment, at=at):
        return view
    view["incident"] = incident_detail(actor, assignment.incident, at=at)
    view["accepted_at"] = _stamp(assignment.accepted_at)
    if now.status in ("Assigned", "EnRoute") and (route := route_of(now, assignment.incident)):
        view["eta_s"] = round(route.seconds, 1)
        view["route"] = [[round(lon, 6), round(lat, 6)] for lon, lat in route.coordinates]
    return view


def _may_see_job(actor: Actor, assignment: Assignment, *, at: datetime) -> bool:
    """Whether the actor is of the crew that was sent, or may see the incident anyway."""
    if Incident.objects.visible_to(actor).filter(pk=assignment.incident_id).exists():
        return True
    return actor.user_id is not None and crew_shifts(actor.user_id, assignment, at=at).exists()


def crew_shifts(user_id: int, assignment: Assignment, *, at: datetime) -> QuerySet[Shift]:
    """Shifts by which somebody is of the crew of a unit that was sent: now, or when its job began."""
    until = min(at, assignment.assigned_at)
    return Shift.objects.filter(unit=assignment.unit_id, crew=user_id, starts_at__lte=at, ends_at__gt=until)


def route_of(unit: UnitNow, incident: Incident) -> Route | None:
    """The unit's quickest way to an incident by its own mode; None where there is none."""
    network = network_of(mode_of(unit.kind, incident.priority))
    return network.route(unit.lon, unit.lat, incident.lon, incident.lat)


def route_row(*, unit: Unit, incident: Incident, at: datetime) -> Row:
    """Seconds, metres and coordinates of a unit's way to an incident. Raises NotFound where no way leads there."""
    found = fleet(at=at, units=[unit.pk], on_shift=False)
    route = route_of(found[0], incident) if found else None
    if route is None:
        words = {"unit": unit.call_sign, "number": incident.label}
        raise NotFound(_("No street leads from %(unit)s to %(number)s.") % words)
    return {
        "seconds": round(route.seconds, 1),
        "metres": round(route.metres),
        "coordinates": [[round(lon, 6), round(lat, 6)] for lon, lat in route.coordinates],
        "estimate": route.is_estimate,
    }


def recommendation_rows(
    actor: Actor, *, incident: Incident, at: datetime, limit: int = 8, level: int | None = None
) -> list[Row]:
    """The recommendation for an incident, by default at its own alarm level, as rows of the contract."""
    ranked = recommendations(actor, incident=incident, at=at, limit=limit, level=level)
    return [_recommendation_row(row) for row in ranked]


def _recommendation_row(ranked: Ranked) -> Row:
    c = ranked.candidate
    taken = c.preempt
    return {
        "unit_id": c.unit_id,
        "call_sign": c.call_sign,
        "kind": c.kind,
        "letter": UNIT_KINDS[c.kind].letter,
        "eta_s": round(c.arrives_s, 1),
        "distance_m": round(c.distance_m),
        "why": ranked.why,
        "busy": c.free_in_s is not None,
        "free_in_s": None if c.free_in_s is None else round(c.free_in_s),
        "estimate": c.estimate,
        "plan": ranked.plan,
        "rank": ranked.rank,
        "preempt": taken and {"incident_id": taken.incident_id, "number": taken.number, "eta_s": round(taken.eta_s, 1)},
    }


def assignment_row(assignment: Assignment) -> Row:
    """An assignment as the answer to sending a unit."""
    return {
        "id": assignment.pk,
        "incident_id": assignment.incident_id,
        "unit_id": assignment.unit_id,
        "call_sign": assignment.unit.call_sign,
        "assigned_at": stamp(assignment.assigned_at),
        "eta_s": assignment.eta_s,
        "rank": assignment.rank,
    }


def plan_rows(actor: Actor) -> list[Row]:
    """Every response plan, those for all types first, as rows of the contract."""
    actor.must("dispatch.assign")
    plans = ResponsePlan.objects.order_by(F("type").asc(nulls_first=True), "level", "max_priority")
    return [plan_row(plan) for plan in plans]


def plan_row(plan: ResponsePlan) -> Row:
    """One response plan as a row."""
    return {
        "id": plan.pk,
        "type": plan.type_id,
        "max_priority": plan.max_priority,
        "level": plan.level,
        "wants": plan.wants,
    }


def response_plan(plan_id: int) -> ResponsePlan:
    """Fetch one response plan. Raises NotFound."""
    plan = ResponsePlan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise NotFound(_("There is no such response plan. Look at the list of plans."))
    return plan
