"""Patterns worth a look: each rule at its threshold, and what it leaves alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.site.patterns import IN_A_ROW, SAME_RECORD, WITHOUT_PART, Look, patterns

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def looks(count, *, every=timedelta(minutes=1), **change):
    """So many looks, each some time after the last; callables get the number."""
    said = {"actor": "user:1", "record": "incident:1", "part": False} | change
    for number in range(count):
        values = {name: value(number) if callable(value) else value for name, value in said.items()}
        yield Look(position=number + 1, at=NOON + number * every, **values)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (looks(WITHOUT_PART), [("without_part", "user:1", WITHOUT_PART)]),
        (looks(WITHOUT_PART - 1), []),
        (looks(WITHOUT_PART, part=True), []),
        (looks(WITHOUT_PART, denied=True, every=timedelta(hours=2)), []),
        (looks(3 * WITHOUT_PART, every=timedelta(hours=2)), []),
        (looks(1, record="user:1"), [("own_record", "user:1", 1)]),
        (looks(1, record="user:2"), []),
        (looks(2, on_duty=False, part=True), [("off_duty", "user:1", 2)]),
        (looks(2, on_duty=True), []),
        (looks(2, on_duty=None), []),
        (looks(SAME_RECORD, actor=lambda n: f"user:{n}"), [("same_record", "incident:1", SAME_RECORD)]),
        (looks(SAME_RECORD - 1, actor=lambda n: f"user:{n}"), []),
        (looks(SAME_RECORD, actor=lambda n: f"user:{n}", part=True), []),
        (looks(IN_A_ROW, denied=True), [("denied", "user:1", IN_A_ROW)]),
        (looks(IN_A_ROW, denied=True, every=timedelta(minutes=15)), []),
        (looks(0), []),
    ],
)
def test_a_pattern_shows_at_its_threshold_and_not_below(rows, found):
    assert [(each.rule, each.about, each.count) for each in patterns(rows)] == found


def test_a_pattern_names_the_entries_to_read():
    (found,) = patterns(looks(WITHOUT_PART + 5))
    assert (found.first, found.last) == (1, WITHOUT_PART + 5)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 4000), st.booleans(), st.booleans())))
def test_more_looks_never_hide_a_pattern(rows):
    made = [
        Look(n + 1, NOON + timedelta(minutes=minute), f"user:{actor}", f"incident:{record}", part=part, denied=denied)
        for n, (actor, record, minute, part, denied) in enumerate(rows)
    ]
    fewer = {(each.rule, each.about) for each in patterns(made[: len(made) // 2])}
    assert fewer <= {(each.rule, each.about) for each in patterns(made)}
