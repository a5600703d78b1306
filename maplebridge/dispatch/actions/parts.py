"""What every action of dispatch is made of: locks in one order, the status of a unit, the state of its incident."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.incidents.actions import mark_resources
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit


class CannotFollow(Refused):
    """Somebody else changed the unit's job in the same moment."""


def must_speak_for(actor: Actor, unit: Unit, *, at: datetime) -> None:
    """Raise `NotAllowed` unless the actor may set any unit's status, or is on this unit's crew now."""
    if actor.may("units.status") or (actor.may("units.own") and is_crew(actor, unit, at=at)):
        return
    raise NotAllowed(_("You may speak for your own unit only, while you are on its shift."))


def is_crew(actor: Actor, unit: Unit, *, at: datetime) -> bool:
    """Whether the actor is on the unit's crew in a shift that covers the moment, or did when its job began."""
    if actor.user_id is None:
        return False
    sent_at = Assignment.objects.active().filter(unit=unit).values_list("assigned_at", flat=True).first()
    until = min(at, sent_at) if sent_at else at
    return Shift.objects.filter(unit=unit, crew=actor.user_id, starts_at__lte=at, ends_at__gt=until).exists()


def on_shift(unit: Unit, *, at: datetime) -> bool:
    """Whether a shift of the unit covers the moment."""
    return Shift.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at).exists()


def lock_incidents(*ids: int) -> dict[int, Incident]:
    """Read incidents anew and hold them to the end of the act, in order of id. Lock incidents before units."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("type").filter(pk__in=ids)
    return {row.pk: row for row in rows.order_by("pk")}


def lock_units(*ids: int) -> dict[int, Unit]:
    """Read units anew and hold them to the end of the act, in order of id."""
    return {row.pk: row for row in Unit.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def lock_job(unit: Unit) -> tuple[Unit, Assignment | None]:
    """Hold a unit with the incident it is sent to. Raises CannotFollow when its job changed meanwhile."""
    active = Assignment.objects.active().filter(unit=unit)
    incident_id = active.values_list("incident_id", flat=True).first()
    incidents = lock_incidents(incident_id) if incident_id else {}
    unit = lock_units(unit.pk)[unit.pk]
    assignment = active.first()
    if (assignment.incident_id if assignment else None) != incident_id:
        raise CannotFollow(_("The job of %(unit)s changed just now. Look again, then repeat.") % {"unit": unit})
    if assignment:
        assignment.incident = incidents[assignment.incident_id]
    return unit, assignment


def status_row(unit: Unit, *, at: datetime) -> UnitStatus:
    """The unit's status; one that never had any is available."""
    return UnitStatus.objects.select_related("unit").filter(unit=unit).first() or UnitStatus(
        unit=unit, status="Available", since_at=at
    )


def moment_of(
    refusal: type[Refused], unit: Unit, row: UnitStatus, occurred_at: datetime | None, *, at: datetime
) -> datetime:
    """When a step of a unit that is entered at `at` occurred; raises `refusal` where that lies before its last step.

    Raises BadInput for a time from the future.
    """
    moment = rules.occurred(occurred_at, since_at=row.since_at, now=at)
    if moment is not None:
        return moment
    if occurred_at and occurred_at > at:
        raise BadInput("at", _("This time lies in the future. Check the clock, then give the time it happened."))
    raise refusal(
        _("%(unit)s has been %(now)s since then: give a time after its last step, at %(since)s.")
        % {
            "unit": unit,
            "now": rules.STATUSES[row.status].name,
            "since": f"{timezone.localtime(row.since_at):%H:%M:%S}",
        }
    )


def change_status(
    entry: Draft,
    unit: Unit,
    row: UnitStatus,
    *,
    status: str,
    at: datetime,
    secondary: str = "",
    incident_id: int | None = None,
    eta_s: float | None = None,
) -> None:
    """Set status, since and timer; clear every alarm but panic; write it into the entry."""
    if status != row.status or row._state.adding:
        row.since_at = at
    row.status, row.secondary = status, secondary
    row.timer_at = rules.timer_at(status, unit.kind, at=at, eta_s=eta_s)
    row.alarm = row.alarm if row.alarm == "panic" else ""
    row.save()
    entry.about(unit, case=f"incident:{incident_id}" if incident_id else "", **facts_of(row, incident_id))


def facts_of(row: UnitStatus, incident_id: int | None) -> dict[str, Any]:
    """New values of a unit for the journal."""
    return {
        "call_sign": row.unit.call_sign,
        "status": row.status,
        "secondary": row.secondary,
        "since_at": stamp(row.since_at),
        "timer_at": stamp(row.timer_at) if row.timer_at else None,
        "alarm": row.alarm,
        "incident": incident_id,
    }


def settle(actor: Actor, *, incident: Incident, at: datetime, moved: bool = True) -> None:
    """Journal the list of units of an incident when it changed, and bring its state, while open, in line with them."""
    sent = list(
        Assignment.objects.active()
        .filter(incident=incident)
        .order_by("assigned_at", "pk")
        .values_list("unit_id", "unit__status__status")
    )
    if moved:
        note_units(actor, incident=incident, units=[unit for unit, _status in sent], at=at)
    if is_open(incident.state) and incident.merged_into_id is None:
        mark_resources(actor, incident=incident, state=rules.incident_state({status for _unit, status in sent}), at=at)


def note_units(actor: Actor, *, incident: Incident, units: list[int], at: datetime) -> None:
    """Journal which units are now sent to an incident."""
    with act(actor, "dispatch.units_changed", at=at) as entry:
        entry.about(incident, units=units)


def end_assignment(
    entry: Draft, assignment: Assignment, unit: Unit, *, at: datetime, outcome: str, reason: str = ""
) -> None:
    """End an assignment and make the unit available, within the act of `entry`. Locks are the caller's."""
    assignment.cleared_at, assignment.outcome = max(at, assignment.assigned_at), outcome
    assignment.save(update_fields=["cleared_at", "outcome"])
    change_status(entry, unit, status_row(unit, at=at), status="Available", at=at)
    entry.case = f"incident:{assignment.incident_id}"
    entry.keep_private(reason=reason)


@contextmanager
def one_job_each(refusal: type[Refused]) -> Iterator[None]:
    """Turn the database's own refusal of a second active assignment into a sentence."""
    try:
        yield
    except IntegrityError as error:
        if "unit_one_active_assignment" not in str(error) and "dispatch_assignment.unit_id" not in str(error):
            raise
        raise refusal(_("Somebody else sent this unit in the same moment. Look at the board, then choose.")) from error
