"""Recommend units for an incident: gather who could go, ask the roads once per mode, let the rules rank."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

import numpy as np
from django.db.models import Q

from maplebridge.dispatch import ranking, rules
from maplebridge.dispatch.fleet import JobNow, UnitNow, Workload
from maplebridge.dispatch.models import AlarmLevel, ResponsePlan
from maplebridge.dispatch.ranking import Candidate, Job, Preempt, Ranked
from maplebridge.dispatch.snapshot import snapshot
from maplebridge.dispatch.travel import POST_REACH_M, mode_of, nearest
from maplebridge.incidents.models import Incident
from maplebridge.kernel.language import named
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.places.models import Area

RANKED_PER_MODE = 16  # the nearest so many of each road mode are ranked, free ones and busy ones together
SLACK_S = 600.0  # a mode is searched no further than its fellow's last find and this: more than handicaps can make up
LEAST_LEFT_S = 120.0  # a job that has taken longer than usual is taken to last this much longer


@dataclass(frozen=True, slots=True)
class Advice:
    """What the recommendation said of one unit: its rank (None: not among those ranked) and travel time, if known."""

    rank: int | None = None
    eta_s: float | None = None


def recommendations(
    actor: Actor, *, incident: Incident, at: datetime, limit: int = 8, level: int | None = None
) -> list[Ranked]:
    """Rank the units on shift for an incident, best first, at most `limit`; those already sent there are left out.

    Exact by road for the nearest of each mode; `plan` marks those that the response plan wants at alarm `level`,
    by default the incident's own.
    """
    actor.must("dispatch.assign", incident)
    now = snapshot(at=at)
    everyone = now.in_order()
    able = [u for u in everyone if u.on_shift and u.status != "OutOfService" and u.alarm != "panic"]
    able = [u for u in able if u.incident_id != incident.pk]
    job = Job(incident.priority, frozenset(incident.type.skills), incident.area_code, incident.type.scene_s)
    most = max(RANKED_PER_MODE, 2 * limit)
    candidates = gather(able, now.loads, job, lon=incident.lon, lat=incident.lat, at=at, most=most)
    names = dict(Area.objects.filter(code__in={c.area_code for c in candidates}).values_list("code", "name"))
    ranked = ranking.rank(candidates, job, areas=names, worded=limit)
    sent = [u for u in everyone if u.incident_id == incident.pk]
    planned = _planned(incident, ranked, sent, level=level or level_of(incident))
    return [Ranked(r.candidate, r.rank, r.score, r.why, r.candidate.unit_id in planned) for r in ranked[:limit]]


def advice_on(actor: Actor, *, incident: Incident, unit: Unit, at: datetime) -> Advice:
    """Where a unit stands in the recommendation for an incident, and how long it would travel."""
    for ranked in recommendations(actor, incident=incident, at=at, limit=RANKED_PER_MODE, level=1):
        if ranked.candidate.unit_id == unit.pk:
            busy = ranked.candidate.preempt
            return Advice(ranked.rank, busy.eta_s if busy else ranked.candidate.eta_s)
    return Advice()


def gather(
    units: list[UnitNow], loads: Mapping[int, Workload], job: Job, *, lon: float, lat: float, at: datetime, most: int
) -> list[Candidate]:
    """Make the candidates for a job at (lon, lat): one bounded road search for each mode in use."""
    free_by_beat = Counter(u.area_code for u in units if u.free and u.area_code)
    by_mode: dict[str, list[UnitNow]] = defaultdict(list)
    for unit in units:
        by_mode[mode_of(unit.kind, job.priority)].append(unit)
    found: list[Candidate] = []
    within = inf
    for mode, group in sorted(by_mode.items(), key=lambda item: (-len(item[1]), item[0])):
        ways = _ways(mode, group, job, lon=lon, lat=lat, most=most, within=within)
        if len(ways) >= most:
            within = min(within, max(way.seconds for way in ways.values()) + SLACK_S)
        found += [
            _candidate(
                unit,
                ways[unit.id],
                loads.get(unit.id, Workload()),
                alone=unit.free and free_by_beat[unit.area_code] == 1,
                at=at,
            )
            for unit in group
            if unit.id in ways
        ]
    return [c for c in found if c.kind != "post" or c.distance_m <= POST_REACH_M]


@dataclass(slots=True)
class _Ways:
    """Travel of one unit: from where it will be free, and from where it is now if it can be taken off its job."""

    seconds: float = -1.0
    metres: float = 0.0
    estimate: bool = False
    at_once_s: float | None = None


def _ways(
    mode: str, group: list[UnitNow], job: Job, *, lon: float, lat: float, most: int, within: float
) -> dict[int, _Ways]:
    """Search once for free units and busy ones together; again only where free or skilled ones were crowded out."""
    places = [(u, False) for u in group] + [(u, True) for u in group if _takeable(u, job)]
    ways = _search(mode, places, lon=lon, lat=lat, most=most, within=within)
    free = [u for u in group if u.free]
    if len(free) > most // 2 and sum(u.id in ways for u in free) < most // 2:
        ways |= _search(mode, [(u, False) for u in free], lon=lon, lat=lat, most=most // 2, within=within)
    skilled = [u for u in free if job.skills and job.skills <= set(u.skills)]
    if skilled and not any(u.id in ways for u in skilled):
        ways |= _search(mode, [(u, False) for u in skilled], lon=lon, lat=lat, most=4, within=inf)
    return {unit: way for unit, way in ways.items() if way.seconds >= 0}


def _search(
    mode: str, places: list[tuple[UnitNow, bool]], *, lon: float, lat: float, most: int, within: float
) -> dict[int, _Ways]:
    keys, points = [], np.empty((len(places), 2))
    for index, (unit, at_once) in enumerate(places):
        from_job = unit.job is not None and not at_once
        place = unit.job if unit.job is not None and from_job else unit
        keys.append(-unit.job.incident_id if unit.job is not None and from_job else unit.id)
        points[index] = place.lon, place.lat
    ways: dict[int, _Ways] = defaultdict(_Ways)
    for way in nearest(mode, lon, lat, keys, points, most=most, within=within):
        unit, at_once = places[way.index]
        if at_once:
            ways[unit.id].at_once_s = way.seconds
        else:
            mine = ways[unit.id]
            mine.seconds, mine.metres, mine.estimate = way.seconds, way.metres, way.estimate
    return dict(ways)


def _takeable(unit: UnitNow, job: Job) -> bool:
    return unit.job is not None and rules.may_preempt(
        taken_status=unit.status, taken_priority=unit.job.priority, wanted_priority=job.priority
    )


def _candidate(unit: UnitNow, way: _Ways, load: Workload, *, alone: bool, at: datetime) -> Candidate:
    work = unit.job
    preempt = None
    if work and way.at_once_s is not None:
        was_s = None if unit.status == "OnScene" else _travel_left(unit, at)
        kind = named(work.type, work.type_zh)
        preempt = Preempt(work.incident_id, work.number, kind, work.priority, way.at_once_s, was_s)
    idle_from = load.last_cleared_at or unit.since_at
    return Candidate(
        unit_id=unit.id,
        call_sign=unit.call_sign,
        kind=unit.kind,
        eta_s=way.seconds,
        distance_m=way.metres,
        skills=frozenset(unit.skills),
        area_code=unit.area_code,
        estimate=way.estimate,
        free_in_s=free_in(unit, work, at=at) if work else None,
        idle_s=max(0.0, (at - idle_from).total_seconds()) if idle_from else None,
        jobs_today=load.jobs,
        only_one_in_beat=alone,
        position_age_s=(at - unit.position_at).total_seconds() if unit.position_at and unit.traits.moves else None,
        shift_left_s=(unit.shift_ends_at - at).total_seconds() if unit.shift_ends_at else None,
        preempt=preempt,
    )


def free_in(unit: UnitNow, work: JobNow, *, at: datetime) -> float:
    """Seconds until a busy unit is free: what is left of its travel and of the usual time on scene of its job."""
    if unit.onscene_at:
        return max(LEAST_LEFT_S, work.scene_s - (at - unit.onscene_at).total_seconds())
    return _travel_left(unit, at) + work.scene_s


def _travel_left(unit: UnitNow, at: datetime) -> float:
    since = (at - unit.assigned_at).total_seconds() if unit.assigned_at else 0.0
    return max(0.0, (unit.eta_s or 300.0) - since)


def _planned(incident: Incident, ranked: list[Ranked], sent: list[UnitNow], *, level: int) -> set[int]:
    wants = rules.wants_of(plans(incident.type_id), type=incident.type_id, priority=incident.priority, level=level)
    offered = [r.candidate for r in ranked if r.candidate.free_in_s is None]
    free = [(c.unit_id, c.kind, c.skills) for c in offered]
    return rules.chosen(wants, sent=[(u.id, u.kind, u.skills) for u in sent], offered=free)


def plans(type: str = "") -> list[rules.Plan]:
    """The response plans for a type of incident and those for all; without a type, every plan."""
    rows = ResponsePlan.objects.order_by("pk")
    if type:
        rows = rows.filter(Q(type=None) | Q(type_id=type))
    return [
        rules.Plan(row.type_id or "", row.max_priority, row.level, tuple(filter(None, map(rules.want_from, row.wants))))
        for row in rows
    ]


def level_of(incident: Incident) -> int:
    """The alarm level of an incident; 1 where nobody raised it."""
    raised = AlarmLevel.objects.filter(incident=incident).values_list("level", flat=True).first()
    return raised or 1
