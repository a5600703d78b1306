"""Answers that may be a moment old, in a server alone."""

import pytest

from maplebridge.kernel.moment import MOST, for_a_moment, forget, hold_for


@pytest.fixture
def held():
    """As in a server."""
    hold_for(60.0)
    yield
    hold_for(0.0)


def test_a_command_or_test_asks_each_time():
    asked = []
    for _number in range(3):
        for_a_moment("x", lambda: asked.append(1))
    assert len(asked) == 3


def test_a_server_asks_once_and_anew_after_forgetting(held):
    answers = iter(range(9))
    assert [for_a_moment("x", lambda: next(answers)) for _number in range(3)] == [0, 0, 0]
    forget()
    assert for_a_moment("x", lambda: next(answers)) == 1


def test_nothing_is_not_kept_so_that_a_new_token_works_at_once(held):
    assert for_a_moment("token", lambda: None) is None
    assert for_a_moment("token", lambda: "somebody") == "somebody"


def test_the_number_of_kept_answers_is_bounded(held):
    for number in range(MOST + 5):
        for_a_moment(number, lambda number=number: number + 1)
    assert for_a_moment(3, lambda: "anew") == "anew"
