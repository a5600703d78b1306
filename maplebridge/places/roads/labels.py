"""Labels, queue and beginnings of a search: the parts every search over the graph shares, compiled."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled

Ints = npt.NDArray[np.int32]

NEVER = 2_147_483_647
SLOT = 8  # a bucket is 256 ms wide
NOWHERE = -2_147_483_648  # `before` of a state that is in no bucket


class Work(NamedTuple):
    """Scratch arrays of one search at a time; kept and used again.

    The queue is a ring of buckets of 256 ms, each a doubly linked list through the states themselves (Dial 1969), so a
    state is queued at most once and nothing is sorted. A state may be settled again when a very short arc improves it
    within its own bucket; labels are final once its bucket is empty.
    """

    ms: Ints
    metres: npt.NDArray[np.float32]
    via: Ints  # arc by which the state was reached; -1 - link for a state the search began with
    epoch: Ints
    goal: Ints  # first goal waiting at the state
    goal_epoch: Ints
    order: Ints  # states in the order they were first settled
    before: Ints  # the state before in its bucket; -1 - bucket for the first; NOWHERE
    after: Ints
    bucket: Ints  # first state of each bucket, -1 where empty; as many as the longest arc needs, a power of two
    now: Ints  # [epoch, states queued]

    @classmethod
    def sized(cls, states: int, longest_ms: int) -> "Work":
        """Make scratch arrays for a graph of so many states, whose longest arc or beginning takes so many ms."""
        ms, via, epoch, goal, goal_epoch, order, before, after = (np.zeros(states, np.int32) for _ in range(8))
        bucket = np.full(1 << ((longest_ms >> SLOT) + 2).bit_length(), -1, np.int32)
        metres = np.zeros(states, np.float32)
        return cls(ms, metres, via, epoch, goal, goal_epoch, order, before, after, bucket, np.zeros(2, np.int32))


@compiled
def begin(w: Any) -> None:
    """Begin a request: labels of all earlier ones count no more."""
    if w.now[0] >= 2_147_483_000:
        w.now[0] = 0
        w.epoch[:] = 0
        w.goal_epoch[:] = 0
    w.now[0] += 1
    w.now[1] = 0
    w.bucket[:] = -1


@compiled
def queue(before: Any, after: Any, bucket: Any, state: int, ms: int) -> None:
    """Put a state that is in no bucket into the bucket of `ms`."""
    slot = (ms >> SLOT) & (len(bucket) - 1)
    first = bucket[slot]
    before[state], after[state] = -1 - slot, first
    if first >= 0:
        before[first] = state
    bucket[slot] = state


@compiled
def unqueue(before: Any, after: Any, bucket: Any, state: int) -> None:
    """Take a state out of the bucket it is in."""
    left, right = before[state], after[state]
    if left < 0:
        bucket[-1 - left] = right
    else:
        after[left] = right
    if right >= 0:
        before[right] = left
    before[state] = NOWHERE


@compiled
def reach_state(w: Any, state: int, ms: int, metres: float, via: int) -> None:
    """Label a state and queue it, unless it was reached sooner."""
    known = w.epoch[state] == w.now[0]
    if known and ms >= w.ms[state]:
        return
    if known and w.before[state] != NOWHERE:
        unqueue(w.before, w.after, w.bucket, state)
    else:
        w.now[1] += 1
    w.epoch[state] = w.now[0]
    w.ms[state], w.metres[state], w.via[state] = ms, metres, via
    queue(w.before, w.after, w.bucket, state, ms)


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
