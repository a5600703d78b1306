"""Change what is known of an incident: notes, priority, type, place."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from maplebridge.incidents.actions.report import CannotReuseKey, checked_key, checked_priority, type_of
from maplebridge.incidents.actions.shared import (
    checked_text,
    crews,
    locked,
    locked_own,
    must_any,
    not_before_report,
    occurred,
    place_facts,
    settled_priority,
)
from maplebridge.incidents.models import Incident, Note, Report
from maplebridge.incidents.rules import ENDED_STATES, urgency
from maplebridge.incidents.rules.priority import by_rule
from maplebridge.incidents.whereabouts import spot_of
from maplebridge.journal.act import act
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor


class CannotChangeEnded(Refused):
    """The incident has ended; what it was is on record."""


def add_note(
    actor: Actor,
    *,
    incident: Incident,
    text: str,
    occurred_at: datetime | None = None,
    source_key: str = "",
    at: datetime,
) -> Note:
    """Add a line to the narrative, also of an ended incident; `incidents.note_added`. Raises BadInput.

    `occurred_at` is when it was written, where it is entered later: not ahead, not before the report. `source_key`
    makes a repeat harmless: same key, incident and text give the same note, anything else raises CannotReuseKey.
    """
    ours = crews(actor, incident, at=at)  # a unit may be at work outside its own area
    must_any(actor, "incidents.edit", "incidents.note", about=None if ours else incident)
    text = checked_text(text, field="text", required=True)
    key = checked_key(source_key)
    if known := _noted_already(incident, text, key):
        return known
    moment = min(at, occurred(occurred_at, field="at", at=at))
    if occurred_at:
        not_before_report(incident, moment)
    try:
        with act(actor, "incidents.note_added", at=moment) as entry:
            fresh = locked(incident)
            note = Note.objects.create(incident=fresh, text=text, author=actor.name[:80], at=moment, source_key=key)
            entry.about(fresh).keep_private(text=text)
    except IntegrityError:
        if known := _noted_already(incident, text, key):  # another request with this key was a moment faster
            return known
        raise
    return note


def _noted_already(incident: Incident, text: str, key: str | None) -> Note | None:
    known = Note.objects.filter(source_key=key).first() if key else None
    if known and (known.incident_id, known.text) != (incident.pk, text):
        raise CannotReuseKey(_("The key “%(key)s” already stands for another note. Use a new key.") % {"key": key})
    return known


def set_priority(actor: Actor, *, incident: Incident, priority: int, reason: str, at: datetime) -> Incident:
    """Override the priority (0 most urgent to 10) and keep the reason; `incidents.priority_set`. Raises BadInput."""
    actor.must("incidents.edit", incident)
    priority = checked_priority(priority)
    reason = checked_text(reason, field="reason", limit=200, required=True).lstrip("=")
    with act(actor, "incidents.priority_set", at=at) as entry:
        fresh = _open(incident)
        fresh.priority = fresh.own_priority = priority
        fresh.priority_reason = fresh.own_priority_reason = reason
        fresh.save(update_fields=["priority", "own_priority", "priority_reason", "own_priority_reason"])
        entry.about(fresh, priority=priority).keep_private(reason=reason)
    return fresh


def edit_incident(
    actor: Actor,
    *,
    incident: Incident,
    type: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    address: str | None = None,
    at: datetime,
) -> Incident:
    """Correct the type or the place; `incidents.edited`. A priority made by rule follows the new type."""
    actor.must("incidents.edit", incident)
    if type is None and lon is None and lat is None and address is None:
        raise BadInput("type", _("Say what to change: the type, the place, or the address."))
    with act(actor, "incidents.edited", at=at) as entry:
        fresh = _open(incident)
        facts: dict[str, Any] = {}
        if type is not None:
            facts |= _retype(fresh, type)
        if lon is not None or lat is not None or address is not None:
            facts |= _move(fresh, lon, lat, address)
        fresh.save()
        entry.about(fresh, **facts).keep_private(address=fresh.address if address is not None else "")
    return fresh


def _open(incident: Incident) -> Incident:
    fresh = locked_own(incident)
    if fresh.state in ENDED_STATES:
        sentence = _("%(number)s has ended. Add a note, or reopen it to change it.")
        raise CannotChangeEnded(sentence % {"number": fresh.label})
    return fresh


def _retype(incident: Incident, code: str) -> dict[str, Any]:
    incident.type = type_of(code)
    if by_rule(incident.own_priority_reason) and incident.own_priority_reason != "=intake":
        words = "\n".join(Report.objects.filter(incident=incident).values_list("narrative", flat=True))
        rule = urgency(incident.type.priority, words)
        incident.own_priority, incident.own_priority_reason = rule.priority, rule.reason
        incident.priority, incident.priority_reason = settled_priority(incident)
    return {"type": incident.type_id, "priority": incident.priority}


def _move(incident: Incident, lon: float | None, lat: float | None, address: str | None) -> dict[str, Any]:
    if (lon is None) != (lat is None):
        raise BadInput("lon", _("Give longitude and latitude together."))
    spot = spot_of(lon=lon, lat=lat, address=incident.address if address is None and lon is None else address or "")
    incident.lon, incident.lat, incident.cell = spot.lon, spot.lat, cell_of(spot.lon, spot.lat)
    incident.address, incident.area_code, incident.area_path = spot.address, spot.area_code, spot.area_path
    return place_facts(incident)
