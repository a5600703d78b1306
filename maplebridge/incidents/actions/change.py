"""Change what is known of an incident: notes, priority, type, place; and look at it and its callers."""

from datetime import datetime, timedelta
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
from maplebridge.incidents.queries.detail import merged_into_it
from maplebridge.incidents.rules import ENDED_STATES, is_open, urgency
from maplebridge.incidents.rules.priority import by_rule
from maplebridge.incidents.whereabouts import spot_of
from maplebridge.journal.act import act, ref_of
from maplebridge.journal.models import Entry
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor

LOOK_LASTS = timedelta(minutes=5)

PHONE_LEAST, PHONE_MOST = 5, 20  # digits


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
    must_any(actor, "incidents.edit", "incidents.note")
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
    actor.must("incidents.edit")
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
    actor.must("incidents.edit")
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


def consult_callers(actor: Actor, *, incident: Incident, reason: str = "", at: datetime) -> list[Report]:
    """Return the reports with names and telephone numbers, also of what was merged in; every look is an entry.

    `incidents.consulted`, one for the incident and one for each merged one that has a caller. Whoever works on an open
    incident needs no `reason`; anybody else, and for an ended one, does. Raises BadInput. A refusal for want of the
    right is an entry too: `incidents.look_refused`.
    """
    if not actor.may("incidents.consult"):
        with act(actor, "incidents.look_refused", at=at) as entry:
            entry.about(incident, case=incident)
            entry.processed("consulted", records=[incident], classes=["identity", "contact"], outcome="denied")
    actor.must("incidents.consult")
    reason = checked_text(reason, field="reason", limit=200)
    purpose = "reason stated" if reason else "handling the incident"
    with act(actor, "incidents.consulted", at=at, purpose=purpose) as entry:
        fresh = locked(incident)
        if not reason and not _works_on(actor, fresh, at=at):
            raise BadInput("reason", _("Say why you need the callers: this is not an open incident you work on."))
        entry.about(fresh).keep_private(reason=reason)
        family = [fresh, *merged_into_it(fresh)]
        reports = list(Report.objects.filter(incident__in=family).order_by("reported_at", "pk"))
        named = {each.incident_id for each in reports if each.caller or each.phone}
        shown = [each for each in reports if each.incident_id in named]
        entry.processed("consulted", records=[fresh, *shown], classes=["identity", "contact"])
        for each in family[1:]:
            if each.pk in named:
                with act(actor, "incidents.consulted", at=at, purpose=purpose) as nested:
                    nested.about(each, case=fresh).keep_private(reason=reason)
    return reports


def read_incident(actor: Actor, *, incident: Incident, at: datetime) -> None:
    """Journal that somebody reads the words of an incident: reports, notes, names of files; `incidents.read`.

    The case is the incident itself; the purpose says whether the reader works on it. What a page fetches again while it
    stays open is the same look: one entry for it in `LOOK_LASTS` (docs/decisions/a-look-lasts-five-minutes.md).
    """
    looks = Entry.objects.filter(subject=ref_of(incident), verb="incidents.read", actor=actor.ref)
    if looks.filter(entered_at__gt=at - LOOK_LASTS).exists():
        return
    family = [incident, *merged_into_it(incident)]
    purpose = "handling the incident" if _works_on(actor, incident, at=at) else "reading without a part in it"
    with act(actor, "incidents.read", at=at, purpose=purpose) as entry:
        entry.about(incident, case=incident).processed("consulted", records=family, classes=["narrative"])


def _works_on(actor: Actor, incident: Incident, *, at: datetime) -> bool:
    if not is_open(incident.state):
        return False
    return actor.may("dispatch.assign") or actor.may("incidents.edit") or crews(actor, incident, at=at)


def last_place_of_caller(actor: Actor, *, phone: str, at: datetime) -> Incident | None:
    """Find the newest incident reported from a telephone number, among reports not yet erased; no person is named.

    Every look is an entry, `incidents.consulted`. Numbers are the same when their digits are. Raises BadInput.
    """
    actor.must("incidents.report")
    actor.must("incidents.consult")
    digits = "".join(str(int(c)) for c in phone if c.isdecimal())
    if not PHONE_LEAST <= len(digits) <= PHONE_MOST:
        raise BadInput("phone", _("Give the whole telephone number."))
    pattern = r"\D*".join(("^", *digits, "$"))
    same = Report.objects.filter(phone__contains=digits[-1], phone__regex=pattern)
    with act(actor, "incidents.consulted", at=at, purpose="caller's last place") as entry:
        seen = same.filter(expires_at__gt=at, incident__in=Incident.objects.visible_to(actor))
        found = seen.select_related("incident").order_by("-reported_at", "-pk").first()
        entry.about(found.incident if found else "report:*")
        entry.processed("consulted", records=[found.incident, found] if found else [], classes=["contact"])
    return found.incident if found else None
