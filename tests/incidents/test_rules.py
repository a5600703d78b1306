"""Decisions about incidents, by table, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.incidents import rules
from maplebridge.incidents.rules import states
from maplebridge.incidents.rules.likeness import THRESHOLD
from maplebridge.incidents.rules.text import clean, tokens
from maplebridge.kernel.media import media_type_of

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("Active", "ResourcesAssigned", True),
        ("Active", "ResourcesOnscene", True),
        ("Active", "Active", False),
        ("ResourcesOnscene", "Active", True),
        ("ResourcesOnscene", "Cancelled", False),
        ("ResourcesOnscene", "Closed", True),
        ("ReOpened", "ResourcesAssigned", True),
        ("ReOpened", "Active", True),
        ("Closed", "ReOpened", True),
        ("Closed", "Active", False),
        ("Closed", "Cancelled", False),
        ("Cancelled", "ReOpened", True),
        ("Cancelled", "Closed", False),
        ("Active", "ReOpened", False),
        ("Nonsense", "Closed", False),
    ],
)
def test_only_declared_steps_may_follow(before, after, allowed):
    assert rules.may_follow(before, after) is allowed


def test_every_state_has_a_name_and_declared_followers():
    assert set(states.TRANSITIONS) == set(states.STATES) == set(states.STATE_NAMES)
    assert {each for followers in states.TRANSITIONS.values() for each in followers} <= set(states.STATES)


@pytest.mark.parametrize(
    ("narrative", "priority", "reason"),
    [
        ("", 6, "=type"),
        ("two men argue about a parking space", 6, "=type"),
        ("one of them has a knife", 1, "=sign:weapon"),
        ("他手里有一把菜刀", 1, "=sign:weapon"),
        ("no knife, nobody injured", 6, "=type"),
        ("没有受伤", 6, "=type"),
        ("无人受伤", 6, "=type"),
        ("an old lady is bleeding", 2, "=sign:injured"),
        ("有人流血", 2, "=sign:injured"),
        ("shots fired near the bridge, a child is hurt", 0, "=sign:shots"),
        ("smoke from the cellar", 1, "=sign:fire"),
        ("楼道冒烟了", 1, "=sign:fire"),
        ("by the fire station", 6, "=type"),
        ("车停在消防通道", 6, "=type"),
        ("a child stands alone at the crossing", 3, "=sign:child"),
        ("小孩一个人在哭", 3, "=sign:child"),
        ("the gunwale of a boat", 6, "=type"),
        ("there was no one there, then a man with a gun came", 1, "=sign:weapon"),
    ],
)
def test_words_of_the_report_make_it_more_urgent_unless_denied(narrative, priority, reason):
    assert rules.urgency(6, narrative) == rules.Urgency(priority, reason)


@given(st.integers(0, 10), st.text(max_size=200))
def test_words_never_make_a_report_less_urgent(priority, narrative):
    assert 0 <= rules.urgency(priority, narrative).priority <= priority


def test_reasons_are_sentences():
    assert rules.say_reason("=sign:weapon") == "the report tells of a weapon"
    assert rules.say_reason("=merged:0007") == "as urgent as 0007, merged into it"
    assert rules.say_reason("a crowd gathers") == "a crowd gathers"


def said(kind="noise", family="order", *, words="", minutes=0.0):
    return rules.Said(kind, family, 24.94, 60.17, NOON + timedelta(minutes=minutes), words)


def test_the_explanation_of_a_likely_duplicate_names_what_is_alike():
    found = rules.likeness(
        said(words="loud music from the yard"), said(words="music too loud", minutes=-4), metres=82.0
    )
    assert found.why == "80 m away, 4 min apart, same type, like words"
    assert found.score > 0.6
    assert "by road" in rules.likeness(said(), said(), metres=82.0, by_road=True).why


@pytest.mark.parametrize(
    ("first", "second", "metres", "shown"),
    [
        (said(), said(), 0, True),
        (said(), said(), 399, False),
        (said(), said(minutes=59.9), 0, False),
        (said(words="dog barks all night"), said("animal", "service", words="a dog barking"), 20, True),
        (said(words="dog barks"), said("theft", "property", words="wallet stolen"), 20, False),
        (said("hazard", "hazard"), said("hazard", "hazard", minutes=600), 5, True),
        (said(words="自行车被盗"), said(words="my bike was stolen"), 60, True),
    ],
)
def test_pairs_are_shown_as_duplicates_by_nearness_time_kind_and_words(first, second, metres, shown):
    score = rules.likeness(first, second, metres=metres).score
    assert (score >= THRESHOLD) is shown


@given(st.text(max_size=80), st.text(max_size=80), st.floats(0, 1000), st.floats(-2000, 2000))
def test_likeness_is_a_share_and_symmetrical(one, other, metres, minutes):
    first, second = said(words=one), said(words=other, minutes=minutes)
    there, back = (rules.likeness(a, b, metres=metres).score for a, b in ((first, second), (second, first)))
    assert 0 <= there <= 1
    assert there == pytest.approx(back, abs=0.15)  # typing errors are matched greedily, from the left text


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("someone stole my bicycle", "自行车被偷", 0.9, 1.0),
        ("fight outside the bar", "两个人在酒吧打架", 0.2, 1.0),
        ("motorbike hit a lampost", "motorbike hit lamppost", 0.9, 1.0),
        ("loud music", "broken street light", 0.0, 0.1),
        ("楼上装修噪音", "楼上装修太吵", 0.6, 1.0),
    ],
)
def test_words_are_compared_within_and_across_the_languages(one, other, low, high):
    assert low <= rules.word_likeness(one, other) <= high


def test_texts_that_say_nothing_are_not_compared():
    assert rules.word_likeness("", "music") is None
    assert rules.word_likeness("the a of", "music") is None
    assert tokens("E-bike stolen!") == {"=bike", "=theft"}


@given(st.text())
def test_cleaned_text_can_be_stored_and_cleaning_twice_changes_nothing(text):
    once = clean(text)
    once.encode("utf-8")
    assert "\x00" not in once
    assert clean(once) == once


def test_intervals_are_seconds_between_the_steps_and_none_while_unknown():
    minute = timedelta(minutes=1)
    found = rules.intervals_of(
        reported_at=NOON, answered_at=NOON + timedelta(seconds=8), assigned_at=NOON + minute,
        enroute_at=NOON + 2 * minute, onscene_at=NOON + 6 * minute, closed_at=None,
    )  # fmt: skip
    assert found == rules.Intervals(8, 52, 60, 240, None, None)


def test_a_close_at_the_moment_of_the_report_means_that_its_time_is_not_known():
    found = rules.intervals_of(
        reported_at=NOON, answered_at=None, assigned_at=None, enroute_at=None, onscene_at=None, closed_at=NOON
    )
    assert found.total_s is None


@pytest.mark.parametrize(
    ("type_code", "path", "seconds"),
    [
        ("theft", "", 900),
        ("noise", "", 1200),
        ("theft", "/north/a/", 500),
        ("noise", "/north/a/", 500),
        ("theft", "/north/b/", 700),
        ("noise", "/north/b/", 600),
        ("noise", "/northern/", 1200),
    ],
)
def test_the_most_particular_target_counts(type_code, path, seconds):
    targets = [(None, "north", 700), ("noise", "north", 600), ("noise", "", 1200), (None, "a", 500)]
    assert rules.target_seconds(900, type_code=type_code, area_path=path, targets=targets) == seconds


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"plain words", "text/plain"),
        ("中文".encode(), "text/plain"),
        (b"<svg onload=alert(1)>", ""),
        (b"  <html>", ""),
        (b"MZ\x90\x00", ""),
        (b"\x80\x81", ""),
        (b"", ""),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_content(content, media_type):
    assert media_type_of(content) == media_type


def test_before_a_type_is_chosen_nothing_is_said_about_it():
    untyped = rules.Said("", "", 24.94, 60.17, said().at, "")
    assert "type" not in rules.likeness(untyped, said(), metres=20.0).why
