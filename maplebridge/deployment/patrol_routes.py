"""Patrol routes: places visited as often as wanted within a shift, by road, in turns that nobody can learn by heart.

A patrol that comes at the same time each day tells a burglar when it will not. Each visit is drawn a time span of its
own from the seed (`patrol_spans`), so that times and orders change from seed to seed while visits to one place stay
apart; PyVRP (Wouda, Lan and Kool 2024, INFORMS Journal on Computing 36) then finds who makes which, and in what order.
Place-based: a place is a street segment, a square, a gate; never a person.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels.arrays import Seconds
from maplebridge.deployment.patrol_program import Wanted, assigned
from maplebridge.deployment.patrol_spans import Reason, Span, spans
from maplebridge.deployment.travel import seconds_between
from maplebridge.kernel.refused import BadInput
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import RoadNetwork, Roads
from maplebridge.places.roads.straight_line import StraightLine

Network = RoadNetwork | StraightLine

MOST_VISITS, LONGEST_SHIFT = 2_000, 24 * 3_600
LEAVE_WITHIN = 600  # s: units leave their base at a random moment of the first ten minutes


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be visited: degrees, how often within the shift, and seconds spent at each visit.

    A street segment is its middle, with the seconds that walking it takes.
    """

    name: str
    lon: float
    lat: float
    visits: int = 1
    seconds: int = 300


@dataclass(frozen=True, slots=True)
class Base:
    """Where a unit leaves and to where it comes back."""

    unit: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Shift:
    """Its length in s, the least time between the end of a visit to a place and the next one's begin, and the mode."""

    seconds: int
    apart: int = 1_800
    mode: str = "foot"


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit: of its place the `number`-th, planned from `begin` to `end`, s from the begin of the shift."""

    place: str
    number: int
    lon: float
    lat: float
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Route:
    """What one unit does: it leaves its base at `leaves`, is back at `returns`; metres and seconds on the way."""

    unit: str
    stops: tuple[Stop, ...]
    leaves: int
    returns: int
    metres: float
    seconds: int
    line: tuple[tuple[float, float], ...] = ()

    @property
    def standing(self) -> int:
        """Seconds spent at places."""
        return sum(stop.end - stop.begin for stop in self.stops)


@dataclass(frozen=True, slots=True)
class Unserved:
    """A visit that is not in the routes, and why."""

    place: str
    number: int
    reason: Reason

    def sentence(self) -> str:
        """Why, in words."""
        return {
            Reason.NO_WAY: _("No road leads there from any base and back within the shift."),
            Reason.TOO_MANY: _("So many visits, so long and so far apart, do not fit into the shift."),
            Reason.NO_UNIT: _("No unit had time for it. Add a unit, or ask for fewer visits."),
        }[self.reason]


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes of one shift, one for each unit, and what they leave out. The same seed gives the same plan."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    seed: int
    is_estimate: bool

    def imbalance(self) -> float:
        """How much more than the mean the busiest unit stands at places: 0 is even, 1 is twice the mean."""
        standing = [route.standing for route in self.routes]
        return max(standing) * len(standing) / sum(standing) - 1.0 if sum(standing) else 0.0


def told_nobody(_done: int, _of: int) -> None:
    """Tell nobody."""


def routes(
    places: Sequence[Place], bases: Sequence[Base], shift: Shift, *, seed: int = 1, seconds: float = 20.0,
    roads: Roads | None = None, tell: Callable[[int, int], None] = told_nobody,
    stop: Callable[[], bool] = lambda: False,
) -> Plan:  # fmt: skip
    """Plan one shift. Raises BadInput where places, bases or the shift cannot be; every visit is served or listed.

    `seconds` of search at most; `tell` hears of rounds done and rounds in all; `stop` ends the search with what it has.
    """
    _check(places, bases, shift)
    rng = np.random.default_rng(seed)
    network = (roads or road_network()).mode(shift.mode)
    ends = [(base.lon, base.lat) for base in bases] + [(place.lon, place.lat) for place in places]
    points = np.array(ends, np.float64)
    between = seconds_between(shift.mode, points, points, roads=roads)
    drawn, left_out = _drawn(places, between, len(bases), shift, rng)
    leave = rng.integers(0, min(LEAVE_WITHIN, shift.seconds // 20) + 1, len(bases))
    wanted = Wanted(drawn, between, leave, shift.seconds)
    answer = assigned(wanted, seed=seed, seconds=seconds, tell=tell, stop=stop)
    made = []
    for base, trip in zip(bases, answer.trips, strict=True):
        visits = [
            Stop(places[span.place].name, span.number, places[span.place].lon, places[span.place].lat, begin,
                 begin + span.seconds)
            for span, begin in ((drawn[number], begin) for number, begin in trip.visits)
        ]  # fmt: skip
        made.append(_on_roads(base, visits, trip.leaves, trip.returns, trip.seconds, network))
    missing = [Unserved(places[place].name, number, reason) for place, number, reason in left_out]
    missing += [Unserved(places[drawn[v].place].name, drawn[v].number, Reason.NO_UNIT) for v in answer.unserved]
    return Plan(tuple(made), tuple(missing), seed, bool(network.is_estimate))


def _check(places: Sequence[Place], bases: Sequence[Base], shift: Shift) -> None:
    if not bases:
        raise BadInput("bases", _("Name at least one unit with its base."))
    if not 0 < shift.seconds <= LONGEST_SHIFT or shift.apart < 0:
        raise BadInput("shift", _("A shift lasts up to 24 hours; visits are not less than nothing apart."))
    if not 0 < sum(place.visits for place in places) <= MOST_VISITS:
        raise BadInput("places", _("From 1 to %(n)d visits can be planned.") % {"n": MOST_VISITS})
    for place in places:
        if place.visits < 0 or place.seconds < 0 or not (abs(place.lon) <= 180 and abs(place.lat) <= 90):
            sentence = _("%(place)s needs a place on Earth, and visits and seconds that are not negative.")
            raise BadInput("places", sentence % {"place": place.name})


def _drawn(
    places: Sequence[Place], between: Seconds, bases: int, shift: Shift, rng: np.random.Generator
) -> tuple[list[Span], list[tuple[int, int, Reason]]]:
    """Time spans of visits that can be, and visits that cannot."""
    drawn, left_out = list[Span](), list[tuple[int, int, Reason]]()
    for at, place in enumerate(places):
        go, back = between[:bases, bases + at].min(), between[bases + at, :bases].min()
        earliest = int(np.ceil(go)) + min(LEAVE_WITHIN, shift.seconds // 20) if np.isfinite(go) else shift.seconds
        latest = shift.seconds - place.seconds - (int(np.ceil(back)) if np.isfinite(back) else shift.seconds)
        found = spans(at, place.visits, place.seconds, earliest=earliest, latest=latest, apart=shift.apart, rng=rng)
        drawn += found
        reason = Reason.TOO_MANY if latest >= earliest else Reason.NO_WAY
        left_out += [(at, number, reason) for number in range(len(found) + 1, place.visits + 1)]
    return drawn, left_out


def _on_roads(base: Base, stops: list[Stop], leaves: int, returns: int, seconds: int, network: Network) -> Route:
    """The route with its way on the map."""
    ends = [(base.lon, base.lat), *((stop.lon, stop.lat) for stop in stops), (base.lon, base.lat)]
    metres, line = 0.0, list[tuple[float, float]]()
    for one, other in zip(ends, ends[1:], strict=False) if stops else ():
        way = None if one == other else network.route(*one, *other)
        metres += way.metres if way else 0.0
        line += [*way.coordinates] if way else [one, other]
    return Route(base.unit, tuple(stops), leaves, returns, metres, seconds, tuple(line))


def unpredictability(plans: Sequence[Plan], *, minutes: int = 15) -> float:
    """How hard visits are to time, from 0 (always the same quarter of an hour) to 1 (all plans differ as they can).

    The mean over visits (place and number) of the entropy of their begin in spans of `minutes`, H = -sum p log2 p
    (Shannon 1948), as a share of the most that so many plans can show, log2 of their number. Needs two plans or more.
    """
    begins: dict[tuple[str, int], Counter[int]] = {}
    for plan in plans:
        for stop in (stop for route in plan.routes for stop in route.stops):
            begins.setdefault((stop.place, stop.number), Counter())[stop.begin // (60 * minutes)] += 1
    shares = [_entropy(list(seen.values())) / log2(seen.total()) for seen in begins.values() if seen.total() > 1]
    return float(np.mean(shares)) if shares else 0.0


def _entropy(counts: Sequence[int]) -> float:
    total = sum(counts)
    return -sum(count / total * log2(count / total) for count in counts)
