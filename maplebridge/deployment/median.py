"""The p-median: p sites with the least sum of weight times cost to the nearest of them (Hakimi 1964).

Exchanges of sites with kicks give the answer (Teitz and Bart 1968, Whitaker 1983), a Lagrangian relaxation of "each
need is served once" the bound, by subgradients (Cornuejols, Fisher and Nemhauser 1977); what is left open goes to
branch and bound over the sites that the relaxation has not settled, in the radius formulation: for each need the steps
from one of its costs to the next, paid unless a site is that near (Cornuejols, Nemhauser and Wolsey 1980).
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from maplebridge.deployment.covering import Chosen, Stop, Told, never
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.kernels.median import Costs, scores, search, served
from maplebridge.deployment.mip import INF, Rows, minimise
from maplebridge.deployment.relaxed import Proof, proof

KICKS, PATIENCE, LONG = 100, 4, 12  # at a time, and how often without a gain: before the relaxation, and after it
ROUNDS, STILL = 4_000, 25  # of the subgradient, and after how many without a gain its pace is halved
SMALL = 1e-7
GAIN = 1e-5  # of the cost: less is no gain
MOST_STEPS = 300_000  # of the radius formulation: beyond, its first relaxation alone takes longer than all before it


def least_cost(
    costs: Floats, p: int, *, fixed: Mask, allowed: Mask, seconds: float, tell: Told, stop: Stop = never, seed: int = 1
) -> Chosen:
    """Choose p sites of least cost; costs (n, m) with the weights in them, all finite. The bound is proven."""
    hunt = _Hunt(ordered(costs), p, fixed, monotonic() + seconds, stop, seed)
    chosen, best = hunt.begin(allowed)
    tell("greedy and exchanges", best, 0.0)
    chosen, best = hunt.kicks(chosen, allowed, best, PATIENCE)
    tell("kicks", best, 0.0)
    whole = bool((costs == np.rint(costs)).all())
    found = relaxation(hunt.costs, p, chosen, fixed=fixed, allowed=allowed, best=best, whole=whole, over=hunt.half())
    bound = _lifted(-found.bound, whole=whole)
    tell("relaxation", best, bound)
    if best - bound > SMALL * max(1.0, best) and not hunt.over():
        left = allowed & ~found.out
        priced, better = hunt.begin(left | chosen, _dearest(scores(found.prices, hunt.costs), p, fixed, allowed))
        chosen, better = hunt.kicks(priced if better < best else chosen, left | chosen, min(best, better), LONG)
        tell("kicks among the sites left", better, bound)
        if better < best - SMALL:  # a better answer settles more sites
            best, goes_on = better, found.prices
            found = relaxation(
                hunt.costs, p, chosen, fixed=fixed, allowed=allowed, best=best, whole=whole, over=hunt.half(),
                prices=goes_on,
            )  # fmt: skip
            bound = max(bound, _lifted(-found.bound, whole=whole))
    if best - bound > SMALL * max(1.0, best) and not hunt.over():
        chosen, better = _branched(costs, p, found, chosen, hunt.end - monotonic(), stop)
        best, bound = float(costs[:, chosen].min(axis=1).sum()), max(bound, _lifted(better, whole=whole))
        tell("branch and bound", best, bound)
    return Chosen([int(j) for j in np.flatnonzero(chosen)], float(best), float(min(best, bound)))


def ordered(costs: Floats) -> Costs:
    """The costs as the searches read them."""
    order = np.argsort(costs, axis=1, kind="stable").astype(np.int32)
    return Costs(np.ascontiguousarray(costs.T), np.take_along_axis(costs, order, axis=1), order)


@dataclass
class _Hunt:
    """A search that goes on from where it was, with another seed at each turn."""

    costs: Costs
    p: int
    fixed: Mask
    end: float
    stop: Stop
    seed: int

    def over(self) -> bool:
        """Whether time has run out or somebody wants no more."""
        return monotonic() > self.end or self.stop()

    def half(self) -> Callable[[], bool]:
        """Whether half of the time left from now has run out."""
        end = (monotonic() + self.end) / 2
        return lambda: monotonic() > end or self.stop()

    def begin(self, allowed: Mask, start: Mask | None = None) -> tuple[Mask, float]:
        """From some sites or greedily, and exchanges."""
        given = np.zeros_like(allowed) if start is None else start
        return search(self.p, allowed, self.fixed, given, self.costs, 0, self.seed)

    def kicks(self, chosen: Mask, allowed: Mask, best: float, patience: int) -> tuple[Mask, float]:
        """Kicks until so many turns brought nothing."""
        quiet = 0
        while quiet < patience and not self.over():
            self.seed += 1
            chosen, better = search(self.p, allowed, self.fixed, chosen, self.costs, KICKS, self.seed)
            quiet, best = (0 if better < best - SMALL else quiet + 1), min(best, better)
        return chosen, best


def _branched(costs: Floats, p: int, found: Proof, chosen: Mask, seconds: float, stop: Stop) -> tuple[Mask, float]:
    """Branch and bound over what is not settled: the better answer of the two, and the bound that is proven."""
    program = _program(costs, p, found)
    if program is None:
        return chosen, -np.inf
    size = len(program.sites)
    answer = minimise(
        program.cost, np.ones(len(program.cost)), program.rows, low=program.low, whole=size, seconds=seconds, stop=stop
    )
    best = float(costs[:, chosen].min(axis=1).sum())
    if len(answer.columns) and answer.value + program.anyway < best - SMALL:
        chosen = np.zeros_like(chosen)
        chosen[program.sites[answer.columns[:size] > 0.5]] = True
    return chosen, min(best, answer.bound + program.anyway)


def _lifted(bound: float, *, whole: bool) -> float:
    """With whole costs no answer lies between two whole numbers."""
    return float(np.ceil(bound - 1e-6)) if whole and np.isfinite(bound) else float(bound)


@dataclass(frozen=True)
class Relaxed(Proof):
    """A proof with the prices (n,) that it came from."""

    prices: Floats


def relaxation(
    costs: Costs, p: int, chosen: Mask, *, fixed: Mask, allowed: Mask, best: float, whole: bool,
    over: Callable[[], bool], prices: Floats | None = None,
) -> Relaxed:  # fmt: skip
    """The best proof that subgradients find from an answer of cost `best`, as of a maximum of minus the cost."""
    prices = _begin(costs, chosen) if prices is None else prices.copy()
    goal = best - (1 - 1e-6 if whole else SMALL * max(1.0, best))  # no answer better than this: proven
    kept = Relaxed(-0.0, ~allowed, fixed.copy(), prices)
    pace, quiet, known = 2.0, 0, False
    for _round in range(ROUNDS):
        worth = scores(prices, costs)
        found = proof(-float(prices.sum()), worth, p, fixed=fixed, allowed=allowed, best=-goal)
        out, into = kept.out | found.out, kept.into | found.into
        quiet = 0 if not known or found.bound < kept.bound - GAIN * best else quiet + 1
        if not known or found.bound < kept.bound:
            kept, known = Relaxed(found.bound, out, into, prices.copy()), True
        else:
            kept = Relaxed(kept.bound, out, into, kept.prices)
        pace, quiet = (pace / 2, 0) if quiet >= STILL else (pace, quiet)
        if -kept.bound >= goal or pace < 1e-3 or over():
            break
        slope = 1.0 - served(prices, costs, _dearest(worth, p, fixed, allowed))
        norm = float(slope @ slope)
        if norm == 0.0:
            break
        prices += pace * (best * 1.001 + found.bound) / norm * slope
    return kept


def _dearest(worth: Floats, p: int, fixed: Mask, allowed: Mask) -> Mask:
    """The fixed sites and those worth most, p in all."""
    taken = fixed.copy()
    free = np.flatnonzero(allowed & ~fixed)
    taken[free[np.argsort(-worth[free], kind="stable")[: p - int(fixed.sum())]]] = True
    return taken


def _begin(costs: Costs, chosen: Mask) -> Floats:
    """Prices to begin with: between the costs of the nearest two sites of an answer."""
    near = costs.by_site[chosen]
    if len(near) < 2:
        return np.asarray(near[0] * 1.1)
    return np.asarray(np.partition(near, 1, axis=0)[:2].mean(axis=0))


@dataclass(frozen=True)
class _Program:
    """The radius formulation over sites that are not settled; `anyway` is paid whatever is chosen."""

    cost: Floats
    low: Floats
    rows: Rows
    sites: Ints
    anyway: float


def _program(costs: Floats, p: int, found: Proof) -> _Program | None:
    """The program of what is left, None where it would be too large.

    One of the nearest m - p + 1 sites of a need is chosen, whatever is chosen: farther ones need no steps.
    """
    sites = np.flatnonzero(~found.out)
    order = np.argsort(costs[:, sites], axis=1, kind="stable")
    ascending = np.take_along_axis(costs[:, sites], order, axis=1)
    reach, must = max(1, len(sites) - p + 1), found.into[sites]
    start, index, value = [0], list[int](), list[float]()
    least, paid = list[float](), list[float]()
    for row, by in zip(ascending[:, :reach], order[:, :reach], strict=True):
        begin, before = 0, -1
        for at in _steps(row, must[by]):
            column = len(sites) + len(paid)
            index += [*by[begin:at], column] + ([before] if before >= 0 else [])
            value += [1.0] * (at - begin + 1) + ([-1.0] if before >= 0 else [])
            least.append(0.0 if before >= 0 else 1.0)
            paid.append(row[at] - row[at - 1])
            start.append(len(index))
            before, begin = column, at
        if len(index) > MOST_STEPS:
            return None
    rows = Rows(
        start=np.array([*start, len(index) + len(sites)]),
        index=np.array([*index, *range(len(sites))]),
        value=np.array([*value, *[1.0] * len(sites)]),
        low=np.array([*least, p]),
        high=np.array([*[INF] * len(least), p]),
    )
    cost = np.concatenate((np.zeros(len(sites)), paid))
    low = np.concatenate((must.astype(float), np.zeros(len(paid))))
    return _Program(cost, low, rows, sites, float(ascending[:, 0].sum()))


def _steps(row: Floats, must: Mask) -> list[int]:
    """Where an ascending row of costs rises, up to the first site that is sure to be chosen."""
    sure = np.flatnonzero(must)
    last = sure[0] if len(sure) else len(row)
    return [int(at) for at in np.flatnonzero(np.diff(row)) + 1 if at <= last]
