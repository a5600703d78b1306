"""Sites that take only so much, or cost so much to open: the best by trying everything, and faults in the file."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from maplebridge.deployment.instance import Instance, read_csv
from maplebridge.deployment.solve import Question, solve
from maplebridge.kernel.refused import BadInput


def transported(instance, sites, radius):
    """The best that open sites can do, by scipy: a need may be shared; None where not all fit."""
    n, k = len(instance.weights), len(sites)
    costs = instance.costs[:, sites]
    each = np.where(costs <= radius, -1.0, 0.0) if radius is not None else costs
    cost = (instance.weights[:, None] * each).ravel()
    once = np.kron(np.eye(n), np.ones(k))
    most = np.hstack([w * np.eye(k) for w in instance.weights])
    served = {"A_eq": once, "b_eq": np.ones(n)} if radius is None else {}
    limits = [most] if radius is None else [most, once]
    rights = [instance.capacity[sites]] if radius is None else [instance.capacity[sites], np.ones(n)]
    found = linprog(cost, A_ub=np.vstack(limits), b_ub=np.concatenate(rights), bounds=(0, 1), **served)
    return abs(found.fun) if found.status == 0 else None


@st.composite
def instances(draw):
    n, m = draw(st.integers(1, 5)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    return Instance(
        rng.integers(1, 9, n).astype(float), rng.integers(0, 20, (n, m)).astype(float), [str(j) for j in range(m)],
        capacity=rng.integers(1, 25, m).astype(float), opening=rng.integers(1, 5, m).astype(float),
    )  # fmt: skip


@settings(max_examples=40)
@given(instances(), st.booleans(), st.integers(1, 2))
def test_with_capacities_it_is_the_best_of_all(instance, covering, p):
    radius = 9.0 if covering else None
    every = [transported(instance, list(sites), radius) for sites in combinations(range(len(instance.sites)), p)]
    known = [value for value in every if value is not None]
    question = Question(p=p, radius=radius)
    if not known:
        with pytest.raises(BadInput):
            solve(instance, "pmedian", question)
        return
    found = solve(instance, "mclp" if covering else "pmedian", question)
    assert found.value == pytest.approx(max(known) if covering else min(known), abs=1e-6)
    assert found.gap == pytest.approx(0, abs=1e-6) and len(found.sites) == p


@settings(max_examples=25)
@given(instances(), st.integers(1, 8))
def test_within_a_budget_it_is_the_best_of_all(instance, budget):
    every = [
        transported(instance, list(sites), 9.0)
        for p in range(1, len(instance.sites) + 1)
        for sites in combinations(range(len(instance.sites)), p)
        if instance.opening[list(sites)].sum() <= budget
    ]
    found = solve(instance, "mclp", Question(radius=9.0, budget=float(budget)))
    assert found.value == pytest.approx(max(every, default=0.0), abs=1e-6)


def test_capacity_and_opening_are_read_from_any_line_of_the_site():
    text = "demand,site,cost,weight,capacity,opening\na,x,1,5,,\nb,x,2,3,6,2.5\na,y,4,5,,\nb,y,9,3,,"
    instance = read_csv(text)
    assert instance.capacity.tolist() == [6, np.inf] and instance.opening.tolist() == [2.5, 1]
    found = solve(instance, "pmedian", Question(p=2))
    assert found.value == pytest.approx(3 * 2 + 3 * 1 + 2 * 4)  # x takes b and three fifths of a


@pytest.mark.parametrize("value", ["-1", "many", "inf"])
def test_a_capacity_that_is_none_is_named_with_its_line(value):
    with pytest.raises(BadInput, match="2"):
        read_csv(f"demand,site,cost,capacity\na,x,1,{value}")


def test_questions_that_do_not_go_together_are_refused():
    instance = read_csv("demand,site,cost,capacity\na,x,1,9")
    for model, question in (("lscp", Question(radius=1)), ("mclp", Question(p=1, radius=1, budget=0.0))):
        with pytest.raises(BadInput):
            solve(instance, model, question)
