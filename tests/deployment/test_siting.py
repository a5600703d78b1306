"""Siting: against brute force on small cases, against each other, and against values that others published."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.deployment.covering import expected_steps
from maplebridge.deployment.instance import Instance
from maplebridge.deployment.solve import Question, solve
from maplebridge.kernel.refused import BadInput


@st.composite
def instances(draw):
    """A few needs with weights, a few sites, whole costs; some sites fixed, some forbidden."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(2, 7))
    costs = draw(st.lists(st.lists(st.integers(0, 9), min_size=m, max_size=m), min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    marks = draw(st.lists(st.sampled_from("    +-"), min_size=m, max_size=m).filter(lambda marks: marks.count("-") < m))
    return Instance(
        np.array(weights, float), np.array(costs, float), [f"s{j}" for j in range(m)],
        fixed=frozenset(j for j in range(m) if marks[j] == "+"),
        forbidden=frozenset(j for j in range(m) if marks[j] == "-"),
    )  # fmt: skip


def choices(instance, p):
    """Every choice of p sites that keeps to what is fixed and forbidden."""
    free = [j for j in range(len(instance.sites)) if j not in instance.fixed | instance.forbidden]
    for more in combinations(free, p - len(instance.fixed)):
        yield sorted(instance.fixed | set(more))


def cost_of(instance, sites):
    return float((instance.weights[:, None] * instance.costs[:, sites]).min(axis=1).sum())


def expected_cover_of(instance, sites, radius, busy):
    reach = (instance.costs[:, sites] <= radius).sum(axis=1)
    return float((instance.weights * (1.0 - busy**reach)).sum())  # 1 - q^k = sum of (1 - q) q^(i - 1)


def p_for(draw, instance):
    free = len(instance.sites) - len(instance.forbidden)
    return draw(st.integers(max(1, len(instance.fixed)), free))


@given(instances(), st.data())
def test_the_p_median_is_the_best_of_all_choices_and_proven(instance, data):
    p = p_for(data.draw, instance)
    found = solve(instance, "pmedian", Question(p))
    best = min(cost_of(instance, sites) for sites in choices(instance, p))
    assert found.value == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert cost_of(instance, [instance.sites.index(name) for name in found.sites]) == pytest.approx(best)


@given(instances(), st.integers(0, 9), st.sampled_from([0.0, 0.3, 0.7]), st.data())
def test_the_expected_cover_is_the_best_of_all_choices_and_proven(instance, radius, busy, data):
    p = p_for(data.draw, instance)
    steps = expected_steps(busy, p) if busy else None
    found = solve(instance, "mclp", Question(p, radius, steps=steps))
    best = max(expected_cover_of(instance, sites, radius, busy) for sites in choices(instance, p))
    assert found.value == pytest.approx(best)
    assert found.bound == pytest.approx(best)


@given(instances(), st.integers(0, 9))
def test_the_set_cover_is_the_smallest_choice_that_reaches_all(instance, radius):
    sizes = range(max(1, len(instance.fixed)), len(instance.sites) - len(instance.forbidden) + 1)
    best = next(
        (p for p in sizes for sites in choices(instance, p) if (instance.costs[:, sites] <= radius).any(axis=1).all()),
        None,
    )
    if best is None:
        allowed = [j for j in range(len(instance.sites)) if j not in instance.forbidden]
        beyond = instance.weights[~(instance.costs[:, allowed] <= radius).any(axis=1)]
        if beyond.sum():
            with pytest.raises(BadInput, match="beyond the radius"):
                solve(instance, "lscp", Question(radius=radius))
        return
    found = solve(instance, "lscp", Question(radius=radius))
    assert (found.value, found.bound) == (best, best)


@given(instances(), st.integers(0, 9), st.data())
def test_another_site_never_lowers_coverage_and_busier_units_never_raise_it(instance, radius, data):
    p = p_for(data.draw, instance)
    values = [solve(instance, "mclp", Question(q, radius)).value for q in (p, p + 1) if list(choices(instance, q))]
    assert values == sorted(values)
    busy = [solve(instance, "mclp", Question(p, radius, steps=expected_steps(q, p))).value for q in (0.0, 0.2, 0.6)]
    assert busy == sorted(busy, reverse=True)
    assert busy[0] == pytest.approx(values[0])


@given(instances(), st.integers(0, 9), st.data())
def test_without_time_the_answer_is_a_choice_and_the_bound_holds(instance, radius, data):
    p = p_for(data.draw, instance)
    hurried, best = (
        solve(instance, "mclp", Question(p, radius, seconds=1e-9)),
        solve(instance, "mclp", Question(p, radius)),
    )
    assert hurried.value <= best.value + 1e-9 <= hurried.bound + 2e-9
    hurried, best = solve(instance, "pmedian", Question(p, seconds=1e-9)), solve(instance, "pmedian", Question(p))
    assert hurried.bound - 1e-9 <= best.value <= hurried.value + 1e-9


def test_the_same_seed_gives_the_same_sites():
    instance = grid(400, 40)
    assert len({tuple(solve(instance, "mclp", Question(6, 0.15, seed=3)).sites) for _run in range(3)}) == 1


def test_each_site_tells_what_it_adds():
    costs = np.array([[1.0, 9.0, 9.0], [9.0, 1.0, 9.0], [9.0, 1.0, 1.0]])
    instance = Instance(np.array([5.0, 2.0, 1.0]), costs, ["north", "south", "gate"])
    found = solve(instance, "mclp", Question(2, 1.0))
    assert dict(zip(found.sites, found.adds, strict=True)) == {"north": 5.0, "south": 3.0}
    assert found.as_json(why=True)["adds"] == found.adds
    assert set(found.as_json()) == {"value", "bound", "gap", "seconds", "sites"}


def grid(n, m):
    """Places at random with a few centres, sites among them; costs as the crow flies."""
    rng = np.random.default_rng(5)
    places = rng.random((8, 2))[rng.integers(8, size=n)] + rng.normal(0, 0.06, (n, 2))
    sites = places[rng.choice(n, m, replace=False)]
    costs = np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1))
    return Instance(rng.integers(1, 9, n).astype(float), costs, [str(j) for j in range(m)])


def test_on_a_larger_case_heuristic_exact_and_bound_stand_in_order():
    instance = grid(900, 60)
    exact = solve(instance, "mclp", Question(8, 0.08))
    assert exact.gap < 1e-6
    hurried = solve(instance, "mclp", Question(8, 0.08, seconds=1e-9))
    assert hurried.value <= exact.value <= hurried.bound
    few = solve(instance, "lscp", Question(radius=0.3))
    all_reached = solve(instance, "mclp", Question(int(few.value), 0.3))
    assert all_reached.value == pytest.approx(instance.weights.sum())
    assert comb(60, 8) > 10**9  # no brute force


@pytest.mark.parametrize(("model", "question", "field"), [
    ("mclp", Question(2), "radius"), ("mclp", Question(0, 1.0), "p"), ("mclp", Question(41, 1.0), "p"),
    ("pmedian", Question(0), "p"), ("lscp", Question(), "radius"), ("lscp", Question(radius=1e-9), "radius"),
    ("voronoi", Question(2, 1.0), "model"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused_with_a_sentence(model, question, field):
    with pytest.raises(BadInput) as refused:
        solve(grid(100, 40), model, question)
    assert refused.value.field == field


@given(instances(), st.integers(0, 9), st.sampled_from([0.0, 0.3]), st.data())
def test_what_each_site_adds_is_what_the_answer_would_lose_without_it(instance, radius, busy, data):
    p = p_for(data.draw, instance)
    steps = expected_steps(busy, p) if busy else None
    for model, worth in (
        ("mclp", lambda sites: expected_cover_of(instance, sites, radius, busy)),
        ("pmedian", lambda sites: -cost_of(instance, sites) if sites else -np.inf),
    ):
        found = solve(instance, model, Question(p, radius, steps=steps, seconds=1e-9))
        sites = [instance.sites.index(name) for name in found.sites]
        lost = [abs(worth(sites) - worth([j for j in sites if j != each])) for each in sites]
        assert found.adds == pytest.approx(lost)


@pytest.mark.parametrize(("model", "radius"), [("mclp", 0.1), ("lscp", 0.3), ("pmedian", None)])
def test_a_search_that_is_told_to_stop_ends_with_a_choice_and_a_bound_that_holds(model, radius):
    instance = grid(900, 60)
    stopped, best = (solve(instance, model, Question(8, radius, stop=stop)) for stop in (lambda: True, lambda: False))
    sign = 1 if model == "mclp" else -1
    assert sign * stopped.value <= sign * best.value + 1e-9
    assert sign * best.value <= sign * stopped.bound + 1e-9
