"""Service times: the likelier family where there are enough cases, and a rare type borrows from all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from maplebridge.deployment.intervals import t_quantile
from maplebridge.deployment.kernels.drawing import GAMMA, LOGNORMAL
from maplebridge.deployment.service_times import fit, likeliest_shape

CHANCE = np.random.default_rng(1)


def test_the_family_that_made_the_data_is_found_with_its_parameters():
    found = fit(
        {"fight": CHANCE.gamma(3.0, 400.0, 4_000), "noise": CHANCE.lognormal(7.0, 0.8, 4_000)},
        {"fight": 900.0, "noise": 900.0},
    )
    fight, noise = found["fight"], found["noise"]
    assert (fight.family, noise.family) == (GAMMA, LOGNORMAL)
    assert (fight.a, fight.b) == (pytest.approx(3.0, rel=0.08), pytest.approx(400.0, rel=0.08))
    assert (noise.a, noise.b) == (pytest.approx(7.0, abs=0.05), pytest.approx(0.8, abs=0.03))
    assert fight.enough and noise.enough


def test_a_gamma_is_as_likely_as_scipy_finds():
    values = CHANCE.gamma(0.7, 100.0, 500)
    shape, _likely = likeliest_shape(values.mean(), np.log(values).mean())
    assert shape == pytest.approx(stats.gamma.fit(values, floc=0)[0], rel=1e-3)


def test_a_rare_type_lies_between_its_own_cases_and_those_of_all():
    often = {f"type {n}": CHANCE.lognormal(np.log(1_800), 0.4, 60) for n in range(4)}
    usual = dict.fromkeys([*often, "rare", "never"], 900.0)
    found = fit(often | {"rare": np.array([300.0, 310.0])}, usual)
    everybody = np.log(np.concatenate(list(often.values()))).mean()
    assert np.log(305) < found["rare"].a < everybody
    assert (found["rare"].enough, found["rare"].cases) == (False, 2)
    assert found["never"].a > np.log(900)  # all take twice what the plan says, so this one will, too


def test_without_any_record_the_usual_time_is_the_mean():
    found = fit({}, {"fight": 1_200.0})["fight"]
    assert found.mean_s == pytest.approx(1_200.0)
    assert not found.enough


def test_slips_of_the_keyboard_are_left_out():
    assert fit({"fight": np.array([0.0, 1e7, -5.0])}, {"fight": 600.0})["fight"].cases == 0


@given(st.integers(1, 400), st.floats(0.6, 0.9995))
def test_students_quantiles_are_scipys(df, p):
    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=2e-4)
