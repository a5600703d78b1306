"""Simulate a layout: discrete events, thousands of replications on several cores, every figure with its interval.

The same calls, service times and chances meet every layout (common random numbers), so that a difference between two
layouts of the same need is seen with far fewer replications (Law 2015, Simulation Modeling and Analysis, section 11.2).
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels import outcome as kernels
from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.fleet import KIND, LOST, RUN, SERVED, WAITING, Records, World
from maplebridge.deployment.kernels.outcome import ALL, PERCENTILES, WITHIN_S, Need, Rows
from maplebridge.deployment.kernels.simulation import run
from maplebridge.deployment.scenario import PRIORITIES, CallKinds, Replayed, Scenario
from maplebridge.kernel.refused import BadInput

__all__ = ["ALL", "PERCENTILES", "WITHIN_S", "Outcome", "Trace", "joined", "simulate", "trace"]
MOST_REPLICATIONS = 100_000
MOST_FIGURES = 60_000_000  # replications times places
CHUNK = 16  # replications at a time on one core


@dataclass(frozen=True)
class Outcome:
    """Figures of R replications, a row each; calls of the warm-up are not counted.

    (R,): `arrived` = `served` + `waiting` + `lost`; `dispatches` units sent, `preempted` units taken off a job (both
    with the warm-up); `travel_s` mean of the first unit; `waited_s` mean wait for a free unit, `waited` share that did.
    (R, 12), priorities 0 to 10 and ALL: `reached` calls that a unit was sent to, `mean_s` of their response from report
    to arrival (NaN without any), `on_target` share of all calls within their target, those lost or waiting missed it;
    `percentiles_s` (R, 12, 3) of the response at PERCENTILES. `near` (R, 4): share of calls that had a free unit within
    WITHIN_S seconds of travel when they came, which is how much of the need is covered at any time. (R, u): `busy`
    share of the hours of duty, `over_s` seconds worked beyond duty, `jobs`. (R, n): `place_calls` and `place_s`, how
    many responses there were and their sum.
    """

    first: int
    served: Ints
    waiting: Ints
    lost: Ints
    dispatches: Ints
    preempted: Ints
    travel_s: Floats
    waited_s: Floats
    waited: Floats
    reached: Ints
    mean_s: Floats
    on_target: Floats
    percentiles_s: Floats
    near: Floats
    busy: Floats
    over_s: Floats
    jobs: Ints
    place_calls: Ints
    place_s: Floats

    def __len__(self) -> int:
        return len(self.served)

    @property
    def arrived(self) -> Ints:
        """Calls counted: (R,)."""
        return np.asarray(self.served + self.waiting + self.lost)


@dataclass(frozen=True)
class Trace:
    """One replication call by call, (calls,) each: what came, when the first unit was sent, how long until it was there
    (NaN where none was), how long it travelled, which unit (-1: none), what became of it (WAITING, SERVED, LOST).
    """

    calls: Replayed
    decided_s: Floats
    response_s: Floats
    travel_s: Floats
    unit: Ints
    state: Ints


def simulate(
    scenario: Scenario,
    *,
    replications: int,
    seed: int = 1,
    cores: int | None = None,
    first: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Run replications `first`, `first` + 1, ... and give their figures; the same whatever the number of cores.

    `cores` None: all. `progress` hears how many are done, and stops the run by raising. Raises BadInput.
    """
    _check(scenario, replications)
    world, need = world_of(scenario), need_of(scenario)
    starts = range(first, first + replications, CHUNK)

    def chunk(start: int) -> Rows:
        rows = _empty(min(CHUNK, first + replications - start), scenario)
        kernels.replicate(world, need, seed, start, rows)
        return rows

    parts, done = [], 0
    for rows in _mapped(chunk, starts, cores or os.cpu_count() or 1):
        parts.append(rows)
        done += len(rows.dispatches)
        if progress:
            progress(done)
    return _outcome(scenario, first, Rows(*(np.concatenate(each) for each in zip(*parts, strict=True))))


def _mapped(work: Callable[[int], Rows], starts: range, cores: int) -> Iterator[Rows]:
    if cores == 1 or len(starts) == 1:
        yield from map(work, starts)
        return
    with ThreadPoolExecutor(cores) as pool:
        try:
            yield from pool.map(work, starts)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _check(scenario: Scenario, replications: int) -> None:
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise BadInput("replications", _("Ask for 1 to %(n)d replications.") % {"n": MOST_REPLICATIONS})
    if replications * len(scenario.ground.cells) > MOST_FIGURES:
        raise BadInput("replications", _("So many replications of so many places do not fit; ask for fewer."))
    if scenario.terms.warm_up_s >= scenario.terms.horizon_s:
        raise BadInput("warm_up_s", _("The warm-up must end before the run does."))


def trace(scenario: Scenario, *, seed: int = 1, replication: int = 0) -> Trace:
    """Run one replication and tell it call by call, those of the warm-up too."""
    world = world_of(scenario)
    came = kernels.calls_of(world, need_of(scenario), seed, replication)
    run(world, came)
    calls = Replayed(*(came[name].copy() for name in ("at_s", "place", "kind", "scene_s")))
    return Trace(calls, *(came[name].copy() for name in ("decided_s", "response_s", "travel_s", "unit", "state")))


def joined(parts: list[Outcome]) -> Outcome:
    """Put outcomes of the same scenario together in the order of their replications."""
    parts = sorted(parts, key=lambda part: part.first)
    names = [each.name for each in fields(Outcome) if each.name != "first"]
    return Outcome(parts[0].first, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def world_of(scenario: Scenario) -> World:
    """Lay a scenario out for the kernels: the rules by kind of call and unit."""
    ground, units, kinds, rules = scenario.ground, scenario.units, scenario.kinds, scenario.rules
    out = np.where(units.goes.T, units.out, np.float32(np.inf))
    own = rules.modes[units.kinds, PRIORITIES - 1]
    missing = _missing(kinds.skills[:, None], units.skills)
    unsuited = ~rules.suits[units.kinds[None, :], kinds.priorities[:, None]]
    counts, of_kinds, skills = kinds.wants.T
    takes = ((of_kinds[:, None] == 0) | (of_kinds[:, None] >> units.kinds & 1 == 1)) & (
        _missing(skills[:, None], units.skills) == 0
    )
    return World(
        np.ascontiguousarray(ground.between), out, units.back[own, :, np.arange(len(own))].T.copy(),
        missing * rules.weights.skill_missing_s + unsuited * rules.weights.unsuited_s,
        rules.modes[units.kinds[None, :], kinds.priorities[:, None]], takes, counts.copy(), _kind_records(kinds),
        ground.areas, np.asarray(np.isfinite(out).any(axis=(0, 2))), rules.preempts, units.crew_ends, units.areas,
        _terms(scenario),
    )  # fmt: skip


def _missing(wanted: Ints, had: Ints) -> Ints:
    """Count the bits of `wanted` (r, 1) that `had` (u,) lacks: (r, u)."""
    return np.asarray(np.bitwise_count(wanted & ~had), np.int64)


def _kind_records(kinds: CallKinds) -> Records:
    records = np.zeros(len(kinds.priorities), KIND)
    columns = (
        kinds.priorities, kinds.usual_s, kinds.target_s, kinds.first[:-1], kinds.first[1:], kinds.family, kinds.a,
        kinds.b,
    )  # fmt: skip
    for name, column in zip(KIND.names or (), columns, strict=True):
        records[name] = column
    return records


def _terms(scenario: Scenario) -> Records:
    record = np.zeros(1, RUN)
    given = asdict(scenario.terms) | scenario.rules.weights._asdict()
    for name in set(RUN.names or ()) & set(given):
        record[name] = given[name]
    record["hourly"] = np.isfinite(scenario.units.crew_ends).any()
    return record


def need_of(scenario: Scenario) -> Need:
    """Lay the need of a scenario out for the kernels."""
    need = scenario.need
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    if isinstance(need, Replayed):
        flat = np.zeros((168, 0))
        return Need(False, need.at_s, need.places, need.kinds, need.scene_s, nothing, flat, nothing)
    up_to = np.cumsum(need.rates, axis=0).T.copy()
    return Need(True, nothing, none, none, nothing, up_to[:, -1].copy(), up_to, np.cumsum(need.mix))


def _empty(count: int, scenario: Scenario) -> Rows:
    units, places = len(scenario.units.names), len(scenario.ground.cells)
    whole, real = np.int64, np.float64
    return Rows(
        np.zeros((count, 3), whole), np.zeros(count, whole), np.zeros(count, whole), np.zeros((count, ALL + 1), whole),
        np.zeros((count, ALL + 1), real), np.zeros((count, ALL + 1, len(PERCENTILES)), real),
        np.zeros((count, ALL + 1), real), np.zeros(count, real), np.zeros(count, real), np.zeros(count, real),
        np.zeros((count, len(WITHIN_S)), real), np.zeros((count, units), real), np.zeros((count, units), real),
        np.zeros((count, units), whole), np.zeros((count, places), whole), np.zeros((count, places), real),
    )  # fmt: skip


def _outcome(scenario: Scenario, first: int, rows: Rows) -> Outcome:
    duty_s = hours_of_duty(scenario) * 3600.0
    busy = np.divide(rows.busy_s, duty_s, out=np.zeros_like(rows.busy_s), where=duty_s > 0)
    return Outcome(
        first, rows.states[:, SERVED], rows.states[:, WAITING], rows.states[:, LOST], rows.dispatches, rows.preempted,
        rows.travel_s, rows.waited_s, rows.waited, rows.reached, rows.mean_s, rows.on_target, rows.percentiles_s,
        rows.near, busy, rows.over_s, rows.jobs, rows.place_calls, rows.place_s,
    )  # fmt: skip


def hours_of_duty(scenario: Scenario) -> Floats:
    """Hours on duty of each unit in what is counted of a run: (u,)."""
    begin = scenario.terms.begin_hour + scenario.terms.warm_up_s / 3600.0
    end = scenario.terms.begin_hour + scenario.terms.horizon_s / 3600.0
    hours = np.arange(int(begin), int(np.ceil(end)))
    part = np.minimum(hours + 1, end) - np.maximum(hours, begin)
    weight = np.bincount(hours % 168, part, minlength=168)
    return np.asarray((scenario.units.crew_ends > 0) @ weight)
