"""Larson's hypercube beside a plain NumPy transcription of its equations, in the same run."""

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from maplebridge.deployment.hypercube import approximate, exact  # noqa: E402

EXACT, ATOMS = (10, 12, 14, 18), 200
PLAIN_MOST = 14  # the transcription takes minutes beyond


def run() -> list[dict]:
    """Exact for 10 to 18 units, the approximation for 50 units and 2,000 atoms."""
    exact(*city(3, 5))
    rows = []
    for units in EXACT:
        rates, lists = city(units, ATOMS)
        seconds, found = _timed(lambda rates=rates, lists=lists: exact(rates, lists), turns=1 if units > 16 else 3)
        row = {
            "model": f"exact, {units} units",
            "ours s": f"{seconds:.3f}",
            "NumPy s": "",
            "ratio": "",
            "differ by": "",
        }
        if units <= PLAIN_MOST:
            plain_s, busy = _timed(lambda rates=rates, lists=lists: plain(rates, lists), turns=1)
            row |= {"NumPy s": f"{plain_s:.3f}", "ratio": f"{plain_s / seconds:.0f} x"}
            row["differ by"] = f"{np.abs(busy - found.busy).max():.1e}"
        rows.append(row)
    rates, lists = city(50, 2_000)
    seconds, found = _timed(lambda: approximate(rates, lists))
    plain_s, busy = _timed(lambda: plain_approximation(rates, lists), turns=1)
    rows.append(
        {"model": "approximate, 50 units, 2,000 atoms", "ours s": f"{seconds:.4f}", "NumPy s": f"{plain_s:.3f}",
         "ratio": f"{plain_s / seconds:.0f} x", "differ by": f"{np.abs(busy - found.busy).max():.1e}"}
    )  # fmt: skip
    return rows


def city(units, atoms, *, load=0.6, seed=1):
    """Units and atoms in a square; each atom prefers the nearer units."""
    chance = np.random.default_rng(seed)
    homes, points = chance.random((units, 2)), chance.random((atoms, 2))
    lists = np.argsort(np.hypot(*(points[:, None] - homes[None]).transpose(2, 0, 1)), axis=1)
    rates = chance.gamma(1.0, 1.0, atoms)
    return rates * (load * units / rates.sum()), lists


def plain(rates, lists, *, close=1e-13):
    """The balance equations as the book has them, all states at once (Jacobi), a line behind the full state."""
    units, states = lists.shape[1], np.arange(1 << lists.shape[1])
    bits = (states[:, None] >> np.arange(units)) & 1
    into = np.zeros(bits.shape)
    for rate, order in zip(rates, lists, strict=True):
        open_ = np.ones(len(states), bool)
        for unit in order:
            take = open_ & (bits[:, unit] == 0)
            into[take, unit] += rate
            open_ &= ~take
    out = bits.sum(axis=1) + np.where(states == states[-1], 0.0, rates.sum())
    p = np.full(len(states), 1.0 / len(states))
    for _sweep in range(100_000):
        inflow = np.zeros(len(states))
        for unit in range(units):
            other = states ^ (1 << unit)
            inflow += np.where(bits[:, unit] == 1, p[other] * into[other, unit], p[other])
        fresh = 0.5 * p + 0.5 * inflow / out  # half steps: the cube is bipartite, whole ones swing
        fresh /= fresh.sum()
        done = np.abs(fresh - p).max() / fresh.max() < close
        p = fresh
        if done:
            break
    use = rates.sum() / units
    line = use / (1.0 - use) * p[-1]
    return (p @ bits + line) / (1.0 + line)


def plain_approximation(rates, lists):
    """Larson's approximation as the paper has it: Q by its sum of factorials' ratios, a loop over atoms and units."""
    from maplebridge.deployment.erlang import corrections, with_line

    units, load = lists.shape[1], float(rates.sum())
    factors, (chances, line) = corrections(units, load, queue=True), with_line(units, load)
    full, busy = float(chances[-1] + line), np.full(units, load / units)
    for _turn in range(500):
        offered = np.zeros(units)
        for rate, order in zip(rates, lists, strict=True):
            before = 1.0
            for place, unit in enumerate(order):
                offered[unit] += rate * factors[place] * before
                before *= busy[unit]
        fresh = (offered + load * full / units) / (1.0 + offered)
        fresh *= load / fresh.sum()
        change, busy = np.abs(fresh - busy).max(), fresh
        if change < 1e-12:
            break
    return busy


def _timed(work, *, turns=3):
    best, found = np.inf, None
    for _turn in range(turns):
        begun = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begun)
    return best, found
