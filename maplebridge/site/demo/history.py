"""The day before you came: invented incidents in order of time, each step by the action a person would use."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from maplebridge.dispatch.models import Assignment
from maplebridge.incidents.models import Incident
from maplebridge.people.models import Unit
from maplebridge.site.demo.hands import Hands
from maplebridge.site.demo.rules import DAILY_REPORTS, Tale, Teller, hour_weight

LAST_RUSH = timedelta(minutes=25)  # so that there is something to do on arrival
RUSH_REPORTS = 12
PROCESS_S = (20.0, 75.0)
TURNOUT_S = (12.0, 60.0)
SCENE_SHARE = (0.35, 1.1)  # of the type's usual time on scene
NOTE_SHARE, SECOND_SHARE = 0.25, 0.1

Step = Callable[[datetime], None]


@dataclass(slots=True)
class Telling:
    """Tells a stretch of time. Steps that would lie after `until` are not taken: those incidents are still open."""

    hands: Hands
    teller: Teller
    zone: ZoneInfo
    until: datetime
    units: dict[int, Unit]
    _busy: set[int] = field(default_factory=set)
    _steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def rng(self) -> random.Random:
        """The one source of chance."""
        return self.teller.rng

    def tell(self, since: datetime) -> int:
        """Tell everything from `since` to `until` in order; returns the number of reports."""
        moments = report_moments(self.rng, since=since, until=self.until, zone=self.zone)
        for moment in moments:
            self._plan(moment, self._report)
        while self._steps:
            moment, _number, step = heapq.heappop(self._steps)
            step(moment)
        return len(moments)

    def _plan(self, moment: datetime, step: Step) -> None:
        if moment < self.until:
            heapq.heappush(self._steps, (moment, next(self._count), step))

    def _in(self, at: datetime, bounds: tuple[float, float], step: Step) -> None:
        self._plan(at + timedelta(seconds=self.rng.uniform(*bounds)), step)

    def _report(self, at: datetime) -> None:
        tale = self.teller.tell(at.astimezone(self.zone))
        incident = self.hands.report(tale, at=at)
        if tale.source == "walk_in":
            self._in(at, (120, 900), partial(self._close, incident, at_post=True))
            return
        self._in(at, PROCESS_S, partial(self._send, incident))
        if self.rng.random() < NOTE_SHARE:
            self._in(at, (30, 200), partial(self._note, incident))
        if tale.source == "call" and self.rng.random() < SECOND_SHARE:
            self._in(at, (20, 120), partial(self._call_again, tale, incident))

    def _call_again(self, tale: Tale, first: Incident, at: datetime) -> None:
        second = self.hands.report(tale, at=at, second=True)
        self._in(at, (25, 90), partial(self._merge, second, first))

    def _merge(self, second: Incident, first: Incident, at: datetime) -> None:
        if Incident.objects.open().filter(pk__in=(first.pk, second.pk)).count() == 2:
            self.hands.merge(second, first, at=at)
        else:
            self._close(second, at)

    def _note(self, incident: Incident, at: datetime) -> None:
        if Incident.objects.open().filter(pk=incident.pk).exists():
            self.hands.note(incident, at=at)

    def _send(self, incident: Incident, at: datetime) -> None:
        free = {pk: unit for pk, unit in self.units.items() if pk not in self._busy}
        chosen = self.hands.nearest(incident, free, at=at)
        if not chosen:
            self._in(at, (60, 120), partial(self._send, incident))
        for number, unit in enumerate(chosen):
            job = self.hands.send(unit, incident, at=at)
            self._busy.add(unit.pk)
            self._in(at, TURNOUT_S, partial(self._set_out, job, unit, leads=number == 0))

    def _set_out(self, job: Assignment, unit: Unit, at: datetime, *, leads: bool) -> None:
        self.hands.step(unit, "EnRoute", at=at)
        travel_s = min(900.0, max(30.0, job.eta_s or 180.0))
        self._in(at, (0.85 * travel_s, 1.25 * travel_s), partial(self._arrive, job, unit, leads=leads))

    def _arrive(self, job: Assignment, unit: Unit, at: datetime, *, leads: bool) -> None:
        if not Assignment.objects.active().filter(pk=job.pk).exists():  # the leading unit has closed it meanwhile
            return
        self.hands.step(unit, "OnScene", at=at)
        low, high = (share * job.incident.type.scene_s for share in SCENE_SHARE)
        if leads:
            self._in(at, (low, high), partial(self._close, job.incident, units=(unit.pk,)))
        else:
            self._in(at, (0.5 * low, 0.5 * high), partial(self._leave, job, unit))

    def _leave(self, job: Assignment, unit: Unit, at: datetime) -> None:
        if Assignment.objects.active().filter(pk=job.pk).exists():
            self.hands.step(unit, "Available", at=at)
            self._busy.discard(unit.pk)

    def _close(self, incident: Incident, at: datetime, *, at_post: bool = False, units: tuple[int, ...] = ()) -> None:
        if not Incident.objects.open().filter(pk=incident.pk).exists():
            return
        on_it = Assignment.objects.active().filter(incident=incident).values_list("unit_id", flat=True)
        freed = set(on_it) | set(units)
        self.hands.close(incident, at=at, at_post=at_post)
        self._busy -= freed


def report_moments(rng: random.Random, *, since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Draw when reports come: by the hour's rate (thinning, Lewis and Shedler 1979), and a rush before `until`."""
    top = 2.0  # above every hour's weight
    moments, moment = [], since
    while True:
        moment += timedelta(seconds=rng.expovariate(top * DAILY_REPORTS / 86_400))
        if moment >= until:
            break
        if rng.random() < hour_weight(moment.astimezone(zone)) / top:
            moments.append(moment)
    rush_s = min(LAST_RUSH, until - since).total_seconds()
    return sorted(moments + [until - timedelta(seconds=rng.uniform(5, rush_s)) for _n in range(RUSH_REPORTS)])
