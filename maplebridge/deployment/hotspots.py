"""Hot spots of need that are more than chance: Getis and Ord's Gi* on cells, with the false discoveries held down."""

from collections.abc import Collection
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

import h3.api.basic_int as h3
import numpy as np

from maplebridge.deployment.demand import Demand
from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.gamma import below
from maplebridge.deployment.kernels.hotspots import beyond
from maplebridge.deployment.smoothing import with_neighbours

HOT, COLD, NEITHER = 1, -1, 0
PERMUTATIONS = 9_999
FEW = 10  # permutations that got so far
LEAST_CELLS = 30  # Getis and Ord (1992) want that many places before z means anything


@dataclass(frozen=True)
class HotSpots:
    """Of each of n cells: calls counted, z of Gi*, two-sided p, its adjusted p (q), and `verdict` 1 hot, -1 cold, 0.

    `enough` is false where there are fewer than 30 cells: then no verdict is given.
    """

    cells: Ints
    calls: Floats
    z: Floats
    p: Floats
    q: Floats
    verdict: Ints
    rate: float
    enough: bool

    def as_geojson(self) -> dict[str, Any]:
        """A FeatureCollection of the cells, for a map that shows significance."""
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring_of(int(cell))]},
                "properties": {"cell": f"{int(cell):x}", "calls": float(self.calls[i]), "z": round(float(self.z[i]), 3),
                               "p": round(float(self.p[i]), 5), "q": round(float(self.q[i]), 5),
                               "verdict": int(self.verdict[i])},
            }
            for i, cell in enumerate(self.cells)
        ]  # fmt: skip
        return {"type": "FeatureCollection", "features": features}


def ring_of(cell: int) -> list[list[float]]:
    """The outline of a cell, closed: lon, lat."""
    corners = [[round(lon, 6), round(lat, 6)] for lat, lon in h3.cell_to_boundary(cell)]
    return [*corners, corners[0]]


def hot_spots(
    demand: Demand, *, hours: Collection[int] = range(168), rings: int = 1, rate: float = 0.05,
    permutations: int = PERMUTATIONS, seed: int = 1,
) -> HotSpots:  # fmt: skip
    """Find cells round which more calls came, or fewer, than chance would put there; only `hours` of the week count.

    The field is the cells with calls and the cells that touch them. p as in `permuted`, or without permutations from
    the normal distribution; significant where Benjamini and Hochberg's procedure holds the rate of false discoveries at
    `rate` (Caldas de Castro and Singer 2006, "Controlling the false discovery rate", Geographical Analysis 38).
    """
    cells = with_neighbours(demand.cells)
    calls = np.zeros(len(cells))
    calls[: len(demand.cells)] = demand.counts[:, sorted(hours)].sum(axis=1)
    first, near = neighbours(cells, rings)
    z = gi_star(calls, first, near)
    enough = len(cells) >= LEAST_CELLS
    p = permuted(calls, first, near, permutations, seed) if permutations and enough else two_sided(z)
    q = adjusted(p)
    verdict = np.where((q <= rate) & enough, np.sign(z), NEITHER).astype(np.int64)
    return HotSpots(cells, calls, z, p, q, verdict, rate, enough)


def neighbours(cells: Ints, rings: int) -> tuple[Ints, Ints]:
    """The cells within so many rings of each, itself left out, as `near[first[i]:first[i + 1]]`."""
    at = {cell: number for number, cell in enumerate(cells.tolist())}
    rows = [[at[near] for near in h3.grid_disk(cell, rings) if near in at and near != cell] for cell in at]
    first = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64))).astype(np.int64)
    return first, np.array([number for row in rows for number in row], np.int64)


def gi_star(values: Floats, first: Ints, near: Ints) -> Floats:
    """z of Gi* with weight 1 for a place and its neighbours (Ord and Getis 1995, Geographical Analysis 27, equation 6).

    (sum of w x - mean x W) / (s sqrt((n S - W^2) / (n - 1))), W = S = how many, itself counted. 0 where nothing varies.
    """
    n = len(values)
    if n < 2:
        return np.zeros(n)
    of_place = np.repeat(np.arange(n), np.diff(first))
    sums = values + np.bincount(of_place, values[near], minlength=n)
    counts = 1.0 + np.diff(first)
    spread = values.std() * np.sqrt(np.maximum(n * counts - counts**2, 0.0) / (n - 1))
    return np.asarray(np.divide(sums - values.mean() * counts, spread, out=np.zeros(n), where=spread > 1e-12))


def permuted(values: Floats, first: Ints, near: Ints, permutations: int, seed: int) -> Floats:
    """Two-sided p of what the neighbours of each place sum to, against as many drawn from all other places.

    Permutations cannot tell a p of 0.0001 from one of 0.000001, which many tests at once ask for. Where fewer than 10
    of them got so far, the tail is that of a gamma (Pearson type III) variable with the permutations' exact mean,
    variance and skewness (Winkler et al. 2016, "Faster permutation inference", NeuroImage 141), never above what they
    say.
    """
    counts = beyond(values, first, near, permutations, seed)
    p = (counts + 1.0) / (permutations + 1)
    p = np.where(counts < FEW, np.minimum(p, tails(values, first, near)), p)
    return np.asarray(np.minimum(1.0, 2 * p.min(axis=1)))


def tails(values: Floats, first: Ints, near: Ints) -> Floats:
    """Pearson III probabilities (n, 2) that so many others sum to at least, and at most, what the neighbours do.

    Exact moments of a sum of k drawn without replacement from the N = n - 1 others (Cochran 1977, Sampling Techniques,
    section 2.6; the third by Sukhatme 1938).
    """
    n, k = len(values), np.diff(first).astype(float)
    sums = np.bincount(np.repeat(np.arange(n), np.diff(first)), values[near], minlength=n)
    others = n - 1.0
    mean = (values.sum() - values) / others
    square = ((values**2).sum() - values**2) / others - mean**2
    cube = ((values**3).sum() - values**3) / others - 3 * mean * square - mean**3
    variance = k * square * (others - k) / (others - 1)
    third = k * cube * (others - k) * (others - 2 * k) / ((others - 1) * (others - 2))
    scale = np.sqrt(np.maximum(variance, 1e-300))
    z, skew = (sums - k * mean) / scale, third / np.maximum(scale, 1e-300) ** 3
    out = np.ones((n, 2))
    for i in np.flatnonzero((k > 0) & (variance > 0)):
        upper, turned = (z[i], skew[i]) if skew[i] > 0 else (-z[i], -skew[i])
        shape = 4 / max(turned, 1e-3) ** 2
        under = below(shape, shape + upper * sqrt(shape))
        out[i] = (1 - under, under) if skew[i] > 0 else (under, 1 - under)
    return np.maximum(out, 1e-15)


def two_sided(z: Floats) -> Floats:
    """Two-sided p of a standard normal z."""
    return np.array([erfc(abs(value) / sqrt(2)) for value in z.tolist()])


def adjusted(p: Floats) -> Floats:
    """The least rate of false discoveries at which each test is significant (Benjamini and Hochberg 1995)."""
    if not len(p):
        return p
    order = np.argsort(-p)
    steps = p[order] * len(p) / np.arange(len(p), 0, -1)
    out = np.empty(len(p))
    out[order] = np.minimum(1.0, np.minimum.accumulate(steps))
    return out
