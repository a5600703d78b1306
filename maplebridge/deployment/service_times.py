"""Time on scene by type of incident, fitted from what was recorded; a rare type borrows from all.

Types with enough cases get the likelier of a log-normal and a gamma distribution, by maximum likelihood. For the others
the logarithm of time over the type's usual time is taken to be normal round a mean that is shrunk towards that of all
types (normal-normal empirical Bayes by moments; Morris 1983, Journal of the American Statistical Association 78), and
so is its spread. Without any record it is the type's usual time, spread as the replay of `dispatch` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, pi, sqrt

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats
from maplebridge.deployment.kernels.drawing import GAMMA, LOGNORMAL

ENOUGH = 30  # cases from which on a type stands for itself
SPREAD = 0.5  # sigma of the logarithm where nothing was recorded
LEAST_S, MOST_S = 10.0, 24 * 3600.0  # what lies outside is a slip of the keyboard
WORTH_LEAST, WORTH_MOST = 2.0, 200.0  # cases that the mean of all is worth to a type
SHAPES = (0.05, 500.0)


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """Time on scene of a type: a family of `scenario` with its two parameters, and of how many cases it was fitted."""

    family: int
    a: float
    b: float
    cases: int

    @property
    def mean_s(self) -> float:
        """Mean in seconds."""
        return exp(self.a + self.b**2 / 2) if self.family == LOGNORMAL else self.a * self.b

    @property
    def enough(self) -> bool:
        """Whether the type stands for itself; else say "too little data"."""
        return self.cases >= ENOUGH


def fit(times: Mapping[str, Floats], usual_s: Mapping[str, float]) -> dict[str, ServiceTime]:
    """Fit the seconds on scene of each type of `usual_s` to those recorded in `times`, absent or empty for none."""
    kept = {type: _kept(times.get(type, np.zeros(0))) for type in usual_s}
    against = {type: np.log(values / usual_s[type]) for type, values in kept.items() if len(values)}
    everything = np.concatenate([*against.values(), np.zeros(0)])
    mean = float(everything.mean()) if len(everything) else -(SPREAD**2) / 2
    spread = float(everything.std(ddof=1)) if len(everything) > 1 else SPREAD
    worth = _worth(list(against.values()), mean)
    found = {}
    for type, usual in usual_s.items():
        values = kept[type]
        found[type] = _own(values) if len(values) >= ENOUGH else _shrunk(
            against.get(type, np.zeros(0)), usual, mean, spread, worth
        )  # fmt: skip
    return found


def _kept(values: Floats) -> Floats:
    values = np.asarray(values, float)
    return values[(values >= LEAST_S) & (values <= MOST_S)]


def _worth(groups: list[Floats], mean: float) -> float:
    """How many cases the mean of all is worth: variance within types over variance between them."""
    sizes = np.array([len(group) for group in groups], float)
    if len(groups) < 3 or sizes.sum() <= len(groups):
        return 10.0
    means = np.array([group.mean() for group in groups])
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (sizes.sum() - len(groups))
    between = max(1e-9, float(np.average((means - mean) ** 2, weights=sizes)) - within / float(sizes.mean()))
    return float(np.clip(within / between, WORTH_LEAST, WORTH_MOST))


def _shrunk(against: Floats, usual_s: float, mean: float, spread: float, worth: float) -> ServiceTime:
    n = len(against)
    own = (float(against.sum()) + worth * mean) / (n + worth)
    scatter = float(((against - own) ** 2).sum())
    return ServiceTime(LOGNORMAL, log(usual_s) + own, sqrt((scatter + worth * spread**2) / (n + worth)), n)


def _own(values: Floats) -> ServiceTime:
    """Take the likelier family by maximum likelihood; both have two parameters."""
    logs = np.log(values)
    n, mu, sigma = len(values), float(logs.mean()), max(1e-3, float(logs.std()))
    lognormal = -n * (mu + log(sigma) + 0.5 * log(2 * pi) + 0.5)
    mean = float(values.mean())
    shape, likely = likeliest_shape(mean, mu)
    if n * likely > lognormal:
        return ServiceTime(GAMMA, shape, mean / shape, n)
    return ServiceTime(LOGNORMAL, mu, sigma, n)


def likeliest_shape(mean: float, mean_log: float) -> tuple[float, float]:
    """Give the gamma shape of most likelihood for a mean and a mean logarithm, and its log-likelihood for each case.

    The scale is mean over shape; the rest is concave in the shape and searched by thirds.
    """

    def likelihood(at: float) -> float:
        shape = exp(at)
        return (shape - 1.0) * mean_log - shape - lgamma(shape) - shape * log(mean / shape)

    low, high = log(SHAPES[0]), log(SHAPES[1])
    for _turn in range(80):
        third = (high - low) / 3.0
        if likelihood(low + third) < likelihood(high - third):
            low += third
        else:
            high -= third
    return exp(low), likelihood(low)
