"""Reads of positions."""

from collections.abc import Iterable
from datetime import datetime

from maplebridge.positions.models import LatestPosition
from maplebridge.positions.rules import Fix

_FIELDS = ("unit_id", "lon", "lat", "at")


def latest_positions(units: Iterable[int] | None = None) -> dict[int, Fix]:
    """Newest fix of each unit that has one, by unit id; of the units given, or of all."""
    rows = LatestPosition.objects.all() if units is None else LatestPosition.objects.filter(unit_id__in=list(units))
    return {row[0]: Fix(*row) for row in rows.values_list(*_FIELDS)}


def changed_since(moment: datetime) -> list[Fix]:
    """Fixes received at or after a moment, oldest first.

    A reader asks again from a second or two before its last question: a batch may commit a little after its
    `received_at`; seeing a fix twice does no harm.
    """
    rows = LatestPosition.objects.filter(received_at__gte=moment).order_by("received_at", "unit_id")
    return [Fix(*row) for row in rows.values_list(*_FIELDS)]
