"""Statistics of the registry, pure: how long until recovery, shares and their ratio, each with its interval.

Nothing here is a percentage alone. No scipy: the intervals are in closed form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; None where there is nothing to divide by."""

    part: int
    whole: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the rate before the rate after is, with its 95 % interval; `high` may be infinite."""

    before: int
    after: int
    value: float | None
    low: float
    high: float

    @property
    def shows_change(self) -> bool:
        """Whether the interval leaves out 1, that is, chance alone would seldom do this."""
        return not self.low <= 1.0 <= self.high


@dataclass(frozen=True, slots=True)
class Step:
    """After `days`, this share had not happened yet, with its 95 % interval; `at_risk` were followed so long."""

    days: float
    waiting: float
    low: float
    high: float
    at_risk: int


def share(part: int, whole: int) -> Share:
    """Give a share with Wilson's score interval (Wilson 1927, JASA 22, 209-212)."""
    if whole <= 0:
        return Share(part, whole, None, 0.0, 1.0)
    p, z2 = part / whole, Z95 * Z95
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z95 / (1 + z2 / whole) * sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return Share(part, whole, p, max(0.0, middle - half), min(1.0, middle + half))


def rate_ratio(before: int, before_days: float, after: int, after_days: float) -> Ratio:
    """Compare two Poisson counts over two lengths of time; below 1 the rate fell.

    Given their sum, the later count is binomial; the score interval of its share, turned into one of the ratio, is that
    of Graham, Mengersen and Morton (Statistics in Medicine 22, 2003, 2071-2083). With no event at all it tells nothing.
    """
    if before_days <= 0 or after_days <= 0 or before + after == 0:
        return Ratio(before, after, None, 0.0, inf)
    found = share(after, before + after)
    spans = before_days / after_days

    def odds(p: float) -> float:
        return inf if p >= 1.0 else p / (1.0 - p) * spans

    value = after / after_days / (before / before_days) if before else inf
    low = 0.0 if after == 0 else odds(found.low)
    return Ratio(before, after, value, low, inf if before == 0 else odds(found.high))


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
