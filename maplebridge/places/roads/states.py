"""States of a graph: junctions, split where turns are forbidden or cost time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.components import rows
from maplebridge.places.roads.contract import Bools, Chains, Floats, Ints
from maplebridge.places.roads.turns import Pairs

TurnSeconds = Mapping[str, float]
TURNS = ("left", "right", "round")
_STRAIGHT_DEGREES = 35.0
_ROUND_DEGREES = 165.0


@dataclass(frozen=True, slots=True)
class States:
    """Where each state is (index of its junction), its arcs (tail, link, ms lost turning), and heads by link."""

    place: Ints
    tail: Ints
    link: Ints
    wait: Ints
    head_of: Ints


def split_where_forbidden(n: int, tail_node: Ints, head_node: Ints, is_open: Bools, forbidden: Pairs) -> States:
    """Make one state per junction, and one more for every link into it from which a turn is forbidden."""
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
    tail, link = np.concatenate(tails), np.concatenate(outs)
    return States(np.array(place, np.int32), tail, link, np.zeros(len(link), np.int32), head_of)


def split_everywhere(
    n: int, tail_node: Ints, head_node: Ints, chains: Chains, forbidden: Pairs, waits: "Waits"
) -> States:
    """Make one state per link, so that every turn can have its own cost; some 2.5 x as many as junctions."""
    links = np.flatnonzero(chains.total >= 0).astype(np.int32)
    first, order = rows(tail_node[links], n)
    exits = np.diff(first)[head_node[links]]
    come = np.repeat(links, exits)
    begins = np.repeat(first[head_node[links]] - (exits.cumsum() - exits), exits)
    go = links[order[begins + np.arange(len(come))]]
    barred = np.array([c * len(chains.total) + g for c, g in forbidden], np.int64)
    free = ~np.isin(come.astype(np.int64) * len(chains.total) + go, barred)
    wait = waits.of(come, go, np.repeat(exits, exits))[free]
    state_of = np.full(len(chains.total), -1, np.int32)
    state_of[links] = np.arange(len(links), dtype=np.int32)
    return States(head_node[links], state_of[come[free]], go[free], wait, state_of)


@dataclass(frozen=True, slots=True)
class Waits:
    """What turning costs: seconds for "left", "right" and "round", by the angle between the streets' last pieces."""

    seconds: TurnSeconds
    chains: Chains
    lon: Floats
    lat: Floats

    def of(self, come: Ints, go: Ints, exits: Ints) -> Ints:
        """Give the ms lost turning from link `come` to link `go`; nothing where the street only goes on."""
        turned = (self._bearing(go, start=True) - self._bearing(come, start=False) + 180) % 360 - 180
        round_ = (go == (come ^ 1)) | (np.abs(turned) > _ROUND_DEGREES)
        ms = np.where(turned > 0, self._ms("right"), self._ms("left"))
        ms[np.abs(turned) < _STRAIGHT_DEGREES] = 0
        ms[exits < 3] = 0
        ms[round_] = self._ms("round")
        return ms.astype(np.int32)

    def _ms(self, turn: str) -> int:
        return round(1000 * self.seconds.get(turn, 0.0))

    def _bearing(self, links: Ints, *, start: bool) -> Floats:
        """Give the degrees clockwise from north in which links begin or end."""
        chain, against = links >> 1, (links & 1).astype(np.bool_)
        at_first = start != against
        outer = np.where(at_first, self.chains.first[chain], self.chains.first[chain + 1] - 1)
        inner = outer + np.where(at_first, 1, -1)
        a, b = self.chains.node[outer], self.chains.node[inner]
        dx = (self.lon[b] - self.lon[a]) * np.cos(np.radians(self.lat[a]))
        bearing = np.degrees(np.arctan2(dx, self.lat[b] - self.lat[a]))
        return np.asarray(bearing if start else bearing + 180)


def morton(lon: Floats, lat: Floats) -> npt.NDArray[np.uint64]:
    """Interleave the bits of both coordinates, 16 each."""
    code = np.zeros(len(lon), np.uint64)
    for shift, values in ((0, lon), (1, lat)):
        low, high = values.min(), values.max()
        bits = ((values - low) / max(high - low, 1e-12) * 65535).astype(np.uint64)
        for i in range(16):
            code |= ((bits >> np.uint64(i)) & np.uint64(1)) << np.uint64(2 * i + shift)
    return code
