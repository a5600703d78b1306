"""How good the register is in an area, from 0 to 100: half fresh, half complete. Formula: docs/howto/register.md."""

from dataclasses import dataclass

FRESH_DAYS = ((90, 1.0), (365, 0.75), (730, 0.4))  # last seen within so many days: weight; older: nought


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted in an area; `within`: addresses last seen up to 90, up to 365, up to 730 days ago."""

    addresses: int = 0
    within: tuple[int, int, int] = (0, 0, 0)
    buildings: int = 0
    numbered: int = 0
    premises: int = 0
    counted: int = 0
    buildings_known: int = 0


@dataclass(frozen=True, slots=True)
class Quality:
    """Freshness and completeness as shares, and the score out of 100."""

    fresh: float
    complete: float
    score: int


def quality_of(counts: Counts) -> Quality | None:
    """Score an area; None where the register has nothing there.

    Freshness is the mean weight of its addresses by when they were last seen. Completeness is the mean of the shares of
    buildings with a number, of buildings with premises recorded in them, and of premises whose residents are counted.
    """
    if not counts.addresses:
        return None
    weights = (weight for _days, weight in FRESH_DAYS)
    fresh = sum(number * weight for number, weight in zip(counts.within, weights, strict=True)) / counts.addresses
    shares = [
        _share(counts.numbered, counts.buildings),
        _share(counts.buildings_known, counts.buildings),
        _share(counts.counted, counts.premises),
    ]
    complete = sum(shares) / len(shares)
    return Quality(fresh, complete, round(50 * fresh + 50 * complete))


def _share(some: int, of: int) -> float:
    return some / of if of else 0.0
