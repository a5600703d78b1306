"""Turn restrictions, resolved to pairs of links that may not follow each other (OSM wiki "Relation:restriction")."""

from collections.abc import Iterable

import numpy as np

from maplebridge.places.roads.contract import Chains, Pieces
from maplebridge.places.roads.read import Restriction

# at a node: (way, link that arrives there or -1, link that leaves from there or -1)
_Arms = list[tuple[int, int, int]]
Pairs = set[tuple[int, int]]


def forbidden_turns(chains: Chains, pieces: Pieces, turns: Iterable[Restriction]) -> tuple[Pairs, Pairs, int]:
    """Give the pairs (link in, link out) forbidden by law, those kept from turning round, and how many were unread.

    Whoever is turned away by a restriction may not make up for it by turning round at once, at the junction or at the
    next one; elsewhere turning round is never of use on a shortest path, so it needs no rule. Restrictions on ways
    that pass through the junction can't be told apart and count as unread.
    """
    turns = list(turns)
    arms = _arms(chains, pieces, {turn.via for turn in turns})
    forbidden: Pairs = set()
    unread = 0
    for turn in turns:
        here = arms.get(turn.via, [])
        comes = [come for way, come, _ in here if way == turn.from_way and come >= 0]
        goes = [go for way, _, go in here if way == turn.to_way and go >= 0]
        if not comes or not goes:
            continue  # closed to this mode or cut off: nothing to forbid
        if len(comes) > 1 or len(goes) > 1:
            unread += 1
            continue
        exits = {go for _, _, go in here if go >= 0}
        gone = exits - {goes[0]} if turn.only else {goes[0]}
        if not exits - gone:
            unread += 1
            continue
        forbidden |= {(comes[0], go) for go in gone}
    return forbidden, _turning_round(chains, arms, forbidden), unread


def _turning_round(chains: Chains, arms: dict[int, _Arms], forbidden: Pairs) -> Pairs:
    ends = {come: [go for _, _, go in here if go >= 0] for here in arms.values() for _, come, _ in here if come >= 0}
    round_ = set()
    exits_at = np.zeros(int(chains.node.max()) + 1, np.int64)
    heads = chains.node[chains.first[1:] - 1], chains.node[chains.first[:-1]]
    is_open = chains.total >= 0
    np.add.at(exits_at, heads[1][is_open[0::2]], 1)
    np.add.at(exits_at, heads[0][is_open[1::2]], 1)
    for come in {come for come, _ in forbidden}:
        left = [go for go in ends[come] if (come, go) not in forbidden]
        if len(left) > 1:
            round_.add((come, come ^ 1))
        for go in left:
            if go != come ^ 1 and is_open[go ^ 1] and exits_at[heads[go & 1][go >> 1]] > 1:
                round_.add((go, go ^ 1))
    return {pair for pair in round_ if is_open[pair[1]]}


def _arms(chains: Chains, pieces: Pieces, vias: set[int]) -> dict[int, _Arms]:
    """List, for every node in `vias`, the ways that meet there and the links they come in and go out by."""
    arms: dict[int, _Arms] = {}
    first, last = chains.first[:-1], chains.first[1:] - 1
    wanted = np.array(sorted(vias), np.int32)
    for at_start, point in ((True, first), (False, last)):
        for chain in np.flatnonzero(np.isin(chains.node[point], wanted)):
            way = int(pieces.way[chains.piece[first[chain] if at_start else last[chain] - 1]])
            come, go = (2 * int(chain) + 1, 2 * int(chain)) if at_start else (2 * int(chain), 2 * int(chain) + 1)
            is_open = chains.total[[come, go]] >= 0
            arm = way, come if is_open[0] else -1, go if is_open[1] else -1
            arms.setdefault(int(chains.node[point[chain]]), []).append(arm)
    return arms
