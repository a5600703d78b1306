"""Siting beside spopt (PySAL) with its default solver and with HiGHS: the same instances, model building counted.

`SPOPT_PYTHON` names a Python that has spopt, pulp and highspy; without it the peer is left out. `SITING_SIZES` chooses
from small, middle, large (the first two without it; the last takes a quarter of an hour with the peer). Every run
ends after LIMIT_S.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.served import ROOT
from maplebridge.deployment.instance import Instance
from maplebridge.deployment.solve import Question, solve

SIZES = {"small": (1_000, 100, 10), "middle": (5_000, 500, 25), "large": (20_000, 1_000, 50)}
LIMIT_S, RADIUS = 60.0, 0.03
PEER = """
import json, sys, time
import numpy as np, pulp
from spopt.locate import LSCP, MCLP, PMedian
file, model, p, radius, name, limit = sys.argv[1:]
given = np.load(file)
begun = time.perf_counter()
costs, weights, p, radius = given["costs"], given["weights"], int(p), float(radius)
if model == "mclp":
    made = MCLP.from_cost_matrix(costs, weights, radius, p_facilities=p)
elif model == "lscp":
    made = LSCP.from_cost_matrix(costs, radius)
else:
    made = PMedian.from_cost_matrix(costs, weights, p_facilities=p)
built = time.perf_counter() - begun
left = max(1.0, float(limit) - built)
solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=left) if name == "CBC" else pulp.HiGHS(msg=False, timeLimit=left)
made.problem.solve(solver)
value = pulp.value(made.problem.objective)
print(json.dumps({"value": value, "built": built, "seconds": time.perf_counter() - begun,
                  "status": pulp.LpStatus[made.problem.status]}))
"""


def city(n: int, m: int, seed: int = 7) -> Instance:
    """Places around a dozen centres in the unit square, sites among them; costs as the crow flies."""
    rng = np.random.default_rng(seed)
    places = rng.random((12, 2))[rng.integers(12, size=n)] + rng.normal(0, 0.03, (n, 2))
    sites = places[rng.choice(n, m, replace=False)]
    costs = np.hypot(places[:, None, 0] - sites[None, :, 0], places[:, None, 1] - sites[None, :, 1])
    return Instance(rng.integers(1, 10, n).astype(float), costs, [str(j) for j in range(m)])


def peer(instance: Instance, model: str, p: int, radius: float, name: str) -> dict | None:
    """What spopt says; None where it is not here, no value where it had none in time."""
    python = os.environ.get("SPOPT_PYTHON")
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance.npz"
        np.savez(file, costs=instance.costs, weights=instance.weights)
        text = [python, "-c", PEER, str(file), model, str(p), str(radius), name, str(LIMIT_S)]
        begun = time.perf_counter()
        try:
            done = subprocess.run(text, capture_output=True, text=True, check=True, timeout=LIMIT_S * 2)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return {"value": None, "built": 0.0, "seconds": time.perf_counter() - begun, "status": "nothing"}
    return json.loads(done.stdout.splitlines()[-1])


def rows(size: str) -> list[dict]:
    """Each model on one size, ours first."""
    n, m, p = SIZES[size]
    whole = city(n, m)
    reached = (whole.costs <= RADIUS * 3).any(axis=1)
    near = Instance(whole.weights[reached], whole.costs[reached], whole.sites)
    questions = {"mclp": (whole, Question(p, RADIUS, LIMIT_S)), "lscp": (near, Question(0, RADIUS * 3, LIMIT_S)),
                 "pmedian": (whole, Question(p, None, LIMIT_S))}  # fmt: skip
    found = []
    for model, (instance, question) in questions.items():
        ours = solve(instance, model, question)
        found.append({"size": f"{n} x {m}", "model": model, "by": "maplebridge", "value": round(ours.value, 2),
                      "bound": round(ours.bound, 2), "gap_pct": round(ours.gap * 100, 3), "s": round(ours.seconds, 2),
                      "ratio": 1.0})  # fmt: skip
        for name in ("CBC", "HiGHS"):
            seen = peer(instance, model, question.p, question.radius or 0.0, name)
            if seen:
                value = None if seen["value"] is None else round(seen["value"], 2)
                found.append({"size": f"{n} x {m}", "model": model, "by": f"spopt, {name}", "value": value,
                              "bound": seen["status"], "gap_pct": "", "s": round(seen["seconds"], 2),
                              "ratio": round(seen["seconds"] / max(ours.seconds, 1e-3), 1)})  # fmt: skip
    return found


def run() -> list[dict]:
    """Every size asked for; kernels are compiled before."""
    for model in ("mclp", "lscp", "pmedian"):
        solve(city(60, 12), model, Question(3, 1.0))
    chosen = os.environ.get("SITING_SIZES", "small,middle").split(",")
    return [row for size in chosen for row in rows(size)]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(json.dumps(run(), indent=1))
