"""Reads of deployment: today's layout from units and shifts, need for whoever asks, studies and their runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.call_kinds import kinds_on_record
from maplebridge.deployment.calls import Calls
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.demand import Demand, calls_on_record, demand_of
from maplebridge.deployment.kernels.arrays import Mask
from maplebridge.deployment.layout import HOURS, Layout, Post, Spans, layout_of
from maplebridge.deployment.models import Study, StudyRun
from maplebridge.deployment.record import Record, record_of
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.kernel.clock import parse_stamp, stamp
from maplebridge.kernel.language import in_chinese, named
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor, system
from maplebridge.people.models import Shift, Unit
from maplebridge.places.queries import city_zone

SHIFTS_BACK = timedelta(days=28)
HISTORY = timedelta(days=365)  # of need that is looked at unless somebody says otherwise
HALF = 0.5  # of the weeks on record: from then on a unit counts as on duty in an hour


def today_layout(actor: Actor, *, at: datetime) -> Layout:
    """Give the layout on record: units in service at their homes, on duty in the hours of the week in which they had a
    shift in at least half of the last four weeks (a unit younger than a week: in the same hours of every day).
    """
    actor.must("studies.view")
    zone, shifts = city_zone(), _shifts_by_unit(at)
    posts = [
        Post(unit.call_sign, unit.kind, unit.home_lon, unit.home_lat, spans_of(hours), unit.call_sign)
        for unit in Unit.objects.active().order_by("call_sign")
        if (hours := duty_hours(shifts.get(unit.pk, ()), at=at, zone=zone)).any()
    ]
    return Layout(_("Today"), tuple(posts))


def _shifts_by_unit(at: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    rows = Shift.objects.filter(ends_at__gt=at - SHIFTS_BACK, starts_at__lte=at).order_by("starts_at")
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for unit, starts_at, ends_at in rows.values_list("unit_id", "starts_at", "ends_at"):
        found.setdefault(unit, []).append((max(starts_at, at - SHIFTS_BACK), ends_at))
    return found


def duty_hours(shifts: Sequence[tuple[datetime, datetime]], *, at: datetime, zone: ZoneInfo) -> Mask:
    """Tell in which hours of the week a unit is on duty as a rule, from its shifts in order: (168,)."""
    if not shifts:
        return np.zeros(HOURS, bool)
    begin, end = shifts[0][0], max(at, shifts[-1][1])
    seen, on_duty = np.zeros(HOURS), np.zeros(HOURS)
    moment = begin
    while moment < end:
        local = moment.astimezone(zone)
        hour = local.weekday() * 24 + local.hour
        seen[hour] += 1
        on_duty[hour] += any(starts_at <= moment < ends_at for starts_at, ends_at in shifts)
        moment += timedelta(hours=1)
    by_hour = on_duty.reshape(7, 24).sum(axis=0) >= HALF * np.maximum(seen.reshape(7, 24).sum(axis=0), 1)
    rule: Mask = np.where(seen > 0, on_duty >= HALF * np.maximum(seen, 1), np.tile(by_hour, 7))
    return rule


def spans_of(hours: Mask) -> Spans:
    """Write hours of the week as spans; none where it is all of them."""
    if hours.all():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hours.astype(int), [0]])))
    return tuple((int(begin), int(end)) for begin, end in edges.reshape(-1, 2))


def first_choices(*, at: datetime) -> Choices:
    """Give what a new study asks first: all types of the last year, or of as much as there is.

    The present quarter of an hour is included: need is counted by quarters, and a report of just now is need already.
    """
    begin = max(first_report(at=at), at - HISTORY)
    end = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)
    return Choices(stamp(begin.replace(minute=0, second=0, microsecond=0)), stamp(end))


def first_report(*, at: datetime) -> datetime:
    """When the first incident on record was reported; four weeks ago where there is none."""
    first = Incident.objects.on_map().order_by("reported_at").values_list("reported_at", flat=True).first()
    return first or at - timedelta(days=28)


def type_rows() -> list[dict[str, str]]:
    """List the types of incident that a need can be counted from, in the reader's language; those out of use last."""
    types = IncidentType.objects.order_by("-active", "name_zh" if in_chinese() else "name")
    return [{"code": each.code, "name": named(each.name, each.name_zh)} for each in types]


def need_of(actor: Actor, choices: Choices) -> Demand:
    """Count the need that a study looks at. It is of places alone, so that `studies.view` is enough for it.

    Raises BadInput.
    """
    actor.must("studies.view")
    begin, end = _span(choices)
    reader, area = _reader(actor)
    return demand_of(reader, begin=begin, end=end, types=choices.types, area=area, resolution=choices.resolution)


def calls_of_need(actor: Actor, choices: Choices) -> Calls:
    """When and where the calls of a need were, for figures of places alone. Raises BadInput."""
    actor.must("studies.view")
    begin, end = _span(choices)
    reader, area = _reader(actor)
    return calls_on_record(reader, begin=begin, end=end, types=choices.types, area=area)


def record_now(actor: Actor, choices: Choices) -> Record:
    """Read everything that a study keeps of the record: need, kinds of call and their times on scene."""
    actor.must("studies.view")
    begin, end = _span(choices)
    reader, _area = _reader(actor)
    kinds, mix = kinds_on_record(reader, begin=begin, end=end, types=choices.types)
    return Record(need_of(actor, choices), kinds, mix)


def _span(choices: Choices) -> tuple[datetime, datetime]:
    try:
        return parse_stamp(choices.begin), parse_stamp(choices.end)
    except ValueError:
        raise BadInput("begin", _("Give the time of the need as moments with their offset from UTC.")) from None


def _reader(actor: Actor) -> tuple[Actor, str]:
    """Who counts: the actor where it may see incidents, else a program of ours, bound to the actor's area."""
    return (actor, "") if actor.may("incidents.view") else (system("studies"), _only_area(actor))


def _only_area(actor: Actor) -> str:
    """The area to which somebody who may not see incidents is bound; "" for the whole city."""
    areas = actor.areas("studies.view")
    return "" if areas is None else min(areas)


def kept_need(study: Study) -> Demand:
    """Give the need that was kept with a study."""
    return kept_record(study).demand


def kept_record(study: Study) -> Record:
    """Give the record that was kept with a study."""
    return record_of(bytes(study.need))


def layouts_of(study: Study) -> tuple[Layout, Layout]:
    """Give layouts A and B of a study."""
    return layout_of(study.inputs["a"]), layout_of(study.inputs["b"])


def choices_of(study: Study) -> Choices:
    """Give what a study asks."""
    return replace(Choices(**study.inputs["choices"]), types=tuple(study.inputs["choices"]["types"]))


def study_of(actor: Actor, number: int) -> Study:
    """Give a study by its number. Raises NotFound."""
    actor.must("studies.view")
    study = Study.objects.filter(pk=number).first()
    if study is None:
        raise NotFound(_("There is no study of this number."))
    return study


def last_run(study: Study) -> StudyRun | None:
    """Give the newest run of a study."""
    return study.runs.order_by("-pk").first()


def must_run(study: Study) -> StudyRun:
    """Give the newest run of a study. Raises NotFound where it never ran."""
    run = last_run(study)
    if run is None:
        raise NotFound(_("This study was not simulated yet. Begin a run first."))
    return run


def study_rows(actor: Actor) -> list[dict[str, Any]]:
    """List the studies kept, newest first, with how far their runs got."""
    actor.must("studies.view")
    studies = Study.objects.kept().defer("need").prefetch_related("runs")[:100]
    return [study_row(study, max(study.runs.all(), key=lambda run: run.pk, default=None)) for study in studies]


def study_row(study: Study, run: StudyRun | None) -> dict[str, Any]:
    """Say what a list shows of a study and its newest run."""
    return {
        "id": study.pk, "name": study.name, "made_at": stamp(study.made_at), "position": study.position,
        "seed": study.seed, "digest": study.digest, "run": run_row(run) if run else None,
    }  # fmt: skip


def run_row(run: StudyRun) -> dict[str, Any]:
    """Say how far a run is."""
    return {
        "id": run.pk, "state": run.state, "done": run.done, "total": run.total, "fault": run.fault,
        "asked_at": stamp(run.asked_at), "ended_at": stamp(run.ended_at) if run.ended_at else None,
    }  # fmt: skip
