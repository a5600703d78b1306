"""The road graph of one mode: junctions and links as flat arrays that every process maps from the same files.

A *link* is one direction of a chain of street between junctions (link 2c along chain c, 2c + 1 against it). A *state*
is a junction, or a copy of it for those who came in by a link from which some turn is forbidden.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.components import largest_part, leading_to, rows, strong_parts
from maplebridge.places.roads.contract import Bools, Chains, Floats, Ints, Pieces, fold
from maplebridge.places.roads.modes import MODES
from maplebridge.places.roads.read import RawRoads
from maplebridge.places.roads.snap import lay_grid
from maplebridge.places.roads.turns import Pairs, forbidden_turns


class Graph(NamedTuple):
    """Arrays of one mode. Times are integer milliseconds, lengths metres, coordinates degrees (WGS 84)."""

    out_first: Ints  # by state: its arcs outward
    out_head: Ints
    out_ms: Ints
    out_m: npt.NDArray[np.float32]
    out_link: Ints
    in_first: Ints  # by state: its arcs inward
    in_tail: Ints
    in_ms: Ints
    in_m: npt.NDArray[np.float32]
    in_link: Ints
    link_head: Ints  # by link: the state it ends in, -1 where closed
    link_ms: Ints  # by link: its whole time, -1 where closed
    link_first: Ints  # by link: the states it can be entered from
    link_tail: Ints
    chain_first: Ints  # by chain: its points
    chain_m: npt.NDArray[np.float32]
    pt_chain: Ints
    pt_lon: Floats
    pt_lat: Floats
    pt_m: npt.NDArray[np.float32]
    pt_along: Ints
    pt_against: Ints
    grid_first: Ints
    grid_point: Ints
    grid_box: Floats  # west, south, cell width, cell height (degrees), columns, rows

    def save(self, directory: Path) -> None:
        """Write one .npy file per array into an existing directory."""
        for name, array in self._asdict().items():
            np.save(directory / f"{name}.npy", array)

    @classmethod
    def load(cls, directory: Path) -> "Graph":
        """Map the arrays read-only from `directory`; every process shares the same pages."""
        return cls(*(np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r")) for name in cls._fields))


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


def grow(raw: RawRoads, mode: str, signal_seconds: float = 0.0) -> tuple[Graph, ModeReport] | None:
    """Make the graph of one mode; None where the file has no street for it.

    `signal_seconds` is added at every traffic signal passed.
    """
    pieces, n_nodes, origin = pieces_of(raw, mode, signal_seconds)
    if not len(pieces.u):
        return None
    inside = largest_part(*_arcs(pieces), n_nodes)
    whole = inside[pieces.u] & inside[pieces.v]
    cut = _cut_off(raw, pieces, ~whole, int(n_nodes - inside.sum()))
    pieces = Pieces(*(getattr(pieces, name)[whole] for name in Pieces.__slots__))
    turns = [turn for turn in raw.restrictions if mode in turn.modes]
    forced = np.zeros(n_nodes, np.bool_)
    forced[[turn.via for turn in turns]] = True
    chains = fold(pieces, n_nodes, forced)
    by_law, round_, unread = forbidden_turns(chains, pieces, turns)
    graph = _graph(chains, raw.lon[origin], raw.lat[origin], by_law, round_)
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


def _cut_off(raw: RawRoads, pieces: Pieces, cut: Bools, nodes: int) -> CutOff:
    touched = np.zeros(len(raw.lon), np.bool_)
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


def _graph(chains: Chains, lon: Floats, lat: Floats, by_law: Pairs, round_: Pairs) -> Graph:
    """Lay out states, arcs and points; the states are in Morton order so that neighbours share cache lines."""
    ends = np.stack([chains.node[chains.first[:-1]], chains.node[chains.first[1:] - 1]], axis=1)
    junctions, end = np.unique(ends.ravel(), return_inverse=True)
    tail_node, head_node = end.astype(np.int32), end.reshape(-1, 2)[:, ::-1].ravel().astype(np.int32)
    while True:
        place, tail, link, head_of = _states(len(junctions), tail_node, head_node, chains.total >= 0, by_law | round_)
        inside = leading_to(largest_part(tail, head_of[link], len(place)), tail, head_of[link])
        lost = {pair for pair in round_ if not inside[head_of[pair[0]]]}
        if not lost:
            break
        round_ = round_ - lost  # better to turn round than to be trapped
    place = junctions[place]
    new = np.full(len(place), -1, np.int32)
    order = np.flatnonzero(inside)
    order = order[np.argsort(_morton(lon[place[order]], lat[place[order]]), kind="stable")]
    new[order] = np.arange(len(order), dtype=np.int32)
    kept = (new[tail] >= 0) & (new[head_of[link]] >= 0)
    tail, link = new[tail[kept]], link[kept]
    alive = (chains.total >= 0) & (new[head_of] >= 0)
    link_head = np.where(alive, new[head_of], -1).astype(np.int32)
    link_ms = np.where(alive, chains.total, -1).astype(np.int32)
    chain_m = chains.metres[chains.first[1:] - 1]
    head = link_head[link]
    point_chain = np.repeat(np.arange(len(chain_m), dtype=np.int32), np.diff(chains.first))
    point_lon, point_lat = lon[chains.node], lat[chains.node]
    usable = (chains.piece >= 0) & (alive[0::2] | alive[1::2])[point_chain]
    grid = lay_grid(point_lon, point_lat, usable)
    out_first, by_tail = rows(tail, len(order))
    in_first, by_head = rows(head, len(order))
    link_first, by_link = rows(link, len(alive))
    ms, metres = link_ms[link], chain_m[link >> 1]
    return Graph(
        out_first, head[by_tail], ms[by_tail], metres[by_tail], link[by_tail],
        in_first, tail[by_head], ms[by_head], metres[by_head], link[by_head],
        link_head, link_ms, link_first, tail[by_link], chains.first, chain_m,
        point_chain, point_lon, point_lat, chains.metres, chains.along, chains.against, *grid,
    )  # fmt: skip


def _states(
    n: int, tail_node: Ints, head_node: Ints, is_open: Bools, forbidden: Pairs
) -> tuple[Ints, Ints, Ints, Ints]:
    """Split junctions where turns are forbidden: (node of each state, arcs' tail states, arcs' links, head by link)."""
    links = np.flatnonzero(is_open).astype(np.int32)
    first, order = rows(tail_node[links], n)
    barred: dict[int, set[int]] = {}
    for come, go in forbidden:
        barred.setdefault(come, set()).add(go)
    head_of = head_node.copy()
    place, tails, outs = list(range(n)), [tail_node[links]], [links]
    for come, gone in barred.items():
        node = int(head_node[come])
        exits = [link for link in links[order[first[node] : first[node + 1]]] if int(link) not in gone]
        head_of[come] = len(place)
        tails.append(np.full(len(exits), len(place), np.int32))
        outs.append(np.array(exits, np.int32))
        place.append(node)
    return np.array(place, np.int32), np.concatenate(tails), np.concatenate(outs), head_of


def _morton(lon: Floats, lat: Floats) -> npt.NDArray[np.uint64]:
    """Interleave the bits of both coordinates, 16 each."""
    code = np.zeros(len(lon), np.uint64)
    for shift, values in ((0, lon), (1, lat)):
        low, high = values.min(), values.max()
        bits = ((values - low) / max(high - low, 1e-12) * 65535).astype(np.uint64)
        for i in range(16):
            code |= ((bits >> np.uint64(i)) & np.uint64(1)) << np.uint64(2 * i + shift)
    return code
