"""A small town drawn by hand, in metres from 0° 0': written as an OSM file, and known to an independent oracle."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

import networkx as nx

from maplebridge.places.roads.grow import Delays, grow
from maplebridge.places.roads.modes import SpeedTable
from maplebridge.places.roads.network import RoadNetwork, build
from maplebridge.places.roads.read import read_roads
from maplebridge.places.roads.snap import DEGREE_METRES

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Turn metres east and north of 0° 0' into degrees; exact enough within a few kilometres of it."""
    return x / DEGREE_METRES, y / DEGREE_METRES


@dataclass
class Town:
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    turns: list[tuple[dict[str, str], int, int, int]] = field(default_factory=list)

    def node(self, ref: int, x: float, y: float, **tags: str) -> "Town":
        self.nodes[ref] = (x, y)
        self.node_tags[ref] = tags
        return self

    def way(self, ref: int, nodes: list[int], **tags: str) -> "Town":
        self.ways[ref] = (nodes, {"highway": "residential"} | {key.replace("__", ":"): v for key, v in tags.items()})
        return self

    def turn(self, kind: str, come: int, via: int, go: int, **tags: str) -> "Town":
        self.turns.append(({"type": "restriction", "restriction": kind} | tags, come, via, go))
        return self

    def xml(self) -> str:
        lines = ['<osm version="0.6">']
        for ref, (x, y) in self.nodes.items():
            lon, lat = lonlat(x, y)
            lines.append(f'<node id="{ref}" lat="{lat:.7f}" lon="{lon:.7f}">{_tags(self.node_tags[ref])}</node>')
        for ref, (nodes, tags) in self.ways.items():
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{ref}">{refs}{_tags(tags)}</way>')
        for i, (tags, come, via, go) in enumerate(self.turns):
            members = (("way", come, "from"), ("node", via, "via"), ("way", go, "to"))
            rows = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
            lines.append(f'<relation id="{i + 1}">{rows}{_tags(tags)}</relation>')
        return "\n".join([*lines, "</osm>"])

    def write(self, folder: Path) -> Path:
        path = folder / "town.osm"
        path.write_text(self.xml(), "utf-8")
        return path

    def network(self, folder: Path, mode: str = "car", **settings) -> RoadNetwork:
        """Build it; by default every street has 36 km/h, so that a second is 10 metres."""
        settings.setdefault("speeds", {"fixed": 36})
        build(self.write(folder), folder / "roads", **settings)
        return RoadNetwork.load(folder / "roads", mode)

    def quick(self, folder: Path, mode: str = "car", turns: dict[str, float] | None = None) -> RoadNetwork:
        """Build one mode in memory, at 36 km/h."""
        raw = read_roads(self.write(folder), SpeedTable.of({"fixed": 36}))
        grown = grow(raw, mode, Delays(turns=turns))
        assert grown
        for array in grown[0]:
            array.setflags(write=False)  # as they are when mapped from files
        return RoadNetwork(mode, grown[0])

    def seconds(self, network: RoadNetwork, start: tuple[float, float], end: tuple[float, float]) -> float:
        """Ask a network for the seconds between two points in metres, the way dispatch does."""
        found = network.nearest(*lonlat(*end), network.snap(*[[c] for c in lonlat(*start)]), 1)
        return found[0].seconds if found else float("inf")

    def arcs(self) -> dict[tuple[int, int], float]:
        """Give the directed arcs between neighbouring nodes with their metres, one-ways heeded."""
        found = {}
        for nodes, tags in self.ways.values():
            for a, b in zip(nodes, nodes[1:], strict=False):
                metres = (
                    (self.nodes[a][0] - self.nodes[b][0]) ** 2 + (self.nodes[a][1] - self.nodes[b][1]) ** 2
                ) ** 0.5
                if tags.get("oneway") != "-1":
                    found[a, b] = metres
                if tags.get("oneway") not in ("yes",):
                    found[b, a] = metres
        return found

    def oracle(self, start: tuple[int, int, float], end: tuple[int, int, float]) -> float:
        """Give the metres from a place to another by networkx on the whole graph; a place is (node, node, share)."""
        graph = nx.DiGraph()
        arcs = self.arcs()
        graph.add_nodes_from(["start", "end"])
        graph.add_weighted_edges_from((a, b, metres) for (a, b), metres in arcs.items())
        for a, b, share in _both_ways(start):
            if (a, b) in arcs:
                graph.add_edge("start", b, weight=arcs[a, b] * (1 - share))
        for a, b, share in _both_ways(end):
            if (a, b) in arcs:
                graph.add_edge(a, "end", weight=arcs[a, b] * share)
                for c, d, begun in _both_ways(start):
                    if (c, d) == (a, b) and begun <= share:
                        graph.add_edge("start", "end", weight=arcs[a, b] * (share - begun))
        try:
            return nx.dijkstra_path_length(graph, "start", "end")
        except nx.NetworkXNoPath:
            return float("inf")

    def at(self, place: tuple[int, int, float]) -> tuple[float, float]:
        """Give the metres east and north of a place."""
        (x0, y0), (x1, y1) = self.nodes[place[0]], self.nodes[place[1]]
        return x0 + place[2] * (x1 - x0), y0 + place[2] * (y1 - y0)


def _both_ways(place: tuple[int, int, float]) -> list[tuple[int, int, float]]:
    return [place, (place[1], place[0], 1 - place[2])]


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
