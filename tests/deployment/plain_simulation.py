"""The simulation in plain Python on `dispatch.ranking.rank` and `dispatch.rules`: what the kernel must equal."""

import heapq
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from maplebridge.dispatch import ranking, rules
from maplebridge.dispatch.ranking import Candidate, Job

WORKDAY_S = 12 * 3600.0


@dataclass
class Unit:
    number: int
    kind: str
    area: str
    skills: frozenset
    job: object = None
    place: int = -1
    left_at: float = -inf
    origin: tuple = (-1, 1.0)
    sent_at: list = field(default_factory=list)
    free_at: float = inf
    break_at: float = inf
    on: bool = False


@dataclass
class Call:
    number: int
    at_s: float
    place: int
    kind: int
    left_s: float
    state: str = "waiting"
    first: dict = field(default_factory=dict)  # unit -> arrival, of those sent and not taken off
    reached: float = inf
    decided_s: float = nan


class Plain:
    def __init__(self, scenario, calls):
        s = self.s = scenario
        names = s.kinds.skill_names
        code = {0: "A", 1: "B", 2: "C", -1: ""}
        self.areas = [code[a] for a in s.ground.areas]
        self.between, self.out = s.ground.between.astype(float), s.units.out.astype(float)
        self.back = s.units.back.astype(float)
        self.units = [
            Unit(n, s.units.kind_codes[s.units.kinds[n]], code[s.units.areas[n]], _skills(s.units.skills[n], names))
            for n in range(len(s.units.names))
        ]
        self.wants = [[_want(row, s.units.kind_codes, names) for row in s.kinds.wants[a:b]]
                      for a, b in zip(s.kinds.first, s.kinds.first[1:], strict=False)]  # fmt: skip
        self.jobs = [
            Job(int(p), _skills(skills, names), "", float(usual))
            for p, skills, usual in zip(s.kinds.priorities, s.kinds.skills, s.kinds.usual_s, strict=True)
        ]
        self.calls = [
            Call(n, *row)
            for n, row in enumerate(zip(calls.at_s, calls.places, calls.kinds, calls.scene_s, strict=True))
        ]
        self.line = []

    def run(self):
        t = self.s.terms
        for unit in self.units:
            self._start(unit, int(t.begin_hour))
        events = [(call.at_s + t.process_s, 2, call.number) for call in self.calls]
        hours = range(int(t.begin_hour) + 1, int(t.begin_hour + t.horizon_s / 3600) + 2)
        events += [((hour - t.begin_hour) * 3600.0, 1, hour % 168) for hour in hours]
        heapq.heapify(events)
        while True:
            unit = min(self.units, key=lambda u: (u.free_at, u.number))
            now = min(unit.free_at, events[0][0] if events else inf)
            if not now < t.horizon_s:
                return self
            if unit.free_at == now:
                self._free(unit, now)
            else:
                _, what, number = heapq.heappop(events)
                if what == 2:
                    self._decide(self.calls[number], now)
                    continue
                for each in self.units:
                    self._hour(each, number, now)
            for call in sorted(self.line, key=lambda c: (self.jobs[c.kind].priority, c.number)):
                if self._try(call, now):
                    self.line.remove(call)

    def _start(self, unit, hour):
        ends, t = self.s.units.crew_ends[unit.number], self.s.terms
        unit.on = ends[hour % 168] > 0
        gone = 0
        while gone < 167 and ends[(hour - gone - 1) % 168] == ends[(hour - gone) % 168] + 1:
            gone += 1
        if ends[hour % 168] < inf:
            unit.break_at = t.break_after_s - (gone + t.begin_hour % 1) * 3600.0

    def _hour(self, unit, hour, now):
        ends, t = self.s.units.crew_ends[unit.number], self.s.terms
        if ends[hour] < inf and ends[hour] > ends[hour - 1] - 1:
            unit.break_at = now + t.break_after_s
        unit.on = ends[hour] > 0
        if unit.on and unit.job is None:
            self._maybe_rest(unit, now)

    def _maybe_rest(self, unit, now):
        if unit.on and self.s.terms.break_s and unit.break_at <= now:
            unit.job, unit.break_at, unit.free_at = "rests", inf, now + self.s.terms.break_s

    def _free(self, unit, now):
        call, unit.job, unit.free_at = unit.job, None, inf
        if call != "rests":
            call.reached = min(call.reached, call.first.pop(unit.number))
            unit.place, unit.left_at = call.place, now
            self._maybe_rest(unit, now)

    def _decide(self, call, now):
        s, t = self.s, self.s.terms
        if not (np.isfinite(s.units.out[:, call.place]) & s.units.goes[:, call.place]).any():
            call.state = "lost"
        elif not self._try(call, now) and not (t.preempt and self._take(call, now)):
            if 0 <= t.line <= len(self.line):
                call.state = "lost"
            else:
                self.line.append(call)

    def _home_share(self, unit, now):
        if unit.place < 0:
            return 1.0
        took = self.back[self.s.rules.modes[self.s.units.kinds[unit.number], 10], unit.place, unit.number]
        return 1.0 if now - unit.left_at >= took else (now - unit.left_at) / took

    def _mode(self, unit, call):
        return self.s.rules.modes[self.s.units.kinds[unit.number], self.jobs[call.kind].priority]

    def _seconds(self, unit, mode, origin, share, place):
        home = self.out[mode, place, unit.number] if self.s.units.goes[unit.number, place] else inf
        if origin < 0 or share >= 1 or home == inf:
            return home
        return (1.0 - share) * self.between[mode, origin, place] + share * home

    def _try(self, call, now):
        free = [u for u in self.units if u.on and u.job is None]
        etas = {
            u.number: self._seconds(u, self._mode(u, call), u.place, self._home_share(u, now), call.place) for u in free
        }
        found = [self._candidate(u, etas[u.number], free, now) for u in free if etas[u.number] < inf]
        if not found:
            return False
        job, known = self.jobs[call.kind], self.areas[call.place]
        ranked = ranking.rank(found, Job(job.priority, job.skills, known, job.scene_s), words=False)
        offered = [(r.candidate.unit_id, r.candidate.kind, r.candidate.skills) for r in ranked]
        for number in rules.chosen(self.wants[call.kind], sent=[], offered=offered) or {offered[0][0]}:
            unit = self.units[number]
            share = self._home_share(unit, now)
            unit.origin = (-1 if share >= 1 else unit.place, share)
            self._go(unit, call, etas[number], now)
        return True

    def _candidate(self, unit, eta, free, now):
        t, ends = self.s.terms, self.s.units.crew_ends[unit.number]
        hour = (t.begin_hour + now / 3600) % 168
        left = (ends[int(hour)] - hour % 1) * 3600
        return Candidate(
            unit.number, str(unit.number), unit.kind, eta, 0.0, unit.skills, unit.area,
            idle_s=now - unit.left_at, jobs_today=sum(at > now - WORKDAY_S for at in unit.sent_at),
            only_one_in_beat=bool(unit.area) and sum(u.area == unit.area for u in free) == 1,
            shift_left_s=None if left == inf else left,
        )  # fmt: skip

    def _go(self, unit, call, eta, now):
        arrive = now + self.s.terms.turnout_s + eta
        unit.job, unit.free_at = call, arrive + call.left_s
        unit.travels = (now + self.s.terms.turnout_s, eta)
        unit.sent_at.append(now)
        call.first[unit.number] = arrive
        call.state = "served"
        if np.isnan(call.decided_s):
            call.decided_s = now

    def _gone(self, unit, now):
        begin, took = unit.travels
        return 0.0 if now <= begin else 1.0 if now - begin >= took else (now - begin) / took

    def _take(self, call, now):
        best, wanted = (inf, None), self.jobs[call.kind].priority
        for unit in self.units:
            if not unit.on or not isinstance(unit.job, Call):
                continue
            theirs, mode = unit.job, self._mode(unit, call)
            status = "OnScene" if theirs.first[unit.number] <= now else "EnRoute"
            may = rules.may_preempt(
                taken_status=status, taken_priority=self.jobs[theirs.kind].priority, wanted_priority=wanted
            )
            if not may or self._seconds(unit, mode, -1, 1.0, call.place) == inf:
                continue
            share = 1.0 if status == "OnScene" else self._gone(unit, now)
            start = self._seconds(unit, mode, *unit.origin, call.place) if share < 1 else 0.0
            rest = self.between[mode, theirs.place, call.place] if share > 0 else 0.0
            eta = (1.0 - share) * start + share * rest
            if eta < best[0]:
                best = (eta, unit)
        eta, unit = best
        if unit is None:
            return False
        self._leave(unit, now)
        self._go(unit, call, eta, now)
        return True

    def _leave(self, unit, now):
        left = unit.job
        arrived = left.first.pop(unit.number)
        if self._gone(unit, now) >= 0.5:
            unit.origin = (left.place, 0.0)
        if arrived <= now:
            left.reached = min(left.reached, arrived)
        if not left.first:
            left.state = "waiting"
            if arrived <= now:
                left.left_s = unit.free_at - now
            self.line.append(left)

    def response(self, call):
        """Seconds from report to the first arrival, NaN where nobody was sent."""
        first = min([call.reached, *call.first.values()])
        return first - call.at_s if first < inf else nan


def _skills(bits, names):
    return frozenset(name for number, name in enumerate(names) if bits >> number & 1)


def _want(row, codes, names):
    count, kinds, skills = (int(each) for each in row)
    return rules.Want(count, _skills(kinds, codes), _skills(skills, names))
