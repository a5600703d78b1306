"""Checks of codes by accredited places, patrols and readers. A stolen item raises its alarm; the rest soon goes.

A sighting is written and committed before the thefts are looked up, and a theft is committed before earlier sightings
are: whichever comes first, the other sees it, and no lock is held over both.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from maplebridge.incidents.whereabouts import area_of
from maplebridge.journal.act import act, turn
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.geometry import cell_name, cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.property.actions.register import must_work_at
from maplebridge.property.actions.shared import key_of, point
from maplebridge.property.models import Alarm, Dealer, Item, Reader, Sighting, TheftReport
from maplebridge.property.queries.codes import CLEAR, STOLEN, deciding_keys, known_of
from maplebridge.property.rules import CHANNELS, sighting_expires

AHEAD = timedelta(minutes=2)  # by which the clock of a sender may be fast
AGAIN_AFTER = timedelta(minutes=10)  # the same theft at the same place within it is the same alarm
MOST = 5_000  # codes of one list


@dataclass(frozen=True, slots=True)
class Sighted:
    """What a check came to: clear, stolen or not_registered; for a stolen item its alarm, newly raised or standing."""

    answer: str
    alarm: Alarm | None = None
    sighting: Sighting | None = None
    item_ids: tuple[int, ...] = ()


def record_sighting(
    actor: Actor,
    *,
    code: str,
    channel: str,
    dealer: Dealer | None = None,
    reader: Reader | None = None,
    lon: float | None = None,
    lat: float | None = None,
    seen_at: datetime | None = None,
    at: datetime,
) -> Sighted:
    """Check a code at a place, by `channel`; on a stolen item raise its alarm, `property.alarm_raised`.

    The place is the dealer's or the reader's, else (lon, lat). What is not stolen is kept outside the journal for some
    days, and of a reader's reads not at all. Raises BadInput and NotAllowed.
    """
    sighting = _sighting(actor, key_of(code), channel, dealer, reader, lon, lat, seen_at, at=at)
    return _entered(actor, [sighting], at=at)[0]


def record_sightings(
    actor: Actor,
    *,
    codes: Sequence[str],
    channel: str = "intake",
    dealer: Dealer | None = None,
    lon: float | None = None,
    lat: float | None = None,
    seen_at: datetime | None = None,
    at: datetime,
) -> list[Sighted]:
    """Check many codes at one place, as `record_sighting`, and answer in their order. Raises BadInput, NotAllowed."""
    if len(codes) > MOST:
        raise BadInput("codes", _("A list has at most %(most)d codes. Send it in parts.") % {"most": MOST})
    if not codes:
        return []
    first = _sighting(actor, key_of(codes[0]), channel, dealer, None, lon, lat, seen_at, at=at)
    rest = [Sighting(canonical=key_of(code), **{name: getattr(first, name) for name in _SHARED}) for code in codes[1:]]
    return _entered(actor, [first, *rest], at=at)


_SHARED = ("channel", "dealer", "reader", "checked_by", "lon", "lat", "at", "expires_at")


def _sighting(
    actor: Actor, key: str, channel: str, dealer: Dealer | None, reader: Reader | None,
    lon: float | None, lat: float | None, seen_at: datetime | None, *, at: datetime,
) -> Sighting:  # fmt: skip
    """A check after all checks of its own, not yet stored."""
    actor.must("property.check")
    if channel not in dict(CHANNELS):
        sentence = _("There is no channel “%(channel)s”. Channels: %(channels)s.")
        raise BadInput("channel", sentence % {"channel": channel[:20], "channels": ", ".join(dict(CHANNELS))})
    if (channel == "reader") != (reader is not None):
        raise BadInput("channel", _("A reader sends its own reads; choose another channel for a check."))
    if reader is None:
        must_work_at(actor, dealer)
    place = reader or dealer
    where = (place.lon, place.lat) if place else point(lon, lat)
    seen_at = seen_at or at
    if seen_at.tzinfo is None or seen_at > at + AHEAD:
        raise BadInput("seen_at", _("This time lies in the future, or lacks its offset from UTC. Check the clock."))
    return Sighting(
        canonical=key, channel=channel, dealer=dealer, reader=reader, checked_by=actor.ref[:40], lon=where[0],
        lat=where[1], at=seen_at, expires_at=sighting_expires(seen_at, setting_days=settings.CONFIG.sightings_days),
    )  # fmt: skip


def _entered(actor: Actor, sightings: list[Sighting], *, at: datetime) -> list[Sighted]:
    kept = [each for each in sightings if each.channel != "reader" and each.expires_at and each.expires_at > at]
    if kept:
        with _unhurried():
            Sighting.objects.bulk_create(kept)
    return [_answered(actor, each, at=at) for each in sightings]


@contextmanager
def _unhurried() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk, so that hundreds of checks a second hold up nobody.

    They are samples: a power cut may cost those of the last moment, and never harms the database.
    """
    if connection.in_atomic_block:
        yield
        return
    sqlite = connection.vendor == "sqlite"
    with turn(), connection.cursor() as cursor:
        if sqlite:
            cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            with transaction.atomic():
                if not sqlite:
                    cursor.execute("SET LOCAL synchronous_commit TO OFF")
                yield
        finally:
            if sqlite:
                cursor.execute("PRAGMA synchronous = FULL")


def _answered(actor: Actor, sighting: Sighting, *, at: datetime) -> Sighted:
    known = known_of(sighting.canonical)
    alarms = [alarm for pk in known.theft_ids if (alarm := _alarm(actor, pk, sighting, at=at))]
    if alarms:
        return Sighted(STOLEN, alarms[0], sighting, known.item_ids)
    answer = known.answer if known.answer != STOLEN else CLEAR  # its report was withdrawn at this very moment
    return Sighted(answer, None, sighting if sighting.pk else None, known.item_ids)


class _Over(Exception):
    """Between the look at a theft and its lock it ended, or another raised this alarm; undoes the act that began."""


def _alarm(actor: Actor, theft_id: int, sighting: Sighting, *, at: datetime, late: bool = False) -> Alarm | None:
    """Raise the alarm of a theft, or give the one that stands for this place; None when the theft is not open."""
    standing = None if late else _standing(theft_id, sighting, at=at)
    if standing:
        return standing
    try:
        return _raised(actor, theft_id, sighting, late=late, at=at)
    except _Over:
        return Alarm.objects.filter(theft_id=theft_id, sighting_id=sighting.pk or 0).first()


def _standing(theft_id: int, sighting: Sighting, *, at: datetime) -> Alarm | None:
    place = Q(sighting__dealer=sighting.dealer_id, sighting__reader=sighting.reader_id)
    same = Alarm.objects.filter(place, theft=theft_id, late=False, at__gt=at - AGAIN_AFTER)
    same = same.filter(sighting__checked_by=sighting.checked_by)
    return same.order_by("-pk").first()


def _raised(actor: Actor, theft_id: int, sighting: Sighting, *, late: bool, at: datetime) -> Alarm:
    with act(actor, "property.alarm_raised", at=at) as entry:
        Item.objects.select_for_update(of=("self",)).filter(thefts=theft_id).first()
        theft = TheftReport.objects.select_related("item", "incident").filter(pk=theft_id, state="open").first()
        if theft is None or (sighting.pk and Alarm.objects.filter(theft=theft, sighting=sighting).exists()):
            raise _Over
        sighting.expires_at = None  # from now on it belongs to the theft
        sighting.save()
        alarm = Alarm.objects.create(theft=theft, sighting=sighting, late=late, at=at)
        entry.about(alarm, case=theft.incident, **_facts(alarm))
    return alarm


def _facts(alarm: Alarm) -> dict[str, Any]:
    theft, sighting = alarm.theft, alarm.sighting
    known = sighting.reader or sighting.dealer
    area = known.area_code if known else area_of(sighting.lon, sighting.lat)[0]
    return {
        "theft": theft.pk,
        "item": theft.item_id,
        "kind": theft.item.kind,
        "late": alarm.late,
        "channel": sighting.channel,
        "dealer": sighting.dealer_id,
        "reader": sighting.reader_id,
        "seen_at": stamp(sighting.at),
        "lon": round(sighting.lon, 5),
        "lat": round(sighting.lat, 5),
        "cell": cell_name(cell_of(sighting.lon, sighting.lat)),
        "area": area,
    }


def raise_late_alarms(actor: Actor, *, theft: TheftReport, at: datetime) -> list[Alarm]:
    """Raise an alarm for every check of a stolen item from before its report, since it may have been stolen.

    Over all channels, as long as checks are kept. The same again changes nothing.
    """
    actor.must("property.check")
    if theft.state != "open":
        return []
    rows = Sighting.objects.filter(canonical__in=deciding_keys(theft.item), at__gte=theft.lost_from)
    earlier = rows.filter(expires_at__gt=at).exclude(alarms__theft=theft).order_by("at", "pk")
    raised = [_alarm(actor, theft.pk, sighting, at=at, late=True) for sighting in earlier]
    return [alarm for alarm in raised if alarm]
