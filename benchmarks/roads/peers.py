"""The same question put to networkx, scipy and Valhalla, over the same streets."""

import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads.valhalla import Valhalla
from maplebridge.places.roads.graph import Graph

Floats = npt.NDArray[np.float64]
FIXED_KMH = 40.0


def timed(question: Callable[[int], Any], count: int) -> list[float]:
    """Put a question `count` times; returns the milliseconds of each."""
    spent = []
    for i in range(count):
        started = time.perf_counter()
        question(i)
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def networkx_ms(g: Graph, states: npt.NDArray[np.int64], count: int) -> list[float]:
    """Time networkx's Dijkstra on the reversed, contracted graph, from each of `states`."""
    graph = nx.DiGraph()
    heads = np.repeat(np.arange(len(g.in_first) - 1), np.diff(g.in_first))
    graph.add_weighted_edges_from(zip(heads.tolist(), g.in_tail.tolist(), g.in_ms.tolist(), strict=True))
    return timed(lambda i: nx.single_source_dijkstra_path_length(graph, int(states[i])), count)


def scipy_ms(g: Graph, states: npt.NDArray[np.int64], count: int) -> list[float]:
    """Time scipy's Dijkstra on the reversed, contracted graph, from each of `states`."""
    n = len(g.in_first) - 1
    matrix = csr_matrix((np.maximum(g.in_ms, 1).astype(np.float64), g.in_tail, g.in_first), (n, n))
    return timed(lambda i: dijkstra(matrix, indices=int(states[i])), count)


def valhalla_metres(
    service: Valhalla, units: Floats, incidents: Floats, count: int
) -> tuple[list[float], Floats, Floats]:
    """Ask Valhalla for the way from every unit to each of the first `count` incidents.

    Equal speeds: `fixed_speed` on every street and `shortest`, so that no preference of its own comes in. Returns
    milliseconds, metres (count, units) and its seconds, which add its own delays at turns.
    """
    metres, seconds = np.full((count, len(units)), np.inf), np.full((count, len(units)), np.inf)
    sources = [{"lon": lon, "lat": lat} for lon, lat in units.tolist()]

    def ask(i: int) -> None:
        target = {"lon": float(incidents[i, 0]), "lat": float(incidents[i, 1])}
        answer = service.ask("sources_to_targets", _question(sources, target))
        for j, (row,) in enumerate(answer.get("sources_to_targets", [])):
            if row.get("distance") is not None:
                metres[i, j], seconds[i, j] = row["distance"] * 1000, row["time"]

    return timed(ask, count), metres, seconds


def valhalla_first_ms(service: Valhalla, units: Floats, incidents: Floats, k: int, count: int) -> list[float]:
    """Time Valhalla when it may stop at the k-th unit (its option `matrix_locations`)."""
    sources = [{"lon": lon, "lat": lat} for lon, lat in units.tolist()]

    def ask(i: int) -> None:
        target = {"lon": float(incidents[i, 0]), "lat": float(incidents[i, 1])}
        service.ask("sources_to_targets", _question(sources, target) | {"matrix_locations": k})

    return timed(ask, count)


def _question(sources: list[dict[str, float]], target: dict[str, float]) -> dict[str, Any]:
    options = {"auto": {"fixed_speed": FIXED_KMH, "shortest": True}}
    return {"sources": sources, "targets": [target], "costing": "auto", "costing_options": options, "units": "km"}
