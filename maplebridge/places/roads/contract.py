"""Fold the nodes where nothing can be decided: streets become chains between junctions, times kept exactly."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled
from maplebridge.places.roads.components import rows

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Street pieces of one mode: end nodes, metres, milliseconds along and against (inf where closed), their way."""

    u: Ints
    v: Ints
    metres: Floats
    ms_along: Floats
    ms_against: Floats
    way: Ints


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of pieces between kept nodes.

    Chain c has the points `first[c]:first[c + 1]`; `node`, `metres`, `along`, `against` are by point, counted from
    the chain's start (ms; `against` is the time back to the start). `total` (2 x chains) is ms by link, link
    2c + 0 along and 2c + 1 against the chain, -1 where closed. `piece` and `flipped` are by point but the last.
    """

    first: Ints
    node: Ints
    metres: npt.NDArray[np.float32]
    along: Ints
    against: Ints
    total: Ints
    piece: Ints
    flipped: Bools


@compiled
def _kept(u: Any, v: Any, along: Any, against: Any, first: Any, order: Any, forced: Any) -> Any:
    """Mark the nodes where chains end: all but those passed straight through by two pieces of the same directions."""
    m = len(u)
    keep = forced.copy()
    for n in range(len(forced)):
        if first[n + 1] - first[n] != 2:
            keep[n] = True
            continue
        s, t = order[first[n]] % m, order[first[n] + 1] % m
        if s == t:
            keep[n] = True
            continue
        s_in, s_out = (along[s], against[s]) if v[s] == n else (against[s], along[s])
        t_in, t_out = (along[t], against[t]) if v[t] == n else (against[t], along[t])
        if s_in != t_out or t_in != s_out:
            keep[n] = True
    return keep


@compiled
def _walk(u: Any, v: Any, first: Any, order: Any, keep: Any) -> Any:
    """Follow every chain from its kept start; returns the start of each chain, its pieces in order, and their flips."""
    m = len(u)
    done = np.zeros(m, np.bool_)
    pieces = np.empty(m, np.int32)
    flips = np.zeros(m, np.bool_)
    starts = np.empty(m + 1, np.int32)
    n_pieces = n_chains = 0
    for rings in range(2):  # the second round cuts open rings on which no node was kept
        for n in range(len(keep)):
            if not keep[n] and not rings:
                continue
            for i in range(first[n], first[n + 1]):
                s = order[i] % m
                if done[s]:
                    continue
                starts[n_chains] = n_pieces
                n_chains += 1
                keep[n] = True
                at = n
                while True:
                    done[s] = True
                    pieces[n_pieces] = s
                    flips[n_pieces] = u[s] != at
                    n_pieces += 1
                    at = u[s] if u[s] != at else v[s]
                    if keep[at]:
                        break
                    a, b = order[first[at]] % m, order[first[at] + 1] % m
                    s = b if a == s else a
    starts[n_chains] = n_pieces
    return starts[: n_chains + 1].copy(), pieces[:n_pieces].copy(), flips[:n_pieces].copy()


def fold(pieces: Pieces, n_nodes: int, forced: Bools) -> Chains:
    """Fold the pieces of one mode into chains; nodes marked in `forced` stay ends of chains."""
    along, against = np.isfinite(pieces.ms_along), np.isfinite(pieces.ms_against)
    first, order = rows(np.concatenate([pieces.u, pieces.v]), n_nodes)
    keep = _kept(pieces.u, pieces.v, along, against, first, order, forced)
    starts, piece, flipped = _walk(pieces.u, pieces.v, first, order, keep)
    return _measured(pieces, starts, piece, flipped)


def _measured(pieces: Pieces, starts: Ints, piece: Ints, flipped: Bools) -> Chains:
    count = len(starts) - 1
    point_first = (starts + np.arange(count + 1)).astype(np.int32)
    begins = np.zeros(int(point_first[-1]), np.bool_)
    begins[point_first[:-1]] = True
    node = np.empty(len(begins), np.int32)
    node[~begins] = np.where(flipped, pieces.u[piece], pieces.v[piece])
    lead, turned = piece[starts[:-1]], flipped[starts[:-1]]
    node[begins] = np.where(turned, pieces.v[lead], pieces.u[lead])
    ms = [pieces.ms_along[piece], pieces.ms_against[piece]]
    forward, backward = np.where(flipped, ms[1], ms[0]), np.where(flipped, ms[0], ms[1])
    open_forward, open_backward = np.isfinite(forward[starts[:-1]]), np.isfinite(backward[starts[:-1]])

    def running(values: Floats) -> Floats:
        by_point = np.zeros(len(begins))
        by_point[~begins] = np.where(np.isfinite(values), values, 0.0)
        sums = by_point.cumsum()
        return np.asarray(sums - np.repeat(sums[point_first[:-1]], np.diff(point_first)))

    along, against = np.rint(running(forward)).astype(np.int32), np.rint(running(backward)).astype(np.int32)
    last = point_first[1:] - 1
    total = np.empty(2 * count, np.int32)
    total[0::2] = np.where(open_forward, along[last], -1)
    total[1::2] = np.where(open_backward, against[last], -1)
    piece_at, flipped_at = np.full(len(begins), -1, np.int32), np.zeros(len(begins), np.bool_)
    piece_at[np.flatnonzero(~begins) - 1], flipped_at[np.flatnonzero(~begins) - 1] = piece, flipped
    metres = running(pieces.metres[piece]).astype(np.float32)
    return Chains(point_first, node, metres, along, against, total, piece_at, flipped_at)
