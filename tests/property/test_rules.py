"""States, terms and which codes decide, by table."""

from datetime import timedelta

import pytest

from maplebridge.property import rules
from maplebridge.property.passcodes import OFFER_CODE, OWNER_CODE, STICKER, digest_of_code, fresh_code


@pytest.mark.parametrize(
    ("state", "following", "may"),
    [
        ("pending", "registered", True),
        ("registered", "stolen", True),
        ("pending", "stolen", True),
        ("stolen", "registered", True),
        ("stolen", "impounded", True),
        ("impounded", "registered", True),
        ("impounded", "stolen", False),
        ("retired", "registered", False),
        ("retired", "stolen", False),
        ("stolen", "stolen", False),
        ("nonsense", "stolen", False),
    ],
)
def test_which_state_of_an_item_follows_which(state, following, may):
    assert rules.may_follow(rules.ITEM_FOLLOWS, state, following) is may


def test_a_theft_that_ended_stays_ended():
    for state in rules.THEFT_ENDED:
        assert not any(rules.may_follow(rules.THEFT_FOLLOWS, state, after) for after, _name in rules.THEFT_STATES)
    assert set(dict(rules.THEFT_STATES)) == rules.THEFT_ENDED | {"open", "recovered"}


def test_every_state_that_follows_is_a_state():
    for follows, states in ((rules.ITEM_FOLLOWS, rules.ITEM_STATES), (rules.THEFT_FOLLOWS, rules.THEFT_STATES)):
        assert set(follows) | set().union(*follows.values()) <= set(dict(states))


@pytest.mark.parametrize(("days", "kept"), [(1, 1), (7, 7), (8, 7), (3650, 7), (0, 0), (-3, 0)])
def test_checks_are_never_kept_longer_than_the_law_allows(days, kept):
    assert rules.clean_sightings_kept(days) == timedelta(days=kept)


@pytest.mark.parametrize(
    ("flags", "decides"),
    [([], True), (["unclassified"], True), (["future_date", "twin"], True), (["short"], False), (["no_code"], False),
     (["unclassified", "sequence"], False)],
)  # fmt: skip
def test_a_weak_code_decides_nothing(flags, decides):
    assert rules.decides(flags) is decides


@pytest.mark.parametrize("size", [OWNER_CODE, OFFER_CODE, STICKER])
def test_a_code_handed_out_is_known_however_it_is_typed(size):
    code = fresh_code(size)
    assert len(code.replace("-", "")) == size
    assert not set(code) & set("0O1IL5S2Z8B")
    typed = code.lower().replace("-", " ") + " "
    assert digest_of_code(typed) == digest_of_code(code) != digest_of_code(fresh_code(size))
