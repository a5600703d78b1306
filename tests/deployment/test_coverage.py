"""What a layout reaches in time: shares with their intervals, by hour of the roster, gaps, and the area."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs_for_tests import LAT, LON, drawn_need, posts

from maplebridge.deployment.coverage import covered, gained, gaps
from maplebridge.deployment.demand import smoothed
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.reach import area_within
from maplebridge.deployment.travel import Targets, is_estimate, seconds_between
from maplebridge.places.roads.network import Roads

STRAIGHT = Roads.load(None)
RATES = smoothed(drawn_need())
TARGETS = Targets(RATES.demand.points, STRAIGHT)
near = st.tuples(st.floats(LON - 0.02, LON + 0.02), st.floats(LAT - 0.01, LAT + 0.01))


def coverage(layout, minutes=(1, 3, 5, 8)):
    return covered(layout, RATES, minutes, targets=TARGETS)


@settings(max_examples=60)
@given(st.lists(near, min_size=1, max_size=5), near, st.sampled_from(["foot", "motorbike", "car"]))
def test_a_further_post_never_lowers_coverage_anywhere_at_any_hour(places, another, kind):
    before = coverage(posts(*places))
    after = coverage(Layout("more", posts(*places).posts + posts(another, kind=kind, duty=((8, 100),)).posts))
    assert (after.share >= before.share).all()
    assert (after.hour_share >= before.hour_share).all()
    assert (after.by_place >= before.by_place).all()
    assert (after.nearest <= before.nearest).all()


@settings(max_examples=30)
@given(st.lists(near, min_size=1, max_size=5))
def test_more_minutes_reach_no_less_and_shares_lie_in_their_intervals(places):
    found = coverage(posts(*places))
    assert (np.diff(found.share) >= 0).all()
    assert (found.low <= found.share).all() and (found.share <= found.high).all()
    assert (found.hour_low >= 0).all() and (found.hour_high <= 1).all()
    assert found.share == pytest.approx(found.by_place @ RATES.place_mean / RATES.place_mean.sum())
    assert found.is_estimate


def test_a_post_counts_in_its_hours_of_duty_only():
    found = coverage(posts((LON, LAT), kind="car", duty=((10, 20), (100, 168))), minutes=(60,))
    on = np.zeros(168, bool)
    on[10:20] = on[100:168] = True
    assert found.hour_share[0, on] == pytest.approx(1) and (found.hour_share[0, ~on] == 0).all()
    assert np.isinf(found.nearest[:, ~on]).all()


def test_without_posts_nothing_is_reached_and_everything_is_a_gap():
    found = coverage(Layout("none", ()))
    assert (found.share == 0).all() and (found.high == 0).all()
    gap = gaps(found, 3.0)
    assert len(gap[0].cells) == len(RATES.demand.cells)
    assert gap[0].share == pytest.approx(1) and np.isinf(gap[0].seconds)


def test_the_share_has_the_spread_of_draws_from_the_posterior():
    found = coverage(posts((LON, LAT), duty=((0, 120),)))
    rng = np.random.default_rng(5)
    shares = RATES.mean / RATES.mean.sum(axis=1, keepdims=True)
    draws = []
    for _draw in range(600):
        places = rng.gamma(RATES.place_shape) * RATES.place_mean / RATES.place_shape
        hours = rng.gamma(shares * RATES.hours_worth[:, None])
        hours /= hours.sum(axis=1, keepdims=True)
        need = places[:, None] * hours
        draws.append((need * (found.nearest <= 300)).sum() / need.sum())
    assert np.quantile(draws, 0.05) == pytest.approx(found.low[2], abs=0.006)
    assert np.quantile(draws, 0.95) == pytest.approx(found.high[2], abs=0.006)
    assert np.mean(draws) == pytest.approx(found.share[2], abs=0.003)


def test_gaps_hold_what_is_left_and_come_by_how_much_that_is():
    found = coverage(posts((LON + 0.01, LAT)))
    gap = gaps(found, 5.0)
    assert [one.calls for one in gap] == sorted((one.calls for one in gap), reverse=True)
    left = found.by_place[2] < 0.5
    assert sorted(cell for one in gap for cell in one.cells) == sorted(RATES.demand.cells[left].tolist())
    assert sum(one.calls for one in gap) == pytest.approx(RATES.place_mean[left].sum())


def test_the_gain_of_a_layout_over_itself_is_nothing_for_sure_and_over_a_worse_one_is_decided():
    few, many = coverage(posts((LON, LAT))), coverage(posts((LON, LAT), (LON + 0.01, LAT), (LON - 0.01, LAT)))
    gain, low, high = gained(few, few)
    assert (gain == 0).all() and (low == 0).all() and (high == 0).all()
    gain, low, high = gained(few, many)
    assert gain == pytest.approx(many.share - few.share)
    assert (low[2:] > 0).all() and (low <= gain).all() and (gain <= high).all()


def test_the_area_grows_with_time_and_leaves_out_who_is_off_duty():
    layout = posts((LON, LAT), kind="motorbike", duty=((0, 24),))
    one, three = area_within(layout, (1, 3), roads=STRAIGHT)
    assert 0 < one.square_km < three.square_km == pytest.approx(9 * one.square_km, rel=0.01)
    assert one.is_estimate and one.geometry["type"] in ("Polygon", "MultiPolygon")
    assert area_within(layout, (3,), hour=30, roads=STRAIGHT)[0].geometry is None


def test_seconds_are_those_of_each_mode_and_marked_where_they_are_a_guess():
    here, there = np.array([[LON, LAT]]), np.array([[LON + 0.01, LAT], [LON, LAT]])
    foot, car = (seconds_between(mode, here, there, roads=STRAIGHT) for mode in ("foot", "car"))
    assert foot.shape == (1, 2) and foot[0, 1] == 0 and foot[0, 0] == pytest.approx(5 * car[0, 0])
    assert is_estimate("foot", roads=STRAIGHT)
