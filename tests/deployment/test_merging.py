"""Two stations made one: who gets farther, by how much, and how many calls that is about."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs_for_tests import LAT, LON, drawn_need, posts

from maplebridge.deployment.coverage import covered
from maplebridge.deployment.demand import smoothed
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.merging import merge
from maplebridge.kernel.refused import BadInput
from maplebridge.places.roads.network import Roads

STRAIGHT = Roads.load(None)
RATES = smoothed(drawn_need())
EAST = np.where(RATES.demand.points[:, 0] > LON, "east", "west")
WEST_POST, EAST_POST = (LON - 0.008, LAT), (LON + 0.008, LAT)


def merged(layout, one=0, other=1, **more):
    return merge(layout, one, other, RATES, **{"minutes": 5.0, "areas": EAST, "roads": STRAIGHT, **more})


def test_who_loses_a_station_gets_farther_and_the_others_stay_as_they_were():
    found = merged(posts(WEST_POST, EAST_POST), at=WEST_POST)
    assert [row.area for row in found.areas] == ["east", "west"]
    east, west = found.areas
    assert east.farther > 60 and abs(west.farther) < 30
    assert east.within_after < east.within_before
    assert 0 < east.spread < east.farther and east.counted == RATES.demand.counts[EAST == "east"].sum()
    total = (east.farther * east.calls + west.farther * west.calls) / (east.calls + west.calls)
    assert found.farther == pytest.approx(total, rel=1e-6)
    assert 0 < found.low < found.farther < found.high
    assert len(found.layout.posts) == 1 and found.layout.posts[0].name == "0"


@settings(max_examples=30)
@given(st.floats(-0.01, 0.01), st.floats(-0.006, 0.006))
def test_leaving_a_station_brings_nobody_nearer(x, y):
    layout = posts(WEST_POST, EAST_POST, (LON + x, LAT + y))
    found = merged(layout, at=WEST_POST)
    assert found.gain[0] <= 1e-12
    assert all(row.farther >= -1e-6 for row in found.areas)
    shares = [share for _seconds, share in found.farther_by]
    assert shares == sorted(shares, reverse=True)


def test_without_a_place_it_stands_where_the_mean_way_is_shorter():
    layout = posts((LON, LAT), (LON + 0.05, LAT))
    for one, other in ((0, 1), (1, 0)):
        post = merged(layout, one, other).layout.posts[0]
        assert (post.lon, post.lat) == (LON, LAT)


def test_the_one_left_is_on_duty_in_the_hours_of_both():
    day, night = posts(WEST_POST, duty=((0, 100),)).posts[0], posts(EAST_POST, duty=((90, 168),)).posts[0]
    assert merged(Layout("", (day, night))).layout.posts[0].duty == ()


def test_calls_that_nobody_reaches_count_in_no_mean_but_hours_gained_do_in_the_share():
    day, night = posts(WEST_POST, duty=((0, 50),)).posts[0], posts(EAST_POST, duty=((40, 100),)).posts[0]
    found = merged(Layout("", (day, night)))
    assert np.isfinite([found.farther, found.low, found.high]).all()
    before = covered(Layout("", (day, night)), RATES, (5.0,), roads=STRAIGHT).share[0]
    after = covered(found.layout, RATES, (5.0,), roads=STRAIGHT).share[0]
    assert found.gain[0] == pytest.approx(after - before)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 2), (-1, 0)])
def test_posts_that_are_not_there_are_refused(one, other):
    with pytest.raises(BadInput):
        merged(posts(WEST_POST, EAST_POST), one, other)
