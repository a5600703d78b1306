"""Compiled: the units of a run, where they are, when they are free, and how `dispatch.ranking` scores them.

State stands in records, a row for each unit and call, so that a kernel has few arrays to carry. A unit that is free is
at home, or a share of the way there from its last job; its time to a place is then the mean of the times from both
ends, weighted by that share (the tables know no street between).
"""

from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask, Seconds
from maplebridge.deployment.kernels.compiled import compiled, lean

Records = NDArray[Any]
NOTHING, RESTS = -1, -2  # instead of a call in a unit's `job`
WAITING, SERVED, LOST = 0, 1, 2
HOUR_S = 3600.0
REAL, WHOLE, YES = np.float64, np.int64, np.bool_

# `place`, `left_at`, `home_s`: from where it went home, when, and how long that takes. `origin`, `origin_share`: from
# where it set out to its job. `today_s` what its jobs of late weigh, until `today_until`. `slot` its place in the heap.
UNIT = np.dtype(
    [("score", REAL), ("eta", REAL), ("place", WHOLE), ("left_at", REAL), ("home_s", REAL), ("area", WHOLE),
     ("crew_until", REAL), ("today_s", REAL), ("today_until", REAL), ("free", YES), ("on", YES), ("job", WHOLE),
     ("free_at", REAL), ("slot", WHOLE), ("origin", WHOLE), ("origin_share", REAL), ("arrive_at", REAL),
     ("travel_s", REAL), ("began_at", REAL), ("off_at", REAL), ("break_at", REAL), ("turn", WHOLE), ("busy_s", REAL),
     ("over_s", REAL), ("jobs", WHOLE)], align=True,
)  # fmt: skip
# `left_s` of its time on scene; `near_s` travel of the nearest free unit when it came; `after` the next in line.
CALL = np.dtype(
    [("at_s", REAL), ("place", WHOLE), ("kind", WHOLE), ("scene_s", REAL), ("left_s", REAL), ("decided_s", REAL),
     ("response_s", REAL), ("travel_s", REAL), ("near_s", REAL), ("unit", WHOLE), ("working", WHOLE),
     ("state", WHOLE), ("after", WHOLE)], align=True,
)  # fmt: skip
KIND = np.dtype(
    [("priority", WHOLE), ("usual_s", REAL), ("target_s", REAL), ("first", WHOLE), ("last", WHOLE),
     ("family", WHOLE), ("a", REAL), ("b", REAL)], align=True,
)  # fmt: skip
# The terms and weights of `scenario`, and counts of the run: units busy and free, calls that wait, units sent, taken.
RUN = np.dtype(
    [("begin_hour", REAL), ("horizon_s", REAL), ("warm_up_s", REAL), ("process_s", REAL), ("turnout_s", REAL),
     ("line", WHOLE), ("preempt", YES), ("break_s", REAL), ("break_after_s", REAL), ("hourly", YES),
     ("knows_area_s", REAL), ("uncovered_s", REAL), ("shift_ends_s", REAL), ("job_today_s", REAL), ("small_s", REAL),
     ("no_rest_s", REAL), ("rest_s", REAL), ("workday_s", REAL),
     ("busy", WHOLE), ("free", WHOLE), ("waiting", WHOLE), ("sent", WHOLE), ("taken", WHOLE)], align=True,
)  # fmt: skip


class World(NamedTuple):
    """What does not change in a run. Tables of `scenario`, and the rules by kind of call and unit.

    `out` is infinite where a unit is not sent; `home_s` (n, u) from a place home. (k, u): `against_s` what skills and
    the kind of unit weigh, `modes` how it travels. `takes` (w, u) which units a want takes, `counts` (w,) how many.
    """

    between: Seconds
    out: Seconds
    home_s: Seconds
    against_s: Floats
    modes: Ints
    takes: Mask
    counts: Ints
    kinds: Records
    place_areas: Ints
    reached: Mask
    preempts: Mask
    crew_ends: Floats
    unit_areas: Ints
    run: Records


class Handicaps(NamedTuple):
    """The weights of `dispatch.ranking` for a unit as it is now, in seconds."""

    knows_area_s: float
    uncovered_s: float
    shift_ends_s: float
    no_rest_s: float
    rest_s: float


class Run(NamedTuple):
    """What changes: units, calls, the busy units as a heap, when units were sent, free units by beat, the line."""

    units: Records
    calls: Records
    heap: Ints
    sent_at: Floats
    beats: Ints
    line: Ints
    now: Records


@compiled
def new_run(w: World, calls: Records) -> Run:
    """Everybody at home and rested, nothing decided."""
    now = w.run.copy()
    terms, u = now[0], len(w.unit_areas)
    kept = int(np.ceil(terms.small_s / terms.job_today_s))  # more jobs than these weigh no more
    units = np.zeros(u, UNIT)
    beats = np.zeros(max(w.unit_areas.max() if u else 0, 0) + 1, np.int64)
    hour = int(terms.begin_hour) % 168
    for number in range(u):
        unit = units[number]
        unit.place, unit.job, unit.slot, unit.origin = -1, NOTHING, -1, -1
        unit.left_at, unit.free_at, unit.area = -inf, inf, w.unit_areas[number]
        unit.on = w.crew_ends[number, hour] > 0.0
        back = 0
        while back < 167 and w.crew_ends[number, (hour - back - 1) % 168] == w.crew_ends[number, hour] + back + 1:
            back += 1
        gone = terms.begin_hour % 1.0
        unit.break_at = terms.break_after_s - (back + gone) * HOUR_S if w.crew_ends[number, hour] < inf else inf
        unit.crew_until = (w.crew_ends[number, hour] - gone) * HOUR_S
        refresh(unit, beats, terms)
    return Run(
        units, calls, np.empty(u, np.int64), np.full((u, kept), -inf), beats, np.full((2, 11), -1), now
    )  # fmt: skip


@lean
def refresh(unit: Any, beats: Ints, now: Any) -> None:
    """Bring `free` and what counts it up to date after a change of a unit."""
    free = unit.on and unit.job == NOTHING
    if free != unit.free:
        unit.free = free
        step = 1 if free else -1
        now.free += step
        if unit.area >= 0:
            beats[unit.area] += step


@lean
def _sooner(units: Records, one: int, other: int) -> bool:
    a, b = units[one].free_at, units[other].free_at
    return a < b or (a == b and one < other)


@lean
def _settle(units: Records, heap: Ints, size: int, unit: int, slot: int) -> None:
    """Put a busy unit where it belongs, from an open slot upwards, then downwards (ties: the smaller number first)."""
    while slot > 0 and _sooner(units, unit, heap[(slot - 1) >> 1]):
        heap[slot] = heap[(slot - 1) >> 1]
        units[heap[slot]].slot = slot
        slot = (slot - 1) >> 1
    while 2 * slot + 1 < size:
        low = 2 * slot + 1
        if low + 1 < size and _sooner(units, heap[low + 1], heap[low]):
            low += 1
        if _sooner(units, unit, heap[low]):
            break
        heap[slot] = heap[low]
        units[heap[slot]].slot = slot
        slot = low
    heap[slot] = unit
    units[unit].slot = slot


@lean
def occupy(units: Records, heap: Ints, now: Any, unit: int, until: float) -> None:
    """Note that a unit is busy until a moment, whether it was busy before or not."""
    units[unit].free_at = until
    slot = units[unit].slot
    if slot < 0:
        slot = now.busy
        now.busy += 1
    _settle(units, heap, now.busy, unit, slot)


@lean
def release(units: Records, heap: Ints, now: Any) -> int:
    """Take the unit that comes free first off the heap."""
    unit = heap[0]
    now.busy -= 1
    units[unit].slot = -1
    if now.busy > 0:
        _settle(units, heap, now.busy, heap[now.busy], 0)
    return int(unit)


@lean
def share_home(unit: Any, now_s: float) -> float:
    """Share of its way home that a free unit has behind it."""
    gone = now_s - unit.left_at
    return 1.0 if unit.place < 0 or gone >= unit.home_s else gone / unit.home_s


@lean
def seconds_from(between: Seconds, out: Seconds, mode: int, unit: int, origin: int, share: float, place: int) -> float:
    """Seconds to a place from a share of the way home from an origin."""
    home = float(out[mode, place, unit])
    if origin < 0 or share >= 1.0:
        return home
    return (1.0 - share) * float(between[mode, origin, place]) + share * home


@lean
def handicap(unit: Any, eta: float, beats: Ints, terms: Handicaps, usual_s: float, area: int, now_s: float) -> float:
    """Weigh a free unit now as `dispatch.ranking` does, in seconds; its skills and kind are weighed beforehand.

    Without branches, which a processor would guess wrongly half the time.
    """
    at_home, beat = unit.area == area, max(unit.area, 0)
    found = unit.today_s
    found += terms.knows_area_s if at_home and unit.area >= 0 else 0.0
    found += terms.uncovered_s if beats[beat] == 1 and not at_home and unit.area >= 0 else 0.0
    found += terms.shift_ends_s if unit.crew_until - now_s < eta + usual_s else 0.0
    found += terms.no_rest_s if now_s - unit.left_at < terms.rest_s else 0.0
    return float(found)


@lean
def weigh_jobs(unit: Any, sent_at: Floats, now: Any, now_s: float) -> None:
    """Weigh a unit's jobs of the last hours anew, and say until when that holds. `sent_at` (kept,) when it was sent."""
    jobs, until = 0, inf
    for at_s in sent_at:
        if at_s > now_s - now.workday_s:
            jobs += 1
            until = min(until, at_s + now.workday_s)
    unit.today_s, unit.today_until = min(now.small_s, now.job_today_s * jobs), until
