"""How a job ends for its units: the unit closes it, it is handled at the post, or its incident ended otherwise."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.parts import (
    end_assignment,
    lock_incidents,
    lock_units,
    moment_of,
    settle,
    status_row,
)
from maplebridge.dispatch.models import Assignment
from maplebridge.incidents.actions import close_incident
from maplebridge.incidents.actions.shared import must_any
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import clean, is_open
from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
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
        unit = units[assignment.unit_id]
        moment = max(at, status_row(unit, at=at).since_at)  # a late close frees none before its own last step
        with act(actor, "dispatch.unit_cleared", at=moment) as entry:
            end_assignment(entry, assignment, unit, at=moment, outcome=outcome)
    return sorted(units)


def close_job(
    actor: Actor,
    *,
    unit: Unit,
    disposition: str,
    narrative: str = "",
    occurred_at: datetime | None = None,
    at: datetime,
) -> Incident:
    """Close the incident a unit is on scene at, with a disposition, and free all on it. Raises CannotCloseJob.

    `occurred_at` enters it late: not before the unit's last step, not after `at` (now). Sent again by whoever closed
    it, in the same way, it changes nothing and gives the incident it closed.
    """
    must_any(actor, "incidents.close", "incidents.close_own")
    assignment = Assignment.objects.active().filter(unit=unit).select_related("incident").first()
    known = _closed_last(unit, occurred_at) if occurred_at or not assignment else None
    if known and closed_so(actor, known, disposition=disposition, narrative=narrative):
        return known
    if assignment is None:
        raise CannotCloseJob(_("%(unit)s has no job to close.") % {"unit": unit})
    if assignment.onscene_at is None:
        words = {"unit": unit.call_sign, "number": assignment.incident.label}
        raise CannotCloseJob(_("%(unit)s has not arrived at %(number)s. Set it on scene, then close.") % words)
    moment = at
    if occurred_at:
        moment = moment_of(CannotCloseJob, unit, status_row(unit, at=at), occurred_at, at=at)
    return close_and_release(
        actor, incident=assignment.incident, disposition=disposition, narrative=narrative, at_post=False, at=moment
    )


def _closed_last(unit: Unit, occurred_at: datetime | None) -> Incident | None:
    """The incident of the unit's last job where that ended closed, and at the moment given, if any."""
    done = Assignment.objects.filter(unit=unit).exclude(cleared_at=None).select_related("incident")
    last = done.order_by("-cleared_at", "-pk").first()
    if last is None or last.outcome != "closed" or last.incident.closed_at is None:
        return None
    apart = abs(last.incident.closed_at - occurred_at) if occurred_at else timedelta(0)
    return last.incident if apart <= rules.AHEAD_TOLERANCE else None


def closed_so(actor: Actor, incident: Incident, *, disposition: str, narrative: str, at_post: bool = False) -> bool:
    """Whether the actor closed an incident in just this way: so a close sent again after a lost answer is known."""
    if (incident.state, incident.disposition, incident.closed_at_post) != ("Closed", disposition, at_post):
        return False
    closes = Entry.objects.filter(subject=f"incident:{incident.pk}", verb="incidents.closed").order_by("-position")
    last = closes.prefetch_related("private").first()
    if last is None or last.actor != actor.ref:
        return False
    words = {part.name: part.content for part in last.private.all()}
    return words.get("narrative", "") == clean(narrative)


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
