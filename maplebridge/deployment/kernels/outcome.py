"""Compiled: many replications one after the other, each drawn, run and boiled down to one row of figures."""

from typing import NamedTuple

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.compiled import compiled
from maplebridge.deployment.kernels.drawing import arrivals, drawn_kinds, drawn_places, stream, time_on_scene
from maplebridge.deployment.kernels.fleet import CALL, SERVED, WAITING, Records, Run, World
from maplebridge.deployment.kernels.simulation import run

PERCENTILES = (50.0, 90.0, 95.0)
WITHIN_S = (60.0, 180.0, 300.0, 480.0)  # the one-minute circle, then 3, 5 and 8 minutes
ALL = 11  # the row of all priorities together, behind those of 0 to 10


class Need(NamedTuple):
    """Where calls come from: as they were, or where `drawn` by rates summed along the places and shares of kinds."""

    drawn: bool
    at_s: Floats
    places: Ints
    kinds: Ints
    scene_s: Floats
    level: Floats
    rates_up_to: Floats
    mix_up_to: Floats


class Rows(NamedTuple):
    """Figures of each replication in a row; `simulation.Outcome` says what they are."""

    states: Ints
    dispatches: Ints
    preempted: Ints
    reached: Ints
    mean_s: Floats
    percentiles_s: Floats
    on_target: Floats
    travel_s: Floats
    waited_s: Floats
    waited: Floats
    near: Floats
    busy_s: Floats
    over_s: Floats
    jobs: Ints
    place_calls: Ints
    place_s: Floats


@compiled
def calls_of(w: World, need: Need, seed: int, replication: int) -> Records:
    """Give the calls of a replication: the same for every layout."""
    key, terms = stream(seed, replication), w.run[0]
    at_s, places, kinds = need.at_s, need.places, need.kinds
    if need.drawn:
        at_s = arrivals(key, need.level, terms.begin_hour, terms.horizon_s)
        places = drawn_places(key, at_s, terms.begin_hour, need.rates_up_to)
        kinds = drawn_kinds(key, len(at_s), need.mix_up_to)
    calls = np.zeros(len(at_s), CALL)
    for number in range(len(calls)):
        call, kind = calls[number], w.kinds[kinds[number]]
        call.at_s, call.place, call.kind = at_s[number], places[number], kinds[number]
        call.scene_s = np.nan if need.drawn else need.scene_s[number]
        if np.isnan(call.scene_s):
            call.scene_s = time_on_scene(key, number, kind.family, kind.a, kind.b)
        call.left_s, call.decided_s, call.response_s, call.near_s = call.scene_s, np.nan, np.nan, np.nan
        call.unit, call.state, call.after = -1, WAITING, -1
    return calls


@compiled
def replicate(w: World, need: Need, seed: int, first: int, rows: Rows) -> None:
    """Run the replications `first`, `first` + 1, ... one for each row."""
    for row in range(len(rows.dispatches)):
        r = run(w, calls_of(w, need, seed, first + row))
        begin = 0
        while begin < len(r.calls) and r.calls[begin].at_s < w.run[0].warm_up_s:
            begin += 1
        counted = r.calls[begin:]
        _count(r, counted, rows, row)
        _wait(counted, w.run[0].process_s, rows, row)
        _respond(counted, w.kinds, rows, row)


@compiled
def _count(r: Run, counted: Records, rows: Rows, row: int) -> None:
    for number in range(len(counted)):
        call = counted[number]
        rows.states[row, call.state] += 1
        for step in range(len(WITHIN_S)):
            rows.near[row, step] += 1.0 if call.near_s <= WITHIN_S[step] else 0.0
    for step in range(len(WITHIN_S)):
        rows.near[row, step] /= len(counted) if len(counted) else np.nan
    rows.dispatches[row], rows.preempted[row] = r.now[0].sent, r.now[0].taken
    for unit in range(len(r.units)):
        rows.busy_s[row, unit], rows.over_s[row, unit] = r.units[unit].busy_s, r.units[unit].over_s
        rows.jobs[row, unit] = r.units[unit].jobs


@compiled
def _wait(counted: Records, process_s: float, rows: Rows, row: int) -> None:
    """Waiting for a free unit: its mean, and the share of those served that waited at all."""
    served, waited_s, waited = 0, 0.0, 0
    for number in range(len(counted)):
        call = counted[number]
        if call.state == SERVED:
            wait = call.decided_s - (call.at_s + process_s)
            served += 1
            waited_s += wait
            waited += 1 if wait > 0.0 else 0
    rows.waited_s[row], rows.waited[row] = waited_s / max(1, served), waited / max(1, served)


@compiled
def _respond(counted: Records, kinds: Records, rows: Rows, row: int) -> None:
    """Response by priority and place. On target counts those lost and waiting as missed."""
    first, total = np.zeros(ALL + 1, np.int64), np.zeros(ALL + 1, np.int64)
    travel = 0.0
    for number in range(len(counted)):
        call = counted[number]
        kind = kinds[call.kind]
        total[kind.priority] += 1
        if call.response_s >= 0.0:
            first[kind.priority + 1] += 1
            travel += call.travel_s
            rows.on_target[row, kind.priority] += 1.0 if call.response_s <= kind.target_s else 0.0
            rows.place_calls[row, call.place] += 1
            rows.place_s[row, call.place] += call.response_s
    first = np.cumsum(first)
    response = _by_priority(counted, kinds, first)
    rows.on_target[row, ALL] = rows.on_target[row, :ALL].sum()
    total[ALL] = total.sum()
    for priority in range(ALL + 1):
        begin, end = (first[priority], first[priority + 1]) if priority < ALL else (0, first[ALL])
        _boil_down(response[begin:end], rows, row, priority)
        rows.on_target[row, priority] /= total[priority] if total[priority] else np.nan
    rows.travel_s[row] = travel / max(1, first[ALL])


@compiled
def _by_priority(counted: Records, kinds: Records, first: Ints) -> Floats:
    """Give the responses, those of priority p from `first[p]` on."""
    response, fill = np.empty(first[-1]), first.copy()
    for number in range(len(counted)):
        call = counted[number]
        if call.response_s >= 0.0:
            priority = kinds[call.kind].priority
            response[fill[priority]] = call.response_s
            fill[priority] += 1
    return response


@compiled
def _boil_down(values: Floats, rows: Rows, row: int, priority: int) -> None:
    """Mean and percentiles (linear between order statistics); NaN where there are none."""
    rows.reached[row, priority] = len(values)
    if len(values) == 0:
        rows.mean_s[row, priority] = np.nan
        rows.percentiles_s[row, priority] = np.nan
        return
    rows.mean_s[row, priority] = values.mean()
    begin = 0
    for step in range(len(PERCENTILES)):
        at = PERCENTILES[step] / 100.0 * (len(values) - 1)
        low = int(at)
        select(values, begin, low)
        above = values[low + 1 :].min() if low + 1 < len(values) else values[low]
        rows.percentiles_s[row, priority, step] = values[low] + (at - low) * (above - values[low])
        begin = low


@compiled
def select(values: Floats, begin: int, rank: int) -> None:
    """Order `values[begin:]` so far that the one of that rank stands in its place, none smaller behind it.

    Those before `begin` must be no greater than any from it on. Hoare 1961, "Algorithm 65: Find".
    """
    left, right = begin, len(values) - 1
    while left < right:
        middle = (left + right) >> 1
        one, other, third = values[left], values[middle], values[right]
        pivot = max(min(one, other), min(max(one, other), third))
        low, high = left, right
        while low <= high:
            while values[low] < pivot:
                low += 1
            while values[high] > pivot:
                high -= 1
            if low <= high:
                values[low], values[high] = values[high], values[low]
                low, high = low + 1, high - 1
        if high < rank:
            left = low
        if rank < low:
            right = high
