"""Erlang's formulas for units that are alike, and Larson's correction for their not being independent."""

from math import lgamma, log

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats


def lost(units: int, load: float) -> Floats:
    """Probabilities of 0 to `units` busy in M/M/c/c at a load of lambda / mu; the last is Erlang B. By logarithms."""
    if load == 0:
        return np.array([1.0] + [0.0] * units)
    logs = np.array([n * log(load) - lgamma(n + 1) for n in range(units + 1)])
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def with_line(units: int, load: float) -> tuple[Floats, float]:
    """Probabilities of 0 to `units` busy and nobody waiting in M/M/c, and of somebody waiting; load below `units`.

    All busy, with or without a line, is Erlang C: the last of the first and the second together.
    """
    use = load / units
    found = lost(units, load)
    line = found[-1] * use / (1.0 - use)
    return found / (1.0 + line), float(line / (1.0 + line))


def corrections(units: int, load: float, *, queue: bool) -> Floats:
    """Larson's Q(N, rho, j), j from 0 to N - 1: what the chance that j given units are busy and a further one is free
    is beyond that of independent units of the same use r, which is r^j (1 - r).

    Larson and Odoni 1981, equation 5.42; for loss Jarvis 1985. The chance is summed over how many are busy, so that no
    factorial overflows.
    """
    chances = with_line(units, load)[0] if queue else lost(units, load)
    use = load / units if queue else load * (1.0 - chances[-1]) / units
    busy = np.arange(units + 1, dtype=float)
    given, found = chances.copy(), np.ones(units)
    for j in range(units):
        if use > 0:
            chance = float(given @ np.maximum(units - busy, 0.0)) / (units - j)
            found[j] = chance / (use**j * (1.0 - use))
        given *= np.maximum(busy - j, 0.0) / (units - j)
    return found
