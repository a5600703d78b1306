"""Measure the nearest 10 of 1,000 units on Porto's roads beside networkx, scipy and Valhalla, and the import.

Run: python -m benchmarks.roads.bench_recommend [--out FILE.json] [--incidents 1000] [--peers 100]
Prints a table and writes JSON. Units and incidents lie some 15 m off streets, drawn evenly by street point, seed 1.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.roads.peers import FIXED_KMH, networkx_ms, scipy_ms, timed, valhalla_first_ms, valhalla_metres
from benchmarks.roads.valhalla import NoValhalla, Valhalla
from maplebridge.places.roads.build import build
from maplebridge.places.roads.network import RoadNetwork
from maplebridge.places.roads.warm import warm

Floats = npt.NDArray[np.float64]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PORTO = DATA / "porto" / "porto_portugal.osm.pbf"
UNITS, NEAREST = 1000, 10


def main() -> int:
    """Run every measurement and write them down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=Path("benchmarks/results/recommend.json"))
    options.add_argument("--incidents", type=int, default=1000)
    options.add_argument("--peers", type=int, default=100)
    chosen = options.parse_args()
    if not PORTO.is_file():
        print(f"Porto's roads are not there ({PORTO.name} in the data folder beside the repository); nothing measured.")
        return 0
    warm()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen.incidents, chosen.peers)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(figures, indent=1))
    show(figures)
    return 0


def measure(folder: Path, incidents: int, peers: int) -> dict[str, Any]:
    """Measure import, our search, and every peer that can be had."""
    figures: dict[str, Any] = {"import": import_seconds(folder / "roads")}
    network = RoadNetwork.load(folder / "roads", "car")
    rng = np.random.default_rng(1)
    units, reports = _points(network, rng, UNITS), _points(network, rng, incidents)
    figures["ours"] = ours(network, units, reports)
    states = rng.integers(0, len(network.graph.in_first) - 1, peers)
    figures["networkx"] = _spread(networkx_ms(network.graph, states, min(peers, 20)))
    figures["scipy"] = _spread(scipy_ms(network.graph, states, peers))
    try:
        figures |= beside_valhalla(folder / "fixed", units, reports, peers)
    except (NoValhalla, OSError, subprocess.SubprocessError) as reason:
        figures["valhalla"] = {"missing": str(reason)}
    base = figures["ours"]["nearest"]["p50_ms"]
    for peer in ("networkx", "scipy", "valhalla", "valhalla_first_10"):
        if "p50_ms" in figures.get(peer, {}):
            figures[peer]["times_ours"] = round(figures[peer]["p50_ms"] / base, 1)
    return figures


def import_seconds(directory: Path) -> dict[str, Any]:
    """Import Porto in a fresh process with warm kernels; seconds from the start of the interpreter."""
    program = (
        "import sys; from pathlib import Path; from maplebridge.places.roads.build import build;"
        "report = build(Path(sys.argv[1]), Path(sys.argv[2]));"
        "car = next(mode for mode in report.modes if mode.mode == 'car'); print(car.nodes, car.arcs, report.seconds)"
    )
    started = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", program, str(PORTO), str(directory)], check=True, capture_output=True)
    seconds = time.perf_counter() - started
    nodes, arcs, inside = run.stdout.split()
    return {"seconds": round(seconds, 2), "inside": round(float(inside), 2), "nodes": int(nodes), "arcs": int(arcs)}


def ours(network: RoadNetwork, units: Floats, incidents: Floats) -> dict[str, Any]:
    """Time the facade as dispatch calls it: places of units known, the incident's point not."""
    places = network.snap(units[:, 0], units[:, 1])
    points = incidents.tolist()
    for lon, lat in points[:20]:
        network.nearest(lon, lat, places, NEAREST)
    spent = timed(lambda i: network.nearest(*points[i], places, NEAREST), len(points))
    began = time.thread_time()
    for lon, lat in points:
        network.nearest(lon, lat, places, NEAREST)
    processor = (time.thread_time() - began) * 1000 / len(points)
    every = timed(lambda i: network.seconds_to(*points[i], places), min(len(points), 200))
    wrong = 0
    for lon, lat in points[:200]:
        first = [reach.seconds for reach in network.nearest(lon, lat, places, NEAREST)]
        wrong += not np.allclose(first, np.sort(network.seconds_to(lon, lat, places))[:NEAREST], atol=0.002)
    return {
        "nearest": _spread(spent) | {"processor_mean_ms": round(processor, 4)},
        "all_units": _spread(every), "snapped": int(places.ok.sum()),
        "snap_1000_units_ms": _spread(timed(lambda i: network.snap(units[:, 0], units[:, 1]), 20))["p50_ms"],
        "not_exact_of_200": wrong,
    }  # fmt: skip


def beside_valhalla(directory: Path, units: Floats, incidents: Floats, count: int) -> dict[str, Any]:
    """Compare answers and times with Valhalla's at one speed for every street on both sides."""
    build(PORTO, directory, speeds={"fixed": FIXED_KMH})
    network = RoadNetwork.load(directory, "car")
    places = network.snap(units[:, 0], units[:, 1])
    count = min(count, len(incidents))
    with Valhalla(PORTO) as service:
        spent, metres, seconds = valhalla_metres(service, units, incidents, count)
        first = valhalla_first_ms(service, units, incidents, NEAREST, count)
    ours_s = np.array([network.seconds_to(lon, lat, places) for lon, lat in incidents[:count].tolist()], np.float64)
    theirs_s = metres / (FIXED_KMH / 3.6)
    both = np.isfinite(ours_s) & np.isfinite(theirs_s) & (theirs_s > 5.0)
    off = np.abs(ours_s - theirs_s)[both] / theirs_s[both]
    off_turns = np.abs(ours_s - seconds)[both] / np.maximum(seconds[both], 1)
    same = np.argmin(ours_s, axis=1) == np.argmin(theirs_s, axis=1)
    return {
        "valhalla": _spread(spent), "valhalla_first_10": _spread(first),
        "agreement": {
            "incidents": count, "nearest_unit_same": round(float(same.mean()), 4),
            "eta_off_over_10_percent": round(float((off > 0.1).mean()), 4),
            "eta_off_over_10_percent_with_its_turn_delays": round(float((off_turns > 0.1).mean()), 4),
            "unreached_by_valhalla": round(float(np.isinf(metres).mean()), 4),
            "how": f"both at {FIXED_KMH:g} km/h on every street, Valhalla with `shortest`; ETA from its distance",
        },
    }  # fmt: skip


def _points(network: RoadNetwork, rng: np.random.Generator, count: int) -> Floats:
    g = network.graph
    drawn = rng.integers(0, len(g.pt_lon), count)
    return np.stack([g.pt_lon[drawn], g.pt_lat[drawn]], axis=1) + rng.normal(0, 1e-4, (count, 2))


def _spread(ms: list[float]) -> dict[str, float]:
    p50, p99 = np.percentile(ms, [50, 99])
    return {"p50_ms": round(float(p50), 4), "p99_ms": round(float(p99), 4), "runs": len(ms)}


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    took = figures["import"]
    print(
        f"import of Porto, all modes, fresh process: {took['seconds']} s"
        f" (car: {took['nodes']:,} nodes, {took['arcs']:,} arcs)"
    )
    rows = [
        ("nearest 10 of 1,000, ours", figures["ours"]["nearest"]),
        ("all 1,000, ours", figures["ours"]["all_units"]),
    ]
    names = {
        "scipy": "all, scipy (contracted graph)", "networkx": "all, networkx (contracted graph)",
        "valhalla": "all 1,000, Valhalla timedistancematrix",
        "valhalla_first_10": "first 10, Valhalla matrix_locations",
    }  # fmt: skip
    rows += [(title, figures[key]) for key, title in names.items() if key in figures]
    for title, row in rows:
        if "missing" in row:
            print(f"{title:42} not measured: {row['missing']}")
            continue
        ratio = f"{row['times_ours']:>10,.0f} x" if "times_ours" in row else ""
        print(f"{title:42} p50 {row['p50_ms']:>9.3f} ms   p99 {row['p99_ms']:>9.3f} ms {ratio}")
    print(f"answers of the bounded search that are not exact: {figures['ours']['not_exact_of_200']} of 200")
    if "agreement" in figures:
        print("beside Valhalla: " + ", ".join(f"{key} {value}" for key, value in figures["agreement"].items()))


if __name__ == "__main__":
    sys.exit(main())
