"""How sure a share and a ratio of two counts are: 95 % intervals in closed form."""

from dataclasses import dataclass
from math import inf, sqrt

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
