"""Compiled: one replication. Calls come, the best units are sent as `dispatch.rules` chooses, the others wait in line.

Events at the same second: units that come free first, then the hour, then calls.
"""

from math import inf
from typing import Any

import numpy as np

from maplebridge.deployment.kernels.compiled import compiled, lean
from maplebridge.deployment.kernels.fleet import (
    HOUR_S,
    LOST,
    NOTHING,
    RESTS,
    Handicaps,
    Records,
    Run,
    World,
    handicap,
    new_run,
    occupy,
    refresh,
    release,
    seconds_from,
    share_home,
    weigh_jobs,
)
from maplebridge.deployment.kernels.line import stand_in_line
from maplebridge.deployment.kernels.taking import account, set_out, take_over


@lean
def play(w: World, r: Run) -> None:
    """Run one replication to its horizon; what becomes of calls and units is in `r`."""
    now, calls = r.now[0], r.calls
    call, hour = 0, int(now.begin_hour) + 1
    while True:
        next_call = calls[call].at_s + now.process_s if call < len(calls) else inf
        next_unit = r.units[r.heap[0]].free_at if now.busy else inf
        next_hour = (hour - now.begin_hour) * HOUR_S if now.hourly else inf
        now_s = min(next_call, next_unit, next_hour)
        if not now_s < now.horizon_s:
            break
        if next_unit == now_s:
            _come_free(w, r, now_s)
        elif next_hour == now_s:
            _turn_hour(w, r, hour % 168, now_s)
            hour += 1
        else:
            _decide(w, r, call, now_s)
            call += 1
            continue
        if now.waiting and now.free:
            _serve_line(w, r, now_s)
    for unit in range(len(r.units)):
        if r.units[unit].job >= 0:
            account(r.units[unit], now, now.horizon_s)


@compiled
def run(w: World, calls: Records) -> Run:
    """Run one replication; what became of the calls and units is in what it gives."""
    r = new_run(w, calls)
    play(w, r)
    return r


@lean
def _decide(w: World, r: Run, number: int, now_s: float) -> None:
    """Send units to a new call, take one off a lesser job, let it wait in line, or lose it."""
    call, now = r.calls[number], r.now[0]
    if not w.reached[call.place]:
        call.state = LOST
    elif _try(w, r, number, now_s) or (now.preempt and take_over(w, r, number, now_s)):
        return
    elif 0 <= now.line <= now.waiting:
        call.state = LOST
    else:
        stand_in_line(r.calls, r.line, now, w.kinds[call.kind].priority, number)


@lean
def _try(w: World, r: Run, number: int, now_s: float) -> bool:
    """Send those free units that the plan chooses, or else the best; False where none can go."""
    call = r.calls[number]
    best, nearest = -1, inf
    if r.now[0].free:
        best, nearest = _score(
            w.between, w.out, w.against_s, w.modes, w.kinds[call.kind], r.units, r.sent_at, r.beats, r.now[0],
            call.kind, call.place, w.place_areas[call.place], now_s,
        )  # fmt: skip
    if np.isnan(call.near_s):
        call.near_s = nearest
    if best < 0:
        return False
    kind = w.kinds[call.kind]
    one = kind.last - kind.first == 1 and w.counts[kind.first] == 1 and w.takes[kind.first, best]
    if one or not _send_chosen(w, r, number, now_s):
        _send(w, r, best, number, now_s)
    return True


@lean
def _score(
    between: Any, out: Any, against_s: Any, modes: Any, kind: Any, units: Records, sent_at: Any, beats: Any, now: Any,
    kind_number: int, place: int, area: int, now_s: float,
) -> tuple[int, float]:  # fmt: skip
    """Score all free units; give the best (-1: none can go) and the travel of the nearest."""
    best, lowest, nearest = -1, inf, inf
    terms = Handicaps(now.knows_area_s, now.uncovered_s, now.shift_ends_s, now.no_rest_s, now.rest_s)
    usual_s = kind.usual_s
    for number in range(len(units)):
        unit = units[number]
        unit.score = inf
        if unit.free:
            share = share_home(unit, now_s)
            mode = modes[kind_number, number]
            eta = seconds_from(between, out, mode, number, unit.place, share, place)
            if eta < inf:
                if now_s >= unit.today_until:
                    weigh_jobs(unit, sent_at[number], now, now_s)
                score = eta + against_s[kind_number, number] + handicap(unit, eta, beats, terms, usual_s, area, now_s)
                unit.eta, unit.score = eta, score
                nearest = min(nearest, eta)
                best = number if score < lowest else best
                lowest = min(lowest, score)
    return best, nearest


@lean
def _send_chosen(w: World, r: Run, number: int, now_s: float) -> bool:
    """Send what the plan wants of those scored: for each want its best that are not chosen yet."""
    kind, any_sent = w.kinds[r.calls[number].kind], False
    for want in range(kind.first, kind.last):
        for _place in range(w.counts[want]):
            best, lowest = -1, inf
            for unit in range(len(r.units)):
                if r.units[unit].score < lowest and w.takes[want, unit]:
                    best, lowest = unit, r.units[unit].score
            if best < 0:
                break
            _send(w, r, best, number, now_s)
            r.units[best].score = inf
            any_sent = True
    return any_sent


@lean
def _send(w: World, r: Run, number: int, call: int, now_s: float) -> None:
    """Send a free unit from where it stands, `eta` seconds away."""
    unit = r.units[number]
    share = share_home(unit, now_s)
    unit.origin = -1 if share >= 1.0 else unit.place
    unit.origin_share = share
    set_out(r.units, r.calls[call], r.heap, r.sent_at, r.beats, r.now[0], number, call, now_s)


@lean
def _come_free(w: World, r: Run, now_s: float) -> None:
    """End the job or the break of the unit whose turn it is; one that owes itself a break takes it now."""
    now = r.now[0]
    number = release(r.units, r.heap, now)
    unit = r.units[number]
    call = unit.job
    unit.job = NOTHING
    if call >= 0:
        account(unit, now, now_s)
        r.calls[call].working -= 1
        unit.place, unit.left_at = r.calls[call].place, now_s
        unit.home_s = w.home_s[r.calls[call].place, number]
        if unit.on and unit.break_at <= now_s and now.break_s > 0.0:
            _rest(r.units, r.heap, now, number, now_s)
    refresh(unit, r.beats, now)


@lean
def _rest(units: Records, heap: Any, now: Any, number: int, now_s: float) -> None:
    units[number].break_at = inf
    units[number].job = RESTS
    occupy(units, heap, now, number, now_s + now.break_s)


@lean
def _turn_hour(w: World, r: Run, hour: int, now_s: float) -> None:
    """Let crews come on duty and go; those whose break is due and who are free take it. A job goes on beyond duty."""
    now = r.now[0]
    for number in range(len(r.units)):
        unit = r.units[number]
        left, before = w.crew_ends[number, hour], w.crew_ends[number, hour - 1]
        if left < inf and left > before - 1.0:  # a new crew, or one just come on duty
            unit.break_at = now_s + now.break_after_s
        unit.crew_until = now_s + left * HOUR_S
        on = left > 0.0
        if unit.on and not on:
            unit.off_at = now_s
        elif on and not unit.on and unit.job >= 0:
            unit.over_s += max(0.0, now_s - max(unit.off_at, unit.began_at, now.warm_up_s))
        unit.on = on
        if on and unit.break_at <= now_s and now.break_s > 0.0 and unit.job == NOTHING:
            _rest(r.units, r.heap, now, number, now_s)
        refresh(unit, r.beats, now)


@lean
def _serve_line(w: World, r: Run, now_s: float) -> None:
    """Send free units to those who wait, the most urgent first, then the oldest."""
    now = r.now[0]
    for priority in range(11):
        before, call = -1, r.line[0, priority]
        while call >= 0:
            if now.free == 0:
                return
            after = r.calls[call].after
            if _try(w, r, call, now_s):
                if before < 0:
                    r.line[0, priority] = after
                else:
                    r.calls[before].after = after
                if after < 0:
                    r.line[1, priority] = before
                now.waiting -= 1
            else:
                before = call
            call = after
