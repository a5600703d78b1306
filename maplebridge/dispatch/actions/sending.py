"""Send, swap, stand down, hold."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.ends import release_units
from maplebridge.dispatch.actions.parts import (
    change_status,
    end_assignment,
    lock_incidents,
    lock_units,
    on_shift,
    one_job_each,
    settle,
    status_row,
)
from maplebridge.dispatch.models import Assignment
from maplebridge.dispatch.recommend import Advice, advice_on
from maplebridge.incidents import actions as incidents
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import act
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit


class CannotAssignUnit(Refused):
    """The unit can't be sent there."""


class AlreadySent(CannotAssignUnit):
    """Somebody was a moment faster in sending the unit to this very incident; `assignment` is what that made."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(_("%(unit)s has just been sent there.") % {"unit": assignment.unit.call_sign})
        self.assignment = assignment


class CannotStandDown(Refused):
    """The unit is not on this incident."""


class CannotHold(Refused):
    """The incident can't wait: units are on it."""


def assign_unit(
    actor: Actor, *, incident: Incident, unit: Unit, at: datetime, reason: str = "", preempt: bool = False
) -> Assignment:
    """Send a unit to an incident; sending it twice to the same one gives the assignment it has.

    Its rank in the recommendation is kept, and `reason` where another one was first. With `preempt` a unit on a less
    urgent job is stood down there in the same act. Raises CannotAssignUnit.
    """
    actor.must("dispatch.assign", incident)
    known = Assignment.objects.active().filter(unit=unit, incident=incident).first()
    if known:
        return known
    _leave_ended(actor, unit, at=at)
    advice = advice_on(actor, incident=incident, unit=unit, at=at)
    taken = Assignment.objects.active().filter(unit=unit).first() if preempt else None
    if taken and taken.incident_id == incident.pk:  # the same request a moment ago
        return taken
    with one_job_each(CannotAssignUnit):
        if taken is None:
            return _send_once(actor, incident=incident, unit=unit, at=at, reason=reason, advice=advice)
        with act(actor, "dispatch.unit_preempted", at=at) as entry:
            locked = lock_incidents(incident.pk, taken.incident_id)
            unit = lock_units(unit.pk)[unit.pk]
            taken = Assignment.objects.active().filter(pk=taken.pk).first()
            if taken is None:
                raise CannotAssignUnit(_("%(unit)s has just come free. Send it again.") % {"unit": unit})
            _must_preempt(unit, taken=locked[taken.incident_id], incident=locked[incident.pk], at=at)
            end_assignment(entry, taken, unit, at=at, outcome="preempted", reason=reason)
            settle(actor, incident=locked[taken.incident_id], at=at)
            return send(actor, incident=incident, unit=unit, at=at, reason=reason, advice=advice)


def _send_once(
    actor: Actor, *, incident: Incident, unit: Unit, at: datetime, reason: str, advice: Advice
) -> Assignment:
    try:
        return send(actor, incident=incident, unit=unit, at=at, reason=reason, advice=advice)
    except AlreadySent as twin:
        return twin.assignment


def _leave_ended(actor: Actor, unit: Unit, *, at: datetime) -> None:
    """Free a unit whose incident has just ended, where the worker has not done so yet."""
    other = Assignment.objects.active().filter(unit=unit).select_related("incident").first()
    if other and not is_open(other.incident.state):
        release_units(actor, incident=other.incident, at=at)


def _must_preempt(unit: Unit, *, taken: Incident, incident: Incident, at: datetime) -> None:
    status = status_row(unit, at=at).status
    if not rules.may_preempt(taken_status=status, taken_priority=taken.priority, wanted_priority=incident.priority):
        raise CannotAssignUnit(
            _("%(unit)s is needed at %(number)s, which is not less urgent. Choose a free unit, or stand it down there.")
            % {"unit": unit, "number": taken.label}
        )


def send(actor: Actor, *, incident: Incident, unit: Unit, at: datetime, reason: str, advice: Advice) -> Assignment:
    """Write the assignment of a free unit to an open incident; permission and advice are the caller's."""
    with act(actor, "dispatch.unit_assigned", at=at) as entry:
        incident = _open_incident(incident)
        unit = _free_unit(unit, incident=incident, at=at)
        row = status_row(unit, at=at)
        assignment = Assignment.objects.create(
            incident=incident, unit=unit, assigned_at=at, eta_s=advice.eta_s, rank=advice.rank,
            override_reason=reason[:200],
        )  # fmt: skip
        change_status(entry, unit, row, status="Assigned", at=at, incident_id=incident.pk)
        entry.about(unit, rank=advice.rank).keep_private(reason=reason)
        if incident.held:
            incidents.hold_incident(actor, incident=incident, held=False, reason="", at=at)
        settle(actor, incident=incident, at=at)
    return assignment


def _open_incident(incident: Incident) -> Incident:
    fresh = lock_incidents(incident.pk)[incident.pk]
    if fresh.merged_into_id:
        other = Incident.objects.get(pk=fresh.merged_into_id)
        words = {"number": fresh.label, "into": other.label}
        raise CannotAssignUnit(_("%(number)s was merged into %(into)s. Send the unit to %(into)s.") % words)
    if not is_open(fresh.state):
        raise CannotAssignUnit(_("%(number)s is closed. Reopen it first, then send.") % {"number": fresh.label})
    return fresh


def _free_unit(unit: Unit, *, incident: Incident, at: datetime) -> Unit:
    unit = lock_units(unit.pk)[unit.pk]
    words = {"unit": unit.call_sign}
    if not unit.active:
        raise CannotAssignUnit(_("%(unit)s is no longer in use. Choose another unit.") % words)
    if not on_shift(unit, at=at):
        raise CannotAssignUnit(_("%(unit)s is not on shift now. Choose a unit on shift.") % words)
    other = Assignment.objects.active().filter(unit=unit).select_related("incident").first()
    if other and other.incident_id == incident.pk:
        raise AlreadySent(other)
    if other:
        words["number"] = other.incident.label
        raise CannotAssignUnit(
            _("%(unit)s is on %(number)s. Choose a free unit, stand it down there, or take it off that job.") % words
        )
    if status_row(unit, at=at).status == "OutOfService":
        raise CannotAssignUnit(_("%(unit)s is out of service. Choose another, or set it available first.") % words)
    return unit


def stand_down(actor: Actor, *, incident: Incident, unit: Unit, at: datetime, reason: str = "") -> None:
    """Take a unit off an incident; with no unit left the incident waits again. Raises CannotStandDown."""
    actor.must("dispatch.assign", incident)
    with act(actor, "dispatch.unit_stood_down", at=at) as entry:
        incident = lock_incidents(incident.pk)[incident.pk]
        assignment, unit = _assignment_of(unit, incident=incident)
        end_assignment(entry, assignment, unit, at=at, outcome="stood_down", reason=reason)
        settle(actor, incident=incident, at=at)


def _assignment_of(unit: Unit, *, incident: Incident) -> tuple[Assignment, Unit]:
    unit = lock_units(unit.pk)[unit.pk]
    assignment = Assignment.objects.active().filter(unit=unit, incident=incident).first()
    if assignment is None:
        words = {"unit": unit.call_sign, "number": incident.label}
        raise CannotStandDown(_("%(unit)s is not on %(number)s, so it can't be stood down from it.") % words)
    return assignment, unit


def swap_units(
    actor: Actor, *, incident: Incident, out_unit: Unit, in_unit: Unit, at: datetime, reason: str = ""
) -> Assignment:
    """Send one unit in another's place, in one act. Raises CannotStandDown or CannotAssignUnit."""
    actor.must("dispatch.assign", incident)
    if out_unit.pk == in_unit.pk:
        raise CannotAssignUnit(_("Choose two different units to swap."))
    advice = advice_on(actor, incident=incident, unit=in_unit, at=at)
    with one_job_each(CannotAssignUnit), act(actor, "dispatch.unit_swapped_out", at=at) as entry:
        incident = lock_incidents(incident.pk)[incident.pk]
        lock_units(out_unit.pk, in_unit.pk)
        assignment, out_unit = _assignment_of(out_unit, incident=incident)
        end_assignment(entry, assignment, out_unit, at=at, outcome="swapped", reason=reason)
        return send(actor, incident=incident, unit=in_unit, at=at, reason=reason, advice=advice)


def hold_incident(actor: Actor, *, incident: Incident, held: bool, reason: str = "", at: datetime) -> Incident:
    """Hold an incident in the queue for later, or release it. Raises CannotHold while units are on it."""
    actor.must("dispatch.assign", incident)
    if held and Assignment.objects.active().filter(incident=incident).exists():
        words = {"number": incident.label}
        raise CannotHold(_("Units are on %(number)s. Stand them down first, then hold it.") % words)
    return incidents.hold_incident(actor, incident=incident, held=held, reason=reason, at=at)
