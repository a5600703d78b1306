"""Events a second of the simulation beside SimPy and Ciw on the same model, in the same run.

The town: cars are sent by the rules of `dispatch`; SimPy must send the very same ones. The counter: M/M/c, whose mean
waits must agree within their intervals. Peers are measured where they can be imported (`pip install simpy ciw`).
"""

import os
import time
from contextlib import suppress
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from benchmarks.simulated_town import RankedTown, SimPyTown, ciw_counter, counter, simpy_counter, town  # noqa: E402
from maplebridge.deployment.intervals import interval  # noqa: E402
from maplebridge.deployment.simulation import simulate, trace  # noqa: E402

TURNS = 3  # the best of so many is given, for every program


def run() -> list[dict]:
    """The town at 10 and 100 units, the counter at 10."""
    rows = [*_town(10, calls=20_000), *_town(100, calls=6_000), *_counter(10, 8.0, hours=1_500.0)]
    best = {row["model"]: row["events/s"] for row in rows if row["program"] == "maplebridge"}
    for row in rows:
        row["ours is faster"] = f"{best[row['model']] / row['events/s']:.0f} x"
        row["events/s"] = f"{row['events/s']:,.0f}"
    return rows


def _timed(work):
    best, found = np.inf, None
    for _turn in range(TURNS):
        begun = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begun)
    return best, found


def _peer(name):
    with suppress(ImportError):
        return import_module(name)
    print(f"{name} is not installed: left out")
    return None


def _town(units, *, calls):
    """An event is a decision or a unit come free."""
    scenario, name = town(units, calls=calls), f"town, {units} units"
    simulate(scenario, replications=1)
    rows = []
    for cores in (1, 2):
        seconds, outcome = _timed(lambda cores=cores: simulate(scenario, replications=64, cores=cores))
        events = 2 * int(outcome.served.sum())
        label = "maplebridge" if cores == 1 else f"maplebridge, {cores} cores"
        rows.append(_row(name, label, events / seconds, f"waited {outcome.waited_s.mean():.2f} s"))
    if simpy := _peer("simpy"):
        ours = trace(scenario)
        for label, peer in (("simpy, rules written out", SimPyTown), ("simpy, dispatch.ranking", RankedTown)):
            seconds, sent = _timed(lambda peer=peer: peer(simpy, scenario, ours.calls).run())
            same = np.array(sent) == ours.unit
            rows.append(_row(name, label, 2 * (np.array(sent) >= 0).sum() / seconds, f"{same.mean():.1%} same units"))
    return rows


def _counter(units, rate, *, hours):
    scenario, name = counter(units, rate, hours=hours), f"counter, {units} servers"
    simulate(scenario, replications=1)
    seconds, outcome = _timed(lambda: simulate(scenario, replications=64, cores=1))
    rows = [_row(name, "maplebridge", 2 * int(outcome.served.sum()) / seconds, _said(interval(outcome.waited_s)))]
    if simpy := _peer("simpy"):
        every = [trace(scenario, replication=n).calls for n in range(10)]
        seconds, waits = _timed(lambda: [simpy_counter(simpy, units, calls) for calls in every])
        events = 2 * sum(len(calls.at_s) for calls in every)
        rows.append(_row(name, "simpy", events / seconds, _said(_mean(waits, hours))))
    if ciw := _peer("ciw"):
        seconds, waits = _timed(lambda: [ciw_counter(ciw, units, rate, hours=hours, seed=n) for n in range(4)])
        rows.append(_row(name, "ciw", 2 * sum(map(len, waits)) / seconds, _said(_mean(waits, hours))))
    return rows


def _mean(waits, hours):
    """The mean wait with its interval, the first tenth of each run left out as ours does."""
    return interval([each[each[:, 0] >= hours * 360.0, 1].mean() for each in waits])


def _said(wait):
    return f"waited {wait.mean:.0f} s ({wait.low:.0f} to {wait.high:.0f})"


def _row(model, program, rate, found):
    return {"model": model, "program": program, "events/s": float(rate), "found": found}
