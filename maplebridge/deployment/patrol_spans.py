"""Random time spans in which visits to one place begin, so far apart that no two can come too close."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

WIDTH = 0.5  # share of the free time that the spans take; the rest lies between them at random


class Reason(StrEnum):
    """Why a visit is left out."""

    NO_WAY = "no_way"
    TOO_MANY = "too_many"
    NO_UNIT = "no_unit"


@dataclass(frozen=True, slots=True)
class Span:
    """The `number`-th visit to a place begins from `first` to `last`, s from the begin of the shift."""

    place: int
    number: int
    first: int
    last: int
    seconds: int


def spans(
    place: int, visits: int, seconds: int, *, earliest: int, latest: int, apart: int, rng: np.random.Generator
) -> list[Span]:
    """Draw the spans of as many visits as fit, each of `seconds`, begun from `earliest` to `latest`.

    Whatever moment of its span a visit begins at, `apart` s lie between its end and the next one's begin. What is free
    beside visits and gaps is cut at random: half of it is room for the visits, half lies between them.
    """
    step = seconds + apart
    if latest < earliest:
        return []
    count = min(visits, 1 + ((latest - earliest) // step if step else visits))
    if count < 1:
        return []
    free = latest - earliest - (count - 1) * step
    room = int(free * WIDTH) // count
    gaps = rng.dirichlet(np.ones(count + 1)) * (free - room * count)
    first = earliest
    drawn = []
    for number in range(count):
        first += int(gaps[number])
        drawn.append(Span(place, number + 1, first, first + room, seconds))
        first += room + step
    return drawn
