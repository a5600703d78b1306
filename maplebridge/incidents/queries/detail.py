"""One incident in full: reporters, notes, files, links, intervals, who was sent."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from maplebridge.incidents.models import Attachment, Incident, Link, Note, Report
from maplebridge.incidents.queries.nearby import history_at, premise_note_rows
from maplebridge.incidents.queries.rows import assignments, incident_row
from maplebridge.incidents.rules import Intervals, intervals_of, say_reason
from maplebridge.kernel import clock
from maplebridge.people.actor import Actor

Row = dict[str, Any]


def incident_detail(
    actor: Actor, incident: Incident, *, with_callers: bool = False, with_words: bool = True, at: datetime
) -> Row:
    """Everything about one incident, as the contract says. Callers only after `actions.consult_callers`.

    Without words, what people said and attached is left out, and `withheld` says so.
    """
    family = [incident, *merged_into_it(incident)]
    ids = [each.pk for each in family]
    all_reports = Report.objects.filter(incident_id__in=ids).order_by("reported_at", "pk")
    return incident_row(incident) | {
        "priority_reason": say_reason(incident.priority_reason),
        "closed_at_post": incident.closed_at_post,
        "answered_at": clock.stamp(incident.answered_at) if incident.answered_at else None,
        "withheld": not with_words,
        "reports": [_report_row(each, with_caller=with_callers, with_words=with_words) for each in all_reports],
        "notes": _notes(ids) if with_words else [],
        "attachments": _attachments(ids) if with_words else [],
        "links": _links(actor, incident),
        "merged": [{"id": each.pk, "number": each.label} for each in family[1:]],
        "merged_into": incident.merged_into_id,
        "premise_notes": premise_note_rows(incident.lon, incident.lat, at=at),
        "history": history_at(actor, incident),
        "intervals": asdict(intervals(incident)),
        "assignments": assignment_rows(incident),
    }


def merged_into_it(incident: Incident) -> list[Incident]:
    """Incidents merged into this one, and those merged into them, by number."""
    found: list[Incident] = []
    level = [incident.pk]
    while level:
        below = list(Incident.objects.filter(merged_into_id__in=level))
        found += below
        level = [each.pk for each in below]
    return sorted(found, key=lambda each: each.number)


def intervals(incident: Incident) -> Intervals:
    """Intervals between the steps of an incident, in seconds."""
    return intervals_of(
        reported_at=incident.reported_at,
        answered_at=incident.answered_at,
        assigned_at=incident.assigned_at,
        enroute_at=incident.enroute_at,
        onscene_at=incident.onscene_at,
        closed_at=incident.closed_at,
    )


def _report_row(report: Report, *, with_caller: bool, with_words: bool) -> Row:
    return {
        "id": report.pk,
        "incident_id": report.incident_id,
        "source": report.source,
        "reported_at": clock.stamp(report.reported_at),
        "narrative": report.narrative if with_words else "",
        "language": report.language,
        "caller": report.caller if with_caller else None,
        "phone": report.phone if with_caller else None,
        "has_caller": bool(report.caller or report.phone),
    }


def _notes(ids: list[int]) -> list[Row]:
    notes = Note.objects.filter(incident_id__in=ids).order_by("at", "pk")
    return [{"at": clock.stamp(note.at), "author": note.author, "text": note.text} for note in notes]


def _attachments(ids: list[int]) -> list[Row]:
    return [
        {
            "id": each.pk,
            "name": each.name,
            "media_type": each.media_type,
            "size": each.size,
            "url": f"/incidents/{each.incident_id}/files/{each.pk}",
        }
        for each in Attachment.objects.filter(incident_id__in=ids).order_by("at", "pk")
    ]


_MIRRORED = {"child": "parent", "parent": "child", "related": "related", "split": "split"}


def _links(actor: Actor, incident: Incident) -> list[Row]:
    visible = Incident.objects.visible_to(actor).select_related("type")
    pairs = [(link.kind, link.other_id) for link in Link.objects.filter(incident=incident)]
    pairs += [(_MIRRORED[link.kind], link.incident_id) for link in Link.objects.filter(other=incident)]
    others = visible.in_bulk([other for _kind, other in pairs])
    return [
        {
            "kind": kind,
            "id": other,
            "number": others[other].label,
            "name": {"en": others[other].type.name, "zh": others[other].type.name_zh},
        }
        for kind, other in pairs
        if other in others
    ]


_STEPS = ("assigned_at", "accepted_at", "enroute_at", "onscene_at", "cleared_at")


def assignment_rows(incident: Incident) -> list[Row]:
    """Who was sent, in order, from the relation that dispatch adds; empty without dispatch."""
    manager = assignments()
    if manager is None:
        return []
    rows = []
    for each in manager.filter(incident=incident).select_related("unit").order_by("assigned_at", "pk"):
        row = {"unit_id": each.unit_id, "call_sign": each.unit.call_sign}
        row |= {step: clock.stamp(moment) if (moment := getattr(each, step)) else None for step in _STEPS}
        rows.append(row | {"eta_s": each.eta_s, "outcome": each.outcome, "override_reason": each.override_reason})
    return rows
