"""Two layouts compared: intervals that hold what they promise, tests, and when there is no real difference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from maplebridge.deployment import compare
from maplebridge.deployment.intervals import Interval

COUNTS = st.integers(0, 200)


def counted(both, only_b, only_a, none):
    """The comparison of a table of pairs."""
    counts = np.array([both, only_b, only_a, none], float)
    in_b, in_a = np.array([True, True, False, False]), np.array([True, False, True, False])
    return compare.paired(counts, in_a, in_b)


def test_the_interval_of_a_difference_is_newcombes():
    """Worked by hand from the formulas of method 10: 36 both, 12 only B, 2 only A, 0 none of 50."""
    found = counted(36, 12, 2, 0).difference
    assert found.mean == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0569, abs=2e-4)
    assert found.high == pytest.approx(0.3404, abs=2e-4)


def test_wilsons_interval_is_that_of_scipy():
    for hits, n in ((0, 10), (7, 10), (50, 200), (10, 10)):
        other = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
        assert compare.wilson(hits, n) == pytest.approx((other.low, other.high), abs=1e-12)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 9), (9, 1), (5, 5), (40, 61), (300, 350)])
def test_mcnemars_p_is_the_binomial_tests(only_a, only_b):
    n = only_a + only_b
    other = stats.binomtest(only_a, n, 0.5).pvalue if n else 1.0
    assert compare.mcnemar(only_a, only_b) == pytest.approx(other, abs=1e-9)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_difference_lies_within_its_interval_and_turns_round_with_the_layouts(both, only_b, only_a, none):
    found, other = counted(both, only_b, only_a, none), counted(both, only_a, only_b, none)
    assert -1 <= found.difference.low <= found.difference.mean + 1e-12
    assert found.difference.mean <= found.difference.high + 1e-12 <= 1 + 1e-9
    assert found.difference.mean == pytest.approx(-other.difference.mean)
    assert found.difference.low == pytest.approx(-other.difference.high)
    assert found.p == other.p


def test_the_interval_holds_the_true_difference_as_often_as_it_says():
    rng, held = np.random.default_rng(5), 0
    for table in rng.multinomial(120, [0.5, 0.15, 0.08, 0.27], 600):
        found = counted(*table).difference
        held += found.low <= 0.07 <= found.high
    assert 0.92 <= held / 600 <= 0.985


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_what_is_named_of_many_areas_is_what_benjamini_and_hochberg_name(p_values):
    p_values = np.array(p_values)
    adjusted = stats.false_discovery_control(p_values)
    away = np.abs(adjusted - compare.FALSE_DISCOVERIES) > 1e-9
    assert (compare.discoveries(p_values) == (adjusted <= compare.FALSE_DISCOVERIES))[away].all()


@pytest.mark.parametrize(
    ("low", "high", "more", "enough", "said"),
    [
        (0.02, 0.08, True, True, "better"),
        (-0.08, -0.02, True, True, "worse"),
        (0.02, 0.08, False, True, "worse"),  # of seconds, more is worse
        (-0.005, 0.008, True, True, "same"),
        (0.001, 0.009, True, True, "same"),  # surely more than nothing, but worth nothing
        (-0.03, 0.08, True, True, "unclear"),
        (0.02, 0.08, True, False, "unclear"),
        (-np.inf, np.inf, True, True, "unclear"),
    ],
)
def test_a_verdict_tells_no_difference_from_not_known(low, high, more, enough, said):
    found = Interval((low + high) / 2 if np.isfinite(low) else 0.0, low, high, 50)
    assert compare.verdict(found, worth=compare.WORTH_SHARE, more_is_better=more, enough=enough) == said


def test_the_p_value_of_an_interval_is_small_only_where_zero_lies_outside():
    assert compare.p_of(Interval(2.0, 1.0, 3.0, 100)) < 0.001
    assert compare.p_of(Interval(1.0, 0.0, 2.0, 100)) == pytest.approx(0.05, abs=1e-3)
    assert compare.p_of(Interval(0.0, 0.0, 0.0, 100)) == 1.0
    assert compare.p_of(Interval(1.0, -np.inf, np.inf, 1)) == 1.0
