"""Read every unit as it stands at a moment: status, place, shift, job, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, FilteredRelation, Max, Q

from maplebridge.dispatch.models import Assignment
from maplebridge.people.models import Unit
from maplebridge.people.rules import UNIT_KINDS, UnitKind

WORKDAY = timedelta(hours=12)  # jobs "today" are those of the last twelve hours: a shift and what was before it


@dataclass(frozen=True, slots=True)
class JobNow:
    """The job a unit has: where, what, how urgent, and the usual seconds on scene."""

    incident_id: int
    number: str
    lon: float
    lat: float
    priority: int
    type: str
    type_zh: str
    scene_s: float


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A unit at a moment. `lon`, `lat` are its newest fix on shift, or its home with `position_at` None."""

    id: int
    call_sign: str
    kind: str
    skills: tuple[str, ...]
    area_code: str
    lon: float
    lat: float
    position_at: datetime | None
    status: str
    secondary: str
    since_at: datetime | None
    timer_at: datetime | None
    alarm: str
    shift_ends_at: datetime | None
    incident_id: int | None
    assigned_at: datetime | None
    onscene_at: datetime | None
    eta_s: float | None
    job: JobNow | None
    duty_from: datetime | None
    battery: float | None
    accuracy: float | None
    lone_s: int | None

    @property
    def on_shift(self) -> bool:
        """Whether a shift covers the moment."""
        return self.shift_ends_at is not None

    @property
    def traits(self) -> UnitKind:
        """Letter, road mode and mobility of its kind."""
        return UNIT_KINDS[self.kind]

    @property
    def free(self) -> bool:
        """Whether it can be sent now."""
        return self.on_shift and self.status == "Available" and self.incident_id is None and self.alarm != "panic"


_COLUMNS = (
    "id", "call_sign", "kind", "skills", "area_code", "home_lon", "home_lat",
    "position__lon", "position__lat", "position__at",
    "status__status", "status__secondary", "status__since_at", "status__timer_at", "status__alarm",
    "duty__ends_at", "duty__starts_at",
    "job__incident_id", "job__assigned_at", "job__onscene_at", "job__eta_s",
    "job__incident__number", "job__incident__lon", "job__incident__lat", "job__incident__priority",
    "job__incident__type__name", "job__incident__type__name_zh", "job__incident__type__scene_s",
    "position__battery", "position__accuracy", "lone_watch__every_s",
)  # fmt: skip


def fleet(*, at: datetime, units: Iterable[int] | None = None, on_shift: bool = True) -> list[UnitNow]:
    """Units in service in order of call sign: those on shift or still at a job, or with `on_shift=False` all.

    One query, whatever their number. `units` limits it to some ids.
    """
    rows = Unit.objects.active().annotate(
        duty=FilteredRelation("shifts", condition=Q(shifts__starts_at__lte=at, shifts__ends_at__gt=at)),
        job=FilteredRelation("assignments", condition=Q(assignments__cleared_at=None)),
    )
    if units is not None:
        rows = rows.filter(pk__in=list(units))
    if on_shift:
        rows = rows.filter(Q(duty__ends_at__gt=at) | Q(job__assigned_at__isnull=False))
    found: dict[int, UnitNow] = {}
    for row in rows.order_by("call_sign", "duty__ends_at").values_list(*_COLUMNS):
        found[row[0]] = _unit_now(row)  # of two shifts that overlap, the later end counts
    return list(found.values())


def _unit_now(row: tuple[Any, ...]) -> UnitNow:
    on_shift = row[15] is not None
    placed = on_shift and row[7] is not None
    return UnitNow(
        id=row[0], call_sign=row[1], kind=row[2], skills=tuple(row[3] or ()), area_code=row[4],
        lon=row[7] if placed else row[5], lat=row[8] if placed else row[6], position_at=row[9] if placed else None,
        status=row[10] or "Available", secondary=row[11] or "", since_at=row[12] or row[16], timer_at=row[13],
        alarm=row[14] or "", shift_ends_at=row[15],
        incident_id=row[17], assigned_at=row[18], onscene_at=row[19], eta_s=row[20],
        job=JobNow(row[17], f"{row[21]:04d}", *row[22:28]) if row[17] is not None else None, duty_from=row[16],
        battery=row[28] if placed else None, accuracy=row[29] if placed else None, lone_s=row[30],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workload:
    """What a unit has done lately: number of jobs, and when the last ended."""

    jobs: int = 0
    last_cleared_at: datetime | None = None


def workloads(*, at: datetime, units: Iterable[int] | None = None) -> dict[int, Workload]:
    """Work of each unit in the twelve hours before a moment, by unit id; those without any are absent."""
    recent = Assignment.objects.filter(assigned_at__gt=at - WORKDAY, assigned_at__lte=at)
    if units is not None:
        recent = recent.filter(unit_id__in=list(units))
    rows = recent.order_by().values_list("unit_id").annotate(Count("id"), Max("cleared_at"))
    return {unit: Workload(jobs, last) for unit, jobs, last in rows}
