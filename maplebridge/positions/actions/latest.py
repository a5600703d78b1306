"""The newest fix of each unit: samples, so outside the journal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from maplebridge.journal.act import turn
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.models import FencePresence, LatestPosition
from maplebridge.positions.queries import on_crew
from maplebridge.positions.rules import KEPT_FOR, Fix
from maplebridge.positions.steps import Point


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
    known = LatestPosition.objects.filter(unit=unit).values_list("at", flat=True).first()
    if (known and known >= fix.at) or not Unit.objects.on_shift(at).filter(pk=unit.pk).exists():
        return False
    keep_latest([Point(unit.pk, lon, lat, fix.at.timestamp())], at=at)
    return True


def forget_positions(actor: Actor, *, at: datetime) -> int:
    """Remove the fixes of units that have been off shift for longer than fixes are kept. Returns how many."""
    actor.must("units.position")
    working = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at - KEPT_FOR).values("unit_id")
    with turn(), transaction.atomic():
        removed, _rows = LatestPosition.objects.exclude(unit_id__in=working).delete()
        FencePresence.objects.exclude(unit_id__in=working).delete()
    return removed


_UPSERT = (
    "INSERT INTO positions_latestposition (unit_id, lon, lat, at, received_at, speed, bearing, accuracy, battery)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (unit_id) DO UPDATE SET lon = excluded.lon,"
    " lat = excluded.lat, at = excluded.at, received_at = excluded.received_at, speed = excluded.speed,"
    " bearing = excluded.bearing, accuracy = excluded.accuracy, battery = excluded.battery"
    " WHERE excluded.at > positions_latestposition.at"
)


def keep_latest(points: Sequence[Point], *, at: datetime) -> None:
    """Put points of different units on the map; older ones than those there change nothing.

    Thousands in a second: one statement for all of them, in order of unit, so that two batches never deadlock.
    """
    adapt = connection.ops.adapt_datetimefield_value
    now, rows = adapt(at), []
    for point in sorted(points, key=lambda point: point.unit):
        lon, lat = point.road or (point.lon, point.lat)
        fixed_at = adapt(datetime.fromtimestamp(point.at, UTC))
        rows.append((point.unit, lon, lat, fixed_at, now, point.speed, point.bearing, point.accuracy, point.battery))
    with turn(), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)
