"""Travel times from 1,000 sites to 10,000 places over Porto's roads, beside Valhalla's matrix and scipy's Dijkstra.

Seconds of the wall clock, of processors (all cores together), and memory beyond what the loaded roads take. The peers
are asked for a part of the sites and all places; their seconds for all sites are that, multiplied (`measured` says how
many sites). Valhalla runs at one speed on every street, as in `benchmarks.roads`; ours and scipy's at their usual
speeds, which changes no work.
"""

import resource
import subprocess
import tempfile
import time
from math import inf
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads.bench_recommend import PORTO, _points
from benchmarks.roads.peers import FIXED_KMH
from benchmarks.roads.valhalla import NoValhalla, Valhalla
from maplebridge.places.roads.build import build
from maplebridge.places.roads.network import RoadNetwork
from maplebridge.places.roads.warm import warm

SITES, PLACES, MODE = 1_000, 10_000, "car"
SCIPY_SITES, AT_ONCE = 40, {"timedistancematrix": (4, 2_500), "costmatrix": (4, 2_500)}


def run() -> list[dict]:
    """Measure our matrix and each peer that can be had."""
    if not PORTO.is_file():
        return [{"who": "nobody", "note": "Porto's roads are not in the data folder beside the repository"}]
    warm()
    with tempfile.TemporaryDirectory() as folder:
        build(PORTO, Path(folder))
        network = RoadNetwork.load(Path(folder), MODE)
        rng = np.random.default_rng(1)
        sites, places = _points(network, rng, SITES), _points(network, rng, PLACES)
        rows = [ours(network, sites, places), ours(network, sites, places, 480.0), by_scipy(network, rng)]
    rows += [by_valhalla(name, sites, places) for name in AT_ONCE]
    for row in rows:
        row["times ours"] = round(row["seconds"] / rows[0]["seconds"], 1) if row["seconds"] else None
    return rows


def ours(network: RoadNetwork, sites: np.ndarray, places: np.ndarray, within: float = inf) -> dict:
    """Snap both and make the whole table, twice; the second is kept."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _turn in range(2):
        begun, worked = time.perf_counter(), time.process_time()
        starts, ends = (network.snap(points[:, 0], points[:, 1], 1_000.0) for points in (sites, places))
        table = network.table(starts, ends, within)
        seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    note = f"{np.isfinite(table).mean():.2%} reached; the table itself {table.nbytes / 2**20:.0f} MB"
    who = "ours" if within == inf else f"ours, within {within / 60:.0f} minutes"
    return _row(who, seconds, SITES, processor, more, note)


def by_scipy(network: RoadNetwork, rng: np.random.Generator) -> dict:
    """Dijkstra over the same contracted graph, one core, from junctions: no places in the middle of a street."""
    g = network.graph
    n = len(g.out_first) - 1
    matrix = csr_matrix((np.maximum(g.out_ms, 1).astype(float), g.out_head, g.out_first), (n, n))
    begun, worked = time.perf_counter(), time.process_time()
    for site in rng.integers(0, n, SCIPY_SITES):
        dijkstra(matrix, indices=int(site))
    processor = time.process_time() - worked
    return _row("scipy, contracted graph, 1 core", time.perf_counter() - begun, SCIPY_SITES, processor, None, "")


def by_valhalla(algorithm: str, sites: np.ndarray, places: np.ndarray) -> dict:
    """Ask Valhalla for the rows of some sites, in the largest questions that it takes; one worker."""
    count, width = AT_ONCE[algorithm]
    options = {"auto": {"fixed_speed": FIXED_KMH, "shortest": True}}
    sources = [{"lon": lon, "lat": lat} for lon, lat in sites[:count].tolist()]
    missing = 0
    try:
        with Valhalla(PORTO, algorithm) as service:
            begun = time.perf_counter()
            for low in range(0, PLACES, width):
                targets = [{"lon": lon, "lat": lat} for lon, lat in places[low : low + width].tolist()]
                question = {"sources": sources, "targets": targets, "costing": "auto", "costing_options": options}
                answer = service.ask("sources_to_targets", question | {"verbose": False})
                missing += not answer.get("sources_to_targets")
            seconds = time.perf_counter() - begun
    except (NoValhalla, OSError, subprocess.SubprocessError) as reason:
        return _row(f"Valhalla {algorithm}", None, count, None, None, str(reason)[:80])
    return _row(
        f"Valhalla {algorithm}", seconds, count, None, None, f"{missing} questions not answered" if missing else ""
    )


def _row(
    who: str, seconds: float | None, measured: int, processor: float | None, more_mb: float | None, note: str
) -> dict:  # fmt: skip
    whole, worked = (None if each is None else round(each * SITES / measured, 2) for each in (seconds, processor))
    more = None if more_mb is None else round(more_mb)
    return {"who": who, "seconds": whole, "processor s": worked, "measured": measured, "MB more": more, "note": note}
