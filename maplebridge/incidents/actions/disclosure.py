"""What leaves the house, signed: to a reporter by their own code, to anybody else by the leave of two people."""

from datetime import datetime
from typing import Any

import msgspec

from maplebridge.incidents.models import Incident, Report
from maplebridge.journal.act import act
from maplebridge.journal.bundles import signed_bundle
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.people.actions import use_approval
from maplebridge.people.actor import Actor
from maplebridge.people.models import Approval


def disclose_to_reporter(actor: Actor, *, report: Report, at: datetime) -> bytes:
    """Pack what is held about the reporter as a zip file, and journal that it was given to them.

    Whoever calls has checked the reporter's own code. Holds no name of staff and nothing of other reporters.
    """
    packed = signed_bundle(_held(report, at=at))
    with act(actor, "incidents.disclosed_to_reporter", at=at, purpose="the reporter's right of access") as entry:
        entry.about(report, case=report.incident)
        classes = sorted(set(report.PERSONAL.fields.values()))
        entry.processed("disclosed", records=[report, report.incident], classes=classes, recipient="the reporter")
    return packed


def disclose_incident(actor: Actor, *, incident: Incident, approval: Approval, at: datetime) -> bytes:
    """Pack an incident with its reporters, notes and files for the recipient whom a second person approved.

    The zip file is signed as a whole and the approval used up: two people and the recipient stand in the journal.
    Raises CannotProceed.
    """
    actor.must("approvals.ask")
    subject = f"incident:{incident.pk}"
    with act(actor, "incidents.disclosed", at=at, purpose="disclosure approved by two") as entry:
        used = use_approval(actor, approval=approval, kind="disclosure", subject=subject, at=at)
        reports = list(Report.objects.filter(incident=incident).order_by("pk"))
        kept = list(incident.attachments.order_by("pk"))
        files = {f"files/{number:02d}-{each.name}": each.file.open("rb").read() for number, each in enumerate(kept, 1)}
        content = _whole(incident, reports, at=at) | {"recipient": used.recipient, "why": used.reason}
        entry.about(incident, case=incident, approval=approval.pk).keep_private(recipient=used.recipient)
        classes = ["identity", "contact", "narrative", *(["image"] if kept else [])]
        entry.processed("disclosed", records=[incident, *reports], classes=classes, recipient="named in private")
    return signed_bundle(content, files)


def _whole(incident: Incident, reports: list[Report], *, at: datetime) -> dict[str, Any]:
    notes = incident.notes.order_by("at", "pk")
    return {
        "made_at": stamp(at),
        "incident": incident.label,
        "type": {"en": incident.type.name, "zh": incident.type.name_zh},
        "state": incident.state,
        "place": {"address": incident.address, "lon": incident.lon, "lat": incident.lat},
        "reported_at": stamp(incident.reported_at),
        "closed_at": stamp(incident.closed_at) if incident.closed_at else None,
        "disposition": incident.disposition,
        "reports": [
            {"reported_at": stamp(each.reported_at), "source": each.source, "name": each.caller,
             "telephone": each.phone, "narrative": each.narrative} for each in reports
        ],
        "notes": [{"at": stamp(note.at), "author": note.author, "text": note.text} for note in notes],
    }  # fmt: skip


def _held(report: Report, *, at: datetime) -> dict[str, Any]:
    incident = report.incident
    return {
        "made_at": stamp(at),
        "report": incident.label,
        "purpose": report.PERSONAL.purpose,
        "erased_at": stamp(report.expires_at),
        "reported_at": stamp(report.reported_at),
        "name": report.caller,
        "telephone": report.phone,
        "language": report.language,
        "what_you_said": report.narrative,
        "type": {"en": incident.type.name, "zh": incident.type.name_zh},
        "place": {"address": incident.address, "lon": incident.lon, "lat": incident.lat},
        "state": incident.state,
        "looked_at_by": _looks(report),
    }


def _looks(report: Report) -> list[dict[str, Any]]:
    """Every look at this report or its incident: when, in which role, what for, which classes of fields."""
    seen = Entry.objects.naming(f"report:{report.pk}") | Entry.objects.naming(f"incident:{report.incident_id}")
    bodies = seen.filter(operation="consulted").order_by("position").values_list("body", flat=True)
    return [
        {"at": body["at"], "role": body["role"], "purpose": body["purpose"], "fields": body.get("classes", [])}
        for body in map(msgspec.json.decode, bodies)
    ]
