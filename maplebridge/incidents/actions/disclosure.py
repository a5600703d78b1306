"""What leaves the house, signed: to a reporter by their own code, to anybody else by the leave of two people."""

import io
import json
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from maplebridge.incidents.models import Incident, Report
from maplebridge.journal.act import act
from maplebridge.journal.checkpoints import signer
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.people.actions import use_approval
from maplebridge.people.actor import Actor
from maplebridge.people.models import Approval

_README = """\
data.json       what this service holds, why, and until when; for a reporter also who looked at it (by role)
data.json.note  the service's signature over the SHA-256 of data.json and of every file (a C2SP signed note);
                its key stands at /journal/key of the service

data.json       本机构持有的数据、用途和保存期限；给报案人的还列明哪些岗位查阅过
data.json.note  本机构对 data.json 及各文件的 SHA-256 的签名（C2SP 签名文本）；公钥见本服务的 /journal/key
"""


def disclose_to_reporter(actor: Actor, *, report: Report, at: datetime) -> bytes:
    """Pack what is held about the reporter as a zip file, and journal that it was given to them.

    Whoever calls has checked the reporter's own code. Holds no name of staff and nothing of other reporters.
    """
    data = json.dumps(_held(report, at=at), ensure_ascii=False, indent=1).encode()
    note = _signed("Maplebridge disclosure", data, {})
    with act(actor, "incidents.disclosed_to_reporter", at=at, purpose="the reporter's right of access") as entry:
        entry.about(report, case=report.incident)
        classes = sorted(set(report.PERSONAL.fields.values()))
        entry.processed("disclosed", records=[report, report.incident], classes=classes, recipient="the reporter")
    return _packed(data, note)


def _signed(title: str, data: bytes, files: dict[str, bytes]) -> str:
    lines = "".join(f"{sha256(content).hexdigest()} {name}\n" for name, content in files.items())
    return signer().sign(f"{title}\n{sha256(data).hexdigest()} data.json\n{lines}")


def _packed(data: bytes, note: str, files: dict[str, bytes] | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        first = {"README.txt": _README.encode(), "data.json": data, "data.json.note": note.encode()}
        for name, content in (first | (files or {})).items():
            folder.writestr(name, content)
    return packed.getvalue()


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
        data = json.dumps(content, ensure_ascii=False, indent=1).encode()
        entry.about(incident, case=incident, approval=approval.pk).keep_private(recipient=used.recipient)
        classes = ["identity", "contact", "narrative", *(["image"] if kept else [])]
        entry.processed("disclosed", records=[incident, *reports], classes=classes, recipient="named in private")
    return _packed(data, _signed("Maplebridge disclosure", data, files), files)


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
