"""What we hold about a reporter, handed to them as a signed bundle: their right, by nobody's leave but their code."""

import io
import json
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from maplebridge.incidents.models import Report
from maplebridge.journal.act import act
from maplebridge.journal.checkpoints import signer
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor

_README = """\
data.json       what this service holds about you from this report, why, until when, and who looked at it (by role)
data.json.note  the service's signature over the SHA-256 of data.json (a C2SP signed note);
                its key stands at /journal/key of the service

data.json       本机构因此次报案持有的您的数据、用途、保存期限，以及哪些岗位查阅过
data.json.note  本机构对 data.json 的 SHA-256 的签名（C2SP 签名文本）；公钥见本服务的 /journal/key
"""


def disclose_to_reporter(actor: Actor, *, report: Report, at: datetime) -> bytes:
    """Pack what is held about the reporter as a zip file, and journal that it was given to them.

    Whoever calls has checked the reporter's own code. Holds no name of staff and nothing of other reporters.
    """
    data = json.dumps(_held(report, at=at), ensure_ascii=False, indent=1).encode()
    note = signer().sign(f"Maplebridge disclosure\n{sha256(data).hexdigest()} data.json\n")
    with act(actor, "incidents.disclosed_to_reporter", at=at, purpose="the reporter's right of access") as entry:
        entry.about(report, case=report.incident)
        classes = sorted(set(report.PERSONAL.fields.values()))
        entry.processed("disclosed", records=[report, report.incident], classes=classes, recipient="the reporter")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in (("README.txt", _README.encode()), ("data.json", data), ("data.json.note", note.encode())):
            folder.writestr(name, content)
    return packed.getvalue()


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
