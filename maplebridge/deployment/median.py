"""The p-median: p sites with the least sum of weight times cost to the nearest of them (Hakimi 1964).

Exchanges of sites with kicks give the answer (Teitz and Bart 1968, Whitaker 1983), a Lagrangian relaxation of "each
need is served once" the bound, by subgradients (Cornuejols, Fisher and Nemhauser 1977); what is left open goes to
branch and bound over the sites that the relaxation has not settled, in the radius formulation: for each need the steps
from one of its costs to the next, paid unless a site is that near (Cornuejols, Nemhauser and Wolsey 1980).
"""

from dataclasses import dataclass
from time import monotonic

import numpy as np

from maplebridge.deployment.covering import Chosen, Told
from maplebridge.deployment.instance import Floats, Ints, Mask
from maplebridge.deployment.median_kernels import scores, search, served
from maplebridge.deployment.mip import INF, Rows, minimise
from maplebridge.deployment.relaxed import Proof, proof

KICKS, PATIENCE = 100, 6
ROUNDS, STILL = 4_000, 40  # of the subgradient, and after how many without a gain its pace is halved
SMALL = 1e-7
MOST_STEPS = 3_000_000  # of the radius formulation: beyond, the gap stays as the relaxation left it


def least_cost(
    costs: Floats, p: int, *, fixed: Mask, allowed: Mask, seconds: float, tell: Told, seed: int = 1
) -> Chosen:
    """Choose p sites of least cost; costs (n, m) with the weights in them, all finite. The bound is proven."""
    end, by_site = monotonic() + seconds, np.ascontiguousarray(costs.T)
    chosen, best = search(p, allowed, fixed, np.zeros(len(allowed), bool), by_site, 0, seed)
    tell("greedy and exchanges", best, 0.0)
    quiet, turn = 0, 0
    while quiet < PATIENCE and monotonic() < end:
        turn += 1
        chosen, better = search(p, allowed, fixed, chosen, by_site, KICKS, seed + turn)
        quiet, best = (0 if better < best else quiet + 1), better
        tell("kicks", best, 0.0)
    whole = bool((costs == np.rint(costs)).all())
    found = relaxation(costs, p, chosen, fixed=fixed, allowed=allowed, best=best, whole=whole, end=end)
    bound = _lifted(-found.bound, whole=whole)
    tell("relaxation", best, bound)
    if best - bound > SMALL * max(1.0, best) and end > monotonic():
        chosen, better = _branched(costs, p, found, chosen, end - monotonic())
        best, bound = float(costs[:, chosen].min(axis=1).sum()), max(bound, _lifted(better, whole=whole))
        tell("branch and bound", best, bound)
    return Chosen([int(j) for j in np.flatnonzero(chosen)], float(best), float(min(best, bound)))


def _branched(costs: Floats, p: int, found: Proof, chosen: Mask, seconds: float) -> tuple[Mask, float]:
    """Branch and bound over what is not settled: the better answer of the two, and the bound that is proven."""
    program = _program(costs, p, found)
    if program is None:
        return chosen, -np.inf
    size = len(program.sites)
    answer = minimise(
        program.cost, np.ones(len(program.cost)), program.rows, low=program.low, whole=size, seconds=seconds
    )
    best = float(costs[:, chosen].min(axis=1).sum())
    if len(answer.columns) and answer.value + program.anyway < best - SMALL:
        chosen = np.zeros_like(chosen)
        chosen[program.sites[answer.columns[:size] > 0.5]] = True
    return chosen, min(best, answer.bound + program.anyway)


def _lifted(bound: float, *, whole: bool) -> float:
    """With whole costs no answer lies between two whole numbers."""
    return float(np.ceil(bound - 1e-6)) if whole and np.isfinite(bound) else float(bound)


def relaxation(
    costs: Floats, p: int, chosen: Mask, *, fixed: Mask, allowed: Mask, best: float, whole: bool, end: float
) -> Proof:
    """The best proof that subgradients find from an answer of cost `best`, as of a maximum of minus the cost."""
    order = np.argsort(costs, axis=1, kind="stable")
    ascending = np.take_along_axis(costs, order, axis=1)
    prices = _begin(costs, chosen)
    goal = best - (1 - 1e-6 if whole else SMALL * max(1.0, best))  # no answer better than this: proven
    kept, settled_out, settled_in = None, ~allowed, fixed.copy()
    pace, quiet = 2.0, 0
    for _round in range(ROUNDS):
        worth = scores(prices, order, ascending, len(allowed))
        found = proof(-float(prices.sum()), worth, p, fixed=fixed, allowed=allowed, best=-goal)
        settled_out, settled_in = settled_out | found.out, settled_in | found.into
        if kept is None or found.bound < kept - 1e-9:
            kept, quiet = found.bound, 0
        else:
            quiet += 1
            pace, quiet = (pace / 2, 0) if quiet >= STILL else (pace, quiet)
        if -kept >= goal or pace < 1e-4 or monotonic() > end:
            break
        taken = fixed.copy()
        free = np.flatnonzero(allowed & ~fixed)
        taken[free[np.argsort(-worth[free], kind="stable")[: p - int(fixed.sum())]]] = True
        slope = 1.0 - served(prices, order, ascending, taken)
        norm = float(slope @ slope)
        if norm == 0.0:
            break
        prices += pace * (best * 1.001 + found.bound) / norm * slope
    return Proof(kept if kept is not None else -0.0, settled_out, settled_in)


def _begin(costs: Floats, chosen: Mask) -> Floats:
    """Prices to begin with: between the costs of the nearest two sites of an answer."""
    if chosen.sum() < 2:
        return np.asarray(costs[:, chosen].min(axis=1) * 1.1)
    return np.asarray(np.partition(costs[:, chosen], 1, axis=1)[:, :2].mean(axis=1))


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
