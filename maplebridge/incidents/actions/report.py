"""Take a report: the first door of an incident."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from django.db import IntegrityError, connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from maplebridge.incidents.actions.numbers import take_numbers, use_reserved
from maplebridge.incidents.actions.shared import (
    LATE_AT_MOST,
    checked_text,
    first_facts,
    must_any,
    occurred,
)
from maplebridge.incidents.models import PERSONAL_DATA_KEPT, Incident, IncidentType, Report
from maplebridge.incidents.rules import SOURCES, clean, urgency
from maplebridge.incidents.whereabouts import Spot, spot_of
from maplebridge.journal.act import act
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.moment import for_a_moment
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor

KEY_MAX = 100


class CannotReuseKey(Refused):
    """The key already stands for a report with other content."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Outcome of a report: the incident, and whether it is new or was already there under its key."""

    incident: Incident
    new: bool = True


@dataclass(frozen=True, slots=True)
class Intake:
    """A report after all checks, ready to be written."""

    type: IncidentType
    spot: Spot
    priority: int | None
    priority_reason: str
    narrative: str
    source: str
    caller: str
    phone: str
    language: str
    reported_at: datetime
    answered_at: datetime | None
    source_key: str | None
    digest: str
    follow_key: str | None
    invented: bool


def report_incident(
    actor: Actor,
    *,
    type: str,
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    narrative: str = "",
    source: str = "call",
    priority: int | None = None,
    priority_reason: str = "",
    caller: str = "",
    phone: str = "",
    language: str = "",
    occurred_at: datetime | None = None,
    answered_at: datetime | None = None,
    number: int | None = None,
    source_key: str = "",
    follow_key: str | None = None,
    invented: bool = False,
    oldest: timedelta | None = LATE_AT_MOST,
    at: datetime,
) -> Reported:
    """Take a report and open its incident; journaled as `incidents.reported` at the time it occurred.

    `occurred_at` is when it was reported (default `at`, which is when it is entered), at most `oldest` ago; `number` a
    number reserved on a paper card; `source_key` makes a repeat harmless: same key and content give the same incident,
    other content raises CannotReuseKey. Raises BadInput for an unknown type, a place outside the city, a text too
    long, a time ahead or too long ago, a number not reserved.
    """
    must_any(actor, *(("incidents.report", "incidents.report_public") if source == "public" else ("incidents.report",)))
    reported_at = occurred(occurred_at, field="at", at=at, oldest=oldest)
    digest = digest_of(
        type=type, lon=lon, lat=lat, address=address, narrative=narrative, source=source, priority=priority,
        priority_reason=priority_reason, caller=caller, phone=phone, language=language, number=number,
        occurred_at=clock.stamp(reported_at) if occurred_at else "",
    )  # fmt: skip
    key = checked_key(source_key)
    if known := already_reported(key, digest):
        return Reported(known, new=False)
    intake = Intake(
        type=type_of(type),
        spot=spot_of(lon=lon, lat=lat, address=address),
        narrative=checked_text(narrative, field="narrative"),
        source=_checked_source(source),
        caller=checked_text(caller, field="caller", limit=120),
        phone=checked_text(phone, field="phone", limit=40),
        language=checked_text(language, field="language", limit=12),
        reported_at=reported_at,
        answered_at=occurred(answered_at, field="answered_at", at=at, oldest=oldest) if answered_at else None,
        source_key=key,
        digest=digest,
        follow_key=follow_key,
        invented=invented,
        priority=checked_priority(priority) if priority is not None else None,
        priority_reason=checked_text(priority_reason, field="priority_reason", limit=200),
    )
    try:
        return Reported(_enter(actor, intake, number=number, at=at))
    except IntegrityError:
        if known := already_reported(key, digest):  # another request with this key was a moment faster
            return Reported(known, new=False)
        raise


def _enter(actor: Actor, intake: Intake, *, number: int | None, at: datetime) -> Incident:
    with act(actor, "incidents.reported", at=intake.reported_at) as entry:
        incident = incident_from(intake, number=number or take_numbers(1, at=at))
        if number is not None:
            card = use_reserved(number)
        incident.save(force_insert=True)
        if number is not None:
            card.incident = incident
            card.save(update_fields=["incident"])
        report_from(intake, incident, at=at).save(force_insert=True)
        entry.about(incident, **first_facts(incident)).keep_private(
            narrative=intake.narrative, caller=intake.caller, phone=intake.phone, address=incident.address
        )
    return incident


def incident_from(intake: Intake, *, number: int) -> Incident:
    """Make the row of a new incident, not yet stored."""
    rule = urgency(intake.type.priority, intake.narrative)
    priority, reason = rule.priority, rule.reason
    if intake.priority is not None:
        priority, reason = intake.priority, intake.priority_reason or "=intake"
    spot = intake.spot
    return Incident(
        number=number, type=intake.type, priority=priority, priority_reason=reason, own_priority=priority,
        own_priority_reason=reason, source=intake.source, lon=spot.lon, lat=spot.lat, cell=cell_of(spot.lon, spot.lat),
        address=spot.address, area_code=spot.area_code, area_path=spot.area_path, reported_at=intake.reported_at,
        answered_at=intake.answered_at, source_key=intake.source_key,
        source_digest=intake.digest if intake.source_key else "", invented=intake.invented,
    )  # fmt: skip


def report_from(intake: Intake, incident: Incident, *, at: datetime) -> Report:
    """Make the row of what the reporter said, not yet stored."""
    return Report(
        incident=incident, source=intake.source, narrative=intake.narrative, caller=intake.caller, phone=intake.phone,
        language=intake.language, follow_key=intake.follow_key, reported_at=intake.reported_at,
        expires_at=at + PERSONAL_DATA_KEPT,
    )  # fmt: skip


def already_reported(source_key: str | None, digest: str) -> Incident | None:
    """Find the incident reported under a key. Raises CannotReuseKey when its content was another."""
    known = Incident.objects.get(pk=pk) if source_key and (pk := _id_under(source_key)) else None
    if known and known.source_digest != digest:
        sentence = _("The key “%(key)s” already stands for %(number)s, reported with other content. Use a new key.")
        raise CannotReuseKey(sentence % {"key": source_key, "number": known.label})
    return known


def _id_under(source_key: str) -> int | None:
    """Primary key of the incident under a key; asked for every report, so in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM incidents_incident WHERE source_key = %s", [source_key])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def digest_of(**content: object) -> str:
    """Keyed digest of what came with a key, so that a repeat is told from a reuse without keeping the words."""
    body = json.dumps(content, sort_keys=True, default=str)
    return salted_hmac(
        "maplebridge.incidents.source_key", body.encode("utf-8", "replace"), algorithm="sha256"
    ).hexdigest()


def type_of(code: str) -> IncidentType:
    """Find an incident type that is offered. Raises BadInput that names those nearest."""
    code = clean(code)
    found = for_a_moment(("type", code), lambda: IncidentType.objects.filter(code=code, active=True).first())
    if found is None:
        codes = list(IncidentType.objects.filter(active=True).values_list("code", flat=True))
        near = get_close_matches(code[:40].lower(), codes, n=3, cutoff=0.4) or sorted(codes)[:5]
        sentence = _("There is no incident type “%(code)s”. Near it: %(near)s.")
        raise BadInput("type", sentence % {"code": code[:40], "near": ", ".join(near) or _("none installed")})
    return found


def checked_priority(priority: int) -> int:
    """Return a priority from 0 to 10. Raises BadInput."""
    if not 0 <= priority <= 10:
        sentence = _("Priority %(priority)s is not on the scale: 0 is most urgent, 10 least.")
        raise BadInput("priority", sentence % {"priority": priority})
    return priority


def _checked_source(source: str) -> str:
    if source not in dict(SOURCES):
        sentence = _("There is no source “%(source)s”. Sources: %(sources)s.")
        raise BadInput("source", sentence % {"source": clean(source[:40]), "sources": ", ".join(dict(SOURCES))})
    return source


def checked_key(key: str) -> str | None:
    """Return an idempotency key, None for an empty one. Raises BadInput where it is too long or not printable."""
    if len(key) > KEY_MAX or not key.isprintable():
        sentence = _("The key has %(length)d characters; at most %(limit)d printable ones.")
        raise BadInput("Idempotency-Key", sentence % {"length": len(key), "limit": KEY_MAX})
    return key or None
