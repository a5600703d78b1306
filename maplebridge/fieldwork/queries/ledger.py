"""Reads of the ledger: sums by worker and by area, and what somebody's period comes to so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from maplebridge.fieldwork.models import LedgerLine
from maplebridge.people.actor import Actor
from maplebridge.places.under import under

KINDS = ("form", "task", "review")


@dataclass(frozen=True, slots=True)
class Sums:
    """How much of each kind of work, on how many days; by worker or by area."""

    key: str
    counts: Mapping[str, int]
    days: int

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(self.counts.values())


def ledger_lines(actor: Actor, *, since: date, until: date, area: str = "") -> QuerySet[LedgerLine]:
    """Lines that the actor may see from one day to another, both included; of an area with all below, or of all."""
    rows = LedgerLine.objects.all().visible_to(actor).filter(day__range=(since, until))
    return rows.filter(under([area])) if area else rows


def sums_by(rows: QuerySet[LedgerLine], column: str) -> list[Sums]:
    """Sum lines by a column, `user` or `area_code`, the most work first."""
    sums: dict[str, Any] = {kind: Sum("quantity", filter=Q(kind=kind), default=0) for kind in KINDS}
    grouped = rows.order_by().values(column).annotate(days=Count("day", distinct=True), **sums)
    found = [Sums(str(row[column]), {kind: row[kind] for kind in KINDS}, row["days"]) for row in grouped]
    return sorted(found, key=lambda each: (-each.total, each.key))
