"""Patterns in how staff look at personal data that are worth a second look by a person. Pure decisions.

They are about the use of access, each with its threshold in plain sight; none is an accusation, none makes a score.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WITHOUT_PART = 20  # looks of one person in a day at what they have no part in
SAME_RECORD = 8  # people who look at one record in the time shown, without a part in it
IN_A_ROW = 5  # refused looks of one person within an hour
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at personal data, as the journal has it."""

    position: int
    at: datetime
    actor: str
    record: str
    part: bool  # whether the case gave the reason by itself
    denied: bool = False
    on_duty: bool | None = None  # None where no roster says so


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was found: which rule, whose looks or at what, how many, and the entries to read."""

    rule: str
    about: str
    count: int
    first: int
    last: int


def patterns(looks: Iterable[Look]) -> list[Pattern]:
    """Find every pattern, those with most looks first within each rule. `looks` in order of position."""
    rows = list(looks)
    found = [*_without_part(rows), *_own(rows), *_off_duty(rows), *_same_record(rows), *_denied(rows)]
    return sorted(found, key=lambda each: (each.rule, -each.count, each.about))


def _by(rows: Iterable[Look], key: Callable[[Look], str]) -> Iterator[tuple[str, list[Look]]]:
    groups: dict[str, list[Look]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    yield from groups.items()


def _densest(rows: Sequence[Look], within: timedelta) -> Sequence[Look]:
    """The most looks that fall within a span of time."""
    ordered, best, start = sorted(rows, key=lambda row: (row.at, row.position)), range(0), 0
    for end, row in enumerate(ordered):
        while row.at - ordered[start].at >= within:
            start += 1
        best = range(start, end + 1) if end + 1 - start > len(best) else best
    return [ordered[n] for n in best]


def _pattern(rule: str, about: str, rows: Sequence[Look], count: int = 0) -> Pattern:
    positions = [row.position for row in rows]
    return Pattern(rule, about, count or len(rows), min(positions), max(positions))


def _without_part(rows: list[Look]) -> Iterator[Pattern]:
    for actor, theirs in _by((row for row in rows if not row.part and not row.denied), lambda row: row.actor):
        dense = _densest(theirs, DAY)
        if len(dense) >= WITHOUT_PART:
            yield _pattern("without_part", actor, dense)


def _own(rows: list[Look]) -> Iterator[Pattern]:
    for actor, theirs in _by((row for row in rows if row.record == row.actor), lambda row: row.actor):
        yield _pattern("own_record", actor, theirs)


def _off_duty(rows: list[Look]) -> Iterator[Pattern]:
    for actor, theirs in _by((row for row in rows if row.on_duty is False), lambda row: row.actor):
        yield _pattern("off_duty", actor, theirs)


def _same_record(rows: list[Look]) -> Iterator[Pattern]:
    for record, theirs in _by((row for row in rows if not row.part and not row.denied), lambda row: row.record):
        people = len({row.actor for row in theirs})
        if people >= SAME_RECORD:
            yield _pattern("same_record", record, theirs, people)


def _denied(rows: list[Look]) -> Iterator[Pattern]:
    for actor, theirs in _by((row for row in rows if row.denied), lambda row: row.actor):
        dense = _densest(theirs, HOUR)
        if len(dense) >= IN_A_ROW:
            yield _pattern("denied", actor, dense)
