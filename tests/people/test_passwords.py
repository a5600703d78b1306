"""Passwords that stand in a list of stolen ones, or are made of words of the place, are refused, offline."""

from hashlib import sha1

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.people.passwords import BreachedPasswordValidator, ContextWordsValidator, stands_in


def digest(password):
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def listed(folder, passwords, *, ending="\r\n"):
    """A list as it is published: digests in order, each with its count."""
    file = folder / "breached.txt"
    lines = (f"{each}:{len(each) * 7}" for each in sorted(digest(word) for word in passwords))
    file.write_bytes("".join(line + ending for line in lines).encode())
    return str(file)


@given(st.sets(st.text(max_size=12), max_size=40), st.text(max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_a_password_is_found_exactly_when_it_is_listed(tmp_path_factory, passwords, other, ending):
    file = listed(tmp_path_factory.mktemp("list"), passwords, ending=ending)
    for word in {*passwords, other}:
        assert stands_in(file, digest(word).encode()) is (word in passwords)


def test_a_listed_password_is_refused_with_a_sentence_and_another_passes(tmp_path):
    rule = BreachedPasswordValidator(listed(tmp_path, ["correct horse battery"]))
    with pytest.raises(ValidationError, match="public list of stolen ones"):
        rule.validate("correct horse battery")
    rule.validate("a password of my own making")


def test_without_a_list_the_rule_refuses_nothing():
    BreachedPasswordValidator().validate("anything at all")


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("maplebridge2026", True),
        ("Maple-Bridge!", True),
        ("枫桥枫桥枫桥枫桥2026", True),
        ("HELSINKI-12", True),
        ("helsinki is cold in november", False),
        ("a password of my own making", False),
    ],
)
def test_a_password_that_is_little_but_a_word_of_the_place_is_refused(password, refused):
    rule = ContextWordsValidator(lambda: ["Helsinki"])
    if refused:
        with pytest.raises(ValidationError, match="little more than"):
            rule.validate(password)
    else:
        rule.validate(password)
