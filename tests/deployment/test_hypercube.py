"""The hypercube: published values, Erlang's formulas wherever they apply, and its approximation beside it."""

from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.deployment.erlang import corrections, lost, with_line
from maplebridge.deployment.hypercube import EXACT_TO, approximate, exact
from maplebridge.kernel.refused import BadInput

# Larson and Odoni 1981, Urban Operations Research, sections 5.4.3 and 5.5.3: three servers, mu = 1; the rates are
# inferred from the published workloads.
RATES = np.array([0.50, 0.25, 0.35, 0.40])
LISTS = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]])


def test_the_three_servers_of_the_book_have_their_published_workloads_and_states():
    found = exact(RATES, LISTS)
    assert found.busy.round(4).tolist() == [0.5574, 0.4734, 0.4693]
    assert found.states.round(5).tolist() == [
        0.21053, 0.13669, 0.08863, 0.09489, 0.09047, 0.08894, 0.05301, 0.11842,
    ]  # fmt: skip
    assert round(found.waiting, 5) == 0.11842


def test_where_calls_are_lost_the_same_servers_have_their_published_workloads():
    found = exact(RATES, LISTS, queue=False)
    assert found.busy.round(5).tolist() == [0.49791, 0.40263, 0.39797]
    assert round(found.saturated, 5) == 0.13433
    assert found.waiting == 0.0


def test_the_approximation_agrees_with_the_book_to_its_rounding():
    assert corrections(3, 1.5, queue=True).round(5).tolist() == [1.0, 0.73684, 0.63158]
    assert approximate(RATES, LISTS).busy == pytest.approx([0.5627, 0.4716, 0.4657], abs=1.5e-4)


@pytest.mark.parametrize("units", [1, 2, 5, 9])
@pytest.mark.parametrize("use", [0.05, 0.5, 0.97])
def test_by_number_busy_the_states_are_erlangs(units, use):
    lists = np.array([np.roll(np.arange(units), n) for n in range(units)])
    rates = np.linspace(1, 2, units)
    rates *= use * units / rates.sum()
    number = np.array([bin(state).count("1") for state in range(1 << units)])
    blocked = exact(rates, lists, queue=False)
    assert np.bincount(number, blocked.states) == pytest.approx(lost(units, use * units), abs=1e-9)
    queued = exact(rates, lists)
    chances, line = with_line(units, use * units)
    assert np.bincount(number, queued.states) == pytest.approx(chances, abs=1e-9)
    assert queued.waiting == pytest.approx(line, abs=1e-9)
    assert queued.busy.sum() == pytest.approx(use * units, abs=1e-9)


@pytest.mark.parametrize(("units", "load"), [(1, 0.3), (4, 2.5), (12, 11.0)])
def test_erlang_b_and_c_are_what_their_formulas_say(units, load):
    terms = [load**n / factorial(n) for n in range(units + 1)]
    assert lost(units, load)[-1] == pytest.approx(terms[-1] / sum(terms), abs=1e-12)
    behind = terms[-1] * units / (units - load)
    chances, line = with_line(units, load)
    assert chances[-1] + line == pytest.approx(behind / (sum(terms[:-1]) + behind), abs=1e-12)


def test_two_hundred_units_overflow_nothing():
    factors = corrections(200, 150.0, queue=True)
    assert np.isfinite(factors).all()
    assert factors[0] == pytest.approx(1.0)


@st.composite
def cities(draw):
    units, atoms = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    lists = np.array([draw(st.permutations(range(units))) for _atom in range(atoms)])
    rates = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=atoms, max_size=atoms)))
    return rates * (draw(st.floats(0.05, 0.95)) * units / rates.sum()), lists


@given(cities(), st.booleans())
def test_no_call_is_lost_sight_of_and_the_approximation_has_the_same_sums(city, queue):
    rates, lists = city
    units, load = lists.shape[1], rates.sum()
    right, near = exact(rates, lists, queue=queue), approximate(rates, lists, queue=queue)
    blocked = 0.0 if queue else right.saturated
    for found in (right, near):
        assert found.dispatched.sum() == pytest.approx(1.0 - blocked)
        assert found.busy.sum() == pytest.approx(load * (1.0 - blocked))
        assert (found.busy >= 0).all()
        assert (found.busy <= 1 + 1e-9).all()
        assert 0 <= found.not_nearest(lists) <= 1
    assert near.saturated == pytest.approx(right.saturated, abs=1e-9)
    assert right.dispatched.sum(axis=0) * load == pytest.approx(right.busy, abs=1e-9)  # Little: a service takes 1
    assert np.abs(right.busy - near.busy).max() < 0.12
    assert units == len(right.busy)


def test_travel_is_the_mean_over_who_goes_and_a_lone_unit_is_always_the_nearest():
    found = exact(np.array([0.2, 0.4]), np.array([[0], [0]]))
    assert found.not_nearest(np.array([[0], [0]])) == 0.0
    assert found.mean_travel(np.array([[3.0], [6.0]])) == pytest.approx(5.0)


@pytest.mark.parametrize("model", [exact, approximate])
def test_what_would_queue_for_ever_is_refused_and_without_a_queue_it_is_answered(model):
    rates, lists = np.array([2.0]), np.array([[0, 1]])
    with pytest.raises(BadInput, match="for ever"):
        model(rates, lists)
    assert model(rates, lists, queue=False).busy.sum() == pytest.approx(2.0 * 0.6)  # Erlang B(2, 2) = 0.4


def test_too_many_units_for_the_exact_model_are_refused():
    with pytest.raises(BadInput, match="approximation"):
        exact(np.array([1.0]), np.arange(EXACT_TO + 1)[None, :])
