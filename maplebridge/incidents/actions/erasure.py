"""Erase what is held of reporters: when its time is over, or before on request, by the leave of two people."""

from datetime import datetime

from django.db.models import QuerySet

from maplebridge.incidents.models import Attachment, Incident, Report
from maplebridge.journal.act import Draft, act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Entry, Private
from maplebridge.kernel import clock
from maplebridge.people.actions import use_approval
from maplebridge.people.actor import Actor
from maplebridge.people.models import Approval


def erase_expired(actor: Actor, *, at: datetime) -> int:
    """Erase names, telephone numbers and files whose time is over, in tables and journal; return how many reports.

    The words of the report stay without the reporter; the journal keeps its digests, so every root stays valid.
    """
    actor.must("people.manage")
    reports = list(Report.objects.filter(expires_at__lte=at).exclude(caller="", phone="", follow_key=None)[:1000])
    files = list(Attachment.objects.filter(expires_at__lte=at)[:200])
    if not reports and not files:
        return 0
    with act(actor, "incidents.personal_data_erased", at=at) as entry:
        entry.about("report:*", reports=len(reports), files=len(files))
        _erase(entry, reports, files, names=("caller", "phone"))
    _unlink(files)
    return len(reports)


def erase_on_request(actor: Actor, *, incident: Incident, approval: Approval, at: datetime) -> int:
    """Erase the reporters of an incident, their words and its files, before their time; return how many reports.

    A second person has approved it; that is used up. State, type and place stay, and every root of the journal stays
    valid. Raises CannotProceed.
    """
    actor.must("approvals.ask")
    reports = list(Report.objects.filter(incident=incident))
    files = list(Attachment.objects.filter(incident=incident))
    with act(actor, "incidents.erased_on_request", at=at, purpose="erasure approved by two") as entry:
        use_approval(actor, approval=approval, kind="erasure", subject=f"incident:{incident.pk}", at=at)
        entry.about(incident, case=incident, approval=approval.pk, reports=len(reports), files=len(files))
        _erase(entry, reports, files, names=("caller", "phone", "narrative"))
        Report.objects.filter(incident=incident).update(narrative="")
    _unlink(files)
    return len(reports)


def _erase(entry: Draft, reports: list[Report], files: list[Attachment], *, names: tuple[str, ...]) -> None:
    """Erase reporters and files in tables and journal, as part of an act."""
    classes = ["identity", "contact", "image", *(["narrative"] if "narrative" in names else [])]
    entry.processed("erased", records=[*reports, *files], classes=classes)
    parts = [(position, name) for position in _entries_of(reports) for name in names]
    erase_private(entry, [*parts, *_names_of(files)])
    Report.objects.filter(pk__in=[r.pk for r in reports]).update(caller="", phone="", follow_key=None)
    Attachment.objects.filter(pk__in=[f.pk for f in files]).delete()


def _unlink(files: list[Attachment]) -> None:
    for each in files:
        each.file.delete(save=False)


def _entries_of(reports: list[Report]) -> list[int]:
    """Positions of the entries by which these very reports came in, told by incident and moment."""
    came = {(f"incident:{report.incident_id}", _journaled(report.reported_at)) for report in reports}
    subjects = {subject for subject, _at in came}
    rows = Entry.objects.filter(subject__in=subjects, verb__in=("incidents.reported", "incidents.imported"))
    return [position for position, *key in rows.values_list("position", "subject", "at") if tuple(key) in came]


def _names_of(files: list[Attachment]) -> list[tuple[int, str]]:
    """Where names of files stand: in the entries that attached them and, with the last of its name, in every look."""
    gone = [each.pk for each in files]
    parts: list[tuple[int, str]] = []
    for each in files:
        names = Private.objects.filter(entry__subject=f"incident:{each.incident_id}", name="name", content=each.name)
        parts += _parts(names.filter(entry__verb="incidents.file_attached", entry__at=_journaled(each.at)))
        if not Attachment.objects.filter(incident=each.incident_id, name=each.name).exclude(pk__in=gone).exists():
            parts += _parts(names.filter(entry__verb="incidents.file_consulted"))
    return parts


def _parts(rows: QuerySet[Private]) -> list[tuple[int, str]]:
    return list(rows.values_list("entry_id", "name"))


def _journaled(moment: datetime) -> datetime:
    """A moment as the journal keeps it, in milliseconds."""
    return clock.parse_stamp(clock.stamp(moment))
