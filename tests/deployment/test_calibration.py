"""Calibration: what was simulated beside what was recorded, and a plain verdict."""

from dataclasses import replace

import numpy as np
import pytest
from towns import town

from maplebridge.deployment.calibration import calibrated, percentile_interval, verdict
from maplebridge.deployment.intervals import Interval
from maplebridge.deployment.simulation import trace
from maplebridge.kernel.refused import BadInput


def recorded(slower=1.0, seed=77):
    """A town whose record is a run of the simulation itself, or of one so much slower."""
    scenario = town(8, units=9, rate=1.0, horizon_s=120 * 3600.0)
    once = trace(scenario, seed=seed)
    return replace(
        scenario, need=replace(once.calls, response_s=once.response_s * slower, scene_s=once.calls.scene_s * np.nan)
    )


def test_a_record_that_the_simulation_itself_made_is_agreed_with():
    found = calibrated(recorded())
    whole = [each for each in found if each.group == "all"]
    assert [each.percentile for each in whole] == [50, 90]
    assert {each.verdict for each in whole} == {"agrees"}
    assert {each.group for each in found} == {"all", "priority", "hours", "area"}


def test_life_that_takes_twice_as_long_is_told():
    assert {each.verdict for each in calibrated(recorded(2.0)) if each.group == "all"} == {"faster"}


def test_without_a_record_there_is_nothing_to_compare():
    with pytest.raises(BadInput, match="nothing to compare"):
        calibrated(town(8))


@pytest.mark.parametrize(
    ("real", "mean", "said"),
    [
        (Interval(300, 250, 350, 29), 300, "too_little"),
        (Interval(300, 250, 350, 30), 340, "agrees"),
        (Interval(300, 295, 305, 900), 325, "agrees"),
        (Interval(300, 295, 305, 900), 340, "slower"),
        (Interval(300, 295, 305, 900), 200, "faster"),
    ],
)
def test_the_verdict_is_plain(real, mean, said):
    assert verdict(real, Interval(mean, mean, mean, 20)) == said


def test_an_interval_of_a_percentile_holds_it_as_often_as_it_says():
    chance = np.random.default_rng(5)
    hits = 0
    for _turn in range(400):
        found = percentile_interval(chance.exponential(1.0, 80), 90)
        hits += found.low <= np.log(10) <= found.high
    assert hits / 400 > 0.93
