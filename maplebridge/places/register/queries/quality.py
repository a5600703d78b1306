"""Counts of the register by area, from which its quality is scored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from maplebridge.places.models import Area
from maplebridge.places.register.models import Address, Premise
from maplebridge.places.register.rules.quality import FRESH_DAYS, Counts, Quality, quality_of


@dataclass(frozen=True, slots=True)
class AreaQuality:
    """An area with its counts and score; None where the register has nothing there."""

    area: Area
    counts: Counts
    quality: Quality | None


def register_quality(at: datetime, *, areas: Iterable[Area]) -> list[AreaQuality]:
    """Score areas, the worst first, those with nothing in the register at the end."""
    wanted = {area.pk: area for area in areas}
    counts = _counts(at)
    rows = [
        AreaQuality(area, known, quality_of(known))
        for pk, area in wanted.items()
        if (known := counts.get(pk, Counts())) is not None
    ]
    return sorted(rows, key=lambda row: (row.quality is None, row.quality.score if row.quality else 0, row.area.code))


def _counts(at: datetime) -> dict[int, Counts]:
    ends = [at - timedelta(days=days) for days, _weight in FRESH_DAYS]
    there = Address.objects.filter(gone=False).values("area_id").order_by("area_id")
    ages = there.annotate(
        n=Count("pk"),
        a=Count("pk", filter=Q(confirmed_at__gt=ends[0])),
        b=Count("pk", filter=Q(confirmed_at__gt=ends[1], confirmed_at__lte=ends[0])),
        c=Count("pk", filter=Q(confirmed_at__gt=ends[2], confirmed_at__lte=ends[1])),
    )
    houses = _by_area(there.filter(kind="building").annotate(n=Count("pk"), k=Count("pk", filter=~Q(number=""))))
    known = Premise.objects.filter(gone=False).values(area_id=F("address__area_id")).order_by("area_id")
    used = _by_area(
        known.annotate(
            n=Count("pk"),
            k=Count("pk", filter=Q(residents__isnull=False)),
            h=Count(Coalesce("address__building_id", "address_id"), distinct=True),
        )
    )
    nothing: dict[str, int] = {}
    found: dict[int, Counts] = {}
    for row in ages:
        house, use = houses.get(row["area_id"], nothing), used.get(row["area_id"], nothing)
        found[row["area_id"]] = Counts(
            row["n"], (row["a"], row["b"], row["c"]), house.get("n", 0), house.get("k", 0), use.get("n", 0),
            use.get("k", 0), use.get("h", 0),
        )  # fmt: skip
    return found


def _by_area(rows: Iterable[Any]) -> dict[int, dict[str, Any]]:
    return {row["area_id"]: row for row in rows}
