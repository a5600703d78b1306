"""What happens to a sample, step by step: the whole pipeline stands in `STEPS`, in order. Pure.

Each step gets the points of one batch that are still in it, may mark them, and gives back those that go on. `State` is
what the pipeline remembers of each unit between batches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from maplebridge.positions.formats import Sample
from maplebridge.positions.ground import Ground, Snap, metres_between

AHEAD_S = 10.0  # telephones' clocks run a little fast
OLDEST_S = 7 * 24 * 3600.0  # what a device kept longer while it was offline is too old to be of use
FASTEST = 70.0  # m/s: 250 km/h, faster than any unit travels
VAGUE_M = 2_000.0  # a fix less exact than this says nothing about a street
AGREED = 3  # fixes in a row that say the same of a place where no unit could have come are right
STILL_MPS = 0.8  # slower than this is standing, as GPS drifts
ROAD_M = 30.0  # whoever is further from a street than this is not on it
CLOSE_M = 100.0  # a fix less exact than this crosses no fence
SILENT_S = 3600.0  # after such a silence nothing is known of where a unit was
KNOWN = 64  # fixes remembered of each unit, to know what a device sends twice; the tracks know the rest

CALLS = frozenset({"sos", "panic"})  # what a device says when its button for help is pressed

MOVING, STANDING = "moving", "standing"


@dataclass(slots=True)
class Point:
    """One sample on its way: of which unit, where, when (s), how fast (m/s) and how exact (m), and its marks.

    `flag` says why it is not believed ("" if it is): it is kept in the track with that word and moves no map. `road` is
    its place on the street, for the map alone; `crossed` names the fences that the unit came into or left with it;
    `alarm` is a call for help.
    """

    unit: int
    lon: float
    lat: float
    at: float
    speed: float | None = None
    bearing: float | None = None
    accuracy: float | None = None
    battery: float | None = None
    flag: str = ""
    motion: str = ""
    late: bool = False
    road: tuple[float, float] | None = None
    crossed: tuple[tuple[int, bool], ...] = ()
    alarm: bool = False


def point_of(unit: int, s: Sample) -> Point:
    """A sample on its way; one that its own device calls made up is marked so."""
    mark = "made up" if s.mock else ""
    return Point(
        unit, s.lon, s.lat, s.at, s.speed, s.bearing, s.accuracy, s.battery, mark, alarm=s.alarm.lower() in CALLS
    )


@dataclass(slots=True)
class Last:
    """What is remembered of a unit: its newest believed point, the times of its last fixes, and its fences.

    `strange` has the newest fixes that were too fast and agree with each other.
    `inside` says of each fence whether the unit was in it, `doubted` where one fix since then says otherwise.
    """

    point: Point | None = None
    seen: dict[float, None] = field(default_factory=dict)
    strange: list[Point] = field(default_factory=list)
    inside: dict[int, bool] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    fenced_at: float = 0.0


@dataclass(slots=True)
class State:
    """What the steps know: when each unit is or was on shift (s), the time (s), and what each unit last sent.

    `ground` has the fences of each unit and the streets on which it travels.
    """

    shifts: Mapping[int, Sequence[tuple[float, float]]] = field(default_factory=dict)
    now: float = 0.0
    ground: Ground = field(default_factory=Ground)
    last: dict[int, Last] = field(default_factory=dict)

    def of(self, unit: int) -> Last:
        """What is remembered of a unit."""
        known = self.last.get(unit)
        if known is None:
            known = self.last[unit] = Last()
        return known


Step = Callable[[Sequence[Point], State], list[Point]]


def shift_gate(points: Sequence[Point], state: State) -> list[Point]:
    """Drop, unseen, whatever was fixed while its unit was on no shift, however late it comes in."""
    shifts = state.shifts
    return [point for point in points if any(begin <= point.at < end for begin, end in shifts.get(point.unit, ()))]


def on_earth_and_in_time(points: Sequence[Point], state: State) -> list[Point]:
    """Drop what is nowhere on Earth (or at 0, 0, as a receiver without a fix says), from the future, or too old.

    A call for help from nowhere stays, flagged "no place".
    """
    low, high = state.now - OLDEST_S, state.now + AHEAD_S
    kept = []
    for point in points:
        placed = -180 <= point.lon <= 180 and -90 <= point.lat <= 90 and (point.lon or point.lat)
        if low <= point.at <= high and (placed or point.alarm):
            if not placed:
                point.lon, point.lat, point.flag = 0.0, 0.0, "no place"
            kept.append(point)
    return kept


def deduplicate(points: Sequence[Point], state: State) -> list[Point]:
    """Drop a fix whose unit and time were seen: devices send again what was not acknowledged in time.

    Never a call for help: its place may be the last that the phone knew, of a time that has been sent already.
    """
    fresh = []
    for point in points:
        seen = state.of(point.unit).seen
        if point.alarm or point.at not in seen:
            seen[point.at] = None
            fresh.append(point)
            if len(seen) > KNOWN:
                del seen[next(iter(seen))]
    return fresh


def mark_late(points: Sequence[Point], state: State) -> list[Point]:
    """Mark what is older than the unit's newest point: kept in the track, it moves nothing."""
    for point in points:
        last = state.of(point.unit).point
        point.late = last is not None and point.at <= last.at
    return list(points)


def flag_outliers(points: Sequence[Point], state: State) -> list[Point]:
    """Flag what is too vague, and what would need a speed that no unit has since the newest believed point.

    Where `AGREED` such fixes in a row agree with each other, it was the point before them that was wrong.
    """
    for point in points:
        last = state.of(point.unit)
        if not point.flag and point.accuracy is not None and point.accuracy > VAGUE_M:
            point.flag = "vague"
        if point.flag:
            continue
        if last.point is not None and _too_fast(last.point, point) and not _agreed(last, point):
            point.flag = "too fast"
        elif not point.late:
            last.point, last.strange = point, []
    return list(points)


def _too_fast(a: Point, b: Point) -> bool:
    unsure = (a.accuracy or 0.0) + (b.accuracy or 0.0)
    return metres(a, b) > FASTEST * max(1.0, abs(b.at - a.at)) + unsure


def _agreed(last: Last, point: Point) -> bool:
    if point.late:
        return False
    goes_on = last.strange and not _too_fast(last.strange[-1], point)
    last.strange = [*last.strange, point] if goes_on else [point]
    return len(last.strange) >= AGREED


def tell_motion(points: Sequence[Point], state: State) -> list[Point]:
    """Say whether the unit moves: by the speed that the device gives, the only one that is known of a single fix."""
    for point in points:
        if point.speed is not None:
            point.motion = MOVING if point.speed >= STILL_MPS else STANDING
    return list(points)


def snap_to_road(points: Sequence[Point], state: State) -> list[Point]:
    """Find the place on the street of each unit's newest point, by the streets that it travels on."""
    newest: dict[Snap, dict[int, Point]] = {}
    for point in points:
        if not point.flag and not point.late and (snap := state.ground.streets.get(point.unit)):
            newest.setdefault(snap, {})[point.unit] = point
    for snap, found in newest.items():
        on_it = list(found.values())
        places = snap([p.lon for p in on_it], [p.lat for p in on_it], ROAD_M)
        for point, place in zip(on_it, places, strict=True):
            point.road = place
    return list(points)


def cross_fences(points: Sequence[Point], state: State) -> list[Point]:
    """Tell which fences a unit came into or left. Two fixes must say so, for GPS drifts; the first ever is no news."""
    for point in points:
        fences = state.ground.fences.get(point.unit)
        if not fences or point.flag or point.late or (point.accuracy or 0.0) > CLOSE_M:
            continue
        last = state.of(point.unit)
        if last.fenced_at and point.at - last.fenced_at > SILENT_S:
            last.inside.clear()
        last.fenced_at = point.at
        for fence in fences:
            now, known = fence.holds(point.lon, point.lat), last.inside.get(fence.id)
            if known is None or now == known:
                last.inside[fence.id] = now
                last.doubted.discard(fence.id)
            elif fence.id not in last.doubted:
                last.doubted.add(fence.id)
            else:
                last.doubted.discard(fence.id)
                last.inside[fence.id] = now
                point.crossed = (*point.crossed, (fence.id, now))
    return list(points)


STEPS: tuple[Step, ...] = (
    shift_gate,
    on_earth_and_in_time,
    deduplicate,
    mark_late,
    flag_outliers,
    snap_to_road,
    tell_motion,
    cross_fences,
)


def run(points: Sequence[Point], state: State) -> list[Point]:
    """Take points of one batch, oldest first for each unit, through every step."""
    left = sorted(points, key=lambda point: point.at)
    for step in STEPS:
        left = step(left, state)
        if not left:
            break
    return left


def metres(a: Point, b: Point) -> float:
    """Distance of two points in metres."""
    return metres_between(a.lon, a.lat, b.lon, b.lat)
