"""Compiled: calls drawn by chance, each from its own numbers, so that two layouts meet the very same calls.

Every number is a function of (seed, replication, call, which number of the call): common random numbers, whatever else
the run does and on however many cores. The generator is SplitMix64 read at a counter (Steele, Lea and Flood 2014, "Fast
splittable pseudorandom number generators"). Normal numbers: Box and Muller 1958; gamma: Marsaglia and Tsang 2000.
"""

from math import cos, exp, log, pi, sqrt

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.compiled import compiled

ARRIVES, PLACE, KIND, SCENE = 0, 1, 2, 3  # which number of a call
NUMBERS = 64  # of a call; from SCENE on all are for its time on scene
FIXED, LOGNORMAL, GAMMA = 0, 1, 2  # families of service times: a = seconds; a, b = mu, sigma; a, b = shape, scale
HOUR_S = 3600.0


@compiled
def stirred(bits: np.uint64) -> np.uint64:
    """Mix 64 bits well (the finalizer of SplitMix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@compiled
def stream(seed: int, replication: int) -> np.uint64:
    """Give the key of all numbers of a replication."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    return stirred(stirred(np.uint64(seed) + golden) + np.uint64(replication + 1) * golden)


@compiled
def uniform(key: np.uint64, call: int, which: int) -> float:
    """Draw a number strictly between 0 and 1."""
    count = np.uint64(call) * np.uint64(NUMBERS) + np.uint64(which + 1)
    bits = stirred(key + count * np.uint64(0x9E3779B97F4A7C15))
    return (np.float64(bits >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


@compiled
def normal(key: np.uint64, call: int, which: int) -> float:
    """Draw a standard normal number from two uniform ones."""
    return sqrt(-2.0 * log(uniform(key, call, which))) * cos(2.0 * pi * uniform(key, call, which + 1))


@compiled
def gamma(key: np.uint64, call: int, shape: float) -> float:
    """Draw a gamma number of scale 1; after twenty refusals (never in practice: 5 % each) its mean."""
    if shape == 1.0:
        return -log(uniform(key, call, SCENE))
    raised = shape if shape > 1.0 else shape + 1.0
    d = raised - 1.0 / 3.0
    for turn in range(20):
        x = normal(key, call, SCENE + 1 + 3 * turn)
        v = (1.0 + x / sqrt(9.0 * d)) ** 3
        if v > 0.0 and log(uniform(key, call, SCENE + 3 + 3 * turn)) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v * (uniform(key, call, SCENE) ** (1.0 / shape) if shape < 1.0 else 1.0)
    return shape


@compiled
def time_on_scene(key: np.uint64, call: int, family: int, a: float, b: float) -> float:
    """Draw the seconds on scene of a call from the distribution of its kind (`scenario.CallKinds`)."""
    if family == LOGNORMAL:
        return exp(a + b * normal(key, call, SCENE))
    if family == GAMMA:
        return b * gamma(key, call, a)
    return a


@compiled
def arrivals(key: np.uint64, level: Floats, begin_hour: float, horizon_s: float) -> Floats:
    """Draw when calls come: a Poisson process whose rate changes by the hour of the week, by inverting its integral.

    `level` (168,) calls an hour. Room is made for the mean and ten times its root, which one run in 10^20 exceeds.
    """
    mean = level.sum() * (horizon_s / HOUR_S / 168.0 + 1.0)
    found = np.empty(int(mean + 10.0 * sqrt(mean)) + 64)
    count, now = 0, 0.0  # hours
    while count < len(found):
        left = -log(uniform(key, count, ARRIVES))
        while now * HOUR_S < horizon_s:
            hour = begin_hour + now
            rate, rest = level[int(hour) % 168], int(hour) + 1 - hour
            if left <= rate * rest:
                now += left / rate if rate > 0.0 else 0.0
                break
            left -= rate * rest
            now = int(hour) + 1 - begin_hour
        if now * HOUR_S >= horizon_s:
            break
        found[count] = now * HOUR_S
        count += 1
    return found[:count]


@compiled
def drawn_places(key: np.uint64, at_s: Floats, begin_hour: float, up_to: Floats) -> Ints:
    """Draw where each call comes from. `up_to` (168, n) rates by hour of the week, summed along the places."""
    places = np.empty(len(at_s), np.int64)
    last = up_to.shape[1] - 1
    for call in range(len(at_s)):
        row = up_to[int(begin_hour + at_s[call] / HOUR_S) % 168]
        places[call] = min(last, np.searchsorted(row, uniform(key, call, PLACE) * row[-1], side="right"))
    return places


@compiled
def drawn_kinds(key: np.uint64, calls: int, up_to: Floats) -> Ints:
    """Draw the kind of each call from shares summed along the kinds."""
    kinds = np.empty(calls, np.int64)
    for call in range(calls):
        found = np.searchsorted(up_to, uniform(key, call, KIND) * up_to[-1], side="right")
        kinds[call] = min(len(up_to) - 1, found)
    return kinds
