"""What the intake reads: who may send, when units are on shift, what lies on the ground where they move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shapely.geometry import shape

from maplebridge.kernel.sealed import unseal
from maplebridge.people.models import Shift, Unit
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.models import Area
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import RoadNetwork
from maplebridge.positions.ground import Circle, Ground, Ring, Shape, Snap
from maplebridge.positions.models import Fence, FencePresence, Tracker
from maplebridge.positions.rules import SECRETS
from maplebridge.positions.steps import OLDEST_S

AHEAD = timedelta(minutes=1)  # shifts that begin within it are known already


@dataclass(frozen=True, slots=True)
class Known:
    """A tracker that may send: of which unit, how it gives its speed, and the secret by which it encrypts."""

    unit: int
    speed_unit: str
    secret: str = ""


def known_trackers(*, at: datetime, digest: str = "") -> dict[str, Known]:
    """Trackers that may send, by the digest of their token; all, or one."""
    asked = Tracker.objects.in_force(at)
    asked = asked.filter(digest=digest) if digest else asked
    rows = asked.values_list("digest", "unit", "speed_unit", "sealed_secret")
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


def fences_standing() -> frozenset[int]:
    """Ids of the fences in force. One never changes: it is put up, and ended."""
    return frozenset(Fence.objects.filter(ended_at=None).values_list("pk", flat=True))


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
    areas = dict(Area.objects.filter(code__in=codes, geometry__isnull=False).values_list("code", "geometry"))
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
