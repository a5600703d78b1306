"""A town for the benchmark of the simulation, and the same model in SimPy and Ciw."""

import heapq
from math import inf

import numpy as np

from maplebridge.deployment.call_kinds import KIND_CODES, wanted
from maplebridge.deployment.kernels.drawing import GAMMA, LOGNORMAL
from maplebridge.deployment.scenario import CallKinds, Drawn, Ground, Scenario, Terms, Units
from maplebridge.deployment.scenario_building import rules_of
from maplebridge.dispatch.ranking import Candidate, Job, rank
from maplebridge.dispatch.rules import Want

HOUR_S = 3600.0


def town(units, *, load=0.55, places=200, calls=20_000, seed=1):
    """Cars in beats of a square town; four kinds of call, one unit each, two of them wanting a skill."""
    chance = np.random.default_rng(seed)
    side = 1_500.0 * units**0.5
    points, homes = chance.uniform(0, side, (places, 2)), chance.uniform(0, side, (units, 2))
    beats = max(2, units // 3)
    ground = Ground(points, np.arange(places), chance.integers(0, beats, places), tuple(map(str, range(beats))),
                    ("car", "urgent"), _seconds(points, points))  # fmt: skip
    endless = np.full((units, 168), inf)
    fleet = Units(
        tuple(map(str, range(units))), np.full(units, KIND_CODES.index("car")), KIND_CODES,
        chance.integers(0, beats, units), chance.integers(0, 8, units),
        _seconds(homes, points).transpose(0, 2, 1).copy(),
        _seconds(points, homes), np.ones((units, places), bool), endless, endless,
    )  # fmt: skip
    kinds = CallKinds(
        tuple("abcd"), np.array([1, 3, 5, 7]), np.array([0, 1, 4, 0]), np.full(4, 1_500.0), np.full(4, 480.0),
        np.full(4, LOGNORMAL), np.full(4, 7.1), np.full(4, 0.5), np.arange(5),
        np.array([row for _ in range(4) for row in wanted([Want(1)], ())]),
    )  # fmt: skip
    rate = load * units * HOUR_S / 1_900.0
    need = Drawn(chance.gamma(1.0, rate / places, (places, 168)), np.array([0.1, 0.3, 0.4, 0.2]))
    terms = Terms(horizon_s=calls / rate * HOUR_S)
    return Scenario(f"{units} units", ground, fleet, kinds, need, rules_of(ground.modes), terms)


def _seconds(origins, targets):
    metres = np.abs(origins[:, None] - targets[None]).sum(axis=2)
    return (metres[None] / np.array([9.0, 12.0])[:, None, None]).astype(np.float32)


def counter(units, rate, *, hours):
    """Servers that are alike behind one counter: M/M/c, with times of an hour in the mean."""
    here = np.zeros((2, 1, 1), np.float32)
    ground = Ground(np.zeros((1, 2)), np.zeros(1, int), np.full(1, -1), (), ("car", "urgent"), here)
    endless, nowhere = np.full((units, 168), inf), np.zeros((2, 1, units), np.float32)
    fleet = Units(
        tuple(map(str, range(units))), np.full(units, KIND_CODES.index("car")), KIND_CODES, np.full(units, -1),
        np.zeros(units, int), nowhere, nowhere, np.ones((units, 1), bool), endless, endless,
    )  # fmt: skip
    kinds = CallKinds(
        ("any",), np.array([5]), np.array([0]), np.array([HOUR_S]), np.array([600.0]), np.array([GAMMA]),
        np.array([1.0]), np.array([HOUR_S]), np.array([0, 1]), np.array(wanted([Want(1)], ())),
    )  # fmt: skip
    terms = Terms(horizon_s=hours * HOUR_S, warm_up_s=hours * 360.0, process_s=0.0, turnout_s=0.0)
    need = Drawn(np.full((1, 168), rate), np.ones(1))
    return Scenario("counter", ground, fleet, kinds, need, rules_of(ground.modes), terms)


class SimPyTown:
    """The town in SimPy, one process for each job; the same rules in plain Python, on lists, as fast as that goes."""

    def __init__(self, simpy, scenario, calls):
        s = self.scenario = scenario
        self.env = simpy.Environment()
        self.at_s, self.places, self.kinds, self.scene_s = (
            getattr(calls, name).tolist() for name in ("at_s", "places", "kinds", "scene_s")
        )
        self.between, self.out, self.back = s.ground.between.tolist(), s.units.out.tolist(), s.units.back.tolist()
        self.areas, self.beats = s.ground.areas.tolist(), s.units.areas.tolist()
        w, skills = s.rules.weights, s.units.skills
        self.weights = w
        self.against = [
            [bin(int(wants & ~had)).count("1") * w.skill_missing_s for had in skills] for wants in s.kinds.skills
        ]
        self.modes = s.rules.modes[s.units.kinds[0]].tolist()
        self.priorities = s.kinds.priorities.tolist()
        count = len(self.beats)
        self.free, self.place, self.left_at, self.home_s = [True] * count, [-1] * count, [-inf] * count, [0.0] * count
        self.sent_at = [[] for _unit in range(count)]
        self.in_beat = np.bincount(s.units.areas, minlength=len(s.ground.area_codes)).tolist()
        self.line, self.unit = [], [-1] * len(self.at_s)

    def run(self):
        """Run to the horizon; give the unit that each call got, -1 for none."""
        self.env.process(self._calls())
        self.env.run(until=self.scenario.terms.horizon_s)
        return self.unit

    def _calls(self):
        process_s = self.scenario.terms.process_s
        for call, at_s in enumerate(self.at_s):
            yield self.env.timeout(at_s + process_s - self.env.now)
            if not self._try(call):
                heapq.heappush(self.line, (self.priorities[self.kinds[call]], call))

    def _try(self, call):
        kind, place, now = self.kinds[call], self.places[call], self.env.now
        best, eta = self._best(kind, place, now)
        if best < 0:
            return False
        self.free[best] = False
        self.in_beat[self.beats[best]] -= 1
        self.sent_at[best].append(now)
        self.unit[call] = best
        self.env.process(self._job(best, place, self.scenario.terms.turnout_s + eta + self.scene_s[call]))
        return True

    def _best(self, kind, place, now):
        w = self.weights
        mode, area, against = self.modes[self.priorities[kind]], self.areas[place], self.against[kind]
        out, between, best, lowest, eta = self.out[mode][place], self.between[mode], -1, inf, 0.0
        for unit, free in enumerate(self.free):
            if not free:
                continue
            travel, gone = out[unit], now - self.left_at[unit]
            if gone < self.home_s[unit]:
                share = gone / self.home_s[unit]
                travel = (1.0 - share) * between[self.place[unit]][place] + share * travel
            beat, score = self.beats[unit], travel + against[unit]
            if beat == area:
                score += w.knows_area_s
            elif self.in_beat[beat] == 1:
                score += w.uncovered_s
            sent = self.sent_at[unit]
            while sent and sent[0] <= now - w.workday_s:
                del sent[0]
            score += min(w.small_s, w.job_today_s * len(sent))
            if gone < w.rest_s:
                score += w.no_rest_s
            if score < lowest:
                best, lowest, eta = unit, score, travel
        return best, eta

    def _job(self, unit, place, took_s):
        yield self.env.timeout(took_s)
        self.free[unit], self.place[unit], self.left_at[unit] = True, place, self.env.now
        self.home_s[unit] = self.back[self.modes[10]][place][unit]
        self.in_beat[self.beats[unit]] += 1
        while self.line and self._try(self.line[0][1]):
            heapq.heappop(self.line)


class RankedTown(SimPyTown):
    """The same town, whose units `dispatch.ranking.rank` itself ranks."""

    def __init__(self, simpy, scenario, calls):
        super().__init__(simpy, scenario, calls)
        names = ("1", "2", "4")
        self.skills = [frozenset(n for n in names if had & int(n)) for had in scenario.units.skills.tolist()]
        self.jobs = [
            (priority, frozenset(n for n in names if skills & int(n)), usual)
            for priority, skills, usual in zip(
                self.priorities, scenario.kinds.skills.tolist(), scenario.kinds.usual_s.tolist(), strict=True
            )
        ]

    def _best(self, kind, place, now):
        priority, skills, usual_s = self.jobs[kind]
        mode, area = self.modes[priority], self.areas[place]
        found = []
        for unit, free in enumerate(self.free):
            if free:
                travel, gone = self.out[mode][place][unit], now - self.left_at[unit]
                if gone < self.home_s[unit]:
                    share = gone / self.home_s[unit]
                    travel = (1.0 - share) * self.between[mode][self.place[unit]][place] + share * travel
                beat = self.beats[unit]
                jobs = sum(at_s > now - self.weights.workday_s for at_s in self.sent_at[unit][-8:])
                found.append(
                    Candidate(unit, "", "car", travel, 0.0, self.skills[unit], str(beat), idle_s=gone, jobs_today=jobs,
                              only_one_in_beat=self.in_beat[beat] == 1)
                )  # fmt: skip
        if not found:
            return -1, 0.0
        first = rank(found, Job(priority, skills, str(area), usual_s), words=False)[0].candidate
        return first.unit_id, first.eta_s


def simpy_counter(simpy, units, calls):
    """M/M/c in SimPy the way its tutorial does: a Resource, a process for each customer. Give the waits, seconds."""
    env, waits = simpy.Environment(), []
    servers = simpy.Resource(env, units)

    def customer(scene_s):
        came = env.now
        with servers.request() as turn:
            yield turn
            waits.append((came, env.now - came))
            yield env.timeout(scene_s)

    def arrive():
        for at_s, scene_s in zip(calls.at_s.tolist(), calls.scene_s.tolist(), strict=True):
            yield env.timeout(at_s - env.now)
            env.process(customer(scene_s))

    env.process(arrive())
    env.run()
    return np.array(waits)


def ciw_counter(ciw, units, rate, *, hours, seed):
    """M/M/c in Ciw, hours as its unit of time. Give the waits, seconds."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[units],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(hours)
    return np.array([(r.arrival_date * HOUR_S, r.waiting_time * HOUR_S) for r in simulation.get_all_records()])
