"""Grow the graph of one mode from streets as read: cut off, contract, split, lay out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.components import largest_part, leading_to, rows, strong_parts
from maplebridge.places.roads.contract import Bools, Chains, Floats, Ints, Pieces, fold
from maplebridge.places.roads.graph import Graph
from maplebridge.places.roads.modes import MODES
from maplebridge.places.roads.read import RawRoads
from maplebridge.places.roads.snap import lay_grid
from maplebridge.places.roads.states import States, TurnSeconds, Waits, morton, split_everywhere, split_where_forbidden
from maplebridge.places.roads.turns import Pairs, forbidden_turns

_TURNING_MODES = ("motorbike", "car", "urgent")


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds lost on the way besides driving: at every traffic signal, and in turning (see `states.Waits`)."""

    signal: float = 0.0
    turns: TurnSeconds | None = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """What was left out because it can't be reached from, or can't reach, the rest of the network."""

    nodes: int
    metres: float
    parts: int
    largest: tuple[tuple[str, float], ...]  # street name ("" where it has none) and metres, largest first


@dataclass(frozen=True, slots=True)
class ModeReport:
    """Size of one mode's graph, what was cut off and how many turns are forbidden or could not be read."""

    mode: str
    nodes: int
    arcs: int
    junctions: int
    links: int
    forbidden_turns: int
    unread_turns: int
    metres: float
    cut: CutOff


def grow(raw: RawRoads, mode: str, delays: Delays | None = None) -> tuple[Graph, ModeReport] | None:
    """Make the graph of one mode; None where the file has no street for it."""
    delays = delays or Delays()
    pieces, n_nodes, origin = pieces_of(raw, mode, delays.signal)
    if not len(pieces.u):
        return None
    inside = largest_part(*_arcs(pieces), n_nodes)
    whole = inside[pieces.u] & inside[pieces.v]
    cut = _cut_off(raw, pieces, ~whole)
    pieces = Pieces(*(getattr(pieces, name)[whole] for name in Pieces.__slots__))
    turns = [turn for turn in raw.restrictions if mode in turn.modes]
    forced = np.zeros(n_nodes, np.bool_)
    forced[[turn.via for turn in turns]] = True
    chains = fold(pieces, n_nodes, forced)
    by_law, round_, unread = forbidden_turns(chains, pieces, turns)
    turning = delays.turns if mode in _TURNING_MODES else None
    graph = _graph(chains, raw.lon[origin], raw.lat[origin], by_law, round_, turning)
    arcs = len(_arcs(pieces)[0])
    report = ModeReport(
        mode, int(inside.sum()), arcs, len(graph.out_first) - 1, len(graph.out_head), len(by_law), unread,
        float(pieces.metres.sum()), cut,
    )  # fmt: skip
    return graph, report


def pieces_of(raw: RawRoads, mode: str, signal_seconds: float = 0.0) -> tuple[Pieces, int, Ints]:
    """Give a mode's street pieces, the number of their nodes, and for each node its index in `raw`.

    A node with a barrier becomes a dead end of its own for every piece that touches it.
    """
    kmh = raw.profile_kmh[raw.way_profile[raw.seg_way], MODES.index(mode)].astype(np.float64)
    chosen = kmh.any(axis=1)
    u, v, metres, kmh = (
        raw.seg_u[chosen].copy(),
        raw.seg_v[chosen].copy(),
        raw.seg_metres[chosen],
        kmh[chosen],
    )
    n_nodes = len(raw.lon)
    origin = [np.arange(n_nodes, dtype=np.int32)]
    for ends in (u, v):
        walled = np.flatnonzero(raw.walls[mode][ends])
        origin.append(ends[walled].copy())
        ends[walled] = n_nodes + np.arange(len(walled), dtype=np.int32)
        n_nodes += len(walled)
    came_from = np.concatenate(origin)
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = metres[:, None] * 3600.0 / kmh
    waits = raw.signals[came_from] * (1000.0 * signal_seconds)
    pieces = Pieces(u, v, metres, ms[:, 0] + waits[v], ms[:, 1] + waits[u], raw.seg_way[chosen])
    return pieces, n_nodes, came_from


def _arcs(pieces: Pieces) -> tuple[Ints, Ints]:
    along, against = np.isfinite(pieces.ms_along), np.isfinite(pieces.ms_against)
    tail = np.concatenate([pieces.u[along], pieces.v[against]])
    return tail, np.concatenate([pieces.v[along], pieces.u[against]])


def _cut_off(raw: RawRoads, pieces: Pieces, cut: Bools) -> CutOff:
    u, v, way, metres = pieces.u[cut], pieces.v[cut], pieces.way[cut], pieces.metres[cut]
    if not len(u):
        return CutOff(0, 0.0, 0, ())
    size = int(max(u.max(), v.max())) + 1
    label = strong_parts(np.concatenate([u, v]), np.concatenate([v, u]), size)[u]
    parts, part = np.unique(label, return_inverse=True)
    length = np.bincount(part, weights=metres)
    largest = []
    for index in np.argsort(-length)[:5]:
        here = part == index
        ways, at = np.unique(way[here], return_inverse=True)
        by_way = np.bincount(at, weights=metres[here])
        names = [raw.way_name[ways[i]] for i in np.argsort(-by_way)]
        largest.append((next(filter(None, names), ""), float(length[index])))
    touched = np.zeros(size, np.bool_)
    touched[u] = touched[v] = True
    return CutOff(int(touched.sum()), float(metres.sum()), len(parts), tuple(largest))


def _graph(
    chains: Chains, lon: Floats, lat: Floats, by_law: Pairs, round_: Pairs, turning: TurnSeconds | None
) -> Graph:
    ends = np.stack([chains.node[chains.first[:-1]], chains.node[chains.first[1:] - 1]], axis=1)
    junctions, end = np.unique(ends.ravel(), return_inverse=True)
    tail_node, head_node = end.astype(np.int32), end.reshape(-1, 2)[:, ::-1].ravel().astype(np.int32)
    while True:
        if turning is None:
            states = split_where_forbidden(len(junctions), tail_node, head_node, chains.total >= 0, by_law | round_)
        else:
            waits = Waits(turning, chains, lon, lat)
            states = split_everywhere(len(junctions), tail_node, head_node, chains, by_law | round_, waits)
        heads = states.head_of[states.link]
        inside = leading_to(largest_part(states.tail, heads, len(states.place)), states.tail, heads)
        lost = {pair for pair in round_ if not inside[states.head_of[pair[0]]]}
        if not lost:
            break
        round_ = round_ - lost  # better to turn round than to be trapped
    at = junctions[states.place]
    return _laid_out(chains, lon[chains.node], lat[chains.node], states, inside, morton(lon[at], lat[at]))


def _laid_out(
    chains: Chains, lon: Floats, lat: Floats, states: States, inside: Bools, rank: npt.NDArray[np.uint64]
) -> Graph:
    """Lay out states, arcs and points; the states in Morton order, so that neighbours share cache lines."""
    order = np.flatnonzero(inside)
    order = order[np.argsort(rank[order], kind="stable")]
    new = np.full(len(inside), -1, np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    alive = (chains.total >= 0) & (new[states.head_of] >= 0)
    link_head = np.where(alive, new[states.head_of], -1).astype(np.int32)
    link_ms = np.where(alive, chains.total, -1).astype(np.int32)
    kept = (new[states.tail] >= 0) & (link_head[states.link] >= 0)
    tail, link, wait = new[states.tail[kept]], states.link[kept], states.wait[kept]
    head, ms = link_head[link], link_ms[link] + wait
    chain_m = chains.metres[chains.first[1:] - 1]
    metres = chain_m[link >> 1]
    point_chain = np.repeat(np.arange(len(chain_m), dtype=np.int32), np.diff(chains.first))
    grid = lay_grid(lon, lat, (chains.piece >= 0) & (alive[0::2] | alive[1::2])[point_chain])
    out_first, by_tail = rows(tail, len(order))
    in_first, by_head = rows(head, len(order))
    link_first, by_link = rows(link, len(alive))
    return Graph(
        out_first, head[by_tail], ms[by_tail], metres[by_tail], link[by_tail],
        in_first, tail[by_head], ms[by_head], metres[by_head], link[by_head],
        link_head, link_ms, link_first, tail[by_link], wait[by_link], chains.first, chain_m,
        point_chain, lon, lat, chains.metres, chains.along, chains.against, *grid,
    )  # fmt: skip
