"""Empirical Bayes for need: what a place's neighbours and other hours say of it, and how much to believe them."""

from collections.abc import Callable
from math import exp, log
from statistics import NormalDist
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.gamma import dirichlet_multinomial, negative_binomial, quantiles

if TYPE_CHECKING:
    from maplebridge.deployment.demand import Demand

RINGS = ((1, 1.0), (2, 0.5))  # rings of cells round a place, and what a cell of each counts
LEAST, MOST = log(1e-2), log(1e5)  # of what is fitted
ROUNDS = 40
KNOTS = 4_000


def spread_of(mean: Floats, shape: Floats, level: float) -> tuple[Floats, Floats]:
    """The equal-tailed interval of gamma variables with these means and shapes: (low, high) as `mean`.

    Where there are many, quantiles are read between 4,000 shapes: off by less than a hundred-thousandth of the mean.
    """
    flat, logs = np.ascontiguousarray(shape, float).ravel(), np.log(np.ascontiguousarray(shape, float).ravel())
    many = len(flat) > KNOTS
    known = np.exp(np.linspace(logs.min(), logs.max(), KNOTS)) if many else flat
    ends = []
    for p in ((1 - level) / 2, (1 + level) / 2):
        found = quantiles(known, p, NormalDist().inv_cdf(p))
        if many:
            found = np.exp(np.interp(logs, np.log(known), np.log(np.maximum(found / known, 1e-300)))) * flat
        ends.append(found.reshape(shape.shape) * mean / shape)
    return ends[0], ends[1]


def fitted(likelihood: Callable[[float], float]) -> float:
    """The argument from 0.01 to 100,000 of greatest likelihood, by golden section over its logarithm (Kiefer 1953)."""
    golden, low, high = (5**0.5 - 1) / 2, LEAST, MOST
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = likelihood(exp(left)), likelihood(exp(right))
    for _round in range(ROUNDS):
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = likelihood(exp(left))
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = likelihood(exp(right))
    return exp((low + high) / 2)


def place_rates(demand: "Demand") -> tuple[Floats, Floats]:
    """Shape and mean (n,) of the gamma posterior of the calls of each place over the whole time observed.

    The prior is fitted over the places and the empty cells beside them, so that it knows of places without calls.
    """
    n, totals = len(demand.cells), demand.counts.sum(axis=1)
    cells = with_neighbours(demand.cells)
    counts = np.concatenate((totals, np.zeros(len(cells) - n)))
    around, weight = neighbour_sums(cells, counts[:, None])
    general = counts.mean() if len(counts) else 0.0
    prior = (around[:, 0] + general) / (weight + 1.0)  # the whole city counts as one neighbour
    prior *= counts.sum() / max(prior.sum(), 1e-12)
    shape = fitted(lambda value: negative_binomial(counts, prior, value))
    worth = totals + shape
    return worth, worth * prior[:n] / (shape + prior[:n])


def hour_shares(demand: "Demand") -> tuple[Floats, Floats]:
    """Posterior shares (n, 168) of the hours of the week in a place's calls, and how many calls they are worth (n,)."""
    city = _round_the_clock(demand.counts.sum(axis=0) + 1.0)
    around, _weight = neighbour_sums(demand.cells, _round_the_clock(demand.counts))
    city, rows = np.broadcast_to(city / city.sum(), demand.counts.shape), np.ascontiguousarray(demand.counts)
    city_weight = fitted(lambda value: dirichlet_multinomial(rows, _mixed(around, city, value), 50.0))
    profile = _mixed(around, city, city_weight)
    weight = fitted(lambda value: dirichlet_multinomial(rows, profile, value))
    worth = rows.sum(axis=1) + weight
    return (rows + weight * profile) / worth[:, None], worth


def _mixed(around: Floats, city: Floats, weight: float) -> Floats:
    return np.asarray((around + weight * city) / (around.sum(axis=1, keepdims=True) + weight))


def _round_the_clock(counts: Floats) -> Floats:
    """Each hour with half of the hour before and after it; of the week, so that Sunday night meets Monday morning."""
    return counts / 2 + (np.roll(counts, 1, axis=-1) + np.roll(counts, -1, axis=-1)) / 4


def with_neighbours(cells: Ints) -> Ints:
    """The cells, and after them the cells that touch one of them."""
    own = set(cells.tolist())
    beside = {near for cell in own for near in h3.grid_ring(cell, 1)} - own
    return np.concatenate((cells, np.array(sorted(beside), np.int64)))


def neighbour_sums(cells: Ints, values: Floats) -> tuple[Floats, Floats]:
    """Weighted sums (n, k) of values (n, k) over the neighbours of each cell, itself left out, and the weights (n,)."""
    at = {cell: number for number, cell in enumerate(cells.tolist())}
    sums, weights = np.zeros_like(values, float), np.zeros(len(cells))
    for ring, weight in RINGS:
        pairs = [(i, at[near]) for cell, i in at.items() for near in h3.grid_ring(cell, ring) if near in at]
        ones, others = np.array(pairs, np.int64).reshape(-1, 2).T
        np.add.at(sums, ones, weight * values[others])
        np.add.at(weights, ones, weight)
    return sums, weights
