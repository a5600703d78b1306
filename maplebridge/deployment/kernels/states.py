"""Compiled: the 2^N states of the hypercube model, bit n set while unit n is busy. Sources: see `hypercube`."""

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.compiled import compiled

CLOSE, SWEEPS = 1e-13, 20_000


@compiled
def _flows(rates: Floats, lists: Ints, service: float) -> tuple[Floats, Ints]:
    """Rates (2^N, N) at which a state is entered from the one that differs by a unit, and how many are busy (2^N,)."""
    atoms, units = lists.shape
    count = 1 << units
    flows, busy = np.full((count, units), service), np.zeros(count, np.int64)
    for state in range(count):
        for unit in range(units):
            if state >> unit & 1:
                busy[state] += 1
                flows[state, unit] = 0.0
    for state in range(count - 1):
        for atom in range(atoms):
            for turn in range(units):
                unit = lists[atom, turn]
                if not state >> unit & 1:
                    flows[state | (1 << unit), unit] += rates[atom]
                    break
    return flows, busy


@compiled
def balanced_states(rates: Floats, lists: Ints, service: float, levels: Floats) -> Floats:
    """Probabilities of the states without a line behind the full one, by sweeps until nothing changes.

    Balance of state s: P(s) (lambda (s not full) + mu busy(s)) = mu sum of P(s + a free unit) + sum over busy units n
    of P(s - n) times the rate of calls that go to n in s - n. How many are busy is known, `levels` (N + 1,): each sweep
    brings the states of a number busy to their sum (Larson 1974), so that only the shares within it are left.
    """
    units = lists.shape[1]
    count = 1 << units
    flows, busy = _flows(rates, lists, service)
    total, p, found = rates.sum(), np.empty(count), np.zeros(units + 1)
    for state in range(count):
        found[busy[state]] += 1.0
    for state in range(count):
        p[state] = levels[busy[state]] / found[busy[state]]
    for _sweep in range(SWEEPS):
        change, found[:] = 0.0, 0.0
        for state in range(count):
            inflow = 0.0
            for unit in range(units):
                inflow += flows[state, unit] * p[state ^ (1 << unit)]
            out = service * busy[state] + (total if state != count - 1 else 0.0)
            fresh = inflow / out if out > 0.0 else 1.0
            change = max(change, abs(fresh - p[state]) / max(fresh, 1e-300))
            p[state] = fresh
            found[busy[state]] += fresh
        for state in range(count):
            p[state] *= levels[busy[state]] / max(found[busy[state]], 1e-300)
        if change < CLOSE:
            break
    return p


@compiled
def dispatch_shares(states: Floats, rates: Floats, lists: Ints) -> Floats:
    """Rate share (A, N) of calls of an atom that find a unit free and are served by it."""
    atoms, units = lists.shape
    share, total = np.zeros(lists.shape), rates.sum()
    for state in range(len(states) - 1):
        for atom in range(atoms):
            for turn in range(units):
                unit = lists[atom, turn]
                if not state >> unit & 1:
                    share[atom, unit] += states[state]
                    break
    for atom in range(atoms):
        share[atom] *= rates[atom] / total
    return share


@compiled
def offered_rates(busy: Floats, rates: Floats, lists: Ints, factors: Floats) -> Floats:
    """Rates (N,) at which calls come to each unit, those before it in their lists being busy."""
    offered = np.zeros(lists.shape[1])
    for atom in range(len(lists)):
        left = rates[atom]
        for turn in range(lists.shape[1]):
            unit = lists[atom, turn]
            offered[unit] += left * factors[turn]
            left *= busy[unit]
    return offered
