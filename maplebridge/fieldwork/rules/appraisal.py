"""Pure: schemes of appraisal, and what the ledger of a period comes to by one, step by step.

Points are for work. Nothing here knows a resident, an incident or where somebody was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules.ledger import KINDS

PERIODS = {"month": _("month"), "quarter": _("quarter"), "half_year": _("half-year"), "year": _("year")}
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """Work of one kind: `weight` points each, `cap` pieces at most in a period (0: no end); of `forms`, or of all."""

    code: str
    name: str
    name_zh: str
    kind: str
    weight: Decimal
    cap: int
    forms: tuple[str, ...] = ()

    def holds(self, kind: str, what: str) -> bool:
        """Whether a line of the ledger counts here."""
        return kind == self.kind and (not self.forms or what in self.forms)


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points for whoever worked on at least `days` days of the period."""

    code: str
    name: str
    name_zh: str
    days: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """What work is worth: for which roles, by which period, at most `cap` points (0: no end), money for a point."""

    name: str
    name_zh: str
    period: str
    roles: tuple[str, ...]
    cap: Decimal
    value: Decimal
    currency: str
    items: tuple[Item, ...]
    bonus: tuple[Bonus, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of how a figure came about: so many pieces, so many of them counted, so many points."""

    sort: str  # item, bonus, cap, deduction
    code: str
    name: str
    name_zh: str
    pieces: int
    counted: int
    weight: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a worker's period comes to: the steps add up to `points`; `amount` is these in money."""

    steps: tuple[Step, ...]
    points: Decimal
    amount: Decimal


def scheme_from(table: Mapping[str, Any]) -> Scheme:
    """Read a scheme from a table as TOML and the database hold it. Raises ValueError with what is wrong."""
    try:
        items = tuple(_item(each) for each in table["items"])
        bonus = tuple(_bonus(each) for each in table.get("bonus", ()))
        found = Scheme(
            str(table["name"]), str(table.get("name_zh", "")), str(table["period"]), tuple(map(str, table["roles"])),
            Decimal(str(table.get("cap", 0))), Decimal(str(table["value"])), str(table.get("currency", "")), items,
            bonus,
        )  # fmt: skip
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError(str(error)) from error
    figures = [found.cap, found.value, *(i.weight for i in items), *(b.points for b in bonus)]
    if found.period not in PERIODS or not items or any(i.kind not in KINDS for i in items):
        raise ValueError("period, items and their kinds")
    if any(not figure.is_finite() or not 0 <= figure <= 1_000_000 for figure in figures):
        raise ValueError("weights, caps, points and value are 0 to 1,000,000")
    if len({i.code for i in items} | {b.code for b in bonus}) < len(items) + len(bonus):
        raise ValueError("each item and bonus has a code of its own")
    return found


def _item(table: Mapping[str, Any]) -> Item:
    forms = tuple(map(str, table.get("forms", ())))
    return Item(str(table["code"]), str(table["name"]), str(table.get("name_zh", "")), str(table["kind"]),
                Decimal(str(table["weight"])), int(table.get("cap", 0)), forms)  # fmt: skip


def _bonus(table: Mapping[str, Any]) -> Bonus:
    return Bonus(str(table["code"]), str(table["name"]), str(table.get("name_zh", "")), int(table["days"]),
                 Decimal(str(table["points"])))  # fmt: skip


def period_of(day: date, period: str) -> tuple[date, date]:
    """First and last day of the period that holds a day."""
    months = _MONTHS[period]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    beyond = first.month + months
    after = first.replace(year=first.year + (beyond > 12), month=(beyond - 1) % 12 + 1)
    return first, after - timedelta(days=1)


def next_period(day: date, period: str) -> date:
    """First day of the period after the one that holds a day."""
    return period_of(day, period)[1] + timedelta(days=1)


Piece = tuple[date, str, str, int]  # day, kind, form, how many


def appraise(scheme: Scheme, pieces: Iterable[Piece], deductions: Sequence[tuple[str, Decimal]] = ()) -> Appraisal:
    """Work out what the pieces of a period come to; `deductions` are codes and points that are taken off.

    Each piece counts once, at the first item that holds it. Bonuses follow, then the cap of the scheme, then what is
    deducted; never below nothing.
    """
    pieces = [piece for piece in pieces if piece[3] > 0]
    found: Counter[str] = Counter()
    for _day, kind, what, quantity in pieces:
        if item := next((item for item in scheme.items if item.holds(kind, what)), None):
            found[item.code] += quantity
    steps = [_counted(item, found[item.code]) for item in scheme.items]
    days = len({day for day, *_rest in pieces})
    steps += [_earned(each, days) for each in scheme.bonus]
    total = sum((step.points for step in steps), Decimal(0))
    if scheme.cap and total > scheme.cap:
        steps.append(_taken("cap", "", scheme.cap - total))
        total = scheme.cap
    for code, points in deductions:
        taken = min(points, total)
        steps.append(_taken("deduction", code, -taken))
        total -= taken
    return Appraisal(tuple(steps), total, (total * scheme.value).quantize(CENT, ROUND_HALF_UP))


def _counted(item: Item, pieces: int) -> Step:
    counted = min(pieces, item.cap) if item.cap else pieces
    return Step("item", item.code, item.name, item.name_zh, pieces, counted, item.weight, counted * item.weight)


def _earned(bonus: Bonus, days: int) -> Step:
    earned = days >= bonus.days
    return Step("bonus", bonus.code, bonus.name, bonus.name_zh, days, int(earned), bonus.points,
                bonus.points if earned else Decimal(0))  # fmt: skip


def _taken(sort: str, code: str, points: Decimal) -> Step:
    return Step(sort, code, "", "", 0, 0, Decimal(0), points)
