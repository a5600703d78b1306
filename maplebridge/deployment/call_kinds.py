"""Kinds of call from the record: which types at which priority there are, how often, how long they take on scene."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from maplebridge.deployment.calls import parents
from maplebridge.deployment.demand import Demand
from maplebridge.deployment.kernels.arrays import Floats
from maplebridge.deployment.scenario import CallKinds, Replayed
from maplebridge.deployment.service_times import fit
from maplebridge.dispatch import rules
from maplebridge.dispatch.recommend import plans
from maplebridge.incidents.models import Incident, IncidentQuerySet, IncidentType
from maplebridge.people.actor import Actor
from maplebridge.people.rules import UNIT_KINDS

KIND_CODES = tuple(UNIT_KINDS)  # index of a kind of unit, the same in every scenario
Key = tuple[str, int]  # type and priority


def kinds_on_record(
    actor: Actor, *, begin: datetime, end: datetime, types: Collection[str] = ()
) -> tuple[CallKinds, Floats]:
    """Read the kinds of call from `begin` up to `end` and the share of each, and fit their time on scene.

    Without a record, every type at its own priority alike.
    """
    rows = _reported(actor, begin, end, types)
    counts = Counter(rows.order_by().values_list("type_id", "priority"))
    known = IncidentType.objects.filter(code__in=types) if types else IncidentType.objects.filter(active=True)
    if not counts:
        counts = Counter({(each.code, each.priority): 1 for each in known})
    keys = sorted(counts)
    share = np.array([counts[key] for key in keys], float)
    return kinds_of(keys, _times(rows)), share / share.sum()


def _reported(actor: Actor, begin: datetime, end: datetime, types: Collection[str]) -> IncidentQuerySet:
    rows = Incident.objects.visible_to(actor).on_map().filter(merged_into=None)
    rows = rows.filter(reported_at__gte=begin, reported_at__lt=end)
    return rows.filter(type__in=types) if types else rows


def _times(rows: IncidentQuerySet) -> dict[str, Floats]:
    """Seconds on scene by type: from the first unit's arrival to the close of the incident."""
    found: dict[str, list[float]] = {}
    done = rows.exclude(onscene_at=None).exclude(closed_at=None).order_by()
    for type, onscene, closed in done.values_list("type_id", "onscene_at", "closed_at"):
        found.setdefault(type, []).append(_seconds(onscene, closed))
    return {type: np.array(values) for type, values in found.items()}


def kinds_of(keys: Sequence[Key], times: dict[str, Floats]) -> CallKinds:
    """Describe kinds by their types on record: skills, targets, what the response plans want, time on scene."""
    types = IncidentType.objects.in_bulk({type for type, _priority in keys})
    names = tuple(sorted({skill for each in types.values() for skill in each.skills} | _planned_skills()))
    service = fit(times, {code: float(each.scene_s) for code, each in types.items()})
    every, wants, first = plans(), [], [0]
    for type, priority in keys:
        wants += wanted(rules.wants_of(every, type=type, priority=priority), names)
        first.append(len(wants))
    chosen = [service[type] for type, _priority in keys]
    return CallKinds(
        tuple(type for type, _priority in keys), np.array([priority for _type, priority in keys], np.int64),
        np.array([bits(types[type].skills, names) for type, _priority in keys], np.int64),
        np.array([types[type].scene_s for type, _priority in keys], float),
        np.array([types[type].target_s for type, _priority in keys], float),
        np.array([each.family for each in chosen], np.int64), np.array([each.a for each in chosen]),
        np.array([each.b for each in chosen]), np.array(first, np.int64), np.array(wants, np.int64), names,
    )  # fmt: skip


def _planned_skills() -> set[str]:
    return {skill for plan in plans() for want in plan.wants for skill in want.skills}


def wanted(wants: Sequence[rules.Want], names: Sequence[str]) -> list[tuple[int, int, int]]:
    """Lay wants out as `CallKinds.wants`, narrow ones first as `dispatch.rules.chosen` takes them."""
    order = sorted(wants, key=lambda want: (not want.skills, not want.kinds, len(want.kinds)))
    return [(want.count, bits(want.kinds, KIND_CODES), bits(want.skills, names)) for want in order]


def bits(some: Collection[str], names: Sequence[str]) -> int:
    """Set the bit of each name that is among some."""
    return sum(1 << number for number, name in enumerate(names) if name in some)


def replayed(
    actor: Actor, demand: Demand, kinds: CallKinds, *, begin: datetime, end: datetime, types: Collection[str] = ()
) -> Replayed:
    """Read the calls of a time as they were, with the time on scene they took where it was recorded.

    A call whose cell or kind the need and `kinds` do not know is left out; those of the same time and types have all.
    """
    kind = {key: number for number, key in enumerate(zip(kinds.types, kinds.priorities.tolist(), strict=True))}
    columns = "reported_at", "cell", "type_id", "priority", "onscene_at", "closed_at"
    rows = list(_reported(actor, begin, end, types).order_by("reported_at", "pk").values_list(*columns))
    cells = parents(np.array([row[1] for row in rows], np.int64), demand.resolution)
    places = np.searchsorted(demand.cells, cells).clip(0, len(demand.cells) - 1)  # cells of a need are sorted
    what = np.array([kind.get((row[2], row[3]), -1) for row in rows], np.int64)
    kept = (demand.cells[places] == cells) & (what >= 0)
    at_s = np.array([(row[0] - begin).total_seconds() for row in rows], float)
    scene_s = np.array([_seconds(onscene, closed) for *_, onscene, closed in rows], float)
    response_s = np.array([_seconds(row[0], row[4]) for row in rows], float)
    return Replayed(at_s[kept], places[kept], what[kept], scene_s[kept], response_s[kept])


def _seconds(begin: datetime | None, end: datetime | None) -> float:
    """Seconds from one moment to another, NaN where they were not recorded in this order."""
    took = (end - begin).total_seconds() if begin and end else 0.0
    return took if took > 0 else np.nan
