"""Maximal covering with units of several kinds at once, each reaching as far as it travels, within a budget.

A candidate is a kind at a place. Of each kind so many are taken, or at most so many where a budget decides; a place
takes one. Church and ReVelle's MCLP (1974) with kinds as in Schilling et al. (1979, "The TEAM/FLEET models for
simultaneous facility and equipment siting"), here any kind that arrives in time covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from maplebridge.deployment.covering import Chosen, Told
from maplebridge.deployment.kernels.arrays import Cover, Floats, Ints, Mask
from maplebridge.deployment.kernels.covering import search
from maplebridge.deployment.mip import INF, Rows, minimise

KICKS, ROUNDS, SMALL = 100, 6, 1e-7
FIRST = np.array([1.0, 0.0])


@dataclass(frozen=True)
class Choice:
    """What may be chosen: `kinds` (m,) and `places` (m,) number each candidate's kind and place, `costs` (m,) its cost.

    `counts` by kind: how many are taken, or with a `budget` how many at most.
    """

    kinds: Ints
    places: Ints
    counts: Sequence[int]
    costs: Floats
    budget: float | None = None

    def open_to(self, chosen: Mask) -> Mask:
        """Which candidates may still be added."""
        taken = np.bincount(self.kinds[chosen], minlength=len(self.counts))
        open_kinds = taken < np.array(self.counts)
        out = open_kinds[self.kinds] & ~np.isin(self.places, self.places[chosen])
        if self.budget is not None:
            out &= self.costs <= self.budget - float(self.costs[chosen].sum()) + SMALL
        return np.asarray(out)


def cover_with_kinds(cover: Cover, choice: Choice, *, seconds: float, tell: Told, seed: int = 1) -> Chosen:
    """Choose the candidates that reach most need; the bound is proven. Candidates are the sites of `cover`.

    The search takes half of the `seconds` at most, the proof what is left, half of them at least.
    """
    end, most = monotonic() + seconds, float(cover.weights.sum())
    chosen = _greedy(cover, choice)
    tell("greedy", worth(cover, chosen), most)
    chosen = _swapped(cover, choice, chosen, end=end - seconds / 2, seed=seed)
    best = worth(cover, chosen)
    tell("swaps within each kind", best, most)
    chosen, bound = _branched(cover, choice, chosen, seconds=max(end - monotonic(), seconds / 2))
    best = worth(cover, chosen)
    tell("branch and bound", best, min(most, bound))
    return Chosen([int(j) for j in np.flatnonzero(chosen)], best, max(best, min(most, bound)))


def worth(cover: Cover, chosen: Mask) -> float:
    """The weight that the chosen candidates reach."""
    return float(cover.weights[_reached(cover, chosen)].sum())


def _reached(cover: Cover, chosen: Mask) -> Mask:
    of_need = np.repeat(np.arange(len(cover.weights)), np.diff(cover.need_at))
    return np.asarray(np.bincount(of_need, chosen[cover.by_need], minlength=len(cover.weights)) > 0)


def _greedy(cover: Cover, choice: Choice) -> Mask:
    """One candidate after the other, the one that adds most; with a budget, most for its cost."""
    chosen = np.zeros(cover.sites, bool)
    of_site = np.repeat(np.arange(cover.sites), np.diff(cover.site_at))
    price = np.maximum(choice.costs, 1e-12) if choice.budget is not None else np.ones(cover.sites)
    while (free := choice.open_to(chosen)).any():
        left = cover.weights * ~_reached(cover, chosen)
        gain = np.bincount(of_site, left[cover.by_site], minlength=cover.sites) / price
        chosen[np.argmax(np.where(free, gain, -1.0))] = True
    return chosen


def _swapped(cover: Cover, choice: Choice, chosen: Mask, *, end: float, seed: int) -> Mask:
    """Move the units of one kind while the others stand, turn by turn, until no kind finds better."""
    quiet, best, turn = 0, worth(cover, chosen), 0
    busy = [kind for kind in range(len(choice.counts)) if (chosen & (choice.kinds == kind)).any()]
    while busy and quiet < len(busy) * ROUNDS and monotonic() < end:
        kind = busy[turn % len(busy)]
        turn += 1
        others = chosen & (choice.kinds != kind)
        allowed = (choice.kinds == kind) & ~np.isin(choice.places, choice.places[others]) | others
        moved, value = search(int(chosen.sum()), allowed, others, chosen, cover, FIRST, KICKS, seed + turn)
        if value > best + SMALL * max(1.0, best) and not _crowded(choice, moved):
            chosen, best, quiet = moved, value, 0
        else:
            quiet += 1
    return chosen


def _crowded(choice: Choice, chosen: Mask) -> bool:
    places = choice.places[chosen]
    return len(np.unique(places)) < len(places)


def _branched(cover: Cover, choice: Choice, chosen: Mask, *, seconds: float) -> tuple[Mask, float]:
    """Branch and bound from what is known: the better answer of the two, and a proven bound."""
    n, m = len(cover.weights), cover.sites
    if not n or seconds <= 0 or worth(cover, chosen) >= (1 - SMALL) * float(cover.weights.sum()):
        return chosen, np.inf  # nothing is left to find, or no time
    cost = np.concatenate((np.zeros(m), -cover.weights))
    start = np.concatenate((chosen, _reached(cover, chosen))).astype(float)
    answer = minimise(cost, np.ones(m + n), _rows(cover, choice), whole=m, seconds=seconds, start=start)
    if len(answer.columns):
        found = answer.columns[:m] > 0.5
        chosen = found if worth(cover, found) > worth(cover, chosen) else chosen
    return chosen, -answer.bound


def reach_bound(cover: Cover, choice: Choice, *, seconds: float) -> float:
    """What no choice can exceed, by the linear relaxation; all of the weight where time was too short for it."""
    n, m, most = len(cover.weights), cover.sites, float(cover.weights.sum())
    if not n or seconds <= 0:
        return most
    cost = np.concatenate((np.zeros(m), -cover.weights))
    answer = minimise(cost, np.ones(m + n), _rows(cover, choice), seconds=seconds)
    return min(most, -answer.bound)


def _rows(cover: Cover, choice: Choice) -> Rows:
    """Each need by the candidates that reach it; how many of each kind; one at a place; the budget."""
    n, m = len(cover.weights), cover.sites
    rows = [(np.append(cover.sites_of(i), m + i), np.append(-np.ones(len(cover.sites_of(i))), 1.0)) for i in range(n)]
    low, high = [-INF] * n, [0.0] * n
    for kind, count in enumerate(choice.counts):
        of_kind = np.flatnonzero(choice.kinds == kind)
        rows.append((of_kind, np.ones(len(of_kind))))
        low.append(-INF if choice.budget is not None else float(count))
        high.append(float(count))
    for place in np.flatnonzero(np.bincount(choice.places) > 1):
        here = np.flatnonzero(choice.places == place)
        rows.append((here, np.ones(len(here))))
        low.append(-INF)
        high.append(1.0)
    if choice.budget is not None:
        rows.append((np.arange(m), choice.costs))
        low.append(-INF)
        high.append(choice.budget)
    start = np.concatenate(([0], np.cumsum([len(index) for index, _value in rows])))
    index, value = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Rows(start, index, value, np.array(low), np.array(high))
