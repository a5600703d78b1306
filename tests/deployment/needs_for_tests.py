"""Need and layouts that tests of coverage, siting and hot spots ask about: cells round a point, drawn by a seed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np

from maplebridge.deployment.calls import calls_of, quarter_of
from maplebridge.deployment.demand import Demand, demand_from
from maplebridge.deployment.layout import Layout, Post
from maplebridge.kernel.geometry import cell_of

ZONE = ZoneInfo("Europe/Helsinki")
MONDAY = datetime(2026, 5, 4, tzinfo=ZONE)
WEEK = timedelta(days=7)
LON, LAT = 24.94, 60.17


def drawn_need(seed=1, weeks=4, rings=4, rate=1.5) -> Demand:
    """Calls of some weeks in a disc of cells, `rate` a week and cell on average."""
    rng = np.random.default_rng(seed)
    quarters, points = [], []
    for cell in h3.grid_disk(cell_of(LON, LAT, 9), rings):
        lat, lon = h3.cell_to_latlng(cell)
        for at in rng.integers(0, weeks * 672, rng.poisson(rng.gamma(2.0, rate / 2) * weeks)):
            quarters.append(quarter_of(MONDAY) + int(at))
            points.append((lon, lat))
    calls = calls_of(quarters, points)
    return demand_from(calls, begin=MONDAY, end=MONDAY + weeks * WEEK, zone=ZONE)


def posts(*places, kind="foot", duty=()) -> Layout:
    """A layout of posts of one kind at places (lon, lat)."""
    return Layout("test", tuple(Post(str(n), kind, lon, lat, duty) for n, (lon, lat) in enumerate(places)))
