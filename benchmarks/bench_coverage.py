"""Where 20 posts should stand in Washington DC: learned from the first months, judged on months that were not seen.

Calls are the recorded incidents of January to June 2018 that lie within the roads, places cells of some 50 m. Today
stands for what is not known: 20 posts at places drawn at random among those with calls, each on a random roster of
sixteen hours a day. The proposal moves the posts and leaves each its hours. Shares are of the calls from 2 April on,
each counted where and when it came, by the posts on duty in its hour; the interval of the gain is a bootstrap over
those eleven weeks. Beside it: 20 other draws of today, and 20 new posts on duty always.
"""

import csv
import gzip
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.served import ROOT
from maplebridge.deployment.calls import Calls, clock, read_calls
from maplebridge.deployment.demand import Rates, demand_from, smoothed
from maplebridge.deployment.layout import Layout, Post
from maplebridge.deployment.moves import propose_moves
from maplebridge.deployment.propose import propose
from maplebridge.deployment.travel import seconds_between
from maplebridge.places.roads.build import build
from maplebridge.places.roads.network import Roads

DC = ROOT.parent / "shared" / "data" / "dc"
ZONE = ZoneInfo("America/New_York")
BEGIN, SPLIT, END = (datetime(2018, month, day, tzinfo=ZONE) for month, day in ((1, 1), (4, 2), (6, 18)))
BOX = (-77.107, 38.882, -76.974, 38.976)
POSTS, MINUTES, KINDS, OTHERS, DRAWS = 20, (1, 3, 5), ("foot", "motorbike", "car"), 20, 2_000
SECONDS = 20.0  # for each proposal


def run() -> list[dict]:
    """Measure every mode and threshold; a row each."""
    if not DC.is_dir():
        return [{"kind": "none", "note": "the data folder is not beside the repository"}]
    with tempfile.TemporaryDirectory() as folder:
        build(DC / "washington-dc-nw.osm.pbf", Path(folder))
        roads = Roads.load(Path(folder))
        calls = read()
        rates = smoothed(demand_from(calls, begin=BEGIN, end=SPLIT, zone=ZONE, resolution=11))
        unseen = calls.between(SPLIT, END)
        return [measured(kind, minutes, rates, unseen, roads) for kind in KINDS for minutes in MINUTES]


def read() -> Calls:
    """The incidents within the roads, in the city's time, which the file gives as if it were UTC."""
    with gzip.open(DC / "crime_incidents_2018_01_06.csv.gz", "rt", encoding="utf-8-sig") as file:
        rows = [(row["REPORT_DAT"][:19], float(row["X"]), float(row["Y"])) for row in csv.DictReader(file)]
    west, south, east, north = BOX
    inside = [f"{at},{lon},{lat}" for at, lon, lat in rows if west <= lon <= east and south <= lat <= north]
    return read_calls(["time,lon,lat", *inside], ZONE)


def measured(kind: str, minutes: int, rates: Rates, unseen: Calls, roads: Roads) -> dict:
    """One row: what today and the proposal reach of the calls not seen, and the gain."""
    today = at_random(rates, kind, 1)
    begun = time.perf_counter()
    moved = propose_moves(today, rates, minutes=minutes, seconds=SECONDS, roads=roads)
    seconds = time.perf_counter() - begun
    always = propose(rates, counts={kind: POSTS}, minutes=minutes, seconds=SECONDS, roads=roads)
    before, after = (reached(layout, minutes, unseen, roads) for layout in (today, moved.layout))
    low, high = bootstrap(after.astype(float) - before, unseen)
    gain = 100 * float(after.mean() - before.mean())
    others = [reached(at_random(rates, kind, seed), minutes, unseen, roads).mean() for seed in range(2, 2 + OTHERS)]
    return {
        "kind": kind, "minutes": minutes, "today": _percent(before.mean()), "proposed": _percent(after.mean()),
        "gain, points": round(gain, 1), "95 %": f"{100 * low:.1f} to {100 * high:.1f}",
        "20 other todays": f"{_percent(min(others))} to {_percent(max(others))}",
        "expected, bound": f"{_percent(moved.share)}, {_percent(moved.bound)}", "s": round(seconds, 1),
        "always on duty": _percent(reached(always.layout, minutes, unseen, roads).mean()),
        "its expected, bound": f"{_percent(always.share)}, {_percent(always.bound)}",
    }  # fmt: skip


def at_random(rates: Rates, kind: str, seed: int) -> Layout:
    """Posts at places drawn among those with calls, each on duty sixteen hours a day from an hour of its own."""
    rng = np.random.default_rng(seed)
    points = rates.demand.points[rng.choice(len(rates.demand.points), POSTS, replace=False)]
    return Layout("today", tuple(
        Post(str(number), kind, float(lon), float(lat), _duty(rng)) for number, (lon, lat) in enumerate(points)
    ))  # fmt: skip


def _duty(rng: np.random.Generator) -> tuple[tuple[int, int], ...]:
    """Sixteen hours of each day from an hour drawn."""
    begin = int(rng.integers(0, 24))
    hours = sorted({(day * 24 + begin + hour) % 168 for day in range(7) for hour in range(16)})
    edges = np.flatnonzero(np.diff(np.isin(np.arange(-1, 169), hours).astype(int)))
    return tuple((int(one), int(other)) for one, other in edges.reshape(-1, 2))


def reached(layout: Layout, minutes: int, calls: Calls, roads: Roads) -> np.ndarray:
    """Whether a post on duty reaches each call in time: (calls,)."""
    time_ = clock(BEGIN, END + timedelta(days=1), ZONE)
    hours = time_.hours[calls.quarters - time_.first]
    points, of_call = np.unique(calls.points, axis=0, return_inverse=True)
    near = seconds_between(layout.posts[0].mode, layout.points(), points, roads=roads) <= 60 * minutes
    duty = np.array([post.on_duty() for post in layout.posts])
    return (near[:, of_call.ravel()] & duty[:, hours]).any(axis=0)


def bootstrap(gain: np.ndarray, calls: Calls) -> tuple[float, float]:
    """Percentiles 2.5 and 97.5 of the mean gain over weeks drawn with replacement (Efron 1979; weeks as blocks)."""
    weeks = (calls.quarters - calls.quarters.min()) // (96 * 7)
    sums, counts = np.bincount(weeks, gain), np.bincount(weeks)
    drawn = np.random.default_rng(1).integers(0, len(sums), (DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
