"""What the registry comes to: thefts, recoveries, checks, hits and false matches, each with how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules.quiet import by_place
from maplebridge.kernel.intervals import Ratio, Share, rate_ratio, share
from maplebridge.places.under import under
from maplebridge.property.figures import Step, median_days, waiting_curve
from maplebridge.property.models import Alarm, CheckCount, Item, Sighting, TheftReport
from maplebridge.property.rules import KINDS

THEFT_TYPES = ("theft_ebike", "theft_battery")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a stretch of time. A theft counts by when it was reported, a check and an alarm by when it was."""

    registered: dict[str, int]  # items by kind, whenever registered
    thefts: int  # of registered items
    withdrawn: int
    recovered: Share  # of the thefts not withdrawn, by now
    curve: list[Step]  # what share still waits for recovery after how many days (Kaplan-Meier)
    median_days: float | None
    share_registered: Share  # of reported thefts of e-bikes and batteries, those whose item was registered
    checks: int
    hits: int  # alarms at once, not those of checks from before the report
    late_hits: int
    hit_rate: Share
    false_matches: Share  # of settled alarms, those that were not the stolen item


@dataclass(frozen=True, slots=True)
class Compared:
    """Reported thefts of e-bikes and batteries before and after a day, in one area or (code "") in all."""

    area: str
    ratio: Ratio


def figures(*, since: datetime, until: datetime, now: datetime, area: str = "") -> Figures:
    """Work out the figures of a stretch of time, of one area or of all. Checks are of all areas: no place is kept."""
    thefts = _within(TheftReport.objects.filter(reported_at__gte=since, reported_at__lt=until), area)
    counted = thefts.exclude(state="withdrawn")
    spans = [_span(*row, now=now) for row in counted.values_list("reported_at", "recovered_at", "ended_at")]
    curve = waiting_curve([days for days, _done in spans], [done for _days, done in spans])
    reports = _within(
        Incident.objects.filter(type__in=THEFT_TYPES, reported_at__gte=since, reported_at__lt=until), area
    )
    alarms = Alarm.objects.filter(at__gte=since, at__lt=until)
    raised = {row["late"]: row["n"] for row in alarms.order_by().values("late").annotate(n=Count("pk"))}
    checks = _checks(since, until)
    settled = alarms.exclude(outcome="", answer="")
    mistaken = settled.filter(Q(outcome="mistaken") | Q(outcome="", answer="mistyped"))
    return Figures(
        registered={kind: _count(Item.objects.filter(kind=kind).exclude(state="retired")) for kind, _name in KINDS},
        thefts=_count(thefts),
        withdrawn=_count(thefts.filter(state="withdrawn")),
        recovered=share(sum(done for _days, done in spans), len(spans)),
        curve=curve,
        median_days=median_days(curve),
        share_registered=share(_count(reports.filter(thefts__isnull=False).distinct()), _count(reports)),
        checks=checks,
        hits=raised.get(False, 0),
        late_hits=raised.get(True, 0),
        hit_rate=share(min(raised.get(False, 0), checks), checks),
        false_matches=share(_count(mistaken), _count(settled)),
    )


def before_and_after(*, split_at: datetime, days: int, now: datetime, areas: Sequence[str] = ()) -> list[Compared]:
    """Compare reported thefts of e-bikes and batteries in so many days before and after a moment; all areas first.

    Where the days after are not over yet, only what has passed counts. A ratio says that something changed, not why.
    """
    after = min(timedelta(days=days), max(now - split_at, timedelta()))
    before = _by_area(split_at - timedelta(days=days), split_at, areas)
    later = _by_area(split_at, split_at + after, areas)
    return [
        Compared(area, rate_ratio(before[area], float(days), later[area], after / timedelta(days=1)))
        for area in ("", *areas)
    ]


def _by_area(since: datetime, until: datetime, areas: Sequence[str]) -> dict[str, int]:
    """Count reported thefts of e-bikes and batteries in each area and (code "") in all."""
    rows = Incident.objects.filter(type__in=THEFT_TYPES, reported_at__gte=since, reported_at__lt=until).order_by()
    counts = list(rows.values_list("area_path").annotate(n=Count("pk")))
    return by_place(counts, areas) | {"": sum(count for _path, count in counts)}


def _within(rows: "QuerySet[Any]", area: str) -> "QuerySet[Any]":
    return rows.filter(under([area])) if area else rows


def _count(rows: "QuerySet[Any]") -> int:
    return int(rows.order_by().count())


def _span(
    reported: datetime, recovered: datetime | None, ended: datetime | None, *, now: datetime
) -> tuple[float, bool]:
    """Days until recovery; where there was none, until it was closed or until now, and that it was not seen."""
    until = recovered or ended or now
    return max(0.0, (until - reported) / timedelta(days=1)), recovered is not None


def _checks(since: datetime, until: datetime) -> int:
    """Checks that are still kept, and those that were forgotten, by whole days; readers' alarms are no checks."""
    kept = Sighting.objects.filter(at__gte=since, at__lt=until).exclude(channel="reader").count()
    days = CheckCount.objects.filter(day__gte=since.date(), day__lt=until.date()).exclude(channel="reader")
    return int(kept + (days.aggregate(n=Sum("checks"))["n"] or 0))
