"""Seasons of need: how months and days of the week differ from the usual, and whether that is more than chance."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.demand import Demand
from maplebridge.deployment.kernels.arrays import Floats

LEAST_DAYS = 14  # of a part of the calendar: fewer say nothing of it


@dataclass(frozen=True)
class Part:
    """A month ("2026-05") or day of the week ("1" is Monday): days seen, calls a day against the usual day (1.0).

    `low`, `high`: the interval; `enough` is false where fewer than 14 days (of a weekday: 4) were seen.
    """

    name: str
    days: int
    ratio: float
    low: float
    high: float
    enough: bool

    @property
    def unusual(self) -> bool:
        """Whether the usual day lies outside the interval."""
        return self.enough and not self.low <= 1.0 <= self.high


@dataclass(frozen=True)
class Seasons:
    """Calls on a usual day; months in order; days of the week from Monday."""

    usual: float
    months: tuple[Part, ...]
    weekdays: tuple[Part, ...]


def seasons(demand: Demand, level: float = 0.9) -> Seasons:
    """Compare months, and days of the week, with the mean day.

    Calls of days scatter more than Poisson: variances are scaled by the dispersion of the days about the mean of their
    month and weekday (quasi-Poisson; McCullagh and Nelder 1989, Generalized Linear Models, section 9.2). Intervals are
    normal on the logarithm of the ratio.
    """
    days = [demand.first_day + timedelta(days=number) for number in range(len(demand.daily))]
    calls, usual = demand.daily, float(demand.daily.mean()) if len(demand.daily) else 0.0
    months = np.array([f"{day:%Y-%m}" for day in days], str)
    weekdays = np.array([str(day.isoweekday()) for day in days], str)
    dispersion = _dispersion(calls, months, weekdays)
    z = NormalDist().inv_cdf((1 + level) / 2)

    def parts(names: NDArray[np.str_], least: int) -> tuple[Part, ...]:
        return tuple(
            _part(str(name), calls[names == name], usual, dispersion, z, least) for name in np.unique(names)
        )  # fmt: skip

    return Seasons(usual, parts(months, LEAST_DAYS), parts(weekdays, LEAST_DAYS // 3))


def _part(name: str, calls: Floats, usual: float, dispersion: float, z: float, least: int) -> Part:
    ratio = float(calls.mean()) / usual if usual > 0 else 0.0
    spread = float(np.exp(z * np.sqrt(dispersion / max(float(calls.sum()), 0.5))))
    return Part(name, len(calls), ratio, ratio / spread, ratio * spread, len(calls) >= least and ratio > 0)


def _dispersion(calls: Floats, *groupings: NDArray[np.str_]) -> float:
    """Pearson's statistic over its degrees of freedom, about the product of the groups' means; at least 1."""
    if calls.sum() == 0:
        return 1.0
    expected, freedom = np.full(len(calls), calls.mean()), len(calls) - 1
    for names in groupings:
        for name in np.unique(names):
            here = names == name
            expected[here] *= calls[here].sum() / max(float(expected[here].sum()), 1e-300)
        freedom -= len(np.unique(names)) - 1
    off = (calls - expected) ** 2 / np.maximum(expected, 1e-9)
    return max(1.0, float(off[expected > 0].sum()) / max(freedom, 1))
