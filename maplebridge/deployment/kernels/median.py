"""Compiled search and relaxation for the p-median: exchanges as Resende and Werneck keep them (2007).

"A fast swap-based local search procedure for location problems", Annals of Operations Research 150. For every chosen
site its loss when it leaves, for every other site its gain when it comes, and for each pair what the two sums count
twice are kept; an exchange touches only the needs whose nearest or second nearest site it changes, and of each only
the sites nearer than its second.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.kernels.compiled import compiled

Order = NDArray[np.int32]


class Costs(NamedTuple):
    """Costs with the weights in them: site by site (m, n); and need by need ascending (n, m), with whose each is."""

    by_site: Floats
    ascending: Floats
    order: Order


class State(NamedTuple):
    """Of each need (n,) the cost to its nearest and second nearest chosen site and which they are; what moves bring.

    `slot` (m,) is the place of a chosen site among the p, -1 for others; profit of site j for the one in slot s is
    `gain[j] - loss[s] + both[s, j]`.
    """

    first: Floats
    second: Floats
    by_first: Ints
    by_second: Ints
    slot: Ints
    gain: Floats
    loss: Floats
    both: Floats


@compiled
def _count(i: int, sign: float, costs: Costs, state: State) -> None:
    """Count what need i brings to every move, or with sign -1 count it no more."""
    first, second, s = state.first[i], state.second[i], state.slot[state.by_first[i]]
    state.loss[s] += sign * (second - first)
    for k in range(costs.order.shape[1]):
        cost = costs.ascending[i, k]
        if cost >= second:
            break
        j = costs.order[i, k]
        if cost < first:
            state.gain[j] += sign * (first - cost)
            state.both[s, j] += sign * (second - first)
        else:
            state.both[s, j] += sign * (second - cost)


@compiled
def _nearest(i: int, costs: Costs, state: State) -> None:
    """Find the nearest two chosen sites of need i."""
    found = 0
    for k in range(costs.order.shape[1]):
        j = costs.order[i, k]
        if state.slot[j] >= 0:
            if found == 0:
                state.first[i], state.by_first[i], found = costs.ascending[i, k], j, 1
            else:
                state.second[i], state.by_second[i] = costs.ascending[i, k], j
                break


@compiled
def _exchange(r: int, j: int, costs: Costs, state: State) -> None:
    """Site j comes for r, and all that is kept follows."""
    s = state.slot[r]
    touched = np.zeros(len(state.first), np.bool_)
    for i in range(len(state.first)):
        if state.by_first[i] == r or state.by_second[i] == r or costs.by_site[j, i] < state.second[i]:
            touched[i] = True
            _count(i, -1.0, costs, state)
    state.slot[r], state.slot[j] = -1, s
    for i in range(len(state.first)):
        if touched[i]:
            _nearest(i, costs, state)
            _count(i, 1.0, costs, state)


@compiled
def _improve(allowed: Mask, fixed: Mask, costs: Costs, state: State) -> None:
    """Make the exchange that brings most as long as one brings anything."""
    small = 1e-9 * max(1.0, state.first.sum())
    while True:
        best, out, into = small, -1, -1
        for r in range(len(allowed)):
            s = state.slot[r]
            if s < 0 or fixed[r]:
                continue
            for j in range(len(allowed)):
                if allowed[j] and state.slot[j] < 0:
                    profit = state.gain[j] - state.loss[s] + state.both[s, j]
                    if profit > best:
                        best, out, into = profit, r, j
        if out < 0:
            return
        _exchange(out, into, costs, state)


@compiled
def _greedy(p: int, allowed: Mask, chosen: Mask, costs: Costs) -> None:
    """Add the site that brings most until p are chosen; in `chosen`."""
    m, n = costs.by_site.shape
    if chosen.sum() == p:
        return
    first, gain = np.full(n, np.inf), np.zeros(m)
    for j in range(m):
        if chosen[j]:
            first = np.minimum(first, costs.by_site[j])
        gain[j] = -costs.by_site[j].sum()
    begun = bool(chosen.any())
    if begun:
        gain[:] = 0.0
        for i in range(n):
            _nearer(i, first[i], 1.0, costs, gain)
    for _turn in range(p - chosen.sum()):
        best = -1
        for j in range(m):
            if allowed[j] and not chosen[j] and (best < 0 or gain[j] > gain[best]):
                best = j
        chosen[best] = True
        if not begun:
            gain[:] = 0.0
        for i in range(n):
            cost = costs.by_site[best, i]
            if cost < first[i]:
                if begun:
                    _nearer(i, first[i], -1.0, costs, gain)
                first[i] = cost
                _nearer(i, cost, 1.0, costs, gain)
        begun = True


@compiled
def _nearer(i: int, first: float, sign: float, costs: Costs, gain: Floats) -> None:
    """Count what the sites nearer than `first` would bring to need i."""
    for k in range(costs.order.shape[1]):
        if costs.ascending[i, k] >= first:
            break
        gain[costs.order[i, k]] += sign * (first - costs.ascending[i, k])


@compiled
def _state(chosen: Mask, costs: Costs) -> State:
    """What is kept of chosen sites, two or more."""
    m, n = costs.by_site.shape
    sites = np.flatnonzero(chosen)
    state = State(
        np.zeros(n), np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(m, -1), np.zeros(m),
        np.zeros(len(sites)), np.zeros((len(sites), m)),
    )  # fmt: skip
    for s in range(len(sites)):
        state.slot[sites[s]] = s
    for i in range(n):
        _nearest(i, costs, state)
        _count(i, 1.0, costs, state)
    return state


@compiled
def _restored(best: Mask, costs: Costs, state: State) -> None:
    """Go back to the best sites, exchange by exchange."""
    j = 0
    for r in range(len(best)):
        if state.slot[r] >= 0 and not best[r]:
            while not best[j] or state.slot[j] >= 0:
                j += 1
            _exchange(r, j, costs, state)


@compiled
def search(p: int, allowed: Mask, fixed: Mask, start: Mask, costs: Costs, kicks: int, seed: int) -> tuple[Mask, float]:
    """Choose p sites: fixed and `start` ones, the rest greedily, then exchanges, then `kicks` times a few at random.

    Returns the sites, (m,) of bool, and the sum of costs. The same seed gives the same sites.
    """
    np.random.seed(seed)
    best = fixed | start
    _greedy(p, allowed, best, costs)
    free = np.flatnonzero(allowed & ~fixed | best & ~fixed)
    if p == 1:  # the greedy choice is the best
        return best, costs.by_site[np.flatnonzero(best)[0]].sum()
    state = _state(best, costs)
    _improve(allowed, fixed, costs, state)
    best[:] = state.slot >= 0
    value = state.first.sum()
    for _kick in range(kicks if len(free) + fixed.sum() > p else 0):
        for _each in range(1 + np.random.randint(1 + min(3, p // 4))):
            r, j = free[np.random.randint(len(free))], free[np.random.randint(len(free))]
            if state.slot[r] >= 0 and state.slot[j] < 0:
                _exchange(r, j, costs, state)
            elif state.slot[j] >= 0 and state.slot[r] < 0:
                _exchange(j, r, costs, state)
        _improve(allowed, fixed, costs, state)
        now = state.first.sum()
        if now <= value:
            best[:] = state.slot >= 0
            value = now
        else:
            _restored(best, costs, state)
    return best, value


@compiled
def scores(prices: Floats, costs: Costs) -> Floats:
    """What each site is worth at prices of the needs: sum of max(0, price - cost)."""
    worth = np.zeros(costs.order.shape[1])
    for i in range(len(prices)):
        _nearer(i, prices[i], 1.0, costs, worth)
    return worth


@compiled
def served(prices: Floats, costs: Costs, taken: Mask) -> Floats:
    """How many of the taken sites each need would use at its price."""
    count = np.zeros(len(prices))
    for i in range(len(prices)):
        for k in range(costs.order.shape[1]):
            if costs.ascending[i, k] >= prices[i]:
                break
            if taken[costs.order[i, k]]:
                count[i] += 1.0
    return count
