"""Replay: dispatch past days again with invented units, by the same ranking, in simulated time. Writes nothing."""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.dispatch import ranking, rules
from maplebridge.dispatch.pacing import Pace
from maplebridge.dispatch.ranking import Candidate, Job
from maplebridge.dispatch.recommend import plans
from maplebridge.dispatch.replay_report import Call, ReplayReport
from maplebridge.dispatch.travel import Way, mode_of, nearest, network_of, street_points
from maplebridge.incidents.models import Incident
from maplebridge.incidents.whereabouts import area_of
from maplebridge.kernel.refused import BadInput
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.models import City
from maplebridge.places.roads.network import Route

PROCESS_S = 60.0  # from report to the dispatcher's decision: the usual target
TURNOUT_S = 30.0  # from decision to wheels turning
SCENE_SPREAD = 0.5  # sigma of the log-normal spread of time on scene round the type's usual time
KINDS = (("car", 0.6), ("motorbike", 0.15), ("bicycle", 0.1), ("foot", 0.15))  # mix of the invented units
RANKED = 8  # nearest free units of each road mode that are ranked
SHIFT_S = 12 * 3600.0  # jobs of this long back count as today's


@dataclass(slots=True)
class Demand:
    """One past incident, at seconds from the start of the window."""

    id: int
    number: int
    at_s: float
    lon: float
    lat: float
    priority: int
    type: str
    area_code: str
    skills: frozenset[str]
    scene_s: float
    target_s: float


@dataclass(slots=True)
class Car:
    """An invented unit: free from `free_s` on, then on its way home along `way`, which it left at `left_s`."""

    id: int
    kind: str
    home: tuple[float, float]
    area_code: str
    skills: frozenset[str] = frozenset()
    free_s: float = 0.0
    way: Route | None = None
    busy_s: float = 0.0
    ended: list[float] = field(default_factory=list)

    def place(self, now_s: float) -> tuple[float, float]:
        """Where it is when free: at home, or as far on the way there as the time since it came free allows."""
        return self.way.position(now_s - self.free_s) if self.way else self.home


def run_replay(
    *, start: date, days: int, units: int, speed: float = 0.0, progress: Callable[[str], None] = print, seed: int = 1
) -> ReplayReport:
    """Dispatch the incidents on record from `start` (a day in the city's time) for `days`, with `units` invented units.

    Each goes to the best free units by the recommendation's own ranking, as many as the response plan wants; when none
    is free it waits by priority, then age. Travel is by road; time on scene is that of the type, spread by chance from
    `seed`. Nobody is pre-empted: that is a person's decision. `speed` is simulated minutes per second of waiting, 0 as
    fast as it can. Ctrl-C ends it with the report so far. Raises BadInput.
    """
    if not 1 <= days <= 366:
        raise BadInput("days", _("Replay from 1 to 366 days."))
    if not 1 <= units <= 5000:
        raise BadInput("units", _("Replay with 1 to 5,000 units."))
    if speed < 0:
        raise BadInput("speed", _("The speed is 0 (as fast as it can) or simulated minutes per second."))
    city = City.objects.first()
    begin = datetime(start.year, start.month, start.day, tzinfo=ZoneInfo(city.time_zone if city else "UTC"))
    demands = load(begin, begin + timedelta(days=days))
    world = World(demands, fleet_of(units, demands, random.Random(seed)), random.Random(seed + 1))  # noqa: S311  # chance
    report = ReplayReport(begin, days, units, len(demands), seed)
    pace = Pace(speed, progress, begin, days * 86_400.0)
    try:
        for now_s in world.run():
            pace.reach(now_s, waiting=len(world.queue), done=len(world.calls), busy=world.busy(now_s))
        report.simulated_s = days * 86_400.0
    except KeyboardInterrupt:
        report.simulated_s = world.now_s
    report.fill(world.calls, world.unreachable, world.queue_steps, world.cars, left=len(world.queue))
    return report


def load(begin: datetime, end: datetime) -> list[Demand]:
    """Incidents reported in a window, in order of time; what was merged into another is not counted twice."""
    rows = Incident.objects.on_map().filter(reported_at__gte=begin, reported_at__lt=end, merged_into=None)
    rows = rows.order_by("reported_at", "pk")
    columns = ("pk", "number", "reported_at", "lon", "lat", "priority", "type_id", "area_code", "type__skills",
               "type__scene_s", "type__target_s")  # fmt: skip
    return [
        Demand(
            pk, number, (at - begin).total_seconds(), lon, lat, priority, type, area, frozenset(skills), scene, target
        )
        for pk, number, at, lon, lat, priority, type, area, skills, scene, target in rows.values_list(*columns)
    ]


def fleet_of(count: int, demands: list[Demand], rng: random.Random) -> list[Car]:
    """Invent units: kinds by the mix, homes anywhere on the streets (without roads: where demand was)."""
    streets = street_points()
    wanted = sorted(set().union(*(d.skills for d in demands)))
    cars = []
    for index in range(count):
        if streets is not None:
            lon, lat = streets[rng.randrange(len(streets))].tolist()
        else:
            spot = rng.choice(demands) if demands else None
            lon, lat = (spot.lon, spot.lat) if spot else (0.0, 0.0)
        skills = frozenset(skill for skill in wanted if rng.random() < 1 / 3)
        cars.append(Car(index + 1, _kind((index + 0.5) / count), (lon, lat), area_of(lon, lat)[0], skills))
    return cars


def _kind(share: float) -> str:
    """Kind of the unit that stands at a share 0..1 of the row of all units."""
    for kind, part in KINDS:
        share -= part
        if share < 0:
            return kind
    return KINDS[-1][0]


class World:
    """The simulated city: units, the queue, and what happened so far."""

    def __init__(self, demands: list[Demand], cars: list[Car], rng: random.Random) -> None:
        self.cars = cars
        self.queue: list[tuple[int, float, int, Demand]] = []
        self.calls: list[Call] = []
        self.unreachable: list[int] = []
        self.queue_steps: list[tuple[float, int]] = [(0.0, 0)]
        self.now_s = 0.0
        self._rng = rng
        self._plans = plans()
        self._events: list[tuple[float, int, Demand | None]] = [(d.at_s + PROCESS_S, d.id, d) for d in demands]
        heapq.heapify(self._events)

    def run(self) -> Iterator[float]:
        """Go from event to event (a report to dispatch, a unit come free) and tell the simulated second of each."""
        while self._events:
            self.now_s, number, demand = heapq.heappop(self._events)
            if demand is not None:
                heapq.heappush(self.queue, (demand.priority, demand.at_s, number, demand))
            self._serve()
            self.queue_steps.append((self.now_s, len(self.queue)))
            yield self.now_s

    def busy(self, now_s: float) -> int:
        """How many units have a job at a moment."""
        return sum(car.free_s > now_s for car in self.cars)

    def _serve(self) -> None:
        while self.queue and any(car.free_s <= self.now_s for car in self.cars):
            demand = heapq.heappop(self.queue)[-1]
            self._send(demand)

    def _send(self, demand: Demand) -> None:
        free = [car for car in self.cars if car.free_s <= self.now_s]
        ways = self._ways(demand, free)
        if not ways:
            self.unreachable.append(demand.number)
            return
        job = Job(demand.priority, demand.skills, demand.area_code, demand.scene_s)
        ranked = ranking.rank([self._candidate(car, way) for car, way in ways.values()], job, words=False)
        offered = [(r.candidate.unit_id, r.candidate.kind, r.candidate.skills) for r in ranked]
        wants = rules.wants_of(self._plans, type=demand.type, priority=demand.priority)
        chosen = rules.chosen(wants, sent=[], offered=offered) or {offered[0][0]}
        scene_s = demand.scene_s * self._rng.lognormvariate(-(SCENE_SPREAD**2) / 2, SCENE_SPREAD)
        travels = [self._go(*ways[unit], demand, scene_s) for unit in chosen]
        waited_s, travel_s = self.now_s - demand.at_s - PROCESS_S, min(travels)
        self.calls.append(
            Call(
                number=demand.number,
                priority=demand.priority,
                at_s=demand.at_s,
                waited_s=waited_s,
                travel_s=travel_s,
                response_s=PROCESS_S + waited_s + TURNOUT_S + travel_s,
                target_s=demand.target_s,
                estimate=any(ways[unit][1].estimate for unit in chosen),
            )
        )

    def _go(self, car: Car, way: Way, demand: Demand, scene_s: float) -> float:
        took_s = TURNOUT_S + way.seconds + scene_s
        car.free_s = self.now_s + took_s
        car.busy_s += took_s
        car.ended = [end for end in car.ended if end > self.now_s - SHIFT_S] + [car.free_s]
        car.way = network_of(UNIT_KINDS[car.kind].mode).route(demand.lon, demand.lat, *car.home)
        heapq.heappush(self._events, (car.free_s, -car.id, None))
        return way.seconds

    def _ways(self, demand: Demand, free: list[Car]) -> dict[int, tuple[Car, Way]]:
        groups: dict[str, list[Car]] = defaultdict(list)
        for car in free:
            groups[mode_of(car.kind, demand.priority)].append(car)
        found: dict[int, tuple[Car, Way]] = {}
        for mode, cars in groups.items():
            points = np.array([car.place(self.now_s) for car in cars])
            for way in nearest(mode, demand.lon, demand.lat, [car.id for car in cars], points, most=RANKED):
                found[cars[way.index].id] = cars[way.index], way
        return found

    def _candidate(self, car: Car, way: Way) -> Candidate:
        return Candidate(
            unit_id=car.id,
            call_sign=str(car.id),
            kind=car.kind,
            eta_s=way.seconds,
            distance_m=way.metres,
            skills=car.skills,
            area_code=car.area_code,
            estimate=way.estimate,
            idle_s=self.now_s - car.free_s,
            jobs_today=sum(end > self.now_s - SHIFT_S for end in car.ended),
        )
