"""What happens to a sample, step by step: the whole pipeline stands in `STEPS`, in order. Pure.

Each step gets the points of one batch that are still in it, may mark them, and gives back those that go on. `State` is
what the pipeline remembers of each unit between batches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians

AHEAD_S = 10.0  # telephones' clocks run a little fast
OLDEST_S = 7 * 24 * 3600.0  # what a device kept longer while it was offline is too old to be of use
METRES = 111_195.0  # of one degree of latitude, on a sphere of 6,371 km
FASTEST = 70.0  # m/s: 250 km/h, faster than any unit travels
VAGUE_M = 2_000.0  # a fix less exact than this says nothing about a street
STILL_MPS = 0.8  # slower than this is standing, as GPS drifts
KNOWN = 64  # fixes remembered of each unit, to know what a device sends twice; the tracks know the rest

MOVING, STANDING = "moving", "standing"


@dataclass(slots=True)
class Point:
    """One sample on its way: of which unit, where, when (s), how fast (m/s) and how exact (m), and its marks.

    `flag` says why it is not believed ("" if it is): it is kept in the track with that word and moves no map.
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


@dataclass(slots=True)
class Last:
    """What is remembered of a unit: its newest believed point, and the times of its last fixes."""

    point: Point | None = None
    seen: dict[float, None] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """What the steps know: when each unit is or was on shift (s), the time (s), and what each unit last sent."""

    shifts: Mapping[int, Sequence[tuple[float, float]]] = field(default_factory=dict)
    now: float = 0.0
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
    """Drop what is nowhere on Earth (or at 0, 0, as a receiver without a fix says), from the future, or too old."""
    low, high = state.now - OLDEST_S, state.now + AHEAD_S
    return [
        point
        for point in points
        if -180 <= point.lon <= 180 and -90 <= point.lat <= 90 and (point.lon or point.lat) and low <= point.at <= high
    ]


def deduplicate(points: Sequence[Point], state: State) -> list[Point]:
    """Drop a fix whose unit and time were seen: devices send again what was not acknowledged in time."""
    fresh = []
    for point in points:
        seen = state.of(point.unit).seen
        if point.at not in seen:
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
    """Flag what is too vague, and what would need a speed that no unit has since the newest believed point."""
    for point in points:
        last = state.of(point.unit).point
        if point.accuracy is not None and point.accuracy > VAGUE_M:
            point.flag = "vague"
        elif last is not None and metres(last, point) > FASTEST * max(1.0, abs(point.at - last.at)) + (
            (point.accuracy or 0.0) + (last.accuracy or 0.0)
        ):
            point.flag = "too fast"
        if not point.flag and not point.late:
            state.of(point.unit).point = point
    return list(points)


def tell_motion(points: Sequence[Point], state: State) -> list[Point]:
    """Say whether the unit moves: by the speed that the device gives, the only one that is known of a single fix."""
    for point in points:
        if point.speed is not None:
            point.motion = MOVING if point.speed >= STILL_MPS else STANDING
    return list(points)


STEPS: tuple[Step, ...] = (
    shift_gate,
    on_earth_and_in_time,
    deduplicate,
    mark_late,
    flag_outliers,
    tell_motion,
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
    """Distance of two points in metres, on a plane that touches the Earth there: exact to 0.1 % over 100 km."""
    return METRES * hypot((b.lon - a.lon) * cos(radians((a.lat + b.lat) / 2)), b.lat - a.lat)
