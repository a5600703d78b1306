"""Sites that take no more than so much, or cost so much: p-median and maximal covering with capacities and a budget.

Church and Somogyi's capacitated covering ("Capacitated covering models", Current and Storbeck 1988) and the capacitated
p-median, both with needs that may be shared among sites, as one program for HiGHS: a site is open or not, x says what
share of a need it takes. Strong rows (x at most as open as its site) make the relaxation near.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.covering import Chosen, Told
from maplebridge.deployment.instance import Instance
from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.mip import INF, Rows, minimise
from maplebridge.kernel.refused import BadInput

MOST_PAIRS = 1_000_000


@dataclass(frozen=True)
class _Pairs:
    """Needs and sites that may meet: `need`, `site` (k,), and what a whole need at that site counts (least is best)."""

    need: Ints
    site: Ints
    cost: Floats
    all_served: bool


def with_capacity(
    instance: Instance, p: int, *, radius: float | None, budget: float | None, seconds: float, tell: Told
) -> Chosen:
    """Choose sites that serve all at least cost, or with a `radius` reach most; the bound is proven.

    p sites; with a budget no more than p (0: any number), their opening costs within it. Raises BadInput where no
    choice can serve all, or there are more pairs than can be solved.
    """
    pairs = _pairs(instance, radius)
    found = _solved(instance, pairs, p, budget, seconds=seconds, taken=None)
    if found is None:
        raise BadInput("capacity", _("No sites can serve all of the need. Allow more sites, capacity or budget."))
    sites, value, bound = found
    sign = 1.0 if pairs.all_served else -1.0
    tell("branch and bound", sign * value, sign * bound)
    return Chosen(sites, sign * value, sign * bound)


def worth_of(instance: Instance, sites: list[int], *, radius: float | None) -> float:
    """What the sites alone are worth, needs shared out among them as is best; infinite where not all fit."""
    pairs = _pairs(instance, radius)
    found = _solved(instance, pairs, 0, None, seconds=60.0, taken=sites)
    return float("inf") if found is None else abs(found[1])


def _pairs(instance: Instance, radius: float | None) -> _Pairs:
    near = np.isfinite(instance.costs) if radius is None else instance.costs <= radius
    wanted = instance.weights > 0
    if radius is None and not near[wanted].any(axis=1).all():
        raise BadInput("instance", _("A need has no way to any site: give it one, or leave it out."))
    need, site = np.nonzero(near & wanted[:, None])
    if len(need) > MOST_PAIRS:
        raise BadInput("instance", _("With capacities at most %(n)d pairs can be solved.") % {"n": MOST_PAIRS})
    weights = instance.weights[need]
    return _Pairs(need, site, weights * instance.costs[need, site] if radius is None else -weights, radius is None)


def _solved(
    instance: Instance, pairs: _Pairs, p: int, budget: float | None, *, seconds: float, taken: list[int] | None
) -> tuple[list[int], float, float] | None:  # fmt: skip
    """Sites, value and bound of the minimum; with `taken`, those sites are open and no other. None: nothing fits."""
    m = len(instance.sites)
    fixed, forbidden = instance.masks()
    low, high = fixed.astype(float), np.where(forbidden, 0.0, 1.0)
    if taken is not None:
        low = np.zeros(m)
        low[taken] = 1.0
        high = low
    rows = _rows(instance, pairs, p if taken is None else 0, budget)
    answer = minimise(
        np.concatenate((np.zeros(m), pairs.cost)), np.concatenate((high, np.ones(len(pairs.need)))), rows, whole=m,
        low=np.concatenate((low, np.zeros(len(pairs.need)))), seconds=seconds,
    )  # fmt: skip
    if not len(answer.columns):
        return None
    return [int(j) for j in np.flatnonzero(answer.columns[:m] > 0.5)], answer.value, min(answer.value, answer.bound)


def _rows(instance: Instance, pairs: _Pairs, p: int, budget: float | None) -> Rows:
    """Needs served once, sites within their capacity, pairs only at open sites, how many sites, the budget."""
    m, k = len(instance.sites), len(pairs.need)
    needs, of_need = np.unique(pairs.need, return_inverse=True)
    blocks: list[tuple[Ints, Ints, Floats, Floats, Floats]] = [
        (of_need, m + np.arange(k), np.ones(k), np.full(len(needs), 1.0 if pairs.all_served else -INF),
         np.ones(len(needs))),
        (np.tile(np.arange(k), 2), np.concatenate((m + np.arange(k), pairs.site)), np.repeat([1.0, -1.0], k),
         np.full(k, -INF), np.zeros(k)),
    ]  # fmt: skip
    if instance.capacity is not None:
        limited = np.flatnonzero(np.isfinite(instance.capacity))
        row_of = np.full(m, -1)
        row_of[limited] = np.arange(len(limited))
        here = row_of[pairs.site] >= 0
        blocks.append((
            np.concatenate((row_of[pairs.site[here]], np.arange(len(limited)))),
            np.concatenate((m + np.flatnonzero(here), limited)),
            np.concatenate((instance.weights[pairs.need[here]], -instance.capacity[limited])),
            np.full(len(limited), -INF), np.zeros(len(limited)),
        ))  # fmt: skip
    one = np.zeros(m, np.int64)
    if p:
        least = np.full(1, -INF if budget is not None else float(p))
        blocks.append((one, np.arange(m), np.ones(m), least, np.full(1, float(p))))
    if budget is not None:
        opening = np.ones(m) if instance.opening is None else instance.opening
        blocks.append((one, np.arange(m), opening, np.full(1, -INF), np.full(1, budget)))
    return _stacked(blocks)


def _stacked(blocks: list[tuple[Ints, Ints, Floats, Floats, Floats]]) -> Rows:
    """Blocks of (row, column, value, low, high) one below the other, as sparse rows."""
    shift = np.concatenate(([0], np.cumsum([len(block[3]) for block in blocks])))
    row = np.concatenate([block[0] + begin for block, begin in zip(blocks, shift, strict=False)])
    order = np.argsort(row, kind="stable")
    index, value = (np.concatenate([block[part] for block in blocks])[order] for part in (1, 2))
    start = np.searchsorted(row[order], np.arange(shift[-1] + 1))
    low, high = (np.concatenate([block[part] for block in blocks]) for part in (3, 4))
    return Rows(start.astype(np.int64), index.astype(np.int64), value, low, high)
