"""The living city, moment by moment: reports come, the nearest go, jobs end. It is told the time; it reads no clock."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from maplebridge.dispatch.fleet import UnitNow, fleet
from maplebridge.dispatch.models import Assignment
from maplebridge.incidents.models import Incident
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import Refused
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.rules import Fix
from maplebridge.site.demo.driver import Drivers
from maplebridge.site.demo.hands import Hands, twin_of, waiting
from maplebridge.site.demo.rules import LIVE_GAP_S, Tale, Teller, arrivals, drawn, hour_weight

HUMAN_FOR = timedelta(minutes=30)  # a unit stays with the person who drove it for so long after the last sign of them
ROOM_S = (90.0, 200.0)  # so long a report waits for a person before it is sent by itself
TURNOUT_S = (12.0, 45.0)
SCENE_S = (90.0, 420.0)
POST_S = (60.0, 180.0)  # what people bring to a post is done there
SECOND_CALLER = 0.12  # share of calls that somebody else makes too
SECOND_AFTER_S = (15.0, 80.0)
OPEN_MOST = 14  # beyond this nothing new happens: the demo shall not drown whoever looks on

Tell = Callable[[list[Fix], datetime], object]  # where units are, at a moment

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Life:
    """The city's life; `tell` sends where its units are. `pace` 2 is twice as fast in everything but travel."""

    hands: Hands
    teller: Teller
    drivers: Drivers
    zone: ZoneInfo
    seed: int
    tell: Tell
    pace: float = 1.0
    _last: datetime | None = None
    _second_callers: list[tuple[datetime, Tale, int]] = field(default_factory=list)

    def tick(self, at: datetime) -> None:
        """Bring the city from the last tick's moment to this one."""
        since, self._last = self._last or at, at
        self._call_again(at)
        self._report(since, at)
        self._close_at_posts(at)
        driven = driven_by_people(at)
        units = fleet(at=at)
        self._send([unit.id for unit in units if unit.free and unit.id not in driven], at)
        jobs = Incident.objects.in_bulk([unit.incident_id for unit in units if unit.incident_id])
        fixes = []
        for unit in units:
            if unit.id in driven:
                self.drivers.forget(unit.id)
                continue
            job = jobs.get(unit.incident_id or 0)
            if fix := self.drivers.move(unit, job, at=at):
                fixes.append(fix)
            if job:
                self._work(unit, job, at)
        self.tell(fixes, at)

    def _report(self, since: datetime, at: datetime) -> None:
        """Make the reports that chance brings between two moments."""
        if Incident.objects.open().count() >= OPEN_MOST:
            return
        local = at.astimezone(self.zone)
        expected = (at - since).total_seconds() * self.pace * hour_weight(local) / LIVE_GAP_S
        for _n in range(arrivals(self.teller.rng, expected=expected)):
            tale = self.teller.tell(local)
            made = _unless_refused(partial(self.hands.report, tale, at=at))
            if made and tale.source == "call" and self.teller.rng.random() < SECOND_CALLER:
                due = self._after(at, f"second:{made.pk}", SECOND_AFTER_S)
                self._second_callers.append((due, tale, made.pk))

    def _call_again(self, at: datetime) -> None:
        """Let somebody else report what still goes on."""
        due = [row for row in self._second_callers if row[0] <= at]
        self._second_callers = [row for row in self._second_callers if row[0] > at]
        for _moment, tale, first in due:
            if Incident.objects.open().filter(pk=first).exists():
                _unless_refused(partial(self.hands.report, tale, at=at, second=True))

    def _close_at_posts(self, at: datetime) -> None:
        """End what people brought to a post and nobody was sent to."""
        for incident in waiting().filter(source="walk_in", invented=True):
            if at >= self._after(incident.reported_at, f"post:{incident.pk}", POST_S):
                _unless_refused(partial(self.hands.close, incident, at=at, at_post=True))

    def _send(self, free_ids: list[int], at: datetime) -> None:
        """Send to one incident that no person has sent to in time, the most urgent first."""
        for incident in waiting().order_by("priority", "reported_at"):
            at_post = incident.source == "walk_in" and incident.invented
            if at_post or at < self._after(incident.reported_at, f"room:{incident.pk}", ROOM_S):
                continue
            if twin := twin_of(incident):
                _unless_refused(partial(self.hands.merge, incident, twin, at=at))
                return
            if units := self.hands.nearest(incident, Unit.objects.in_bulk(free_ids), at=at):
                for unit in units:
                    _unless_refused(partial(self.hands.send, unit, incident, at=at))
                return

    def _work(self, unit: UnitNow, job: Incident, at: datetime) -> None:
        """Take the next step of a unit's job when it is time."""
        since = unit.since_at or at
        key = f"{job.pk}:{unit.id}"
        if unit.status == "Assigned" and at >= self._after(since, f"turnout:{key}", TURNOUT_S):
            self._step(unit, "EnRoute", at)
        elif unit.status == "EnRoute" and self.drivers.arrived(unit.id, at=at):
            self._step(unit, "OnScene", at)
        elif unit.status == "OnScene" and at >= self._after(since, f"scene:{key}", SCENE_S):
            if Assignment.objects.active().filter(incident=job).count() > 1:
                self._step(unit, "Available", at)
            else:
                _unless_refused(partial(self.hands.close, job, at=at))

    def _step(self, unit: UnitNow, status: str, at: datetime) -> None:
        _unless_refused(partial(self.hands.step, Unit.objects.get(pk=unit.id), status, at=at))

    def _after(self, moment: datetime, key: str, bounds: tuple[float, float]) -> datetime:
        return moment + timedelta(seconds=drawn(self.seed, key, *bounds) / self.pace)


def driven_by_people(at: datetime) -> set[int]:
    """Units whose crew has done something itself lately: signing in is enough."""
    crews = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at).exclude(crew=None).values_list("unit_id", "crew")
    crew_of = {f"user:{user}": unit for unit, user in crews}
    seen = Entry.objects.filter(actor__in=crew_of, entered_at__gte=at - HUMAN_FOR).order_by()
    return {crew_of[actor] for actor in seen.values_list("actor", flat=True).distinct()}


def _unless_refused(step: Callable[[], Incident | Assignment | None]) -> Incident | Assignment | None:
    """Take a step; a refusal means that a person was faster, and is theirs."""
    try:
        return step()
    except Refused as refusal:
        log.info("Left to people: %s", refusal.sentence)
        return None
