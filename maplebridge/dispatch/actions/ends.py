"""How a job ends for its units: the unit closes it, it is handled at the post, or its incident ended otherwise."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.dispatch.actions.parts import end_assignment, lock_incidents, lock_units, settle
from maplebridge.dispatch.models import Assignment
from maplebridge.incidents.actions import close_incident
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import act
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit


class CannotCloseJob(Refused):
    """The unit has no job, or has not been on scene."""


def release_units(actor: Actor, *, incident: Incident, at: datetime) -> list[int]:
    """Free the units still on an incident that was closed or cancelled; returns their ids.

    Idempotent: with no unit on it, or while it is open, it does nothing and writes nothing.
    """
    if is_open(Incident.objects.values_list("state", flat=True).get(pk=incident.pk)):
        return []
    if not Assignment.objects.active().filter(incident=incident).exists():
        return []
    with act(actor, "dispatch.units_changed", at=at) as entry:
        fresh = lock_incidents(incident.pk)[incident.pk]
        entry.about(fresh, units=[])
        return _free_all(actor, fresh, at=at)


def resume_units(actor: Actor, *, incident: Incident, at: datetime) -> list[int]:
    """Bring an incident that was reopened before its units were freed in line with them; returns their ids.

    Idempotent: with no unit on it, or once its state tells of them, it does nothing and writes nothing.
    """
    active = Assignment.objects.active().filter(incident=incident)
    if not active.exists() or Incident.objects.values_list("state", flat=True).get(pk=incident.pk) != "ReOpened":
        return []
    with act(actor, "dispatch.units_changed", at=at) as entry:
        fresh = lock_incidents(incident.pk)[incident.pk]
        ids = list(active.order_by("assigned_at", "pk").values_list("unit_id", flat=True))
        entry.about(fresh, units=ids)
        settle(actor, incident=fresh, at=at, moved=False)
    return ids


def _free_all(actor: Actor, incident: Incident, *, at: datetime) -> list[int]:
    active = Assignment.objects.active().filter(incident=incident).order_by("unit_id")
    units = lock_units(*active.values_list("unit_id", flat=True))
    outcome = "cancelled" if incident.state == "Cancelled" else "closed"
    for assignment in active.filter(unit_id__in=units):
        with act(actor, "dispatch.unit_cleared", at=at) as entry:
            end_assignment(entry, assignment, units[assignment.unit_id], at=at, outcome=outcome)
    return sorted(units)


def close_job(actor: Actor, *, unit: Unit, disposition: str, narrative: str = "", at: datetime) -> Incident:
    """Close the incident a unit is on scene at, with a disposition, and free all on it. Raises CannotCloseJob."""
    assignment = Assignment.objects.active().filter(unit=unit).select_related("incident").first()
    if assignment is None:
        raise CannotCloseJob(_("%(unit)s has no job to close.") % {"unit": unit})
    if assignment.onscene_at is None:
        words = {"unit": unit.call_sign, "number": assignment.incident.label}
        raise CannotCloseJob(_("%(unit)s has not arrived at %(number)s. Set it on scene, then close.") % words)
    return close_and_release(
        actor, incident=assignment.incident, disposition=disposition, narrative=narrative, at_post=False, at=at
    )


def close_and_release(
    actor: Actor, *, incident: Incident, disposition: str, narrative: str, at_post: bool, at: datetime
) -> Incident:
    """Close an incident and free its units in one act."""
    with act(actor, "dispatch.units_changed", at=at) as entry:
        entry.about(lock_incidents(incident.pk)[incident.pk], units=[])
        closed = close_incident(
            actor, incident=incident, disposition=disposition, narrative=narrative, at_post=at_post, at=at
        )
        _free_all(actor, closed, at=at)
    return closed
