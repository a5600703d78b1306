"""Pure: which villages were quiet, for how long, and a period beside the same days of the year before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included, beside the same days of the year before."""

    first: date
    last: date
    before_first: date
    before_last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def days_before(self) -> int:
        """How many days the year before: one more or less where a 29 February lies in one of the two."""
        return (self.before_last - self.before_first).days + 1


def half_year_to(day: date) -> Span:
    """The half-year up to a day, beside the same days of the year before."""
    first = day.replace(month=1 if day.month <= 6 else 7, day=1)
    return Span(first, day, _year_before(first), _year_before(day))


def _year_before(day: date) -> date:
    """The same day a year before; 28 February for 29 February."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def by_place(rows: Iterable[tuple[str, int]], places: Collection[str]) -> dict[str, int]:
    """Add up counts by area path ("/T/V/H1/") to the places whose codes stand in the path; 0 for those without any."""
    found = dict.fromkeys(places, 0)
    for path, count in rows:
        for code in path.split("/"):
            if code in found:
                found[code] += count
    return found


def quiet(counts: Mapping[str, int]) -> list[str]:
    """The places without anything, in order of their codes."""
    return sorted(code for code, count in counts.items() if not count)


def days_without(span: Span, days: Collection[date]) -> int:
    """How many days of a span had nothing, by the days that had something."""
    return span.days - sum(1 for day in set(days) if span.first <= day <= span.last)


def longest_quiet(span: Span, days: Iterable[date]) -> int:
    """The longest stretch of days of a span without anything."""
    marks = [span.first - timedelta(days=1), *sorted(day for day in set(days) if span.first <= day <= span.last),
             span.last + timedelta(days=1)]  # fmt: skip
    return max((later - earlier).days - 1 for earlier, later in zip(marks, marks[1:], strict=False))
