"""Handled at the post: a first-class path, from sent to closed in one act."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.dispatch.actions.ends import close_and_release, closed_so
from maplebridge.dispatch.actions.parts import lock_incidents, moment_of, must_speak_for, status_row
from maplebridge.dispatch.actions.sending import send
from maplebridge.dispatch.actions.steps import set_status
from maplebridge.dispatch.models import Assignment
from maplebridge.dispatch.recommend import Advice
from maplebridge.incidents.actions.shared import reported_by
from maplebridge.incidents.models import Incident
from maplebridge.journal.act import act
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit


class CannotHandleAtPost(Refused):
    """The unit did something else at that time, or the incident is not its crew's to close."""


def handle_at_post(
    actor: Actor,
    *,
    incident: Incident,
    unit: Unit,
    disposition: str,
    narrative: str = "",
    occurred_at: datetime | None = None,
    at: datetime,
) -> Incident:
    """Assign a unit, set it on scene and close the incident with a disposition, all at one moment and in one act.

    For what comes to the post and is settled there: without the permissions to send and to close, only what the actor
    reported or what the unit is on already, and never while another unit is on it. `occurred_at` enters it late: not
    before the report nor the unit's last step, not after `at` (now). Sent again by whoever did so, in the same way, it
    changes nothing. Raises CannotHandleAtPost and what assigning, setting on scene and closing raise.
    """
    known = Incident.objects.get(pk=incident.pk)
    if Assignment.objects.filter(incident=known, unit=unit, outcome="closed").exists() and closed_so(
        actor, known, disposition=disposition, narrative=narrative, at_post=True
    ):
        return known
    moment = at
    if occurred_at:
        moment = moment_of(CannotHandleAtPost, unit, status_row(unit, at=occurred_at), occurred_at, at=at)
    must_speak_for(actor, unit, at=moment)
    with act(actor, "dispatch.handled_at_post", at=moment) as entry:
        entry.about(incident, case=unit)
        there = _must_be_ours(actor, lock_incidents(incident.pk)[incident.pk], unit)
        if not there:
            send(actor, incident=incident, unit=unit, at=moment, reason="", advice=Advice(eta_s=0.0))
        set_status(actor, unit=unit, status="OnScene", at=moment)
        return close_and_release(
            actor, incident=incident, disposition=disposition, narrative=narrative, at_post=True, at=moment
        )


def _must_be_ours(actor: Actor, incident: Incident, unit: Unit) -> bool:
    """Whether the unit is on the incident already. Raises CannotHandleAtPost where the actor may not close it here."""
    active = Assignment.objects.active().filter(incident=incident)
    there = active.filter(unit=unit).exists()
    if actor.may("dispatch.assign", incident) and actor.may("incidents.close", incident):
        return there
    words = {"number": incident.label, "unit": unit.call_sign}
    if not there and not reported_by(actor, incident):
        sentence = _("%(number)s is not yours to close: neither did you report it nor is %(unit)s on it. Ask dispatch.")
        raise CannotHandleAtPost(sentence % words)
    if other := active.exclude(unit=unit).select_related("unit").first():
        sentence = _("%(other)s is on %(number)s. Let it close that, or ask dispatch to stand it down first.")
        raise CannotHandleAtPost(sentence % (words | {"other": other.unit.call_sign}))
    return there
