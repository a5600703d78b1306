"""How thickly calls lie along the streets: a kernel density by distance along the network, not as the crow flies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.hotspots import spread
from maplebridge.kernel.refused import BadInput
from maplebridge.places.queries import road_network
from maplebridge.places.roads.graph import Graph
from maplebridge.places.roads.network import RoadNetwork, Roads

BANDWIDTH_M, LIXEL_M = 300.0, 50.0
MODE = "car"  # streets; the paths of a park would split a call to nothing


@dataclass(frozen=True)
class StreetDensity:
    """Short pieces of street (lixels): ends (n, 4) lon, lat, lon, lat, lengths, and the calls laid on each (n,).

    `off_street` calls lie too far from any street.
    """

    lines: Floats
    metres: Floats
    calls: Floats
    off_street: float

    @property
    def per_km(self) -> Floats:
        """Calls per kilometre of street."""
        return self.calls / np.maximum(self.metres, 1e-9) * 1000

    def as_geojson(self, most: int = 20_000) -> dict[str, Any]:
        """A FeatureCollection of the pieces on which most lies, at most so many; none without anything."""
        density = self.per_km
        order = np.argsort(-density, kind="stable")[:most]
        kept = order[density[order] > 0]
        rank = np.empty(len(density))
        rank[np.argsort(density, kind="stable")] = np.arange(1, len(density) + 1) / max(len(density), 1)
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": self.lines[i].round(6).reshape(2, 2).tolist()},
                "properties": {"per_km": round(float(density[i]), 2), "rank": round(float(rank[i]), 4)},
            }
            for i in kept
        ]
        return {"type": "FeatureCollection", "features": features}


def street_density(
    points: Floats, *, bandwidth: float = BANDWIDTH_M, lixel: float = LIXEL_M, mode: str = MODE,
    roads: Roads | None = None,
) -> StreetDensity:  # fmt: skip
    """Spread calls at points (n, 2) lon, lat along the streets, up to `bandwidth` metres, and sum them by lixel.

    The quartic kernel, split equally at junctions and turned back at dead ends, so that every call counts once (the
    equal split discontinuous kernel of Okabe, Satoh and Sugihara 2009, International Journal of Geographical
    Information Science 23; lixels as Xie and Yan 2008). One-way streets are taken both ways: a place is near another
    whichever way the traffic goes. Parts of a call below a thousandth are not split further. Raises BadInput without
    roads: as the crow flies there are no streets.
    """
    network = (roads or road_network()).mode(mode)
    if not isinstance(network, RoadNetwork):
        raise BadInput("roads", _("Load a map with roads first: density along streets needs streets."))
    if not (10 <= lixel <= bandwidth <= 5_000):
        raise BadInput("bandwidth", _("A bandwidth is at most 5,000 m, and no shorter than a piece of street (10 m)."))
    graph = network.graph
    lengths = np.maximum(np.asarray(graph.chain_m, float), 0.01)
    counts = np.maximum(np.ceil(lengths / lixel), 1).astype(np.int64)
    lixels = np.concatenate(([0], np.cumsum(counts)))
    mass = np.zeros(int(lixels[-1]))
    places, calls = np.unique(points.reshape(-1, 2), axis=0, return_counts=True)
    snaps = network.snap(places[:, 0], places[:, 1])
    on = snaps.ok
    chains = snaps.at[on, 0].astype(np.int64)
    metres = np.clip(snaps.where[on, 2], 0.0, lengths[chains])
    spread(mass, lengths, lixels, *_junctions(graph), chains, metres, calls[on].astype(float), float(bandwidth))
    return StreetDensity(_lines(graph, lixels), np.repeat(lengths / counts, counts), mass, float(calls[~on].sum()))


def _junctions(graph: Graph) -> tuple[Ints, Ints, Ints, Ints]:
    """The junction at each end of each chain (chains, 2), and by junction its chains and which end of them it is."""
    first = np.asarray(graph.chain_first, np.int64)
    at = np.stack([first[:-1], first[1:] - 1], axis=1).ravel()
    place = np.round(np.stack([graph.pt_lon[at], graph.pt_lat[at]], axis=1) * 1e7).astype(np.int64)
    _places, node = np.unique(place, axis=0, return_inverse=True)
    node = node.ravel()
    order = np.argsort(node, kind="stable")
    node_first = np.searchsorted(node[order], np.arange(node.max(initial=-1) + 2)).astype(np.int64)
    return node.reshape(-1, 2), node_first, order // 2, order % 2


def _lines(graph: Graph, lixels: Ints) -> Floats:
    """The ends of all lixels: (n, 4)."""
    last = np.asarray(graph.chain_first[1:], np.int64) - 1
    whole = np.asarray(graph.pt_m, float)[last]
    base = np.concatenate(([0.0], np.cumsum(whole + 1.0)[:-1]))  # all chains on one line, a metre between them
    along = np.asarray(graph.pt_m, float) + base[graph.pt_chain]
    counts = np.diff(lixels)
    of_chain = np.repeat(np.arange(len(counts)), counts)
    step = (whole / counts)[of_chain]
    number = np.arange(len(of_chain)) - lixels[of_chain]
    ends = [base[of_chain] + np.minimum(step * (number + k), whole[of_chain]) for k in (0, 1)]
    columns = [np.interp(at, along, axis) for at in ends for axis in (graph.pt_lon, graph.pt_lat)]
    return np.stack(columns, axis=1)
