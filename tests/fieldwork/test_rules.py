"""Pure decisions: what a second sending means, which names are names of files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.fieldwork.rules.forms import Known, is_complete, is_file_name, may_publish, takes_records, verdict

KNOWN = Known("a", {"1.jpg": "x"})


@pytest.mark.parametrize(
    ("known", "digest", "files", "expected"),
    [
        (None, "a", {}, "new"),
        (None, "a", {"1.jpg": "x"}, "new"),
        (KNOWN, "a", {}, "again"),
        (KNOWN, "a", {"1.jpg": "x"}, "again"),
        (KNOWN, "a", {"2.jpg": "y"}, "more"),
        (KNOWN, "a", {"1.jpg": "x", "2.jpg": "y"}, "more"),
        (KNOWN, "b", {}, "conflict"),
        (KNOWN, "b", {"2.jpg": "y"}, "conflict"),
        (KNOWN, "a", {"1.jpg": "other"}, "conflict"),
    ],
)
def test_a_second_sending_is_the_same_or_brings_files_or_conflicts(known, digest, files, expected):
    assert verdict(known, digest=digest, files=files) == expected


@pytest.mark.parametrize("name", ["1700000000.jpg", "照片 1.jpg", "a-b_c.m4a", "visit.2.csv"])
def test_plain_names_of_files_are_taken(name):
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x.jpg",
        "a/b.jpg",
        "a\\b.jpg",
        "C:x.jpg",
        ".hidden",
        "x.",
        "~x",
        "a\x00.jpg",
        "a\n.jpg",
        "x" * 121,
        " a",
    ],
)
def test_names_that_could_leave_a_folder_are_not(name):
    assert not is_file_name(name)


@given(st.text(max_size=140))
def test_no_name_that_is_taken_can_climb(name):
    if is_file_name(name):
        assert not set(name) & set("/\\\x00:")
        assert name.strip(". ")


files = st.dictionaries(st.sampled_from(["1", "2", "3"]), st.sampled_from(["x", "y"]))


@given(files, st.lists(files, max_size=6))
def test_sendings_of_one_record_in_any_order_lose_no_file_and_change_none(first, later):
    kept = dict(first)
    for sent in later:
        found = verdict(Known("a", kept), digest="a", files=sent)
        clash = any(kept.get(name, sha) != sha for name, sha in sent.items())
        assert (found == "conflict") == clash
        if not clash:
            kept = {**sent, **kept}
            assert verdict(Known("a", kept), digest="a", files=sent) == "again"


def test_states_of_a_version():
    assert [may_publish(state) for state in ("draft", "published", "retired")] == [True, False, True]
    assert [takes_records(state) for state in ("draft", "published", "retired")] == [False, True, True]
    assert is_complete([], [])
    assert is_complete(["a"], ["a", "b"])
    assert not is_complete(["a", "b"], ["a"])
