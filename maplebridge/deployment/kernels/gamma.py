"""The gamma distribution: quantiles, and the likelihoods by which its priors are fitted."""

from math import exp, inf, lgamma, log, sqrt
from typing import Any

import numpy as np

from maplebridge.deployment.kernels.compiled import compiled

_TINY = 1e-300


@compiled
def below(shape: float, x: float) -> float:
    """Probability that a gamma variable of this shape, scale 1, is below x.

    The series where x < shape + 1, else the continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31, by Lentz).
    """
    if x <= 0.0:
        return 0.0
    factor = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        n = shape
        while abs(term) > abs(total) * 1e-15:
            n += 1.0
            term *= x / n
            total += term
        return total * factor
    b = x + 1.0 - shape
    c, d = 1.0 / _TINY, 1.0 / b
    h = d
    for i in range(1, 10_000):
        a = -i * (i - shape)
        b += 2.0
        d = a * d + b
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = b + a / c
        c = c if abs(c) > _TINY else _TINY
        h *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return 1.0 - factor * h


@compiled
def quantile(shape: float, p: float, normal: float) -> float:
    """Quantile p of a gamma variable, scale 1; `normal` is the standard normal's.

    Newton's steps from Wilson and Hilferty (1931), kept between bounds that shrink.
    """
    if p <= 0.0:
        return 0.0
    root = 1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * sqrt(shape))
    x = shape * root**3
    if root <= 0.0 or shape < 0.5:
        x = exp((log(p) + lgamma(shape + 1.0)) / shape)  # from the first term of the series
    low, high = 0.0, inf
    for _step in range(200):
        miss = below(shape, x) - p
        if miss > 0.0:
            high = min(high, x)
        else:
            low = max(low, x)
        if abs(miss) < 1e-13 or x < _TINY:
            break
        density = exp((shape - 1.0) * log(x) - x - lgamma(shape))
        nearer = x - miss / density if density > 0.0 else -1.0
        if not low < nearer < high:
            nearer = (low + high) / 2.0 if high < inf else 2.0 * x
        if abs(nearer - x) <= 1e-14 * x:
            break
        x = nearer
    return x


@compiled
def quantiles(shapes: Any, p: float, normal: float) -> Any:
    """Quantile p of gamma variables of these shapes, scale 1: as `shapes`, flat."""
    out = np.empty(len(shapes))
    for i in range(len(shapes)):
        out[i] = quantile(shapes[i], p, normal)
    return out


@compiled
def negative_binomial(counts: Any, means: Any, shape: float) -> float:
    """Log-likelihood of counts that are Poisson with rates from a gamma of this shape and these means."""
    total = 0.0
    for i in range(len(counts)):
        n, m = counts[i], max(means[i], _TINY)
        total += lgamma(n + shape) - lgamma(shape) - lgamma(n + 1.0)
        total += shape * log(shape / (shape + m)) + n * log(m / (shape + m))
    return total


@compiled
def dirichlet_multinomial(counts: Any, profile: Any, weight: float) -> float:
    """Log-likelihood of how rows of counts (n, k) fall apart, shares from a Dirichlet of `weight` x profile (n, k).

    Without the multinomial coefficient, which no weight changes (Mosimann 1962).
    """
    total = 0.0
    for i in range(len(counts)):
        here = 0.0
        for k in range(counts.shape[1]):
            n = counts[i, k]
            if n > 0.0:
                prior = weight * profile[i, k]
                total += lgamma(n + prior) - lgamma(prior)
                here += n
        total += lgamma(weight) - lgamma(here + weight)
    return total
