"""Compiled: a unit sets out to a call, or is taken off a less urgent one for it."""

from math import inf, nan
from typing import Any

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.compiled import lean
from maplebridge.deployment.kernels.fleet import (
    NOTHING,
    SERVED,
    WAITING,
    Records,
    Run,
    World,
    occupy,
    refresh,
    seconds_from,
)
from maplebridge.deployment.kernels.line import stand_in_line


@lean
def set_out(
    units: Records, call: Any, heap: Ints, sent_at: Floats, beats: Ints, now: Any, number: int, job: int, now_s: float
) -> None:
    """Start a unit's way from its origin to a call, and note when it will be there and free again."""
    unit = units[number]
    unit.job, unit.began_at, unit.travel_s = job, now_s, unit.eta
    unit.arrive_at = now_s + now.turnout_s + unit.eta
    sent_at[number, unit.turn % sent_at.shape[1]] = now_s
    unit.turn += 1
    unit.today_until = now_s
    unit.jobs += 1 if call.at_s >= now.warm_up_s else 0
    refresh(unit, beats, now)
    occupy(units, heap, now, number, unit.arrive_at + call.left_s)
    call.working += 1
    call.state = SERVED
    now.sent += 1
    if np.isnan(call.decided_s):
        call.decided_s = now_s
    response = unit.arrive_at - call.at_s
    if not call.response_s <= response:
        call.response_s, call.travel_s, call.unit = response, unit.eta, number


@lean
def account(unit: Any, now: Any, now_s: float) -> None:
    """Count the work of a unit on a job that ends, and what of it lay beyond its duty."""
    unit.busy_s += max(0.0, now_s - max(unit.began_at, now.warm_up_s))
    if not unit.on:
        unit.over_s += max(0.0, now_s - max(unit.off_at, unit.began_at, now.warm_up_s))


@lean
def take_over(w: World, r: Run, number: int, now_s: float) -> bool:
    """Take the unit off a less urgent job that can be there soonest; False where `dispatch.rules` allow none."""
    call = r.calls[number]
    priority, best, soonest = w.kinds[call.kind].priority, -1, inf
    for candidate in range(len(r.units)):
        unit = r.units[candidate]
        if unit.on and unit.job >= 0 and w.out[w.modes[call.kind, candidate], call.place, candidate] < inf:
            theirs = w.kinds[r.calls[unit.job].kind].priority
            if w.preempts[1 if unit.arrive_at <= now_s else 0, theirs, priority]:
                mode = w.modes[call.kind, candidate]
                unit.eta = _at_once(w, unit, r.calls[unit.job].place, mode, candidate, call.place, r.now[0], now_s)
                if unit.eta < soonest:
                    best, soonest = candidate, unit.eta
    if best < 0:
        return False
    _leave_job(w, r, best, now_s)
    set_out(r.units, call, r.heap, r.sent_at, r.beats, r.now[0], best, number, now_s)
    r.now[0].taken += 1
    return True


@lean
def _on_the_way(unit: Any, now: Any, now_s: float) -> float:
    """Share of the way to its job that a busy unit has behind it."""
    gone = now_s - unit.began_at - now.turnout_s
    if gone <= 0.0:
        return 0.0
    return 1.0 if gone >= unit.travel_s else gone / unit.travel_s


@lean
def _at_once(w: World, unit: Any, its_place: int, mode: int, number: int, place: int, now: Any, now_s: float) -> float:
    """Seconds to a place for a unit that is taken off its job where it is now."""
    share = 1.0 if unit.arrive_at <= now_s else _on_the_way(unit, now, now_s)
    rest = float(w.between[mode, its_place, place])
    if share >= 1.0:
        return rest
    start = seconds_from(w.between, w.out, mode, number, unit.origin, unit.origin_share, place)
    return start if share == 0.0 else (1.0 - share) * start + share * rest


@lean
def _leave_job(w: World, r: Run, number: int, now_s: float) -> None:
    """Take a unit off its job; with nobody else there the call waits again, for what is left of its time on scene."""
    unit, now = r.units[number], r.now[0]
    left = unit.job
    call = r.calls[left]
    account(unit, now, now_s)
    if _on_the_way(unit, now, now_s) >= 0.5:
        unit.origin, unit.origin_share = call.place, 0.0
    unit.job = NOTHING
    call.working -= 1
    if call.working == 0:
        call.state = WAITING
        if unit.arrive_at <= now_s:
            call.left_s = unit.free_at - now_s
        stand_in_line(r.calls, r.line, now, w.kinds[call.kind].priority, left)
    if call.at_s + call.response_s > now_s:
        _expect_others(r.units, call, left)


@lean
def _expect_others(units: Records, call: Any, number: int) -> None:
    """Say anew who will be at a call first, of those still on their way."""
    call.response_s = nan
    for other in range(len(units)):
        unit = units[other]
        if unit.job == number and not call.response_s <= unit.arrive_at - call.at_s:
            call.response_s = unit.arrive_at - call.at_s
            call.travel_s, call.unit = unit.travel_s, other
