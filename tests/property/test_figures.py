"""Figures with their intervals: against published values and against a simulation of what they promise."""

import random
from datetime import timedelta
from math import inf

import pytest

from maplebridge.kernel.intervals import rate_ratio, share
from maplebridge.property import actions
from maplebridge.property.figures import median_days, waiting_after, waiting_curve
from maplebridge.property.queries.figures import before_and_after, figures

# Freireich et al. 1963, remission under 6-MP, weeks; a cross in the paper is a patient still in remission.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
CROSSED = [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]


def test_the_waiting_curve_is_that_of_the_textbook():
    curve = waiting_curve(WEEKS, [not cross for cross in CROSSED])
    assert [(step.days, step.at_risk, round(step.waiting, 4)) for step in curve] == [
        (6, 21, 0.8571), (7, 17, 0.8067), (10, 15, 0.7529), (13, 12, 0.6902), (16, 11, 0.6275), (22, 7, 0.5378),
        (23, 6, 0.4482),
    ]  # fmt: skip
    assert median_days(curve) == 23
    assert waiting_after(curve, 12) == pytest.approx(0.7529, abs=1e-4)
    assert all(step.low <= step.waiting <= step.high for step in curve)
    assert (round(curve[0].low, 3), round(curve[0].high, 3)) == (0.620, 0.952)  # as R's survfit, log-log


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_shares_have_wilsons_interval(part, whole, low, high):  # the last two: Newcombe 1998, table I
    found = share(part, whole)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_to_divide_by_tells_nothing():
    assert share(0, 0).value is None and (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)
    none = rate_ratio(0, 90, 0, 90)
    assert none.value is None and not none.shows_change
    assert rate_ratio(0, 90, 5, 90).high == inf and rate_ratio(5, 90, 0, 90).low == 0.0
    assert waiting_curve([], []) == [] and median_days([]) is None


def test_a_fall_by_a_quarter_shows_only_where_there_are_enough_thefts():
    few, many = rate_ratio(20, 90, 15, 90), rate_ratio(400, 90, 300, 90)
    assert few.value == many.value == 0.75
    assert not few.shows_change and many.shows_change
    assert rate_ratio(40, 90, 10, 30).value == pytest.approx(0.75), "rates, not counts"


def test_nineteen_of_twenty_intervals_hold_the_true_ratio():
    chance = random.Random(5)

    def poisson(mean):
        count, left = 0, chance.expovariate(1)
        while left < mean:
            count, left = count + 1, left + chance.expovariate(1)
        return count

    rounds, held = 1500, 0
    for _each in range(rounds):
        ratio = rate_ratio(poisson(40), 90, poisson(30), 90)
        held += ratio.low <= 0.75 <= ratio.high
    assert 0.93 <= held / rounds <= 0.975


@pytest.mark.django_db
def test_the_figures_of_a_week(world):
    items = [world.register().item for _each in range(4)]
    thefts = [world.steal(item) for item in items[:3]]
    world.check(world.code_of(items[0]))
    world.check(world.code_of(items[3]))
    world.check("NOBODYS123")
    alarm = actions.record_sighting(
        world.trader, code=world.code_of(items[1]), channel="dealer", dealer=world.market, at=world.noon
    ).alarm
    actions.settle_alarm(world.officer, alarm=alarm, outcome="mistaken", at=world.later(hours=1))
    actions.mark_recovered(world.officer, theft=thefts[0], place="post", at=world.later(days=2))
    actions.withdraw_report(world.officer, theft=thefts[2], reason="found in the cellar", at=world.later(days=1))
    now = world.later(days=3)
    found = figures(since=world.noon - timedelta(days=1), until=now, now=now)
    assert (found.thefts, found.withdrawn, found.recovered.part, found.recovered.whole) == (3, 1, 1, 2)
    assert (found.checks, found.hits, found.false_matches.part, found.false_matches.whole) == (4, 2, 1, 1)
    assert found.registered["e_bike"] == 4 and found.share_registered.value == 1.0
    assert found.median_days == 2.0
    actions.forget_sightings(world.system, at=world.later(days=30))
    later = figures(since=world.noon - timedelta(days=1), until=now, now=now)
    assert later.checks == 4, "what was forgotten is still counted"


@pytest.mark.django_db
def test_before_and_after_by_area(world):
    for days in (1, 2, 3, 20):
        world.steal(world.register().item, at=world.later(days=days))
    rows = before_and_after(split_at=world.later(days=10), days=9, now=world.later(days=30), areas=["district", "moon"])
    assert [(row.area, row.ratio.before, row.ratio.after) for row in rows] == [
        ("", 3, 0), ("district", 3, 0), ("moon", 0, 0),
    ]  # fmt: skip
    assert rows[1].ratio.value == 0.0 and not rows[2].ratio.shows_change


@pytest.mark.django_db
def test_a_thousand_areas_are_compared_with_two_questions(world, django_assert_num_queries):
    world.steal(world.register().item)
    areas = ["district", *(f"hamlet{number}" for number in range(1_000))]
    with django_assert_num_queries(2):
        rows = before_and_after(split_at=world.noon, days=9, now=world.later(days=9), areas=areas)
    assert [(row.area, row.ratio.after) for row in rows if row.ratio.after] == [("", 1), ("district", 1)]
