"""What two layouts differ by on the same need, how sure one can be of it, and a verdict. No database, no clock.

Coverage is compared call by call: each call that came is reached in time by both layouts, by one, or by none. So the
difference is one of paired proportions; its interval is Newcombe's (1998, Improved confidence intervals for the
difference between binomial proportions based on paired data, method 10), its test McNemar's exact one (1947). Response
times are compared replication by replication on the same random numbers (`intervals.difference`). Over many areas the
share of false alarms is held down (Benjamini and Hochberg 1995).
"""

from dataclasses import dataclass
from math import erfc, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np

from maplebridge.deployment.intervals import CONFIDENCE, Interval
from maplebridge.deployment.kernels.arrays import Floats, Mask

FALSE_DISCOVERIES = 0.1  # of the areas named as better or worse off, at most this share is by chance
WORTH_SHARE = 0.01  # a smaller difference of coverage changes nothing for anybody: one point of a hundred
WORTH_S = 5.0  # nor does one of a response time, seconds
LEAST_CALLS = 30  # below, no verdict is given
BETTER, WORSE, SAME, UNCLEAR = "better", "worse", "same", "unclear"


@dataclass(frozen=True, slots=True)
class Paired:
    """Of `calls`: how many only A, only B, both reach in time; B minus A as a share with its interval; the p value."""

    calls: float
    both: float
    only_a: float
    only_b: float
    difference: Interval
    p: float

    @property
    def share_a(self) -> float:
        """Share that A reaches."""
        return (self.both + self.only_a) / self.calls if self.calls else 0.0

    @property
    def share_b(self) -> float:
        """Share that B reaches."""
        return (self.both + self.only_b) / self.calls if self.calls else 0.0


def paired(counts: Floats, in_a: Mask, in_b: Mask) -> Paired:
    """Compare what A and B reach of calls: three arrays of one shape, how many calls and whether each is in time."""
    total = float(counts.sum())
    both, only_a, only_b = (float(counts[mask].sum()) for mask in (in_a & in_b, in_a & ~in_b, in_b & ~in_a))
    none = total - both - only_a - only_b
    return Paired(total, both, only_a, only_b, _newcombe(both, only_b, only_a, none), mcnemar(only_a, only_b))


def wilson(hits: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Give Wilson's score interval (1927) of a share; the whole range for no cases."""
    if n <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _newcombe(both: float, only_b: float, only_a: float, none: float) -> Interval:
    """Interval of (share of B) - (share of A), by method 10: Wilson's limits, and the correlation of the pairs."""
    n = both + only_b + only_a + none
    if n <= 0:
        return Interval(0.0, -1.0, 1.0, 0)
    share_b, share_a = (both + only_b) / n, (both + only_a) / n
    (low_b, high_b), (low_a, high_a) = wilson(both + only_b, n), wilson(both + only_a, n)
    phi = _correlation(both, only_b, only_a, none)
    down = (share_b - low_b, high_a - share_a)
    up = (high_b - share_b, share_a - low_a)
    mean = share_b - share_a
    below = sqrt(max(down[0] ** 2 - 2 * phi * down[0] * down[1] + down[1] ** 2, 0.0))
    above = sqrt(max(up[0] ** 2 - 2 * phi * up[0] * up[1] + up[1] ** 2, 0.0))
    return Interval(mean, max(-1.0, mean - below), min(1.0, mean + above), round(n))


def _correlation(both: float, only_b: float, only_a: float, none: float) -> float:
    """Newcombe's phi: with a correction for continuity where it is positive, 0 where a margin is empty."""
    margins = (both + only_b) * (only_a + none) * (both + only_a) * (only_b + none)
    if margins <= 0:
        return 0.0
    cross, half = both * none - only_b * only_a, (both + only_b + only_a + none) / 2
    if cross > 0:
        cross = max(cross - half, 0.0)
    return cross / sqrt(margins)


def mcnemar(only_a: float, only_b: float) -> float:
    """Give the two-sided p value of no difference: a call that one alone reaches is as likely A's as B's."""
    n, less = round(only_a + only_b), round(min(only_a, only_b))
    if n == 0:
        return 1.0
    tail = sum(np.exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)) for k in range(less + 1))
    return min(1.0, 2.0 * float(tail))


def p_of(interval: Interval) -> float:
    """Give the two-sided p value of a mean over many replications (normal; meant for 50 of them and more)."""
    half = (interval.high - interval.low) / 2
    if not np.isfinite(half):
        return 1.0
    if half <= 0:
        return 1.0 if interval.mean == 0 else 0.0
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    return erfc(abs(interval.mean) / (half / z) / sqrt(2))


def discoveries(p_values: Floats, share: float = FALSE_DISCOVERIES) -> Mask:
    """Tell which of many tests stand when at most this share of those named may be by chance (Benjamini, Hochberg)."""
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    passed = np.flatnonzero(p_values[order] <= share * np.arange(1, count + 1) / max(count, 1))
    named = np.zeros(count, bool)
    if len(passed):
        named[order[: passed[-1] + 1]] = True
    return named


def verdict(interval: Interval, *, worth: float, more_is_better: bool = True, enough: bool = True) -> str:
    """Judge a difference B minus A: `better` or `worse` for B, `same`, or `unclear`.

    Same: the whole interval lies within what is worth anything (two one-sided tests, Schuirmann 1987), so that there is
    no real difference, not merely none found. Better, worse: it lies on one side of zero. Else the data do not say.
    """
    if not enough or not (np.isfinite(interval.low) and np.isfinite(interval.high)):
        return UNCLEAR
    if -worth <= interval.low and interval.high <= worth:
        return SAME
    if not interval.decided:
        return UNCLEAR
    return BETTER if (interval.mean > 0) is more_is_better else WORSE
