"""Shortest times over the road graph, compiled: one bounded search answers for one point and many others.

Times are integer milliseconds, so that sums are exact and equal in whatever order they are added. Places are rows
`at` = (chain or -1, piece, ms along from the chain's start, ms against back to it) and `where`[2] = metres from the
start of the chain. The search is Dijkstra's over a ring of buckets (see `labels.Work`); labels carry the epoch of their
request, so nothing is cleared between requests.
"""

from typing import Any, NamedTuple

import numpy as np

from maplebridge.places.roads.compiled import compiled
from maplebridge.places.roads.labels import NEVER, NOWHERE, SLOT, begin, begin_at, queue, unqueue
from maplebridge.places.roads.snap import nearest_piece


class Goals(NamedTuple):
    """Places waiting at states: the next one at the same state, ms and metres still to go, which place."""

    next: Any
    ms: Any
    metres: Any
    of: Any
    open: Any  # 1 until its state is first settled


@compiled
def direct(link_ms: Any, a: Any, a_m: float, b: Any, b_m: float) -> int:
    """Give the ms from place a to place b along their common chain without leaving it; NEVER where that can't be."""
    best = NEVER
    if b_m >= a_m and link_ms[2 * a[0]] >= 0:
        best = max(b[2] - a[2], 0)
    if b_m <= a_m and link_ms[2 * a[0] + 1] >= 0:
        best = min(best, max(a[3] - b[3], 0))
    return best


@compiled
def _await(
    g: Any, w: Any, at: Any, where: Any, forward: bool, next_goal: Any, goal_ms: Any, goal_m: Any, of: Any
) -> int:
    """Hang every place as a goal at the states it is reached over; returns how many goals there are."""
    n = 0
    for i in range(len(at)):
        chain = at[i, 0]
        if chain < 0:
            continue
        for side in range(2):
            link = 2 * chain + side
            whole = g.link_ms[link]
            if whole < 0:
                continue
            gone = at[i, 2] if side == 0 else whole - at[i, 3]
            far = where[i, 2] if side == 0 else g.chain_m[chain] - where[i, 2]
            first, last = (g.link_first[link], g.link_first[link + 1]) if forward else (0, 1)
            for j in range(first, last):
                state = g.link_tail[j] if forward else g.link_head[link]
                goal_ms[n] = gone + g.link_wait[j] if forward else whole - gone
                goal_m[n] = far if forward else g.chain_m[chain] - far
                of[n] = i
                next_goal[n] = w.goal[state] if w.goal_epoch[state] == w.now[0] else -1
                w.goal[state], w.goal_epoch[state] = n, w.now[0]
                n += 1
    return n


@compiled
def _rank(best: Any, top: Any, count: int, k: int, i: int) -> int:
    """Move place i, just improved, to its rank in `top`, the k best so far in order; returns their number."""
    at = count
    for j in range(count):
        if top[j] == i:
            at = j
            break
    if at == count:
        if count == k:
            if best[i] >= best[top[k - 1]]:
                return count
            at = k - 1
        else:
            count += 1
    while at > 0 and best[top[at - 1]] > best[i]:
        top[at] = top[at - 1]
        at -= 1
    top[at] = i
    return count


@compiled
def _goals_wanted(g: Any, at: Any, forward: bool) -> int:
    n = 0
    for i in range(len(at)):
        if at[i, 0] >= 0:
            for link in range(2 * at[i, 0], 2 * at[i, 0] + 2):
                n += g.link_first[link + 1] - g.link_first[link] if forward else 1
    return n


@compiled
def _settle(
    first: Any, other: Any, cost: Any, length: Any, w: Any, goals: Any, waiting: int, count: int, k: int, bound: int,
    best: Any, best_m: Any, top: Any,
) -> int:  # fmt: skip
    """Settle states in order of time until the k nearest (or all) places are certain; returns the number ranked."""
    limit, ranked, now, queued, slot = bound, k < len(best), w.now[0], w.now[1], 0
    ms_of, metres_of, via, epoch = w.ms, w.metres, w.via, w.epoch
    before, after, bucket = w.before, w.after, w.bucket
    if ranked and count == k:
        bound = min(bound, best[top[k - 1]])
    while queued > 0 and waiting > 0 and slot << SLOT <= bound:
        state = bucket[slot & (len(bucket) - 1)]
        if state < 0:
            slot += 1
            continue
        unqueue(before, after, bucket, state)
        queued -= 1
        ms, metres = ms_of[state], metres_of[state]
        if ms > bound:
            continue
        goal = w.goal[state] if w.goal_epoch[state] == now else -1
        while goal >= 0:
            waiting -= goals.open[goal]
            goals.open[goal] = 0
            i = goals.of[goal]
            if ms + goals.ms[goal] < best[i]:
                best[i], best_m[i] = ms + goals.ms[goal], metres + goals.metres[goal]
                if ranked and best[i] <= limit:
                    count = _rank(best, top, count, k, i)
                    if count == k:
                        bound = min(bound, best[top[k - 1]])
            goal = goals.next[goal]
        if waiting == 0:  # every place is reached; what is left of this bucket may still improve some
            bound = min(bound, (slot << SLOT) + (1 << SLOT) - 1)
            waiting = 1
        for a in range(first[state], first[state + 1]):
            there, then = other[a], ms + cost[a]
            if then > bound:
                continue
            if epoch[there] != now:
                epoch[there] = now
                queued += 1
            elif then >= ms_of[there]:
                continue
            elif before[there] == NOWHERE:
                queued += 1
            else:
                unqueue(before, after, bucket, there)
            ms_of[there], metres_of[there], via[there] = then, metres + length[a], a
            queue(before, after, bucket, there, then)
    return count


@compiled
def search(
    g: Any,
    w: Any,
    one: Any,
    one_m: float,
    at: Any,
    where: Any,
    forward: bool,
    k: int,
    limit: int,
    best: Any,
    best_m: Any,
    top: Any,
) -> int:
    """Find ms (`best`) and metres (`best_m`) between place `one` and the places `at`; exact for the k nearest.

    Forward: from `one` to them; reversed: from them to `one`. Stops when the k nearest are certain, or at `limit` ms;
    with k = number of places, when all are. `top` gets the k nearest in order of time; returns their number. Places not
    reached keep NEVER.
    """
    begin(w)
    wanted = _goals_wanted(g, at, forward)
    next_goal, of = np.empty(wanted, np.int32), np.empty(wanted, np.int32)
    goal_ms, goal_m = np.empty(wanted, np.int32), np.empty(wanted, np.float32)
    waiting = _await(g, w, at, where, forward, next_goal, goal_ms, goal_m, of)
    ranked, count = k < len(at), 0
    for i in range(len(at)):
        best[i], best_m[i] = NEVER, np.inf
        if at[i, 0] != one[0] or one[0] < 0:
            continue
        if forward:
            best[i] = direct(g.link_ms, one, one_m, at[i], where[i, 2])
        else:
            best[i] = direct(g.link_ms, at[i], where[i, 2], one, one_m)
        if best[i] < NEVER:
            best_m[i] = abs(where[i, 2] - one_m)
        if ranked and best[i] <= limit:
            count = _rank(best, top, count, k, i)
    if one[0] >= 0:
        begin_at(g, w, one, one_m, forward)
    first, other = (g.out_first, g.out_head) if forward else (g.in_first, g.in_tail)
    cost, length = (g.out_ms, g.out_m) if forward else (g.in_ms, g.in_m)
    goals = Goals(next_goal, goal_ms, goal_m, of, np.ones(wanted, np.int8))
    return _settle(first, other, cost, length, w, goals, waiting, count, k, limit, best, best_m, top)


@compiled
def nearest(g: Any, w: Any, lon: float, lat: float, most: float, at: Any, where: Any, k: int, limit: int) -> Any:
    """Snap a point and find the k places nearest to it, they travelling to it: (indices, ms, metres) in order."""
    p, t, _ = nearest_piece(g, lon, lat, most)
    one = np.full(4, -1, np.int32)
    one_m = 0.0
    if p >= 0:
        one[0], one[1] = g.pt_chain[p], p
        one[2] = int(round(g.pt_along[p] + t * (g.pt_along[p + 1] - g.pt_along[p])))
        one[3] = int(round(g.pt_against[p] + t * (g.pt_against[p + 1] - g.pt_against[p])))
        one_m = g.pt_m[p] + t * (g.pt_m[p + 1] - g.pt_m[p])
    n = len(at)
    best, best_m, top = np.empty(n, np.int32), np.empty(n, np.float32), np.empty(n, np.int32)
    if p < 0 or k <= 0:
        return top[:0], best[:0], best_m[:0]
    count = search(g, w, one, one_m, at, where, False, min(k, n), limit, best, best_m, top)
    if k >= n:
        order = np.argsort(best)
        count = 0
        for i in order:
            if best[i] <= limit and best[i] < NEVER:
                top[count] = i
                count += 1
    top = top[:count]
    return top, best[top], best_m[top]


@compiled
def many(
    g: Any, w: Any, ones: Any, ones_where: Any, at: Any, where: Any, forward: bool, limit: int, out: Any
) -> None:  # fmt: skip
    """Fill `out` (len(ones), len(at)) with seconds between each of `ones` and all places; inf beyond `limit` ms."""
    best, best_m = np.empty(len(at), np.int32), np.empty(len(at), np.float32)
    top = np.empty(len(at), np.int32)
    for j in range(len(ones)):
        search(g, w, ones[j], ones_where[j, 2], at, where, forward, len(at), limit, best, best_m, top)
        for i in range(len(at)):
            reached = best[i] <= limit and ones[j, 0] >= 0
            out[j, i] = best[i] / 1000.0 if reached else np.inf
