"""Writes of positions: by design outside the journal, for they are samples. Who may send them is inside it."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from maplebridge.journal.act import act, turn
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import Shift, Unit
from maplebridge.positions import feed
from maplebridge.positions.formats import SPEED_UNITS
from maplebridge.positions.models import LatestPosition, Tracker
from maplebridge.positions.rules import KEPT_FOR, Fix, newest


def record_position(
    actor: Actor, *, unit: Unit, lon: float, lat: float, at: datetime, fixed_at: datetime | None = None
) -> bool:
    """Keep the newest fix of a unit on shift; returns whether it was kept. `at` is now, `fixed_at` the fix (or now).

    A fix of a unit off shift is dropped unseen, an older one than the kept is dropped too. Raises BadInput for a
    point outside Earth or a fix from the future, NotAllowed for somebody else's unit.
    """
    if not (actor.may("units.position") or actor.may("units.status") or on_crew(actor, unit=unit, at=at)):
        raise NotAllowed(_("You may send the position of your own unit only, while you are on its shift."))
    fix = Fix(unit.pk, lon, lat, fixed_at or at)
    if not fix.on_earth:
        raise BadInput("lon", _("This is not a place on Earth: give longitude and latitude in degrees."))
    if fix.ahead_of(at):
        raise BadInput("at", _("This fix is from the future. Set the clock of the device, then send again."))
    return bool(_keep([fix], at=at))


def record_positions(actor: Actor, *, fixes: Iterable[Fix], at: datetime) -> int:
    """Keep the newest fix of each of many units in one transaction; unusable ones are dropped. Returns how many."""
    actor.must("units.position")
    usable = [fix for fix in fixes if fix.on_earth and not fix.ahead_of(at)]
    return len(_keep(usable, at=at))


def forget_positions(actor: Actor, *, at: datetime) -> int:
    """Remove the fixes of units that have been off shift for longer than fixes are kept. Returns how many."""
    actor.must("units.position")
    working = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at - KEPT_FOR).values("unit_id")
    with turn():
        removed, _rows = LatestPosition.objects.exclude(unit_id__in=working).delete()
    return removed


def on_crew(actor: Actor, *, unit: Unit, at: datetime) -> bool:
    """Whether the actor is on the unit's crew in a shift that covers the moment."""
    return actor.user_id is not None and (
        Shift.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at, crew=actor.user_id).exists()
    )


def _keep(fixes: list[Fix], *, at: datetime) -> list[Fix]:
    best = newest(fixes)
    if not best:
        return []
    working = Shift.objects.filter(unit_id__in=best, starts_at__lte=at, ends_at__gt=at)
    on_shift = set(working.values_list("unit_id", flat=True))
    wanted = [fix for unit, fix in sorted(best.items()) if unit in on_shift]
    with turn(), transaction.atomic():
        kept = _store(wanted, at=at)
        transaction.on_commit(lambda: feed.publish(kept))
    return kept


def _store(fixes: list[Fix], *, at: datetime) -> list[Fix]:
    """Insert what has no row yet, then replace older rows; locked in order of unit, so two batches never deadlock."""
    units = [fix.unit_id for fix in fixes]
    known = LatestPosition.objects.select_for_update().filter(unit_id__in=units).order_by("unit_id").in_bulk()
    newer = [fix for fix in fixes if fix.unit_id not in known or known[fix.unit_id].at < fix.at]
    rows = [LatestPosition(unit_id=f.unit_id, lon=f.lon, lat=f.lat, at=f.at, received_at=at) for f in newer]
    LatestPosition.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["unit"], update_fields=["lon", "lat", "at", "received_at"]
    )
    return newer


def issue_tracker(actor: Actor, *, unit: Unit, name: str = "", speed_unit: str = "knots", at: datetime) -> str:
    """Let a phone or tracker send a unit's positions: return the token of its address, shown this once.

    `speed_unit` is how the device gives its speed where its form does not say: "knots" (Traccar), "mps" (OsmAnd),
    "kmh". Raises NotAllowed and BadInput.
    """
    actor.must("people.manage")
    if speed_unit not in SPEED_UNITS:
        raise BadInput("speed_unit", _("Speeds come in one of: %(units)s.") % {"units": ", ".join(SPEED_UNITS)})
    token, name = secrets.token_urlsafe(24), storable(name).strip()[:60]
    with act(actor, "positions.tracker_issued", at=at) as entry:
        tracker = Tracker.objects.create(
            unit=unit, name=name, digest=token_digest(token), speed_unit=speed_unit, made_at=at
        )
        entry.about(tracker, unit=f"unit:{unit.pk}").keep_private(name=name)
    return token


def revoke_tracker(actor: Actor, *, tracker: Tracker, at: datetime) -> None:
    """Let a tracker send no more: what it sends from now on is answered as if it were unknown."""
    actor.must("people.manage")
    with act(actor, "positions.tracker_revoked", at=at) as entry:
        fresh = Tracker.objects.select_for_update().get(pk=tracker.pk)
        fresh.revoked_at = fresh.revoked_at or at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, unit=f"unit:{fresh.unit_id}")


_UPSERT = (
    "INSERT INTO positions_latestposition (unit_id, lon, lat, at, received_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (unit_id) DO UPDATE SET lon = excluded.lon, lat = excluded.lat, at = excluded.at,"
    " received_at = excluded.received_at WHERE excluded.at > positions_latestposition.at"
)


def keep_latest(fixes: list[Fix], *, at: datetime) -> None:
    """Put fixes of different units that ingest has accepted on the map; older ones than those there change nothing.

    Thousands in a second: one statement for all of them, in order of unit, so that two batches never deadlock.
    """
    adapt = connection.ops.adapt_datetimefield_value
    now = adapt(at)
    rows = [(fix.unit_id, fix.lon, fix.lat, adapt(fix.at), now) for fix in sorted(fixes, key=lambda fix: fix.unit_id)]
    with turn(), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)
        transaction.on_commit(lambda: feed.publish(fixes))
