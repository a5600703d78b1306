"""Need, reach, hot spots and proposals on a real city's roads and incidents."""

import csv
import gzip
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from needs_for_tests import posts

from maplebridge.deployment.calls import read_calls
from maplebridge.deployment.coverage import covered
from maplebridge.deployment.demand import demand_from, smoothed
from maplebridge.deployment.hotspots import hot_spots
from maplebridge.deployment.propose import propose
from maplebridge.deployment.reach import area_within
from maplebridge.deployment.street_density import street_density
from maplebridge.places.roads.network import Roads, build

ZONE = ZoneInfo("America/New_York")
BEGIN, SPLIT, END = (datetime(2018, *day, tzinfo=ZONE) for day in ((1, 1), (4, 2), (6, 18)))
BOX = (-77.107, 38.882, -76.974, 38.976)  # of the roads
pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def roads(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("roads")
    build(shared_data / "dc" / "washington-dc-nw.osm.pbf", folder)
    return Roads.load(folder)


@pytest.fixture(scope="module")
def calls(shared_data):
    with gzip.open(shared_data / "dc" / "crime_incidents_2018_01_06.csv.gz", "rt", encoding="utf-8-sig") as file:
        west, south, east, north = BOX
        rows = [
            f"{row['REPORT_DAT'][:19]},{row['X']},{row['Y']}"
            for row in csv.DictReader(file)
            if west <= float(row["X"]) <= east and south <= float(row["Y"]) <= north
        ]
    return read_calls(["time,lon,lat", *rows], ZONE)


@pytest.fixture(scope="module")
def rates(calls):
    return smoothed(demand_from(calls, begin=BEGIN, end=SPLIT, zone=ZONE))


def test_what_is_expected_fits_months_that_were_not_seen_better_than_counts_do(rates, calls):
    later = demand_from(calls, begin=SPLIT, end=END, zone=ZONE)
    seen = dict(zip(later.cells.tolist(), later.counts, strict=True))
    came = np.array([seen.get(cell, np.zeros(168)) for cell in rates.demand.cells.tolist()])

    def likelihood(expected):
        expected = expected * came.sum() / expected.sum()
        return (came * np.log(expected)).sum()

    counted = rates.demand.counts / rates.demand.observed
    separate = np.outer(counted.sum(axis=1), counted.sum(axis=0)) / counted.sum()
    assert likelihood(rates.mean) > likelihood(separate) > likelihood(counted + 1e-3)


def test_a_further_post_never_lowers_coverage_by_road(rates, roads):
    points = rates.demand.points[np.random.default_rng(1).choice(len(rates.demand.points), 8, replace=False)]
    found = [covered(posts(*points[:n], kind="motorbike"), rates, roads=roads) for n in range(1, 9)]
    assert not found[0].is_estimate
    shares = np.array([each.share for each in found])
    assert (np.diff(shares, axis=0) >= 0).all() and shares[-1, 3] > 0.5
    areas = [area_within(posts(*points[:n], kind="motorbike"), (3,), roads=roads)[0].square_km for n in (1, 8)]
    assert 0.5 < areas[0] < areas[1] < 80


def test_a_proposal_reaches_more_than_posts_at_random_also_in_months_not_seen(rates, calls, roads):
    found = propose(rates, counts={"motorbike": 4, "foot": 2}, minutes=2.0, seconds=40, roads=roads)
    assert found.share <= found.bound and found.gap < 0.1
    later = smoothed(demand_from(calls, begin=SPLIT, end=END, zone=ZONE))
    proposed = covered(found.layout, later, (2.0,), roads=roads).share[0]
    points = rates.demand.points[np.random.default_rng(2).choice(len(rates.demand.points), 6, replace=False)]
    assert proposed > covered(posts(*points, kind="motorbike"), later, (2.0,), roads=roads).share[0]


def test_hot_spots_are_few_and_every_call_lies_once_on_the_streets(rates, calls, roads):
    spots = hot_spots(rates.demand, permutations=1_999)
    assert 0.01 < (spots.verdict == 1).mean() < 0.2
    assert spots.calls[spots.verdict == 1].sum() > 0.1 * spots.calls.sum()
    inside = calls.between(BEGIN, SPLIT).points
    density = street_density(inside, roads=roads)
    assert density.calls.sum() + density.off_street == pytest.approx(len(inside))
    assert density.calls.sum() > 0.8 * len(inside)  # some lie where the extract has no streets
