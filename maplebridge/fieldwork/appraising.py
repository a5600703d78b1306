"""The appraisal of a worker's period, from the ledger and the scheme that holds then."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from maplebridge.fieldwork.models import Deduction, LedgerLine, Scheme
from maplebridge.fieldwork.rules.appraisal import Appraisal, Piece, appraise


def scheme_on(day: date) -> Scheme | None:
    """The scheme that holds on a day: the published one that began last."""
    return Scheme.objects.filter(published_at__isnull=False, starts_on__lte=day).order_by("-starts_on", "-pk").first()


def pieces_of(lines: Iterable[LedgerLine]) -> list[Piece]:
    """Lines of the ledger as the rules of appraisal take them."""
    return [(line.day, line.kind, line.what, line.quantity) for line in lines]


def appraisal_of(scheme: Scheme, lines: Iterable[LedgerLine], deductions: Iterable[Deduction]) -> Appraisal:
    """Work out what lines of one worker come to, with what is deducted."""
    taken = [(str(each.pk), each.points) for each in deductions]
    return appraise(scheme.parsed, pieces_of(lines), taken)


def counted_lines(*, starts_on: date, ends_on: date, after: int = 0, upto: int | None = None) -> QuerySet[LedgerLine]:
    """Lines of a period; with `after` also those of earlier days that were entered after the sheet before was drawn up.

    `upto` is the last entry that counts.
    """
    rows = LedgerLine.objects.filter(
        Q(day__range=(starts_on, ends_on)) | (Q(day__lt=starts_on, position__gt=after) if after else Q(pk__in=()))
    )
    return rows.filter(position__lte=upto) if upto is not None else rows


def steps_as_json(found: Appraisal) -> list[dict[str, Any]]:
    """The steps of an appraisal as a sheet keeps them; figures as text, exact."""
    return [
        {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(step).items()}
        for step in found.steps
    ]
