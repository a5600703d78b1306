"""Reads of positions: where units are, who may see and send that, what lies on the ground, how the devices fare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from shapely.geometry import shape

from maplebridge.journal.act import ref_of
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import parse_stamp
from maplebridge.kernel.refused import NotFound
from maplebridge.kernel.sealed import unseal
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit, User
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.models import Area
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import RoadNetwork
from maplebridge.positions.ground import Circle, Ground, Ring, Shape, Snap
from maplebridge.positions.models import Fence, FencePresence, LatestPosition, Tracker
from maplebridge.positions.rules import SECRETS, Fix
from maplebridge.positions.steps import OLDEST_S

_FIELDS = ("unit_id", "lon", "lat", "at")
LOOKS_MOST = 500
AHEAD = timedelta(minutes=1)  # shifts that begin within it are known already


@dataclass(frozen=True, slots=True)
class Known:
    """A tracker that may send: of which unit, how it gives its speed, and the secret by which it encrypts."""

    unit: int
    speed_unit: str
    secret: str = ""


def latest_positions(units: Iterable[int] | None = None) -> dict[int, Fix]:
    """Newest fix of each unit that has one, by unit id; of the units given, or of all."""
    rows = LatestPosition.objects.all() if units is None else LatestPosition.objects.filter(unit_id__in=list(units))
    return {row[0]: Fix(*row) for row in rows.values_list(*_FIELDS)}


def known_trackers(*, at: datetime) -> dict[str, Known]:
    """Trackers that may send, by the digest of their token."""
    rows = Tracker.objects.in_force(at).values_list("digest", "unit", "speed_unit", "sealed_secret")
    return {
        digest: Known(unit, how, unseal(sealed, purpose=SECRETS) if sealed else "")
        for digest, unit, how, sealed in rows
    }


def shift_spans(*, at: datetime) -> dict[int, list[tuple[float, float]]]:
    """When each unit is or was on shift, as far back as fixes are taken: begin and end in s, by unit."""
    spans: dict[int, list[tuple[float, float]]] = {}
    recent = Shift.objects.filter(ends_at__gt=at - timedelta(seconds=OLDEST_S), starts_at__lte=at + AHEAD)
    for unit, begin, end in recent.values_list("unit", "starts_at", "ends_at"):
        spans.setdefault(unit, []).append((begin.timestamp(), end.timestamp()))
    return spans


def the_ground() -> Ground:
    """Fences in force and streets, for the units in service."""
    units = list(Unit.objects.active().values_list("pk", "kind", "area_code"))
    snaps = {mode: _snap_of(mode) for mode in {UNIT_KINDS[kind].mode for _unit, kind, _area in units}}
    streets = {
        unit: snap for unit, kind, _area in units if UNIT_KINDS[kind].moves and (snap := snaps[UNIT_KINDS[kind].mode])
    }
    fences: dict[int, list[Shape]] = {}
    for fence, ring in _shapes():
        named = {each.pk for each in fence.units.all()}
        for unit, _kind, area in units:
            if unit in named or (not named and fence.area_code in ("", area)):
                fences.setdefault(unit, []).append(ring)
    return Ground(fences, streets)


def _shapes() -> list[tuple[Fence, Shape]]:
    found = list(Fence.objects.filter(ended_at=None).prefetch_related("units"))
    codes = {fence.area_code for fence in found if fence.area_code}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "geometry"))
    shapes: list[tuple[Fence, Shape]] = []
    for fence in found:
        if fence.area_code in areas:
            shapes.append((fence, Ring(fence.pk, shape(areas[fence.area_code]))))
        elif fence.lon is not None and fence.lat is not None:
            shapes.append((fence, Circle(fence.pk, fence.lon, fence.lat, float(fence.radius_m or 0))))
    return shapes


_snaps: dict[str, tuple[object, Snap]] = {}


def _snap_of(mode: str) -> Snap | None:
    """How points are put on the streets of a mode; the same function for as long as the streets are the same."""
    network = road_network().mode(mode)
    if not isinstance(network, RoadNetwork):
        return None
    known = _snaps.get(mode)
    if known is None or known[0] is not network:
        known = _snaps[mode] = (network, _snapping(network))
    return known[1]


def _snapping(network: RoadNetwork) -> Snap:
    def snap(lons: Sequence[float], lats: Sequence[float], most: float) -> list[tuple[float, float] | None]:
        found = network.snap(lons, lats, most)
        places = zip(found.ok.tolist(), found.lon.tolist(), found.lat.tolist(), strict=True)
        return [(lon, lat) if ok else None for ok, lon, lat in places]

    return snap


def presences() -> dict[int, dict[int, bool]]:
    """Whether each unit was last inside each fence that knows it."""
    found: dict[int, dict[int, bool]] = {}
    rows = FencePresence.objects.filter(fence__ended_at=None).values_list("unit_id", "fence_id", "inside")
    for unit, fence, inside in rows:
        found.setdefault(unit, {})[fence] = inside
    return found


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
