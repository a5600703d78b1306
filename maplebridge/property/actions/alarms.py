"""What becomes of an alarm: an incident at its place, the dealer's answer, and how it ended."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.incidents.actions import link_incidents, report_incident
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import act
from maplebridge.kernel.geometry import distance_m
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.register import must_work_at
from maplebridge.property.models import Alarm
from maplebridge.property.queries.items import alarm_words
from maplebridge.property.rules import ANSWERS, OUTCOMES

SEEN_TYPE = "stolen_seen"
SAME_PLACE_M, SAME_FOR = 300.0, timedelta(hours=12)
_SOURCES = {"reader": "sensor", "patrol": "officer"}


class CannotSettle(Refused):
    """The alarm was settled already."""


def take_up_alarm(actor: Actor, *, alarm: Alarm, at: datetime) -> Incident:
    """Give an alarm its incident, to which a unit can be sent; `property.alarm_taken_up`. Idempotent.

    A new one at the place of the sighting, linked with that of the theft; the one that is open where the item was
    seen near there before; for a check from before the report the theft's own, for there is nobody to send to.
    """
    actor.must("incidents.report")
    with act(actor, "property.alarm_taken_up", at=at) as entry:
        fresh = _locked(alarm)
        if fresh.incident is None:
            fresh.incident = _incident_for(actor, fresh, at=at)
            fresh.save(update_fields=["incident"])
        entry.about(fresh, case=fresh.incident, incident=fresh.incident_id, theft=fresh.theft_id)
    return fresh.incident


def _incident_for(actor: Actor, alarm: Alarm, *, at: datetime) -> Incident:
    theft, sighting = alarm.theft, alarm.sighting
    if alarm.late:
        return theft.incident
    for other in Alarm.objects.filter(theft=theft, late=False, at__gt=at - SAME_FOR).exclude(incident=None):
        near = distance_m(sighting.lon, sighting.lat, other.sighting.lon, other.sighting.lat) <= SAME_PLACE_M
        if near and other.incident and is_open(other.incident.state):
            return other.incident
    known = IncidentType.objects.filter(code=SEEN_TYPE, active=True).exists()
    incident = report_incident(
        actor, type=SEEN_TYPE if known else theft.incident.type_id, lon=sighting.lon, lat=sighting.lat,
        address=sighting.dealer.address if sighting.dealer else "", narrative=alarm_words(alarm),
        source=_SOURCES.get(sighting.channel, "api"), source_key=f"property.alarm:{alarm.pk}",
        invented=theft.item.invented, at=at,
    ).incident  # fmt: skip
    link_incidents(actor, incident=incident, other=theft.incident, kind="related", at=at)
    return incident


def _locked(alarm: Alarm) -> Alarm:
    rows = Alarm.objects.select_for_update(of=("self",)).select_related(
        "theft__item", "theft__incident", "sighting__dealer", "sighting__reader", "incident"
    )
    fresh = rows.filter(pk=alarm.pk).first()
    if fresh is None:
        raise NotFound(_("This alarm is no longer on record."))
    return fresh


def answer_alarm(actor: Actor, *, alarm: Alarm, answer: str, at: datetime) -> Alarm:
    """Say, as the place that checked, what became of the item; `property.alarm_answered`. A later answer replaces it.

    Raises BadInput for an unknown answer, NotAllowed for somebody else's alarm.
    """
    if not actor.may("property.investigate"):
        actor.must("property.check")
        if actor.ref != alarm.sighting.checked_by:
            must_work_at(actor, alarm.sighting.dealer)
    if answer not in dict(ANSWERS):
        raise BadInput("answer", _("Choose one of: %(answers)s.") % {"answers": ", ".join(dict(ANSWERS))})
    with act(actor, "property.alarm_answered", at=at) as entry:
        fresh = _locked(alarm)
        fresh.answer, fresh.answered_at = answer, at
        fresh.save(update_fields=["answer", "answered_at"])
        entry.about(fresh, case=fresh.incident or fresh.theft.incident, answer=answer)
    return fresh


def settle_alarm(actor: Actor, *, alarm: Alarm, outcome: str, at: datetime) -> Alarm:
    """Say how an alarm ended; `property.alarm_settled`. `mistaken` counts as a false match in the figures.

    Raises BadInput for an unknown outcome, CannotSettle for one that is settled.
    """
    if not actor.may("property.investigate"):
        actor.must("dispatch.assign", alarm.incident or alarm.theft.incident)
    if outcome not in dict(OUTCOMES):
        raise BadInput("outcome", _("Choose one of: %(outcomes)s.") % {"outcomes": ", ".join(dict(OUTCOMES))})
    with act(actor, "property.alarm_settled", at=at) as entry:
        fresh = _locked(alarm)
        if fresh.outcome:
            sentence = _("This alarm was settled already: %(outcome)s.")
            raise CannotSettle(sentence % {"outcome": fresh.get_outcome_display()})
        fresh.outcome, fresh.settled_at = outcome, at
        fresh.save(update_fields=["outcome", "settled_at"])
        entry.about(fresh, case=fresh.incident or fresh.theft.incident, outcome=outcome)
    return fresh
