"""Items, their timelines and alarms, for those who may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor
from maplebridge.places.under import under
from maplebridge.property.codes import canonical
from maplebridge.property.models import Alarm, Dealer, Item, Owner, Ownership, Sighting, TheftReport
from maplebridge.property.passcodes import digest_of_code
from maplebridge.property.rules import REGISTRY

FOUND_MOST = 50


def owner_of_code(code: str) -> Owner | None:
    """Find whose certificate has this code; None where nobody's has, or the owner was erased."""
    return Owner.objects.filter(key=digest_of_code(code), erased_at=None).first()


def items_of(owner: Owner) -> QuerySet[Item]:
    """The items that an owner has now, newest first."""
    held = Ownership.objects.filter(owner=owner, until_at=None).values("item_id")
    return Item.objects.filter(pk__in=held).prefetch_related("identifiers").order_by("-pk")


def dealers_of(actor: Actor) -> QuerySet[Dealer]:
    """The accredited places at which the actor works; all of them for whoever manages or investigates."""
    rows = Dealer.objects.in_force()
    if actor.may("property.manage") or actor.may("property.investigate"):
        return rows
    return rows.filter(users=actor.user_id) if actor.user_id else rows.none()


def visible_items(actor: Actor) -> QuerySet[Item]:
    """Items the actor may see: all for the police, a shop's own and those to be confirmed, an owner's own.

    Owners are never part of it.
    """
    if actor.may("property.investigate") or actor.may("property.manage"):
        return Item.objects.all()
    kind, _colon, key = actor.ref.partition(":")
    if kind == "owner" and key.isdigit():
        return Item.objects.filter(ownerships__owner_id=int(key), ownerships__until_at=None)
    if actor.may("property.register") and actor.user_id:
        waiting = Q(state="pending", dealer=None)
        return Item.objects.filter(waiting | Q(dealer__users=actor.user_id)).distinct()
    return Item.objects.none()


def visible_item(actor: Actor, item_id: int) -> Item:
    """Fetch one item. Raises NotFound when it is not there or not for this actor to see."""
    found = visible_items(actor).filter(pk=item_id).first()
    if found is None:
        raise NotFound(_("There is no item %(id)s that you may see.") % {"id": item_id})
    return found


def find_items(actor: Actor, *, q: str = "", states: Iterable[str] = ()) -> list[Item]:
    """Items the actor may see by code, maker or model, newest first; at most 50."""
    rows = visible_items(actor)
    if wanted := list(states):
        rows = rows.filter(state__in=wanted)
    if q := q.strip()[:100]:
        words = Q(maker__icontains=q) | Q(model__icontains=q)
        key = canonical(q)
        rows = rows.filter(words | Q(identifiers__canonical=key) if key else words).distinct()
    return list(rows.prefetch_related("identifiers").order_by("-pk")[:FOUND_MOST])


def visible_thefts(actor: Actor) -> QuerySet[TheftReport]:
    """Thefts the actor may follow, in the areas for which they may see incidents, newest first."""
    rows = TheftReport.objects.select_related("item", "incident").order_by("-reported_at", "-pk")
    if not (actor.may("property.investigate") or actor.may("property.report")):
        return rows.none()
    codes = actor.areas("incidents.view")
    if codes is None:
        return rows
    return rows.filter(under(codes))


def open_alarms(actor: Actor) -> QuerySet[Alarm]:
    """Alarms that nobody has settled, of thefts the actor may follow or of the place where they work; newest first."""
    mine = Q(theft__in=visible_thefts(actor).order_by().values("pk"))
    if actor.user_id:
        mine |= Q(sighting__dealer__users=actor.user_id)
    rows = Alarm.objects.filter(mine, outcome="").distinct()
    return rows.select_related("theft__item", "theft__incident", "sighting__dealer", "sighting__reader", "incident")


def owed_answers(actor: Actor) -> QuerySet[Alarm]:
    """Alarms at accredited places that have not said what became of the item, oldest first."""
    return open_alarms(actor).filter(answer="").exclude(sighting__dealer=None).order_by("at", "pk")


def alarm_words(alarm: Alarm) -> str:
    """Say who saw what where and when, and what to do, in the reader's language and the city's time."""
    item, sighting = alarm.theft.item, alarm.sighting
    where = sighting.dealer or sighting.reader or sighting.channel
    lines = [
        _("Stolen item seen: %(kind)s %(item)s, theft %(number)s.")
        % {"kind": item.get_kind_display(), "item": item, "number": alarm.theft.incident.label},
        _("Where: %(where)s (%(channel)s). When: %(when)s.")
        % {
            "where": where,
            "channel": sighting.get_channel_display(),
            "when": f"{timezone.localtime(sighting.at):%Y-%m-%d %H:%M}",
        },
        *what_to_do(alarm),
    ]
    return "\n".join(lines)


def what_to_do(alarm: Alarm) -> list[str]:
    """What the place and the unit do now, a sentence each."""
    if alarm.late:
        return [
            _("It was checked before the theft was reported."),
            _("Ask the place what became of it, and secure the receipt."),
        ]
    steps = [_("Compare the number on the item itself before anything else: numbers are misread.")]
    if alarm.sighting.channel in ("dealer", "intake", "api"):
        steps.append(_("The place keeps the item if it can do so without danger, and detains nobody."))
    return [*steps, _("Whoever brought it may have bought it in good faith.")]


def alarm_card(alarm: Alarm) -> dict[str, Any]:
    """An alarm for a screen: who, where, when, what to do, and the incident to send a unit to. No person is in it."""
    item, sighting = alarm.theft.item, alarm.sighting
    dealer = sighting.dealer
    return {
        "id": alarm.pk,
        "at": clock.stamp(alarm.at),
        "late": alarm.late,
        "item": {
            "id": item.pk,
            "kind": item.kind,
            "maker": item.maker,
            "model": item.model,
            "colour": item.colour,
            "codes": [each.written for each in item.identifiers.exclude(issuer=REGISTRY)],
        },
        "theft": alarm.theft_id,
        "theft_incident": alarm.theft.incident_id,
        "incident": alarm.incident_id,
        "channel": sighting.channel,
        "dealer": {"id": dealer.pk, "name": dealer.name, "address": dealer.address} if dealer else None,
        "reader": {"id": sighting.reader.pk, "name": sighting.reader.name} if sighting.reader else None,
        "seen_at": clock.stamp(sighting.at),
        "lon": sighting.lon,
        "lat": sighting.lat,
        "what_to_do": what_to_do(alarm),
        "answer": alarm.answer,
        "outcome": alarm.outcome,
    }


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to an item, for its timeline and map; places are places of things, never of persons."""

    at: datetime
    what: str  # registered, owned, paired, parted, lost, reported, seen, alarm, recovered, ended, impounded, released
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    ref: str = ""
    detail: str = ""


def timeline_of(item: Item) -> list[Step]:
    """What happened to an item, oldest first: registration, owners by number, pairings, thefts, sightings, custody."""
    shop = item.dealer
    steps = [Step(item.registered_at, "registered", *_at(shop), ref=f"item:{item.pk}")]
    steps += [
        Step(each.since_at, "owned", ref=f"owner:{each.owner_id}", detail=each.how) for each in item.ownerships.all()
    ]
    for pairing in [*item.batteries.all(), *item.bikes.all()]:
        other = pairing.battery_id if pairing.bike_id == item.pk else pairing.bike_id
        steps.append(Step(pairing.since_at, "paired", ref=f"item:{other}"))
        if pairing.until_at:
            steps.append(Step(pairing.until_at, "parted", ref=f"item:{other}"))
    for theft in item.thefts.select_related("incident"):
        steps += _theft_steps(theft)
    for kept in item.impounds.all():
        steps.append(Step(kept.since_at, "impounded", place=kept.place))
        if kept.until_at:
            steps.append(Step(kept.until_at, "released", place=kept.place, detail=kept.outcome))
    return sorted(steps, key=lambda step: step.at)


def _at(place: Dealer | None) -> tuple[float | None, float | None, str]:
    return (place.lon, place.lat, place.name) if place else (None, None, "")


def _theft_steps(theft: TheftReport) -> list[Step]:
    ref = f"theftreport:{theft.pk}"
    steps = [
        Step(theft.lost_from, "lost", theft.lon, theft.lat, theft.address, ref),
        Step(theft.reported_at, "reported", ref=ref, detail=theft.incident.label),
    ]
    if theft.recovered_at:
        steps.append(Step(theft.recovered_at, "recovered", ref=ref))
    if theft.ended_at:
        steps.append(Step(theft.ended_at, "ended", ref=ref, detail=theft.state))
    rows = Sighting.objects.filter(alarms__theft=theft).select_related("dealer", "reader").distinct()
    for seen in rows:
        place = seen.dealer.name if seen.dealer else seen.reader.name if seen.reader else ""
        steps.append(Step(seen.at, "seen", seen.lon, seen.lat, place, f"sighting:{seen.pk}", seen.channel))
    return steps
