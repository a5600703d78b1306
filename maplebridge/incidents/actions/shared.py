"""What every action of this domain does first: lock the row, and say what its clear fields are now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import clean
from maplebridge.incidents.rules.priority import by_rule
from maplebridge.incidents.rules.text import NARRATIVE_MAX
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import cell_name
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor

CLOCK_SLACK = timedelta(minutes=2)
LATE_AT_MOST = timedelta(days=30)  # what happened longer ago is entered as an import, or as a note on today's


class CannotChangeMerged(Refused):
    """The incident was merged into another, which now stands for it."""


def locked(incident: Incident) -> Incident:
    """Read the incident again, locked until the act ends. Raises NotFound."""
    return current(incident, lock=True)


def current(incident: Incident, *, lock: bool = False) -> Incident:
    """Read the incident again. Raises NotFound."""
    rows = Incident.objects.select_for_update() if lock else Incident.objects.all()
    fresh = rows.filter(pk=incident.pk).first()
    if fresh is None:
        raise NotFound(_("This incident is no longer there."))
    return fresh


def locked_own(incident: Incident) -> Incident:
    """Read and lock an incident that stands for itself. Raises CannotChangeMerged when it was merged away."""
    fresh = locked(incident)
    if fresh.merged_into_id is not None:
        sentence = _("%(number)s was merged into %(into)s. Work there, or take the merge back first.")
        into = Incident.objects.get(pk=fresh.merged_into_id)
        raise CannotChangeMerged(sentence % {"number": fresh.label, "into": into.label})
    return fresh


def must_any(actor: Actor, *permissions: str, about: Incident | None = None) -> None:
    """Raise NotAllowed unless the actor has one of the permissions, for the incident's place where one is given."""
    if not any(actor.may(permission, about) for permission in permissions):
        for permission in permissions:
            actor.must(permission, about)


def reported_by(actor: Actor, incident: Incident) -> bool:
    """Whether the actor took the report of this incident, as the journal says."""
    mine = Entry.objects.filter(subject=f"incident:{incident.pk}", verb="incidents.reported", actor=actor.ref)
    return mine.exists()


def crews(actor: Actor, incident: Incident, *, at: datetime) -> bool:
    """Whether the actor is on the crew of a unit on this incident: on shift at that moment, or when it was sent."""
    assignments = getattr(incident, "assignments", None)  # the relation that dispatch adds
    if assignments is None or actor.user_id is None:
        return False
    mine = Q(unit__shifts__crew=actor.user_id, unit__shifts__starts_at__lte=at)
    still = Q(unit__shifts__ends_at__gt=at) | Q(unit__shifts__ends_at__gt=F("assigned_at"))
    return bool(assignments.filter(mine & still, cleared_at=None).exists())


def instant(moment: datetime, *, field: str) -> datetime:
    """Return a moment from outside in UTC. Raises BadInput without its offset, or beyond what a calendar holds."""
    if moment.tzinfo is None:
        raise BadInput(field, _("Give the time with its offset from UTC, for example 2026-05-04T12:00:00Z."))
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise BadInput(field, _("This moment lies beyond the calendar. Check the year.")) from error


def occurred(
    occurred_at: datetime | None, *, field: str, at: datetime, oldest: timedelta | None = LATE_AT_MOST
) -> datetime:
    """Check a moment that came from outside against the moment of the act.

    Raises BadInput when it lies ahead, or longer ago than `oldest` (None: as long as may be, for imports).
    """
    moment = instant(occurred_at or at, field=field)
    if moment > at + CLOCK_SLACK:
        sentence = _("%(moment)s lies in the future; it is now %(now)s. Check the clock of the sender.")
        raise BadInput(field, sentence % {"moment": clock.stamp(moment), "now": clock.stamp(at)})
    if oldest is not None and moment < at - oldest:
        sentence = _("%(moment)s is more than %(days)d days ago. Check the date; older incidents are imported.")
        raise BadInput(field, sentence % {"moment": clock.stamp(moment), "days": oldest.days})
    return moment


def not_before_report(incident: Incident, moment: datetime, *, field: str = "at") -> None:
    """Raise BadInput when a step of an incident would lie before its report (beyond the slack of two clocks)."""
    if moment < incident.reported_at - CLOCK_SLACK:
        sentence = _("%(moment)s lies before %(number)s was reported (%(reported)s). Check the time.")
        raise BadInput(
            field,
            sentence
            % {
                "moment": clock.stamp(moment),
                "number": incident.label,
                "reported": clock.stamp(incident.reported_at),
            },
        )


def checked_text(text: str, *, field: str, limit: int = NARRATIVE_MAX, required: bool = False) -> str:
    """Clean a text and hold it to its limit in characters. Raises BadInput."""
    if len(text) > limit:
        sentence = _("This text has %(length)d characters; at most %(limit)d fit. Shorten it or attach it as a file.")
        raise BadInput(field, sentence % {"length": len(text), "limit": limit})
    cleaned = clean(text)
    if required and not cleaned:
        raise BadInput(field, _("Write a few words here."))
    return cleaned


def place_facts(incident: Incident) -> dict[str, Any]:
    """Facts of where an incident is."""
    return {
        "lon": round(incident.lon, 5),
        "lat": round(incident.lat, 5),
        "cell": cell_name(incident.cell),
        "area": incident.area_code,
    }


def stamp_or_none(moment: datetime | None) -> str | None:
    """RFC 3339 or None, as facts carry a moment."""
    return clock.stamp(moment) if moment else None


def first_facts(incident: Incident) -> dict[str, Any]:
    """Every clear field of a new incident, as its first entry carries them."""
    return {
        "number": incident.number,
        "type": incident.type_id,
        "priority": incident.priority,
        "state": incident.state,
        "held": incident.held,
        "reported_at": clock.stamp(incident.reported_at),
        "source": incident.source,
        "invented": incident.invented,
        "merged_into": None,
        "assigned_at": None,
        "enroute_at": None,
        "onscene_at": None,
        "closed_at": stamp_or_none(incident.closed_at),
        "disposition": incident.disposition,
        **place_facts(incident),
    }


def settled_priority(incident: Incident) -> tuple[int, str]:
    """Priority and reason: a person's choice, else the most urgent of the incident's own and those merged into it."""
    own = (incident.own_priority, incident.own_priority_reason)
    if not by_rule(own[1]):
        return own
    merged = Incident.objects.filter(merged_into=incident).order_by("priority", "number").first()
    return (merged.priority, f"=merged:{merged.label}") if merged and merged.priority < own[0] else own
