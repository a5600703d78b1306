"""Fences on the ground, and the news that a unit came into one or left it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from maplebridge.journal.act import act, turn
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.places.models import Area
from maplebridge.positions.models import Fence, FencePresence
from maplebridge.positions.steps import Point

LEAST_M, MOST_M = 20, 20_000  # of a radius: GPS drifts less, a patrol goes no further


def put_fence(
    actor: Actor, *, name: str, area: Area | None = None, lon: float | None = None, lat: float | None = None,
    radius_m: int | None = None, tells: str = "both", units: Sequence[Unit] = (), at: datetime,
) -> Fence:  # fmt: skip
    """Set up a fence along an area's border or around a point; `units` as `Fence` says. Raises BadInput."""
    actor.must("people.manage")
    name = storable(name).strip()[:60]
    if not name:
        raise BadInput("name", _("Give the fence a name, by which people know the place."))
    if tells not in dict(Fence.TELLS):
        raise BadInput("tells", _("Choose when it tells: when a unit leaves, comes in, or both."))
    if area is None and not (lon is not None and lat is not None and valid_lonlat(lon, lat)):
        raise BadInput("lon", _("Choose an area, or give a place on Earth: longitude and latitude in degrees."))
    if area is None and not LEAST_M <= (radius_m or 0) <= MOST_M:
        raise BadInput(
            "radius_m", _("Give a radius from %(least)d m to %(most)d m.") % {"least": LEAST_M, "most": MOST_M}
        )
    circle: dict[str, Any] = {} if area else {"lon": lon, "lat": lat, "radius_m": radius_m}
    with act(actor, "positions.fence_put", at=at) as entry:
        fence = Fence.objects.create(name=name, area_code=area.code if area else "", tells=tells, **circle)
        fence.units.set(units)
        entry.about(fence, area=fence.area_code, tells=tells, **circle).keep_private(name=name)
    return fence


def end_fence(actor: Actor, *, fence: Fence, at: datetime) -> None:
    """Let a fence tell no more; again changes nothing."""
    actor.must("people.manage")
    with act(actor, "positions.fence_ended", at=at) as entry:
        fresh = Fence.objects.select_for_update().get(pk=fence.pk)
        fresh.ended_at = fresh.ended_at or at
        fresh.save(update_fields=["ended_at"])
        FencePresence.objects.filter(fence=fresh).delete()
        entry.about(fresh)


def record_crossings(actor: Actor, *, points: Iterable[Point], at: datetime) -> int:
    """Write what points tell of fences: where each unit is now, and as an entry what the fence tells. Returns how many.

    The same news again changes nothing.
    """
    actor.must("units.position")
    known = {fence.pk: fence for fence in Fence.objects.filter(ended_at=None)}
    news = [(point, known[number], inside) for point in points for number, inside in point.crossed if number in known]
    return sum(_record(actor, point, fence, inside, at=at) for point, fence, inside in news)


def _record(actor: Actor, point: Point, fence: Fence, inside: bool, *, at: datetime) -> bool:
    since_at = min(at, datetime.fromtimestamp(point.at, UTC))
    row = FencePresence.objects.filter(unit_id=point.unit, fence=fence).first()
    if row is not None and (row.inside == inside or row.since_at >= since_at):
        return False
    now = {"inside": inside, "since_at": since_at}
    verb = "positions.fence_entered" if inside else "positions.fence_left"
    if fence.tells not in (verb.rpartition("_")[2], "both"):
        with turn(), transaction.atomic():
            FencePresence.objects.update_or_create(unit_id=point.unit, fence=fence, defaults=now)
        return False
    with act(actor, verb, at=since_at) as entry:
        FencePresence.objects.update_or_create(unit_id=point.unit, fence=fence, defaults=now)
        entry.about(f"unit:{point.unit}", fence=f"fence:{fence.pk}")
    return True
