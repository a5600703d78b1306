"""The figures of a county's work: quiet villages and days, overdue tasks, work done; beside the year before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

from maplebridge.fieldwork.models import LedgerLine, Task
from maplebridge.fieldwork.queries.coverage import held_by_path
from maplebridge.fieldwork.rules.tasks import ENDED
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules.quiet import Span, by_place, days_without, longest_quiet, quiet
from maplebridge.kernel.intervals import Ratio, Share, rate_ratio, share
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.queries import city_zone


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """Of one village or other area: incidents and work beside the year before, the last incident, tasks, posts."""

    area: Area
    incidents: Ratio
    work: Ratio
    last: date | None
    overdue: Share
    held: Share


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """Of all places of a kind. `quiet_before` is of the same days of the year before."""

    span: Span
    quiet_now: Share
    quiet_before: Share
    days_without: Share
    days_without_before: Share
    longest: int
    incidents: Ratio
    work: Ratio
    overdue: Share
    held: Share
    places: list[PlaceFigures]


def field_figures(actor: Actor, *, places: Sequence[Area], span: Span, at: datetime) -> FieldFigures:
    """Work out the figures of places that do not overlap, such as all villages of a township.

    Incidents count by when they were reported, without those that were cancelled or merged into another. Work counts by
    the ledger. An interval says how far chance alone may carry a figure.
    """
    codes = [area.code for area in places]
    incidents = Incident.objects.visible_to(actor).filter(merged_into=None).exclude(state="Cancelled")
    now, before = _between(incidents, span.first, span.last), _between(incidents, span.before_first, span.before_last)
    counts, counts_before = _counted(now, codes), _counted(before, codes)
    work, work_before = (
        _work(actor, span.first, span.last, codes),
        _work(actor, span.before_first, span.before_last, codes),
    )
    due, open_ = _overdue(actor, codes, at=at)
    last = _last_days(incidents, codes)
    days, days_before = _days(now, set(codes)), _days(before, set(codes))
    held, posts_ = _held(actor, codes, at=at)

    def ratio(later: int, earlier: int) -> Ratio:
        return rate_ratio(earlier, span.days_before, later, span.days)

    return FieldFigures(
        span=span,
        quiet_now=share(len(quiet(counts)), len(codes)), quiet_before=share(len(quiet(counts_before)), len(codes)),
        days_without=share(days_without(span, days), span.days), longest=longest_quiet(span, days),
        days_without_before=share(span.days_before - len(days_before), span.days_before),
        incidents=ratio(sum(counts.values()), sum(counts_before.values())),
        work=ratio(sum(work.values()), sum(work_before.values())),
        overdue=share(sum(due.values()), sum(open_.values())), held=share(sum(held.values()), sum(posts_.values())),
        places=[
            PlaceFigures(area, ratio(counts[area.code], counts_before[area.code]),
                         ratio(work[area.code], work_before[area.code]), last.get(area.code),
                         share(due[area.code], open_[area.code]), share(held[area.code], posts_[area.code]))
            for area in places
        ],
    )  # fmt: skip


def _between(rows: QuerySet[Incident], first: date, last: date) -> QuerySet[Incident]:
    zone = city_zone()
    begins = datetime.combine(first, time.min, zone)
    return rows.filter(
        reported_at__gte=begins, reported_at__lt=datetime.combine(last, time.min, zone) + timedelta(days=1)
    )


def _counted(rows: QuerySet[Any], codes: Sequence[str]) -> dict[str, int]:
    return by_place(rows.order_by().values_list("area_path").annotate(n=Count("pk")), codes)


def _work(actor: Actor, first: date, last: date, codes: Sequence[str]) -> dict[str, int]:
    rows = LedgerLine.objects.all().visible_to(actor).filter(day__range=(first, last)).order_by()
    return by_place(rows.values_list("area_path").annotate(n=Sum("quantity")), codes)


def _overdue(actor: Actor, codes: Sequence[str], *, at: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Tasks that should have been delivered by now, and all that wait for somebody in the field."""
    rows = Task.objects.visible_to(actor).exclude(state__in=[*ENDED, "delivered"])
    return _counted(rows.filter(due_at__lt=at), codes), _counted(rows, codes)


def _held(actor: Actor, codes: Sequence[str], *, at: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Posts in each place that somebody holds, and all that there are."""
    rows = held_by_path(actor, at=at)
    return by_place(rows, codes), by_place([(path, 1) for path, _held in rows], codes)


def _last_days(rows: QuerySet[Incident], codes: Sequence[str]) -> dict[str, date]:
    zone, wanted = city_zone(), set(codes)
    found: dict[str, date] = {}
    for path, moment in rows.order_by().values_list("area_path").annotate(last=Max("reported_at")):
        for code in wanted.intersection(path.split("/")):
            day = moment.astimezone(zone).date()
            found[code] = max(day, found.get(code, day))
    return found


def _days(rows: QuerySet[Incident], codes: set[str]) -> set[date]:
    zone = city_zone()
    moments = rows.values_list("area_path", "reported_at").iterator()
    return {moment.astimezone(zone).date() for path, moment in moments if codes.intersection(path.split("/"))}


def kinds_of_places(actor: Actor) -> dict[str, list[Area]]:
    """The areas where an actor gives tasks by kind, the smallest kinds first."""
    codes = actor.areas("tasks.give")
    found: dict[str, list[Area]] = {}
    for area in Area.objects.filter(gone=False).defer("geometry").order_by("-level", "code"):
        if codes is None or any(f"/{code}/" in area.path for code in codes):
            found.setdefault(area.kind, []).append(area)
    return found
