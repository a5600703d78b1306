"""Small towns for tests of the simulation: places at random, units of many kinds, calls that want this and that."""

import numpy as np

from maplebridge.deployment.call_kinds import KIND_CODES, wanted
from maplebridge.deployment.kernels.drawing import GAMMA, LOGNORMAL
from maplebridge.deployment.scenario import CallKinds, Drawn, Ground, Rules, Scenario, Terms, Units, Weights, duty_ends
from maplebridge.deployment.scenario_building import rules_of
from maplebridge.dispatch.rules import Want

MODES = ("car", "foot", "motorbike", "urgent")
SPEEDS = np.array([9.0, 1.4, 7.0, 12.0])  # metres a second
SKILLS = ("first aid", "interpreter", "mediation")
TURNS = ((), ((0, 168),), ((8, 16), (16, 24), (32, 56)), tuple((h, h + 8) for h in range(0, 168, 8)), ((2, 30),))
SENT = ("car", "motorbike", "foot", "post", "guard", "volunteers", "station")


def town(seed, *, units=6, places=12, rate=6.0, **terms):
    """A scenario at random, the same for the same seed."""
    chance = np.random.default_rng(seed)
    points, homes = chance.uniform(0, 3_000, (places, 2)), chance.uniform(0, 3_000, (units, 2))
    ground = Ground(
        points,
        np.arange(places),
        chance.integers(-1, 3, places),
        ("A", "B", "C"),
        MODES,
        _seconds(points, points, chance),
    )
    kinds = call_kinds(chance)
    rates = chance.gamma(1.0, rate / places, (places, 168))
    mix = chance.dirichlet(np.ones(len(kinds.priorities)))
    terms = {"begin_hour": float(chance.uniform(0, 168)), "horizon_s": 40 * 3600.0, **terms}
    fleet = fleet_of(chance, points, homes)
    return Scenario(f"town {seed}", ground, fleet, kinds, Drawn(rates, mix), rules_of(MODES), Terms(**terms))


def _seconds(origins, targets, chance):
    metres = np.hypot(*(origins[:, None] - targets[None]).transpose(2, 0, 1)) * chance.uniform(
        1, 1.5, (len(origins), len(targets))
    )
    table = (metres[None] / SPEEDS[:, None, None]).astype(np.float32)
    table[0][chance.random(table[0].shape) < 0.03] = np.inf  # a street that cars may not take
    return table


def fleet_of(chance, points, homes):
    """Units of random kinds, beats, skills and turns of duty."""
    u = len(homes)
    kinds = [SENT[number % len(SENT)] for number in chance.permutation(u)]
    ends = [duty_ends(TURNS[turn]) for turn in chance.integers(0, len(TURNS), u)]
    goes = np.ones((u, len(points)), bool)
    for number, kind in enumerate(kinds):
        if kind == "post":
            goes[number] = np.hypot(*(points - homes[number]).T) < 1_200
    return Units(
        tuple(f"U{number}" for number in range(u)), np.array([KIND_CODES.index(kind) for kind in kinds]), KIND_CODES,
        chance.integers(-1, 3, u), chance.integers(0, 8, u), _seconds(homes, points, chance).transpose(0, 2, 1).copy(),
        _seconds(points, homes, chance), goes, np.array([crew for crew, _ in ends]),
        np.array([duty for _, duty in ends]),
    )  # fmt: skip


def call_kinds(chance):
    """Six kinds of call, from the most urgent to one that can wait."""
    priorities = np.array([0, 1, 2, 4, 6, 9])
    rows, first = [], [0]
    for _priority in priorities:
        rows += wanted([_want(chance) for _n in range(chance.integers(1, 3))], SKILLS)
        first.append(len(rows))
    family = chance.choice([LOGNORMAL, GAMMA], 6)
    a = np.where(family == LOGNORMAL, np.log(1_500), 1.7)
    b = np.where(family == LOGNORMAL, 0.6, 1_000.0)
    return CallKinds(
        tuple("abcdef"), priorities, chance.integers(0, 8, 6) * (chance.random(6) < 0.5),
        chance.uniform(600, 3_000, 6), np.full(6, 600.0), family, a, b, np.array(first), np.array(rows), SKILLS,
    )  # fmt: skip


def _want(chance):
    kinds = chance.choice(SENT, chance.integers(0, 3), replace=False) if chance.random() < 0.4 else ()
    skills = chance.choice(SKILLS, 1) if chance.random() < 0.2 else ()
    return Want(int(chance.integers(1, 3)), frozenset(map(str, kinds)), frozenset(map(str, skills)))


def counter(units=3, rate=1.5, *, line=-1, hours=2_000.0, mean_s=3_600.0):
    """Servers that are alike behind one counter, exponential times: M/M/c, or with `line=0` M/M/c/c. `rate` an hour."""
    nowhere = np.zeros((1, 1, units), np.float32)
    ground = Ground(np.zeros((1, 2)), np.zeros(1, int), np.full(1, -1), (), ("foot",), np.zeros((1, 1, 1), np.float32))
    endless = np.full((units, 168), np.inf)
    fleet = Units(
        tuple(map(str, range(units))), np.zeros(units, int), ("foot",), np.full(units, -1), np.zeros(units, int),
        nowhere, nowhere, np.ones((units, 1), bool), endless, endless,
    )  # fmt: skip
    kinds = CallKinds(
        ("any",), np.array([5]), np.array([0]), np.array([mean_s]), np.array([600.0]), np.array([GAMMA]),
        np.array([1.0]), np.array([mean_s]), np.array([0, 1]), np.array([[1, 0, 0]]),
    )  # fmt: skip
    plain = Rules(
        Weights(0, 0, 0, 0, 0, 5.0, 30.0, 0, 0, 43_200.0), np.ones((1, 11), bool), np.zeros((1, 11), int),
        np.zeros((2, 11, 11), bool),
    )  # fmt: skip
    terms = Terms(horizon_s=hours * 3600, warm_up_s=100 * 3600.0, process_s=0.0, turnout_s=0.0, line=line)
    return Scenario("counter", ground, fleet, kinds, Drawn(np.full((1, 168), rate), np.ones(1)), plain, terms)
