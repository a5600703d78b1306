"""Reads of positions: where units are and were, who may see that and who looked, how their devices fare."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from maplebridge.journal.act import ref_of
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import parse_stamp, stamp
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit, User
from maplebridge.places.models import Area
from maplebridge.positions.ground import Circle
from maplebridge.positions.models import Fence, FencePresence, LatestPosition, Tracker
from maplebridge.positions.patrol import Patrol
from maplebridge.positions.rules import LOW_BATTERY, POOR_M, STALE_AFTER, Fix
from maplebridge.positions.tracks import Row

_FIELDS = ("unit_id", "lon", "lat", "at")
LOOKS_MOST = 500


def latest_positions(units: Iterable[int] | None = None) -> dict[int, Fix]:
    """Newest fix of each unit that has one, by unit id; of the units given, or of all."""
    rows = LatestPosition.objects.all() if units is None else LatestPosition.objects.filter(unit_id__in=list(units))
    return {row[0]: Fix(*row) for row in rows.values_list(*_FIELDS)}


def on_crew(actor: Actor, *, unit: Unit, at: datetime) -> bool:
    """Whether the actor is on the unit's crew in a shift that covers the moment."""
    return actor.user_id is not None and (
        Shift.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at, crew=actor.user_id).exists()
    )


def own_spans(actor: Actor, *, unit: Unit) -> list[tuple[datetime, datetime]]:
    """The shifts on which the actor was of a unit's crew."""
    if actor.user_id is None:
        return []
    return list(Shift.objects.filter(unit=unit, crew=actor.user_id).values_list("starts_at", "ends_at"))


@dataclass(frozen=True, slots=True)
class LookAt:
    """A colleague's look at a track: when, who, why (empty where it was erased), and of which time."""

    at: datetime
    name: str
    reason: str
    since: datetime
    until: datetime


def looks_at(actor: Actor, *, unit: Unit) -> list[LookAt]:
    """Who looked at the track of the shifts on which the actor was of the unit's crew, newest first."""
    spans = own_spans(actor, unit=unit)
    if not spans:
        return []
    looks = Entry.objects.filter(subject=ref_of(unit), verb="positions.track_consulted").exclude(actor=actor.ref)
    found = list(looks.prefetch_related("private").order_by("-position")[:LOOKS_MOST])
    ids = [int(entry.actor[5:]) for entry in found if entry.actor.startswith("user:")]
    names = {ref_of(user): str(user) for user in User.objects.filter(pk__in=ids)}
    rows = [_look(entry, names) for entry in found]
    return [row for row in rows if any(begin < row.until and row.since < end for begin, end in spans)]


def _look(entry: Entry, names: dict[str, str]) -> LookAt:
    facts, private = entry.facts, {each.name: each.content for each in entry.private.all()}
    name = names.get(entry.actor, entry.actor)
    since, until = parse_stamp(facts["since"]), parse_stamp(facts["until"])
    return LookAt(entry.entered_at, name, private.get("reason", ""), since, until)


def codes_seen(actor: Actor) -> set[str] | None:
    """Codes of areas whose units the actor may see, "" for units of none; None for all."""
    areas = actor.areas("units.view")
    if areas is None:
        return None
    return _codes_within(areas) | {""} if areas else set()


def own_units(actor: Actor, *, at: datetime) -> list[int]:
    """Ids of the units whose crew the actor is on at a moment."""
    if actor.user_id is None or not (actor.may("units.view") or actor.may("units.own")):
        return []
    shifts = Shift.objects.filter(crew=actor.user_id, starts_at__lte=at, ends_at__gt=at)
    return sorted(set(shifts.values_list("unit_id", flat=True)))


def _codes_within(codes: frozenset[str]) -> set[str]:
    parents = dict(Area.objects.exclude(parent=None).values_list("code", "parent__code"))
    found = set(codes)
    for start in parents:
        path, step = [start], parents[start]
        while step in parents and step not in found and step not in path:
            path.append(step)
            step = parents[step]
        if step in found:
            found.update(path)
    return found


def visible_unit(actor: Actor, unit_id: int, *, at: datetime) -> Unit:
    """Fetch one unit, in service or not. Raises NotFound when it is not there or not for this actor to see."""
    unit = Unit.objects.filter(pk=unit_id).first()
    codes = codes_seen(actor)
    if unit is not None and (codes is None or unit.area_code in codes or unit.pk in own_units(actor, at=at)):
        return unit
    raise NotFound(_("There is no unit %(id)s that you may see.") % {"id": unit_id})


def track_row(rows: Sequence[Row], patrol: Patrol) -> dict[str, Any]:
    """A track as the page and the API show it: fixes [ms, lon, lat, m/s or null, flag], way, stops, silences."""
    return {
        "fixes": [[row[1], row[2], row[3], row[4], row[7]] for row in rows],
        "metres": round(patrol.metres),
        "stops": [{"lon": s.lon, "lat": s.lat, "from_ms": s.from_ms, "until_ms": s.until_ms} for s in patrol.stops],
        "gaps": [list(gap) for gap in patrol.gaps],
    }


def fence_rows() -> list[dict[str, Any]]:
    """Fences in force, with their borders as GeoJSON geometries; null where an area has gone."""
    fences = list(Fence.objects.filter(ended_at=None).prefetch_related("units"))
    codes = {fence.area_code for fence in fences if fence.area_code}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "geometry"))
    return [
        {"id": fence.pk, "name": fence.name, "area": fence.area_code, "lon": fence.lon, "lat": fence.lat,
         "radius_m": fence.radius_m, "tells": fence.tells, "units": [unit.pk for unit in fence.units.all()],
         "geometry": areas.get(fence.area_code) or _circle(fence)}
        for fence in fences
    ]  # fmt: skip


def _circle(fence: Fence) -> dict[str, Any] | None:
    if fence.lon is None or fence.lat is None:
        return None
    circle = Circle(fence.pk, fence.lon, fence.lat, float(fence.radius_m or 0))
    return {"type": "Polygon", "coordinates": [circle.outline()]}


def positions_geojson(actor: Actor, *, at: datetime) -> bytes:
    """Units on shift with a position that the actor may see, as GeoJSON (RFC 7946)."""
    codes = codes_seen(actor)
    units = Unit.objects.active().on_shift(at).select_related("position").exclude(position=None)
    features = [
        {"type": "Feature", "id": unit.pk, "geometry": {"type": "Point", "coordinates": [p.lon, p.lat]},
         "properties": {"call_sign": unit.call_sign, "kind": unit.kind, "at": stamp(p.at), "speed_mps": p.speed,
                        "bearing": p.bearing, "accuracy_m": p.accuracy}}
        for unit in units if (codes is None or unit.area_code in codes) and (p := unit.position)
    ]  # fmt: skip
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


@dataclass(frozen=True, slots=True)
class Health:
    """How a unit's devices fare: its newest position, how long ago anything was heard, its addresses, its fences."""

    unit: Unit
    position: LatestPosition | None
    silent_s: float | None
    trackers: int
    inside: tuple[str, ...]

    @property
    def percent(self) -> int | None:
        """Charge of the battery, where the device says."""
        charge = self.position.battery if self.position else None
        return None if charge is None else round(charge * 100)

    @property
    def trouble(self) -> str:
        """What is wrong: "silent" (nothing for five minutes), "battery" (under a fifth), "vague", or nothing."""
        if self.silent_s is None or self.silent_s > STALE_AFTER.total_seconds():
            return "silent" if self.unit.traits.moves else ""
        if self.position and self.position.battery is not None and self.position.battery < LOW_BATTERY:
            return "battery"
        vague = self.position and self.position.accuracy is not None and self.position.accuracy > POOR_M
        return "vague" if vague else ""


def health_board(actor: Actor, *, at: datetime) -> list[Health]:
    """Units on shift that the actor may see, those with trouble first."""
    codes = codes_seen(actor)
    units = Unit.objects.active().on_shift(at).select_related("position").order_by("call_sign")
    counts = Counter(Tracker.objects.in_force(at).values_list("unit_id", flat=True))
    inside: dict[int, list[str]] = {}
    for unit_id, name in FencePresence.objects.filter(inside=True).values_list("unit_id", "fence__name"):
        inside.setdefault(unit_id, []).append(name)
    rows = []
    for unit in units:
        if codes is None or unit.area_code in codes:
            position = getattr(unit, "position", None)
            silent_s = (at - position.received_at).total_seconds() if position else None
            rows.append(Health(unit, position, silent_s, counts[unit.pk], tuple(inside.get(unit.pk, ()))))
    return sorted(rows, key=lambda row: not row.trouble)
