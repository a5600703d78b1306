"""The life of an incident: units reach it, it is held, closed, cancelled, reopened."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.incidents.actions.shared import (
    checked_text,
    crews,
    current,
    locked_own,
    must_any,
    not_before_report,
    reported_by,
    stamp_or_none,
)
from maplebridge.incidents.models import Closer, Incident, Note
from maplebridge.incidents.rules import (
    DISPOSITIONS,
    ENDED_STATES,
    RESOURCE_STATES,
    STATE_NAMES,
    STEP_FIELD,
    may_follow,
)
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor


class CannotMark(Refused):
    """The incident cannot take this step from the state it is in."""


class CannotClose(Refused):
    """The incident is closed already, or is not the actor's to close."""


class CannotCancel(Refused):
    """The incident has ended, or units are with it."""


class CannotReopen(Refused):
    """The incident is still open."""


class CannotHold(Refused):
    """The incident has ended."""


def mark_resources(actor: Actor, *, incident: Incident, state: str, at: datetime) -> Incident:
    """Bring an incident to the state of its units, and keep when each step was first reached.

    Called by dispatch inside its own act. `state` is Active (no unit left) or one of the Resources states. Verb
    `incidents.state_changed`. An incident that has ended stays as it is when units leave it; sending a unit to one
    raises CannotMark.
    """
    fresh = current(incident)
    if state == "Active" and (fresh.state in (*ENDED_STATES, "ReOpened")):
        return fresh
    facts = _steps(fresh, state, at)
    if not facts:
        return fresh
    with act(actor, "incidents.state_changed", at=at) as entry:
        fresh = locked_own(incident)
        facts = _steps(fresh, state, at)
        fresh.save(update_fields=["state", *STEP_FIELD.values()])
        entry.about(fresh, **facts)
    return fresh


def _steps(incident: Incident, state: str, at: datetime) -> dict[str, Any]:
    """Set state and first times on the instance; return what changed, as facts."""
    if state not in ("Active", *RESOURCE_STATES):
        raise ValueError(f"{state} is not a state of resources")
    if state != incident.state and not may_follow(incident.state, state):
        sentence = _("%(number)s is %(state)s, so no unit can be sent to it. Reopen it first.")
        raise CannotMark(sentence % {"number": incident.label, "state": STATE_NAMES[incident.state]})
    not_before_report(incident, at)
    facts: dict[str, Any] = {}
    field = STEP_FIELD.get(state)
    first = getattr(incident, field) if field else None
    if field and (first is None or at < first):
        setattr(incident, field, at)
        facts[field] = stamp_or_none(at)
    if state != incident.state:
        incident.state = facts["state"] = state
    return facts


def hold_incident(actor: Actor, *, incident: Incident, held: bool, reason: str, at: datetime) -> Incident:
    """Put an incident on hold with a reason, or take it off again; `incidents.held` or `incidents.released`.

    Taking off hold what is not held changes nothing.
    """
    must_any(actor, "dispatch.assign", "incidents.edit", about=incident)
    reason = checked_text(reason, field="reason", limit=200, required=held)
    if not held and not (fresh := current(incident)).held and fresh.state not in ENDED_STATES:
        return fresh
    with act(actor, "incidents.held" if held else "incidents.released", at=at) as entry:
        fresh = locked_own(incident)
        if fresh.state in ENDED_STATES:
            raise CannotHold(_("%(number)s has ended; it cannot be held.") % {"number": fresh.label})
        fresh.held = held
        fresh.save(update_fields=["held"])
        entry.about(fresh, held=held).keep_private(reason=reason)
    return fresh


def close_incident(
    actor: Actor,
    *,
    incident: Incident,
    disposition: str,
    narrative: str = "",
    at_post: bool = False,
    at: datetime,
) -> Incident:
    """Close an incident with a disposition and, if wanted, last words; `incidents.closed`.

    A post officer may close what they reported themselves or what a unit of theirs is on. Raises BadInput for the
    disposition, CannotClose when it has ended.
    """
    must_any(actor, "incidents.close", "incidents.close_own")
    if disposition not in dict(DISPOSITIONS):
        known = ", ".join(f"{code} {name}" for code, name in DISPOSITIONS)
        raise BadInput("disposition", _("Close with one of these dispositions: %(known)s.") % {"known": known})
    narrative = checked_text(narrative, field="narrative")
    with act(actor, "incidents.closed", at=at) as entry:
        fresh = locked_own(incident)
        _may_close(actor, fresh, at=at)
        not_before_report(fresh, at)
        fresh.state, fresh.closed_at, fresh.disposition = "Closed", at, disposition
        fresh.closed_at_post, fresh.held = at_post, False
        fresh.save(update_fields=["state", "closed_at", "disposition", "closed_at_post", "held"])
        _remember_closer(actor, fresh, narrative, at)
        entry.about(
            fresh, state="Closed", closed_at=stamp_or_none(at), disposition=disposition, held=False, at_post=at_post
        ).keep_private(narrative=narrative)
    return fresh


def _may_close(actor: Actor, incident: Incident, *, at: datetime) -> None:
    if not may_follow(incident.state, "Closed"):
        sentence = _("%(number)s is already %(state)s. Reopen it first if there is more to do.")
        raise CannotClose(sentence % {"number": incident.label, "state": STATE_NAMES[incident.state]})
    if actor.may("incidents.close", incident) or reported_by(actor, incident) or crews(actor, incident, at=at):
        return
    sentence = _("%(number)s is not yours to close: neither did you report it nor is your unit on it. Ask dispatch.")
    raise CannotClose(sentence % {"number": incident.label})


def _remember_closer(actor: Actor, incident: Incident, words: str, at: datetime) -> None:
    if actor.user_id is not None:
        Closer.objects.create(incident=incident, user_id=actor.user_id, at=at)
    if words:
        Note.objects.create(incident=incident, text=words, author=actor.name[:80], at=at)


def cancel_incident(actor: Actor, *, incident: Incident, reason: str, at: datetime) -> Incident:
    """Cancel an incident that needs nobody after all, with the reason; `incidents.cancelled`. Raises CannotCancel."""
    actor.must("incidents.edit", incident)
    reason = checked_text(reason, field="reason", limit=400, required=True)
    with act(actor, "incidents.cancelled", at=at) as entry:
        fresh = locked_own(incident)
        if fresh.state == "ResourcesOnscene":
            sentence = _("A unit is on scene at %(number)s: close it with a disposition instead.")
            raise CannotCancel(sentence % {"number": fresh.label})
        if not may_follow(fresh.state, "Cancelled"):
            sentence = _("%(number)s is already %(state)s.")
            raise CannotCancel(sentence % {"number": fresh.label, "state": STATE_NAMES[fresh.state]})
        not_before_report(fresh, at)
        fresh.state, fresh.closed_at, fresh.held = "Cancelled", at, False
        fresh.save(update_fields=["state", "closed_at", "held"])
        _remember_closer(actor, fresh, reason, at)
        entry.about(fresh, state="Cancelled", closed_at=stamp_or_none(at), held=False).keep_private(reason=reason)
    return fresh


def reopen_incident(actor: Actor, *, incident: Incident, reason: str, at: datetime) -> Incident:
    """Open an ended incident again; `incidents.reopened`, whose fact `alert` names everyone who closed it."""
    must_any(actor, "incidents.edit", "incidents.close", about=incident)
    reason = checked_text(reason, field="reason", limit=400, required=True)
    with act(actor, "incidents.reopened", at=at) as entry:
        fresh = locked_own(incident)
        if not may_follow(fresh.state, "ReOpened") or fresh.state not in ENDED_STATES:
            raise CannotReopen(_("%(number)s is still open; there is nothing to reopen.") % {"number": fresh.label})
        closers = Closer.objects.filter(incident=fresh).order_by("user_id")
        alert = [f"user:{user}" for user in closers.values_list("user_id", flat=True).distinct()]
        fresh.state, fresh.closed_at, fresh.disposition, fresh.closed_at_post = "ReOpened", None, "", False
        fresh.save(update_fields=["state", "closed_at", "disposition", "closed_at_post"])
        Note.objects.create(incident=fresh, text=reason, author=actor.name[:80], at=at)
        entry.about(fresh, state="ReOpened", closed_at=None, disposition="", alert=alert).keep_private(reason=reason)
    return fresh
