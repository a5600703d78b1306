"""Labels, heap and beginnings of a search: the parts every search over the graph shares, compiled."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled

Ints = npt.NDArray[np.int32]

NEVER = 2_147_483_647
SPARE = 4096  # room for the states a search begins with


class Work(NamedTuple):
    """Scratch arrays of one search at a time; kept and used again."""

    ms: Ints
    metres: npt.NDArray[np.float32]
    via: Ints  # arc by which the state was reached; -1 - link for a state the search began with
    epoch: Ints
    goal: Ints  # first goal waiting at the state
    goal_epoch: Ints
    order: Ints  # states in the order they were settled
    heap: npt.NDArray[np.int64]
    now: Ints  # [epoch, heap size]

    @classmethod
    def sized(cls, states: int, arcs: int) -> "Work":
        """Make scratch arrays for a graph of so many states and arcs."""
        ms, via, epoch, goal, goal_epoch, order = (np.zeros(states, np.int32) for _ in range(6))
        heap = np.empty(arcs + SPARE, np.int64)
        metres = np.zeros(states, np.float32)
        return cls(ms, metres, via, epoch, goal, goal_epoch, order, heap, np.zeros(2, np.int32))


@compiled
def push(heap: Any, size: int, key: int) -> None:
    """Add a key to a 4-ary heap of `size` keys; the caller raises its size by one."""
    i = size
    while i > 0:
        up = (i - 1) >> 2
        if heap[up] <= key:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = key


@compiled
def drop_least(heap: Any, size: int) -> None:
    """Drop the smallest of `size` keys; the caller lowers its size by one."""
    n = size - 1
    key = heap[n]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= n:
            break
        low = child
        for c in range(child + 1, min(child + 4, n)):
            if heap[c] < heap[low]:
                low = c
        if heap[low] >= key:
            break
        heap[i] = heap[low]
        i = low
    heap[i] = key


@compiled
def begin(w: Any) -> None:
    """Begin a request: labels of all earlier ones count no more."""
    if w.now[0] >= 2_147_483_000:
        w.now[0] = 0
        w.epoch[:] = 0
        w.goal_epoch[:] = 0
    w.now[0] += 1
    w.now[1] = 0


@compiled
def _packed(ms: int, state: int) -> int:
    return (ms << 32) | state


@compiled
def reach_state(w: Any, state: int, ms: int, metres: float, via: int) -> None:
    """Label a state and queue it, unless it was reached sooner."""
    if w.epoch[state] != w.now[0] or ms < w.ms[state]:
        w.epoch[state] = w.now[0]
        w.ms[state], w.metres[state], w.via[state] = ms, metres, via
        push(w.heap, w.now[1], _packed(ms, state))
        w.now[1] += 1


@compiled
def begin_at(g: Any, w: Any, at: Any, metres: float, forward: bool) -> None:
    """Begin at a place: with the states it leads to (forward) or those that lead to it (reversed)."""
    chain = at[0]
    for side in range(2):
        link = 2 * chain + side
        whole = g.link_ms[link]
        if whole < 0:
            continue
        gone = at[2] if side == 0 else whole - at[3]
        far = metres if side == 0 else g.chain_m[chain] - metres
        if forward:
            reach_state(w, g.link_head[link], whole - gone, g.chain_m[chain] - far, -1 - link)
        else:
            for i in range(g.link_first[link], g.link_first[link + 1]):
                reach_state(w, g.link_tail[i], gone + g.link_wait[i], far, -1 - link)
