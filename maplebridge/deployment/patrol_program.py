"""Who makes which visit and in what order: a vehicle routing problem with time spans, solved by PyVRP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from time import monotonic

import numpy as np
import pyvrp
from numpy.typing import NDArray

from maplebridge.deployment.patrol_spans import Span

ROUNDS = 1_000
EVENNESS = 1.15  # no unit stands at places longer than this times its fair share, unless visits are left out for it
NEVER = 10**7  # s of a way that does not exist: longer than any shift
PRIZE = 10**6  # of a visit, in s of way: none is left out to save a way


@dataclass(frozen=True)
class Wanted:
    """Spans of visits; seconds (bases + places, bases + places) between; when each unit may leave; the shift, in s."""

    spans: Sequence[Span]
    between: NDArray[np.float32]
    leave: NDArray[np.int64]
    shift: int


@dataclass(frozen=True)
class Trip:
    """What one unit does: visits as (number of its span, begin); leaves and returns, s; seconds on the way."""

    visits: tuple[tuple[int, int], ...] = ()
    leaves: int = 0
    returns: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Assigned:
    """A trip for each unit, and numbers of spans that nobody has time for."""

    trips: list[Trip]
    unserved: list[int]


def assigned(
    wanted: Wanted, *, seed: int, seconds: float, tell: Callable[[int, int], None], stop: Callable[[], bool]
) -> Assigned:
    """Find the trips: as many visits as can be, evenly shared, on the shortest ways."""
    units = len(wanted.leave)
    if not wanted.spans:
        return Assigned([Trip()] * units, [])
    longest, total = max(span.seconds for span in wanted.spans), sum(span.seconds for span in wanted.spans)
    fair = max(ceil(total / units * EVENNESS), ceil(total / units) + longest)
    limit = _Limit(monotonic() + seconds, tell, stop)
    even = _read(wanted, _searched(_data(wanted, fair), seed, limit))
    if not even.unserved or fair >= total:
        return even
    free = _read(wanted, _searched(_data(wanted, total), seed, limit))
    return free if len(free.unserved) < len(even.unserved) else even


@dataclass
class _Limit:
    """PyVRP asks it after each round whether to stop."""

    end: float
    tell: Callable[[int, int], None]
    stop: Callable[[], bool]
    rounds: int = 0

    def __call__(self, best_cost: float) -> bool:
        self.rounds += 1
        if self.rounds % 100 == 0:
            self.tell(self.rounds, ROUNDS)
        return self.rounds > ROUNDS or monotonic() > self.end or self.stop()


def _searched(data: pyvrp.ProblemData, seed: int, limit: _Limit) -> pyvrp.Solution:
    limit.rounds = 0
    return pyvrp.solve(data, limit, seed=seed, collect_stats=False, display=False).best


def _data(wanted: Wanted, most: int) -> pyvrp.ProblemData:
    """The problem when no unit stands at places longer than `most` s."""
    units = len(wanted.leave)
    ways = np.where(np.isfinite(wanted.between), np.ceil(wanted.between), NEVER).astype(np.int64)
    np.fill_diagonal(ways, 0)
    clients = [
        pyvrp.Client(
            location=units + span.place, delivery=[span.seconds], service_duration=span.seconds,
            tw_early=span.first, tw_late=span.last, prize=PRIZE, required=False,
        )
        for span in wanted.spans
    ]  # fmt: skip
    vehicles = [
        pyvrp.VehicleType(
            num_available=1, capacity=[most], start_depot=unit, end_depot=unit, tw_early=int(leave),
            tw_late=wanted.shift, name=str(unit),
        )
        for unit, leave in enumerate(wanted.leave)
    ]  # fmt: skip
    places = [pyvrp.Location(0, 0) for _place in range(len(ways))]
    depots = [pyvrp.Depot(unit) for unit in range(units)]
    return pyvrp.ProblemData(places, clients, depots, vehicles, [ways], [ways])  # type: ignore[list-item]  # its stubs


def _read(wanted: Wanted, found: pyvrp.Solution) -> Assigned:
    """The trips of an answer; none where it breaks a limit, which an answer without any visit never does."""
    trips = [Trip(leaves=int(leave), returns=int(leave)) for leave in wanted.leave]
    served = set[int]()
    for route in found.routes() if found.is_feasible() else ():
        visits = tuple(
            (at.idx, at.end_time - wanted.spans[at.idx].seconds) for at in route.schedule() if at.is_client()
        )
        served |= {number for number, _begin in visits}
        trips[route.vehicle_type()] = Trip(visits, route.start_time(), route.end_time(), route.travel_duration())
    return Assigned(trips, [number for number in range(len(wanted.spans)) if number not in served])
