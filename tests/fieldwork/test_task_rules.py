"""The states of a task, by table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.fieldwork.rules import tasks as rules

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("offered", {"accept", "pass_on", "split", "deliver", "withdraw"}),
        ("accepted", {"pass_on", "split", "deliver", "withdraw"}),
        ("delegated", {"withdraw"}),
        ("delivered", {"deliver", "return", "settle", "withdraw"}),
        ("returned", {"pass_on", "split", "deliver", "withdraw"}),
        ("settled", set()),
        ("withdrawn", set()),
    ],
)
def test_what_may_be_done_with_a_task(state, steps):
    assert {step for step in rules.STEPS if rules.after(state, step)} == steps


@given(st.lists(st.sampled_from(rules.STEPS), max_size=20))
def test_any_run_of_steps_stays_within_the_declared_states(steps):
    state = "offered"
    for step in steps:
        state = rules.after(state, step) or state
        assert state in rules.STATES


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        (["offered"], "delegated"),
        (["settled", "returned"], "delegated"),
        (["settled", "delivered"], "delegated"),
        (["settled", "withdrawn"], "delivered"),
        (["settled", "settled"], "delivered"),
        (["withdrawn", "withdrawn"], "accepted"),
    ],
)
def test_a_split_task_is_what_its_parts_make_it(parts, state):
    assert rules.of_parts(parts) == state


def test_what_comes_after_the_end_is_late():
    assert [rules.late(state) for state in ("offered", "delivered", "delegated", "settled", "withdrawn")] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_overdue_is_told_once_a_day_while_something_is_left_to_do():
    due = AT - timedelta(hours=1)
    assert rules.overdue("accepted", due, at=AT)
    assert not rules.overdue("delivered", due, at=AT)
    assert not rules.overdue("accepted", None, at=AT)
    assert not rules.overdue("accepted", AT + timedelta(hours=1), at=AT)
    assert rules.must_remind("offered", due, None, at=AT)
    assert not rules.must_remind("offered", due, AT - timedelta(hours=5), at=AT)
    assert rules.must_remind("offered", due, AT - timedelta(hours=25), at=AT)


def test_evidence_that_is_missing_is_named_in_order():
    assert rules.lacks(["form", "photo"], ["photo"]) == ["form"]
    assert rules.lacks(["form"], ["form", "place"]) == []
