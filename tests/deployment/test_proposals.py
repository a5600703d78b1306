"""What the studio works out itself: new posts, few moved, two made one; over the API, with words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from access_world import client_of
from two_corners import CHIEF, A, B

from maplebridge.deployment import proposals, shown
from maplebridge.deployment.layout import Layout
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor

BOTH = Layout("B", (*A.posts, *(post for post in B.posts if post.name == "M1")))


def test_several_kinds_are_proposed_at_once_and_those_kept_keep_their_names(town, choices):
    found = proposals.new_posts(CHIEF, A, {"foot": 1, "motorbike": 1, "car": 0}, choices)
    assert [(post["name"], post["kind"]) for post in found["layout"]["posts"]] == [
        ("F1", "foot"), ("F2", "foot"), ("F3", "foot"), ("M1", "motorbike"),
    ]  # fmt: skip
    assert found["share"] <= found["bound"] + 1e-9


def test_a_budget_buys_no_more_than_it_pays_for(town, choices):
    costs = {"foot": 1.0, "motorbike": 4.0}
    found = proposals.new_posts(
        CHIEF, Layout("B", ()), {"foot": 5, "motorbike": 5}, choices, costs=costs, budget=168 * 5.0
    )
    spent = sum(costs[post["kind"]] for post in found["layout"]["posts"])
    assert 0 < spent <= 5
    assert all(post["cost"] == costs[post["kind"]] for post in found["layout"]["posts"])


def test_at_most_so_many_posts_move_and_they_are_named(town, choices):
    found = proposals.few_moves(CHIEF, A, 1, choices)
    assert len(found["moved"]) == 1
    before = shown.comparison(CHIEF, A, A, choices)["b"]["covered"][1]["share"]
    assert before < found["share"] <= found["bound"] + 1e-9


def test_a_merger_says_who_gets_farther_and_gives_the_layout(town, choices):
    found = proposals.merged(CHIEF, BOTH, 2, 0, choices)
    assert [post["name"] for post in found["layout"]["posts"]] == ["F2", "M1"]
    assert found["name"] == "M1"
    assert found["low"] <= found["farther"] <= found["high"]
    assert len(found["sentences"]) == 3 and "nearest post" in found["sentences"][0]
    (row,) = found["areas"]
    assert row["name"] == "outside all areas" and row["low"] <= row["farther"] <= row["high"]


def test_of_too_few_calls_no_merger_is_judged(town, noon, choices):
    few = replace(choices, end=stamp(noon + timedelta(hours=6)))
    found = proposals.merged(CHIEF, BOTH, 0, 1, few)
    assert found["sentences"] == ["Too little data: 6 calls. From 30 calls on a merger is judged."]
    assert not found["enough"] and not any(row["enough"] for row in found["areas"])


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda choices: proposals.new_posts(CHIEF, A, {"foot": 0}, choices), "kinds"),
        (lambda choices: proposals.new_posts(CHIEF, A, {"foot": -1, "car": 3}, choices), "kinds"),
        (lambda choices: proposals.new_posts(CHIEF, A, {"foot": 1}, choices, costs={"foot": -1}), "costs"),
        (lambda choices: proposals.new_posts(CHIEF, A, {"foot": 1}, choices, budget=0.0), "budget"),
        (lambda choices: proposals.few_moves(CHIEF, Layout("B", ()), 1, choices), "posts"),
        (lambda choices: proposals.merged(CHIEF, A, 0, 2, choices), "posts"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_by_field(town, choices, ask, field):
    with pytest.raises(BadInput) as refused:
        ask(choices)
    assert refused.value.field == field


def test_need_of_chosen_types_alone_is_counted_and_none_is_said(town, choices):
    assert shown.need(CHIEF, replace(choices, types=("noise",)))["calls"] == 48
    with pytest.raises(BadInput, match="no calls in this time"):
        proposals.few_moves(CHIEF, A, 1, replace(choices, types=("theft",)))


def test_who_may_only_look_asks_for_no_layouts(town, choices):
    looker = Actor(ref="user:9", name="Looker", role="dispatcher")
    for ask in (
        lambda: proposals.new_posts(looker, A, {"foot": 1}, choices),
        lambda: proposals.few_moves(looker, A, 1, choices),
        lambda: proposals.merged(looker, A, 0, 1, choices),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_over_the_api_a_chief_is_told_who_gets_farther_and_a_dispatcher_is_not(town, choices):
    asked = {"layout": BOTH.as_json(), "one": 2, "other": 0, "choices": choices.as_json()}
    chief, dispatcher = client_of("chief"), client_of("dispatcher")
    answer = chief.post("/api/studio/merge", asked, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["name"] == "M1"
    moves = {"layout": A.as_json(), "most": 1, "choices": choices.as_json()}
    assert len(chief.post("/api/studio/moves", moves, content_type="application/json").json()["moved"]) == 1
    assert dispatcher.post("/api/studio/merge", asked, content_type="application/json").status_code == 403
    assert {"code", "name"} == set(chief.get("/api/studio").json()["types"][0])
