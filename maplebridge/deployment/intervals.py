"""How sure a mean over replications is: t intervals, and of differences under common random numbers."""

from dataclasses import dataclass
from math import exp, pi, sqrt, tan
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean of n values and where the true one lies with a confidence; infinitely wide for less than two values."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def decided(self) -> bool:
        """Whether zero lies outside: a difference that is more than chance."""
        return self.low > 0.0 or self.high < 0.0


def interval(values: ArrayLike, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the mean of independent values with its t interval; NaN (replications without a case) are left out."""
    given = np.asarray(values, float)
    kept = given[np.isfinite(given)]
    n = len(kept)
    if n == 0:
        return Interval(np.nan, -np.inf, np.inf, 0)
    mean = float(kept.mean())
    if n == 1:
        return Interval(mean, -np.inf, np.inf, 1)
    half = t_quantile(0.5 + confidence / 2, n - 1) * float(kept.std(ddof=1)) / sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def difference(first: ArrayLike, second: ArrayLike, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the mean of second minus first, pair by pair: rows are the same replications of two scenarios."""
    return interval(np.asarray(second, float) - np.asarray(first, float), confidence=confidence)


def t_quantile(p: float, df: int) -> float:
    """Give Student's t quantile for p of at least one half (Hill 1970, Algorithm 396; exact for df 1 and 2)."""
    if df == 1:
        return tan(pi * (p - 0.5))
    tail = 2.0 * (1.0 - p)
    if df == 2:
        return sqrt(2.0 / (tail * (2.0 - tail)) - 2.0)
    a = 1.0 / (df - 0.5)
    b = (48.0 / a) / a
    c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36
    d = ((94.5 / (b + c) - 3.0) / b + 1.0) * sqrt(a * pi / 2.0) * df
    y = (d * tail) ** (2.0 / df)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(tail / 2.0)
        y = x * x
        c += 0.3 * (df - 4.5) * (x + 0.6) if df < 5 else 0.0
        c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x
        y = a * y * y
        y = exp(y) - 1.0 if y > 0.002 else 0.5 * y * y + y
    else:
        y = ((1.0 / (((df + 6.0) / (df * y) - 0.089 * d - 0.822) * (df + 2.0) * 3.0) + 0.5 / (df + 4.0)) * y - 1.0) * (
            df + 1.0
        ) / (df + 2.0) + 1.0 / y
    return sqrt(df * y)
