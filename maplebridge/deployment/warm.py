"""Compile, or load from the cache on disk, the kernels of need, siting, queueing and simulation."""

from math import inf

import h3.api.basic_int as h3
import numpy as np

from maplebridge.deployment import hypercube
from maplebridge.deployment.call_kinds import KIND_CODES
from maplebridge.deployment.demand import Demand
from maplebridge.deployment.hotspots import hot_spots
from maplebridge.deployment.instance import Instance
from maplebridge.deployment.kernels.drawing import LOGNORMAL
from maplebridge.deployment.scenario import CallKinds, Drawn, Ground, Scenario, Units
from maplebridge.deployment.scenario_building import rules_of
from maplebridge.deployment.simulation import simulate, trace
from maplebridge.deployment.smoothing import hour_shares, place_rates, spread_of
from maplebridge.deployment.solve import Question, solve

PLACES, SITES = 40, 12


def warm() -> None:
    """Put a small question to every kernel: a minute or two on the first run of a version, then under a second."""
    chance = np.random.default_rng(1)
    _need(chance)
    instance = Instance(chance.uniform(1.0, 9.0, PLACES), chance.random((PLACES, SITES)), list(map(str, range(SITES))))
    for model in ("mclp", "lscp", "pmedian"):
        solve(instance, model, Question(3, float(instance.costs.min(axis=1).max()), seconds=5.0))
    lists = np.array([[0, 1], [1, 0]])
    hypercube.exact(np.array([0.5, 0.5]), lists)
    hypercube.approximate(np.array([0.5, 0.5]), lists)
    simulate(_town(chance), replications=1)
    trace(_town(chance))


def _need(chance: np.random.Generator) -> None:
    cells = np.array(h3.grid_disk(h3.latlng_to_cell(0.0, 0.0, 9), 3), np.int64)
    points = np.array([h3.cell_to_latlng(int(cell))[::-1] for cell in cells])
    need = Demand(9, cells, points, chance.poisson(0.2, (len(cells), 168)).astype(float), np.full(168, 4.0))
    shape, mean = place_rates(need)
    spread_of(mean, shape, 0.9)
    hour_shares(need)
    hot_spots(need, permutations=99)


def _town(chance: np.random.Generator) -> Scenario:
    """Two cars, four places, an hour or two of calls of one kind that wants both cars."""
    seconds, endless = chance.integers(60, 600, (2, 4, 4)).astype(np.float32), np.full((2, 168), inf)
    ground = Ground(chance.random((4, 2)), np.arange(4), np.array([0, 0, 1, 1]), ("a", "b"), ("car", "urgent"), seconds)
    units = Units(
        ("1", "2"), np.full(2, KIND_CODES.index("car")), KIND_CODES, np.array([0, 1]), np.zeros(2, int),
        seconds[:, :, :2].copy(), seconds[:, :, :2].copy(), np.ones((2, 4), bool), endless, endless,
    )  # fmt: skip
    kinds = CallKinds(
        ("x",), np.array([3]), np.zeros(1, int), np.full(1, 900.0), np.full(1, 480.0), np.full(1, LOGNORMAL),
        np.full(1, 6.0), np.full(1, 0.5), np.array([0, 1]), np.array([[2, 0, 0]]),
    )  # fmt: skip
    return Scenario("warm", ground, units, kinds, Drawn(np.full((4, 168), 0.5), np.ones(1)), rules_of(ground.modes))
