"""Maximal covering: p sites that reach as much need as can be, each need counted by how many sites reach it.

`steps` tells what the first, second, ... site that reaches a need is worth of its weight. (1,) is the maximal covering
problem MCLP (Church and ReVelle 1974); (theta, 1 - theta) values backup cover as BACOP2 does (Hogan and ReVelle 1986);
(1 - q) q^(k - 1) is the expected cover MEXCLP of units that are busy a share q of the time (Daskin 1983).
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from maplebridge.deployment.kernels.arrays import Cover, Floats, Mask
from maplebridge.deployment.kernels.covering import search, worth
from maplebridge.deployment.mip import INF, Rows, minimise
from maplebridge.deployment.relaxed import Proof, proof

Told = Callable[[str, float, float], None]  # of a phase, with the value and the bound known after it
Stop = Callable[[], bool]  # asked now and then: True ends the search with what it has
KICKS, PATIENCE, LONG = 200, 3, 20  # at a time, and how often without a gain: first, and in the end
SMALL = 1e-7


def never() -> bool:
    """Nobody wants an end before the time is up."""
    return False


@dataclass(frozen=True)
class Chosen:
    """The sites, ascending, what they are worth, and a proven bound of what any could be."""

    sites: list[int]
    value: float
    bound: float


def expected_steps(busy: float, most: int) -> Floats:
    """Worth of the k-th unit that reaches a need, k from 1 to `most`, when each is busy a share `busy` of the time.

    (1 - q) q^(k - 1), Daskin 1983, "A maximum expected covering location model", equation 4; the units independent.
    """
    return np.array([(1.0 - busy) * busy**k for k in range(most)])


def cover_most(
    cover: Cover, p: int, *, fixed: Mask, allowed: Mask, steps: Floats, seconds: float, tell: Told, stop: Stop = never,
    seed: int = 1,
) -> Chosen:  # fmt: skip
    """Choose p sites that are worth most; the bound says how much more any choice could be. Stops after `seconds`."""
    most = float(cover.weights.sum() * steps.sum())
    hunt = _Hunt(cover, p, fixed, np.append(steps, 0.0), monotonic() + seconds, stop, seed)
    whole = bool(len(steps) == 1 and steps[0] == 1.0 and (cover.weights == np.rint(cover.weights)).all())
    chosen = hunt.begin(allowed)
    tell("greedy and swaps", _worth(chosen, cover, steps), most)
    chosen = hunt.kicks(chosen, allowed, patience=PATIENCE, share=1 / 4)
    best = _worth(chosen, cover, steps)
    tell("kicks", best, most)
    duals = _duals(cover, p, fixed=fixed, allowed=allowed, steps=steps, hunt=hunt)
    found = priced(cover, duals, p, fixed=fixed, allowed=allowed, steps=steps, best=best)
    bound = _lowered(min(most, found.bound), whole=whole)
    tell("relaxation", best, bound)
    if bound - best > SMALL * max(1.0, best) and not hunt.over():
        chosen = hunt.kicks(chosen, allowed & ~found.out | chosen, patience=LONG, share=1 / 4)
        best = _worth(chosen, cover, steps)
        tell("kicks among the sites left", best, bound)
    if bound - best > SMALL * max(1.0, best) and not hunt.over():
        found = priced(cover, duals, p, fixed=fixed, allowed=allowed, steps=steps, best=best)
        chosen, proven = _branched(cover, p, found, steps=steps, start=chosen, hunt=hunt)
        best, bound = _worth(chosen, cover, steps), _lowered(min(bound, proven), whole=whole)
        tell("branch and bound", best, max(best, bound))
    return Chosen([int(j) for j in np.flatnonzero(chosen)], best, max(best, bound))


def _lowered(bound: float, *, whole: bool) -> float:
    """With whole weights no answer lies between two whole numbers."""
    return float(np.floor(bound + 1e-6)) if whole else bound


@dataclass
class _Hunt:
    """A search that goes on from where it was, with another seed at each turn, until `end` or `stop`."""

    cover: Cover
    p: int
    fixed: Mask
    steps: Floats
    end: float
    stop: Stop
    seed: int

    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.end - monotonic())

    def over(self) -> bool:
        """Whether time has run out or somebody wants no more."""
        return monotonic() > self.end or self.stop()

    def begin(self, allowed: Mask) -> Mask:
        """Greedily, and swaps."""
        return search(self.p, allowed, self.fixed, np.zeros_like(allowed), self.cover, self.steps, 0, self.seed)[0]

    def kicks(self, chosen: Mask, allowed: Mask, *, patience: int, share: float) -> Mask:
        """Kicks until so many turns brought nothing, or this share of the time left is gone."""
        quiet, best, end = 0, -1.0, monotonic() + self.left() * share
        while quiet < patience and monotonic() < end and not self.stop():
            self.seed += 1
            chosen, value = search(self.p, allowed, self.fixed, chosen, self.cover, self.steps, KICKS, self.seed)
            quiet, best = (0, value) if value > best + SMALL else (quiet + 1, best)
        return chosen


def _worth(chosen: Mask, cover: Cover, steps: Floats) -> float:
    return worth(np.flatnonzero(chosen), cover, steps)


def priced(cover: Cover, duals: Floats, p: int, *, fixed: Mask, allowed: Mask, steps: Floats, best: float) -> Proof:
    """What prices of the needs (n,) prove, whatever they are: sum of max(0, w g_k - u) and the p dearest sites."""
    prices = np.clip(duals, 0.0, cover.weights * steps[0])
    base = float(np.maximum(0.0, cover.weights[:, None] * steps[None, :] - prices[:, None]).sum())
    of_site = np.repeat(np.arange(cover.sites), np.diff(cover.site_at))
    scores = np.bincount(of_site, prices[cover.by_site], minlength=cover.sites).astype(float)
    return proof(base, scores, p, fixed=fixed, allowed=allowed, best=best + SMALL * max(1.0, best))


def _program(cover: Cover, p: int, *, into: Mask, out: Mask, steps: Floats) -> tuple[Floats, Floats, Floats, Rows]:
    """Costs, bounds, rows. Columns are the sites, then each step of each need; rows are needs, then the sum."""
    n, m, k = len(cover.weights), cover.sites, len(steps)
    sizes = np.diff(cover.need_at)
    start = np.concatenate(([0], np.cumsum(sizes + k), [int((sizes + k).sum()) + m]))
    index, value = np.empty(start[-1], np.int64), np.empty(start[-1])
    of_need = np.repeat(np.arange(n), sizes)
    at = np.arange(len(cover.by_need)) + k * of_need
    index[at], value[at] = cover.by_need, -1.0
    for step in range(k):
        last = start[1 : n + 1] - k + step
        index[last], value[last] = m + step * n + np.arange(n), 1.0
    index[start[n] :], value[start[n] :] = np.arange(m), 1.0
    rows = Rows(start, index, value, np.append(np.full(n, -INF), p), np.append(np.zeros(n), p))
    cost = np.concatenate((np.zeros(m), *(-cover.weights * step for step in steps)))
    high = np.concatenate((np.where(out, 0.0, 1.0), np.ones(n * k)))
    low = np.concatenate((np.where(into, 1.0, 0.0), np.zeros(n * k)))
    return cost, low, high, rows


def _duals(cover: Cover, p: int, *, fixed: Mask, allowed: Mask, steps: Floats, hunt: _Hunt) -> Floats:
    """Prices of the needs from the linear relaxation; all zero where time was too short for it."""
    cost, low, high, rows = _program(cover, p, into=fixed, out=~allowed, steps=steps)
    answer = minimise(cost, high, rows, low=low, seconds=hunt.left(), method="ipm", stop=hunt.stop)
    return -answer.duals[:-1] if len(answer.duals) else np.zeros(len(cover.weights))


def _branched(
    cover: Cover, p: int, found: Proof, *, steps: Floats, start: Mask, hunt: _Hunt
) -> tuple[Mask, float]:  # fmt: skip
    """Branch and bound over the sites that are not settled: the better answer of the two, and what is proven."""
    cost, low, high, rows = _program(cover, p, into=found.into, out=found.out, steps=steps)
    given = np.zeros(len(cost))
    given[: cover.sites] = start
    counts = np.bincount(np.repeat(np.arange(len(cover.weights)), np.diff(cover.need_at)), start[cover.by_need])
    for step in range(len(steps)):
        begin = cover.sites + step * len(cover.weights)
        given[begin : begin + len(cover.weights)] = counts > step
    answer = minimise(cost, high, rows, low=low, whole=cover.sites, seconds=hunt.left(), start=given, stop=hunt.stop)
    chosen = answer.columns[: cover.sites] > 0.5
    better = chosen.sum() == p and _worth(chosen, cover, steps) > _worth(start, cover, steps)
    return (chosen if better else start), -answer.bound
