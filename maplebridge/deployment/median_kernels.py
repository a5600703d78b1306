"""Compiled search and relaxation for the p-median. Costs (m, n) lie site by site, weights are in them already."""

from typing import NamedTuple

import numpy as np

from maplebridge.deployment.compiled import compiled
from maplebridge.deployment.instance import Floats, Ints, Mask


class Near(NamedTuple):
    """Of each need the cost to the nearest chosen site, to the second nearest, and which the nearest is: (n,) each."""

    first: Floats
    second: Floats
    by: Ints


@compiled
def _nearest(chosen: Mask, costs: Floats, near: Near) -> float:
    """Find the nearest and second nearest chosen sites of each need; returns the sum of costs."""
    near.first[:], near.second[:] = np.inf, np.inf
    for j in range(len(chosen)):
        if chosen[j]:
            for i in range(len(near.first)):
                cost = costs[j, i]
                if cost < near.first[i]:
                    near.second[i], near.first[i], near.by[i] = near.first[i], cost, j
                elif cost < near.second[i]:
                    near.second[i] = cost
    return float(near.first.sum())


@compiled
def _exchange(j: int, chosen: Mask, fixed: Mask, costs: Floats, near: Near, lost: Floats) -> tuple[float, int]:
    """What taking site j gains, and the chosen site whose leaving costs least then (Whitaker 1983)."""
    gain = 0.0
    lost[:] = 0.0
    for i in range(len(near.first)):
        cost = costs[j, i]
        if cost < near.first[i]:
            gain += near.first[i] - cost
        else:
            lost[near.by[i]] += min(cost, near.second[i]) - near.first[i]
    out = -1
    for r in range(len(chosen)):
        if chosen[r] and not fixed[r] and (out < 0 or lost[r] < lost[out]):
            out = r
    return gain, out


@compiled
def _improve(chosen: Mask, allowed: Mask, fixed: Mask, costs: Floats, near: Near, total: float) -> float:
    """Exchange sites as long as that helps; returns the sum of costs."""
    m, quiet, j = len(chosen), 0, 0
    lost = np.zeros(m)
    while quiet < m:
        quiet += 1
        if allowed[j] and not chosen[j]:
            gain, out = _exchange(j, chosen, fixed, costs, near, lost)
            if out >= 0 and gain > lost[out] + 1e-9:
                chosen[j], chosen[out], quiet = True, False, 0
                total = _nearest(chosen, costs, near)
        j = (j + 1) % m
    return total


@compiled
def search(p: int, allowed: Mask, fixed: Mask, start: Mask, costs: Floats, kicks: int, seed: int) -> tuple[Mask, float]:
    """Choose p sites: fixed and `start` ones, the rest greedily, then exchanges, then `kicks` times a few at random.

    Returns the sites, (m,) of bool, and the sum of costs. The same seed gives the same sites.
    """
    m, n = costs.shape
    np.random.seed(seed)
    near = Near(np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, np.int64))
    chosen = fixed | start
    _nearest(chosen, costs, near)
    for _turn in range(p - chosen.sum()):
        best, found = np.inf, -1
        for j in range(m):
            if allowed[j] and not chosen[j]:
                total = 0.0
                for i in range(n):
                    total += min(near.first[i], costs[j, i])
                if total < best:
                    best, found = total, j
        chosen[found] = True
        for i in range(n):
            near.first[i] = min(near.first[i], costs[found, i])
    value = _nearest(chosen, costs, near)
    value = _improve(chosen, allowed, fixed, costs, near, value)
    best_chosen, best_value = chosen.copy(), value
    out_of, into = np.flatnonzero(allowed & ~fixed), 1 + min(3, p // 4)
    for _kick in range(kicks if len(out_of) > p else 0):
        for _each in range(1 + np.random.randint(into)):
            r, j = out_of[np.random.randint(len(out_of))], out_of[np.random.randint(len(out_of))]
            if chosen[r] and not chosen[j]:
                chosen[r], chosen[j] = False, True
            elif chosen[j] and not chosen[r]:
                chosen[r], chosen[j] = True, False
        value = _nearest(chosen, costs, near)
        value = _improve(chosen, allowed, fixed, costs, near, value)
        if value <= best_value:
            best_chosen[:] = chosen
            best_value = value
        else:
            chosen[:] = best_chosen
    return best_chosen, best_value


@compiled
def scores(prices: Floats, order: Ints, sorted_costs: Floats, m: int) -> Floats:
    """What each site is worth at prices of the needs: sum of max(0, price - cost). Rows (n, m) ascend by cost."""
    worth = np.zeros(m)
    for i in range(len(prices)):
        for at in range(order.shape[1]):
            more = prices[i] - sorted_costs[i, at]
            if more <= 0.0:
                break
            worth[order[i, at]] += more
    return worth


@compiled
def served(prices: Floats, order: Ints, sorted_costs: Floats, taken: Mask) -> Floats:
    """How many of the taken sites each need would use at its price."""
    count = np.zeros(len(prices))
    for i in range(len(prices)):
        for at in range(order.shape[1]):
            if sorted_costs[i, at] >= prices[i]:
                break
            if taken[order[i, at]]:
                count[i] += 1.0
    return count
