"""Incidents that belong together: merge, take a merge back, split, link."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from maplebridge.incidents.actions.report import report_incident
from maplebridge.incidents.actions.shared import checked_text, locked, locked_own, settled_priority
from maplebridge.incidents.models import Incident, Link
from maplebridge.incidents.rules import ENDED_STATES, LINK_KINDS, RESOURCE_STATES, clean
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor


class CannotMerge(Refused):
    """The two incidents cannot become one."""


class CannotUnmerge(Refused):
    """The incident was not merged into another."""


class CannotLink(Refused):
    """The two incidents cannot be linked."""


def merge_incidents(actor: Actor, *, incident: Incident, into: Incident, at: datetime) -> Incident:
    """Merge a duplicate into another open incident and return that one; `incidents.merged`.

    Nothing moves: each report stays with its incident of origin, and the one merged into shows them all and takes
    the more urgent priority. Raises CannotMerge for itself, for one merged already, one that has ended, one with
    units.
    """
    actor.must("incidents.edit", incident)
    if incident.pk == into.pk:
        raise CannotMerge(_("%(number)s cannot be merged into itself.") % {"number": incident.label})
    with act(actor, "incidents.merged", at=at) as entry:
        first, second = sorted((incident, into), key=lambda each: each.pk)  # one order of locks for everybody
        fresh = {first.pk: locked(first), second.pk: locked(second)}
        gone, kept = fresh[incident.pk], fresh[into.pk]
        _may_merge(gone, kept)
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
        entry.about(gone, case=kept, merged_into=kept.pk)
        _settle_priority(actor, kept, at=at)
    return kept


def _may_merge(gone: Incident, kept: Incident) -> None:
    numbers = {"number": gone.label, "into": kept.label}
    if gone.merged_into_id is not None:
        raise CannotMerge(_("%(number)s has been merged already. Take that merge back first.") % numbers)
    if kept.merged_into_id == gone.pk:
        raise CannotMerge(_("%(into)s is part of %(number)s. Take that merge back first.") % numbers)
    if kept.merged_into_id is not None:
        raise CannotMerge(_("%(into)s has itself been merged into another. Merge %(number)s into that one.") % numbers)
    for each in (gone, kept):
        if each.state in ENDED_STATES:
            sentence = _("%(number)s has ended. Reopen it to merge, or link the two.")
            raise CannotMerge(sentence % {"number": each.label})
    if gone.state in RESOURCE_STATES:
        sentence = _("Units are on %(number)s. Merge %(into)s into it instead, or stand them down first.")
        raise CannotMerge(sentence % numbers)


def unmerge_incident(actor: Actor, *, incident: Incident, at: datetime) -> Incident:
    """Take a merge back, so that both incidents are as they were; `incidents.unmerged`. Raises CannotUnmerge."""
    actor.must("incidents.edit", incident)
    with act(actor, "incidents.unmerged", at=at) as entry:
        fresh = locked(incident)
        if fresh.merged_into_id is None:
            raise CannotUnmerge(_("%(number)s was not merged into another.") % {"number": fresh.label})
        kept = locked(Incident(pk=fresh.merged_into_id))
        fresh.merged_into = None
        fresh.save(update_fields=["merged_into"])
        entry.about(fresh, case=kept, merged_into=None)
        _settle_priority(actor, kept, at=at)
    return fresh


def _settle_priority(actor: Actor, incident: Incident, *, at: datetime) -> None:
    """Let the most urgent of an incident and those merged into it decide, up the chain, unless a person decided."""
    chosen = settled_priority(incident)
    if chosen == (incident.priority, incident.priority_reason):
        return
    with act(actor, "incidents.priority_followed", at=at) as entry:
        incident.priority, incident.priority_reason = chosen
        incident.save(update_fields=["priority", "priority_reason"])
        entry.about(incident, priority=incident.priority)
        if incident.merged_into_id is not None:
            _settle_priority(actor, locked(Incident(pk=incident.merged_into_id)), at=at)


_SAME = {"child": "parent", "parent": "child", "related": "related", "split": "split from it"}  # seen from the other


def link_incidents(actor: Actor, *, incident: Incident, other: Incident, kind: str, at: datetime) -> Link:
    """Link two incidents (`child`: this is part of the other; `parent`, `related`, `split`); `incidents.linked`."""
    actor.must("incidents.edit", incident)
    if kind not in dict(LINK_KINDS):
        sentence = _("There is no link “%(kind)s”. Links: %(kinds)s.")
        raise BadInput("kind", sentence % {"kind": clean(kind[:20]), "kinds": ", ".join(dict(LINK_KINDS))})
    if incident.pk == other.pk:
        raise CannotLink(_("%(number)s cannot be linked to itself.") % {"number": incident.label})
    with act(actor, "incidents.linked", at=at) as entry:
        fresh = locked(incident)
        pair = Q(incident=fresh, other=other) | Q(incident=other, other=fresh)
        there = {
            (_SAME[each.kind] if each.incident_id == other.pk else each.kind) for each in Link.objects.filter(pair)
        }
        if kind in ("child", "parent") and _SAME[kind] in there:
            whole, part = (fresh, other) if kind == "child" else (other, fresh)
            sentence = _("%(other)s is part of %(number)s already; it cannot be the other way round as well.")
            raise CannotLink(sentence % {"number": whole.label, "other": part.label})
        if kind in there:
            sentence = _("%(number)s and %(other)s are linked so already.")
            raise CannotLink(sentence % {"number": fresh.label, "other": other.label})
        link = Link.objects.create(incident=fresh, other=other, kind=kind)
        entry.about(fresh, case=other, link=kind)
    return link


def split_incident(
    actor: Actor,
    *,
    incident: Incident,
    type: str,
    narrative: str,
    lon: float | None = None,
    lat: float | None = None,
    at: datetime,
) -> Incident:
    """Make a second incident out of one that turned out to be two, and link it; `incidents.split`.

    The new one starts at the place of the first unless another is given, was reported when the first was, and is
    returned.
    """
    actor.must("incidents.edit", incident)
    narrative = checked_text(narrative, field="narrative", required=True)
    with act(actor, "incidents.split", at=at) as entry:
        fresh = locked_own(incident)
        here = lon is None and lat is None
        new = report_incident(
            actor,
            type=type,
            lon=fresh.lon if here else lon,
            lat=fresh.lat if here else lat,
            address=fresh.address if here else "",
            narrative=narrative,
            source=fresh.source,
            occurred_at=fresh.reported_at,
            oldest=None,
            invented=fresh.invented,
            at=at,
        ).incident
        link_incidents(actor, incident=new, other=fresh, kind="split", at=at)
        entry.about(fresh, case=new)
    return new
