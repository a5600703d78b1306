"""Is the simulation like life? The same calls, simulated, beside when somebody was there in truth.

A percentile of what really happened has an interval without assuming any distribution (order statistics: Hahn and
Meeker 1991, Statistical Intervals, section 5.2), which is a little narrow where calls wait for one another; the
simulated one has its mean over replications with a t interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.intervals import CONFIDENCE, Interval, interval
from maplebridge.deployment.kernels.arrays import Floats, Mask
from maplebridge.deployment.scenario import Replayed, Scenario
from maplebridge.deployment.simulation import trace
from maplebridge.kernel.refused import BadInput

PERCENTILES = (50, 90)
LEAST_CALLS = 30  # fewer say nothing of a 90th percentile
CLOSE = 0.1  # of the real figure: nearer than any plan needs
AGREES, FASTER, SLOWER, TOO_LITTLE = "agrees", "faster", "slower", "too_little"
PARTS_OF_DAY = ((0, 6), (6, 12), (12, 18), (18, 24))


@dataclass(frozen=True, slots=True)
class Compared:
    """One percentile of the response of a group of calls, as it was and as simulated, seconds.

    `group` is `all`, `priority`, `hours` or `area`, `name` which of them. `verdict`: the simulation agrees, is faster
    or slower than life, or there is too little data.
    """

    group: str
    name: str
    calls: int
    percentile: int
    real: Interval
    simulated: Interval
    verdict: str


def calibrated(scenario: Scenario, *, replications: int = 20, seed: int = 1) -> list[Compared]:
    """Compare a scenario that replays recorded calls with what was recorded, by priority, time of day and area.

    The same calls count on both sides: those whose response is known and that the simulation reached. Raises BadInput
    where the scenario replays nothing or no response was recorded.
    """
    need = scenario.need
    if not isinstance(need, Replayed) or not np.isfinite(need.response_s).any():
        raise BadInput("need", _("There is nothing to compare with: no response time is on record for these calls."))
    runs = np.array([trace(scenario, seed=seed, replication=n).response_s for n in range(replications)])
    real = need.response_s
    known = np.isfinite(real) & np.isfinite(runs).all(axis=0) & (need.at_s >= scenario.terms.warm_up_s)
    return [
        _compared(group, name, percentile, real[mask & known], runs[:, mask & known])
        for group, name, mask in _groups(scenario, need)
        if (mask & known).any()
        for percentile in PERCENTILES
    ]


def _groups(scenario: Scenario, need: Replayed) -> Iterator[tuple[str, str, Mask]]:
    yield "all", "", np.ones(len(need.at_s), bool)
    priorities = scenario.kinds.priorities[need.kinds]
    for priority in np.unique(priorities):
        yield "priority", str(priority), priorities == priority
    hours = (scenario.terms.begin_hour + need.at_s / 3600.0) % 24.0
    for begin, end in PARTS_OF_DAY:
        yield "hours", f"{begin:02d}–{end:02d}", (hours >= begin) & (hours < end)
    areas = scenario.ground.areas[need.places]
    for number, code in enumerate(scenario.ground.area_codes):
        yield "area", code, areas == number


def _compared(group: str, name: str, percentile: int, real: Floats, runs: Floats) -> Compared:
    simulated = interval(np.percentile(runs, percentile, axis=1))
    was = percentile_interval(real, percentile)
    return Compared(group, name, len(real), percentile, was, simulated, verdict(was, simulated))


def verdict(real: Interval, simulated: Interval) -> str:
    """Say in a word whether the simulation agrees: its mean lies in the real interval, or within a tenth of it."""
    if real.n < LEAST_CALLS:
        return TOO_LITTLE
    if real.low <= simulated.mean <= real.high or abs(simulated.mean - real.mean) <= CLOSE * real.mean:
        return AGREES
    return FASTER if simulated.mean < real.mean else SLOWER


def percentile_interval(values: Floats, percentile: float, confidence: float = CONFIDENCE) -> Interval:
    """Give a percentile with its interval between two order statistics (binomial, by its normal approximation)."""
    ordered, n, share = np.sort(values), len(values), percentile / 100.0
    if n == 0:
        return Interval(np.nan, -np.inf, np.inf, 0)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * sqrt(n * share * (1.0 - share))
    low, high = int(np.floor(n * share - half)) - 1, int(np.ceil(n * share + half))
    return Interval(
        float(np.percentile(ordered, percentile)), float(ordered[low]) if low >= 0 else -np.inf,
        float(ordered[high]) if high < n else np.inf, n,
    )  # fmt: skip
