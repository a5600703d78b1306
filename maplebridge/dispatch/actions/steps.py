"""The steps of a unit's job: accepted, en route, on scene, clear."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.parts import (
    change_status,
    end_assignment,
    facts_of,
    lock_job,
    moment_of,
    must_speak_for,
    on_shift,
    settle,
    status_row,
)
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit


class CannotSetStatus(Refused):
    """The status can't follow the present one, or not at that time."""


class CannotAcceptJob(Refused):
    """There is no job to accept."""


_VERBS = {
    "EnRoute": "dispatch.unit_enroute",
    "OnScene": "dispatch.unit_onscene",
    "Available": "dispatch.unit_cleared",
    "OutOfService": "dispatch.unit_out_of_service",
}
_STEP = {"EnRoute": "enroute_at", "OnScene": "onscene_at"}


def set_status(
    actor: Actor,
    *,
    unit: Unit,
    status: str,
    at: datetime,
    occurred_at: datetime | None = None,
    secondary: str = "",
) -> UnitStatus:
    """Set a unit's status and carry its incident along; the same status again changes nothing.

    `occurred_at` enters it late: not before the unit's last step, not after `at` (now). Raises CannotSetStatus for a
    sequence that can't be, BadInput for an unknown status or a time from the future.
    """
    must_speak_for(actor, unit, at=at)
    _check_words(status, secondary)
    row = status_row(unit, at=at)
    if row.status == status and secondary in ("", row.secondary) and not row._state.adding:
        return row
    with act(actor, _VERBS.get(status, "dispatch.unit_noted"), at=at) as entry:
        unit, assignment = lock_job(unit)
        row = status_row(unit, at=at)
        _must_follow(unit, row, status, assignment, at=at)
        moment = entry.at = moment_of(CannotSetStatus, unit, row, occurred_at, at=at)
        if status == "Available" and assignment:
            end_assignment(entry, assignment, unit, at=moment, outcome="cleared")
        else:
            _take_step(entry, unit, row, status, secondary, assignment, at=moment)
        if assignment:
            settle(actor, incident=assignment.incident, at=moment, moved=status == "Available")
    return status_row(unit, at=at)


def _check_words(status: str, secondary: str) -> None:
    if status not in rules.STATUSES:
        known = ", ".join(rules.STATUSES)
        raise BadInput("status", _("There is no status “%(status)s”. Use one of: %(known)s.") % {
            "status": status, "known": known})  # fmt: skip
    if secondary and secondary not in rules.SECONDARIES[status]:
        known = ", ".join(rules.SECONDARIES[status])
        raise BadInput("secondary", _("“%(secondary)s” does not go with %(status)s. Use one of: %(known)s.") % {
            "secondary": secondary, "status": status, "known": known})  # fmt: skip


def _must_follow(unit: Unit, row: UnitStatus, status: str, assignment: Assignment | None, *, at: datetime) -> None:
    words = {
        "unit": unit.call_sign,
        "number": assignment.incident.label if assignment else "",
        "now": rules.STATUSES[row.status].name,
        "wanted": rules.STATUSES[status].name,
    }
    if assignment is None and not on_shift(unit, at=at):
        raise CannotSetStatus(_("%(unit)s is not on shift now, so it has no status to set.") % words)
    if row.status == status:
        return
    if status == "Assigned":
        raise CannotSetStatus(_("Send %(unit)s to an incident; that sets it to assigned.") % words)
    ended = assignment is not None and not is_open(assignment.incident.state)
    if rules.may_follow(row.status, status, stood_down=ended):
        return
    if row.status in ("Assigned", "EnRoute") and status == "Available":
        sentence = _("%(unit)s has not arrived at %(number)s, so it can't clear it. Set it on scene, or stand it down.")
        raise CannotSetStatus(sentence % words)
    if row.status in rules.AT_WORK and status == "OutOfService":
        raise CannotSetStatus(_("%(unit)s is on %(number)s. Clear that first, then take it out of service.") % words)
    if status in _STEP and assignment is None:
        raise CannotSetStatus(_("%(unit)s has no job. Send it to an incident first.") % words)
    raise CannotSetStatus(_("%(unit)s is %(now)s; %(wanted)s can't follow that.") % words)


def _take_step(
    entry: Draft,
    unit: Unit,
    row: UnitStatus,
    status: str,
    secondary: str,
    assignment: Assignment | None,
    *,
    at: datetime,
) -> None:
    if assignment and status in _STEP and getattr(assignment, _STEP[status]) is None:
        setattr(assignment, _STEP[status], at)
        assignment.save(update_fields=[_STEP[status]])
    change_status(
        entry, unit, row, status=status, secondary=secondary, at=at,
        incident_id=assignment.incident_id if assignment else None, eta_s=assignment.eta_s if assignment else None,
    )  # fmt: skip


def accept_job(actor: Actor, *, unit: Unit, at: datetime, occurred_at: datetime | None = None) -> Assignment:
    """Note that the crew has read and taken its job; doing it again changes nothing. Raises CannotAcceptJob.

    `occurred_at` enters it late, from a phone that was cut off: not before the unit was sent, not after `at` (now).
    """
    must_speak_for(actor, unit, at=at)
    known = Assignment.objects.active().filter(unit=unit).exclude(accepted_at=None).first()
    if known:
        return known
    with act(actor, "dispatch.job_accepted", at=at) as entry:
        unit, assignment = lock_job(unit)
        if assignment is None:
            raise CannotAcceptJob(_("%(unit)s has no job to accept. Wait for the next one.") % {"unit": unit})
        row = status_row(unit, at=at)
        if row.status == "Assigned":
            entry.at = moment_of(CannotSetStatus, unit, row, occurred_at, at=at)
        assignment.accepted_at = max(entry.at, assignment.assigned_at)
        assignment.save(update_fields=["accepted_at"])
        if row.status == "Assigned":
            change_status(entry, unit, row, status="Assigned", secondary="Accepted", at=entry.at,
                          incident_id=assignment.incident_id)  # fmt: skip
        else:
            entry.about(unit, case=assignment.incident, **facts_of(row, assignment.incident_id))
    return assignment
