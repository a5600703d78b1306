"""Statistics of the registry, pure: how long until recovery, shares and their ratio, each with its interval.

Nothing here is a percentage alone. No scipy: the intervals are in closed form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from maplebridge.kernel.intervals import Z95


@dataclass(frozen=True, slots=True)
class Step:
    """After `days`, this share had not happened yet, with its 95 % interval; `at_risk` were followed so long."""

    days: float
    waiting: float
    low: float
    high: float
    at_risk: int


def waiting_curve(durations: Sequence[float], happened: Sequence[bool]) -> list[Step]:
    """Estimate what share still waits after how many days, though some are still waiting now (Kaplan-Meier).

    `durations` in days until it happened, or until now where it has not (censored). Kaplan and Meier (JASA 53, 1958),
    with Greenwood's variance on the log-log scale (Kalbfleisch and Prentice 2002, section 1.4).
    """
    at_risk, waiting, variance = len(durations), 1.0, 0.0
    steps: list[Step] = []
    events = sorted(zip(durations, happened, strict=True))
    place = 0
    while place < len(events):
        days = events[place][0]
        same = [done for when, done in events[place:] if when == days]
        deaths = sum(same)
        if deaths:
            waiting *= 1 - deaths / at_risk
            variance += deaths / (at_risk * (at_risk - deaths)) if at_risk > deaths else 0.0
            steps.append(Step(days, waiting, *_between(waiting, variance), at_risk))
        at_risk -= len(same)
        place += len(same)
    return steps


def median_days(steps: Sequence[Step]) -> float | None:
    """After how many days half had happened; None where it has not come so far."""
    return next((step.days for step in steps if step.waiting <= 0.5), None)


def waiting_after(steps: Sequence[Step], days: float) -> float:
    """The share that still waits after so many days."""
    return next((step.waiting for step in reversed(steps) if step.days <= days), 1.0)


def _between(waiting: float, variance: float) -> tuple[float, float]:
    if not 0.0 < waiting < 1.0:
        return waiting, waiting
    spread = Z95 * sqrt(variance) / abs(log(waiting))
    return waiting ** exp(spread), waiting ** exp(-spread)
