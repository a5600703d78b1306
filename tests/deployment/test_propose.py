"""Proposed layouts: several kinds at once, budgets, fixed posts and forbidden places, with a bound that holds."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs_for_tests import LAT, LON, drawn_need, posts

from maplebridge.deployment.cover import packed
from maplebridge.deployment.coverage import covered
from maplebridge.deployment.demand import smoothed
from maplebridge.deployment.kinds import Choice, cover_with_kinds, worth
from maplebridge.deployment.layout import Layout, Post
from maplebridge.deployment.moves import propose_moves
from maplebridge.deployment.propose import propose
from maplebridge.deployment.solve import silent
from maplebridge.deployment.travel import Targets
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.places.roads.network import Roads

STRAIGHT = Roads.load(None)
RATES = smoothed(drawn_need(rings=3))
TARGETS = Targets(RATES.demand.points, STRAIGHT)


def ask(**more):
    given = {"counts": {"foot": 2}, "minutes": 5.0, "roads": STRAIGHT, "seconds": 60.0} | more
    return propose(RATES, **given)


@st.composite
def small_choices(draw):
    """Up to 8 candidates of two kinds at 4 places, needs reached at random, counts, perhaps a budget."""
    places = draw(st.integers(2, 4))
    reached = draw(st.lists(st.lists(st.booleans(), min_size=2 * places, max_size=2 * places), min_size=1, max_size=7))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(reached), max_size=len(reached)))
    counts = [draw(st.integers(0, 2)), draw(st.integers(0, places - 2))]
    budget = draw(st.none() | st.integers(1, 9).map(float))
    rows = [np.flatnonzero(row) for row in reached if any(row)]
    kept = [float(weight) for weight, row in zip(weights, reached, strict=True) if any(row)]
    choice = Choice(
        np.repeat([0, 1], places), np.tile(np.arange(places), 2), counts, np.repeat([1.0, 2.5], places), budget
    )
    return packed(np.array(kept), rows, 2 * places), choice


def best_of_all(cover, choice):
    """The best by trying everything."""
    places = len(choice.kinds) // 2
    best = 0.0
    sizes = [range(count + 1) if choice.budget is not None else [count] for count in choice.counts]
    for one, two in product(*sizes):
        for first, second in product(combinations(range(places), one), combinations(range(places), two)):
            sites = [*first, *(places + j for j in second)]
            if set(first) & set(second) or (choice.budget or 99) < choice.costs[sites].sum():
                continue
            chosen = np.zeros(cover.sites, bool)
            chosen[sites] = True
            best = max(best, worth(cover, chosen))
    return best


@settings(max_examples=60)
@given(small_choices())
def test_small_cases_are_the_best_of_all_and_keep_to_counts_places_and_budget(case):
    cover, choice = case
    found = cover_with_kinds(cover, choice, seconds=60, tell=silent)
    assert found.value == pytest.approx(best_of_all(cover, choice))
    assert found.bound == pytest.approx(found.value)
    taken = np.bincount(choice.kinds[found.sites], minlength=2)
    assert (taken <= choice.counts).all() and len(set(choice.places[found.sites])) == len(found.sites)
    if choice.budget is None:
        assert (taken == choice.counts).all()
    else:
        assert choice.costs[found.sites].sum() <= choice.budget + 1e-6


def test_a_proposal_reaches_what_it_says_and_no_more_than_its_bound():
    found = ask()
    again = covered(found.layout, RATES, (5.0,), roads=STRAIGHT)
    assert found.share == pytest.approx(again.share[0])
    assert found.share <= found.bound + 1e-12
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert len(found.layout.posts) == 2 and found.sites == len(RATES.demand.cells)


def test_it_beats_posts_put_at_random():
    rng = np.random.default_rng(2)
    for _try in range(20):
        at = rng.choice(len(RATES.demand.points), 2, replace=False)
        assert covered(posts(*RATES.demand.points[at]), RATES, (5.0,), roads=STRAIGHT).share[0] <= ask().share + 1e-9


def test_a_further_post_never_lowers_what_is_proposed():
    shares = [ask(counts={"foot": count}).share for count in (1, 2, 3, 4)]
    assert shares == sorted(shares)


def test_kinds_travel_as_they_do_and_a_mixed_fleet_is_as_good_as_its_better_half():
    mixed = ask(counts={"foot": 1, "motorbike": 1}, minutes=2.0)
    assert sorted(post.kind for post in mixed.layout.posts) == ["foot", "motorbike"]
    assert mixed.share >= ask(counts={"foot": 2}, minutes=2.0).share
    assert mixed.share <= ask(counts={"motorbike": 2}, minutes=2.0).share


def test_within_a_budget_the_cheaper_kind_is_taken_where_it_reaches_more_for_it():
    found = ask(counts={"foot": 9, "motorbike": 9}, costs={"foot": 1.0, "motorbike": 4.0}, budget=168 * 4.0)
    assert found.layout.cost() <= 168 * 4.0
    dear = ask(counts={"motorbike": 1}, costs={"motorbike": 4.0})
    assert found.share >= dear.share - 1e-9


def test_fixed_posts_stay_and_new_ones_go_where_they_are_not():
    fixed = posts((LON, LAT), kind="foot").posts
    found = ask(fixed=fixed, counts={"foot": 1})
    assert found.layout.posts[0] == fixed[0] and len(found.layout.posts) == 2
    assert found.share > covered(Layout("", fixed), RATES, (5.0,), roads=STRAIGHT).share[0]
    assert found.adds.sum() <= found.share + 1e-9 and (found.adds > 0).all()


def test_what_fixed_posts_do_not_reach_in_their_hours_is_left_to_the_new_ones():
    fixed = posts((LON, LAT), kind="car", duty=((0, 100),)).posts
    found = ask(fixed=fixed, counts={"car": 1}, minutes=30.0, duty=((100, 168),))
    assert found.share == pytest.approx(1)


def test_no_post_stands_where_it_is_forbidden():
    first = ask(counts={"foot": 1}).layout.posts[0]
    cell = cell_of(first.lon, first.lat, 9)
    found = ask(counts={"foot": 1}, forbidden={cell})
    assert cell_of(found.layout.posts[0].lon, found.layout.posts[0].lat, 9) != cell


@pytest.mark.parametrize(
    "more",
    [{"counts": {}}, {"counts": {"tank": 1}}, {"counts": {"foot": 0}}, {"counts": {"foot": 999}}, {"budget": 0.0},
     {"forbidden": set(RATES.demand.cells.tolist())}],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused(more):
    with pytest.raises(BadInput):
        ask(**more)


def test_the_same_seed_proposes_the_same():
    assert ask().layout == ask().layout


def rostered(*duties, kind="foot"):
    """Posts of given hours, all at one place."""
    return Layout("today", tuple(Post(str(n), kind, LON, LAT, duty) for n, duty in enumerate(duties)))


def test_moving_keeps_kinds_hours_and_names_and_reaches_no_less():
    today = rostered(((0, 100),), ((50, 168),), ())
    found = propose_moves(today, RATES, minutes=5.0, seconds=20, roads=STRAIGHT)
    assert [(p.name, p.kind, p.duty) for p in found.layout.posts] == [(p.name, p.kind, p.duty) for p in today.posts]
    before = covered(today, RATES, (5.0,), roads=STRAIGHT).share[0]
    assert before <= found.share <= found.bound
    assert found.share == pytest.approx(covered(found.layout, RATES, (5.0,), roads=STRAIGHT).share[0])


def test_moving_finds_the_best_of_all_places_for_two_posts_of_different_hours():
    sites = RATES.demand.points[::4]
    today = rostered(((0, 100),), ((50, 168),))
    found = propose_moves(today, RATES, minutes=6.0, seconds=20, sites=sites, roads=STRAIGHT)
    best = max(
        covered(
            Layout("", tuple(replace(p, lon=x, lat=y) for p, (x, y) in zip(today.posts, two, strict=True))),
            RATES, (6.0,), targets=TARGETS,
        ).share[0]
        for two in product(sites.tolist(), repeat=2)
    )  # fmt: skip
    assert found.share == pytest.approx(best)


def test_posts_on_duty_always_are_moved_to_where_new_ones_would_be_proposed():
    found = propose_moves(rostered((), ()), RATES, minutes=5.0, seconds=30, roads=STRAIGHT)
    assert found.share == pytest.approx(ask().share)
    assert found.bound == pytest.approx(ask().bound, abs=0.01)


def test_a_fixed_post_stays_where_it_is():
    fixed = replace(rostered(()).posts[0], fixed=True)
    found = propose_moves(Layout("", (fixed, *rostered(()).posts)), RATES, minutes=5.0, seconds=10, roads=STRAIGHT)
    assert found.layout.posts[0] == fixed and found.layout.posts[1].lon != LON


@pytest.mark.parametrize("most", [0, 1, 2])
def test_of_four_posts_at_most_so_many_move_to_where_moving_them_gains_most(most):
    sites = RATES.demand.points[::4]
    places = [(LON, LAT), (LON + 0.001, LAT), (LON + 0.002, LAT), (LON, LAT + 0.001)]
    today = posts(*places)
    found = propose_moves(today, RATES, minutes=6.0, most=most, seconds=20, sites=sites, roads=STRAIGHT)
    apart = [one != other for one, other in zip(found.layout.posts, today.posts, strict=True)]
    assert sum(apart) <= most
    best = 0.0
    for which in combinations(range(4), most):
        for where in product(sites.tolist(), repeat=most):
            moved = [place for number, place in enumerate(places) if number not in which] + [tuple(p) for p in where]
            best = max(best, covered(posts(*moved), RATES, (6.0,), targets=TARGETS).share[0])
    assert 0.98 * best <= found.share <= best + 1e-9 <= found.bound + 2e-9


def test_allowed_as_many_moves_as_there_are_posts_it_is_free_to_move_all():
    today = rostered(((0, 100),), ((50, 168),), ())
    free = propose_moves(today, RATES, minutes=5.0, seconds=20, roads=STRAIGHT)
    assert propose_moves(today, RATES, minutes=5.0, most=3, seconds=20, roads=STRAIGHT).layout == free.layout
