"""What entries say of personal data: operation, records, classes; looks, erasures, and jumps of the clock."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.journal import erasing, reads, sealing
from maplebridge.journal.act import act
from maplebridge.journal.canonical import canonical, plain
from maplebridge.journal.erasing import erase_private, record_earlier_erasures
from maplebridge.journal.models import Entry, Mention, Private
from maplebridge.journal.queries import leaf_hashes, verify
from maplebridge.journal.reads import record_consulted
from maplebridge.journal.sealing import clock_jump
from maplebridge.journal.tree import root_of

db = pytest.mark.django_db(transaction=True)


@db
def test_an_entry_says_what_was_done_with_whose_data_and_only_where_it_was(dispatcher, noon):
    with act(dispatcher, "things.disclosed", at=noon, purpose="court order") as entry:
        entry.processed("disclosed", records=["person:1", "person:2"], classes=["identity"], recipient="court")
    with act(dispatcher, "things.changed", at=noon) as entry:
        entry.about("thing:1")
    first, second = Entry.objects.all()
    said = json.loads(first.body)
    assert (first.subject, first.operation, first.purpose) == ("person:1", "disclosed", "court order")
    assert (said["records"], said["classes"], said["recipient"]) == (["person:1", "person:2"], ["identity"], "court")
    assert "outcome" not in said
    assert not {"operation", "records", "classes", "recipient", "outcome", "clock"} & set(json.loads(second.body))
    assert verify().sound


@db
def test_an_unknown_operation_is_a_mistake_of_the_programmer(dispatcher, noon):
    with pytest.raises(ValueError, match="no operation"), act(dispatcher, "things.changed", at=noon) as entry:
        entry.processed("peeked", records=["person:1"])


@db
def test_every_record_of_a_look_is_found_whether_it_is_the_first_or_not(dispatcher, noon):
    records = [f"person:{number}" for number in range(5)]
    record_consulted(dispatcher, records=records, classes=["contact"], purpose="audit", reason="asked to", at=noon)
    for record in records:
        assert [entry.position for entry in Entry.objects.naming(record)] == [1]
    assert Mention.objects.count() == 4
    assert Private.objects.get().content == "asked to"
    assert verify().sound


@db
def test_a_look_at_more_than_one_entry_holds_becomes_several(dispatcher, noon, monkeypatch):
    monkeypatch.setattr(reads, "_BYTES", 100)
    records = [f"person:{number}" for number in range(40)]
    record_consulted(dispatcher, records=records, classes=["contact"], purpose="audit", outcome="denied", at=noon)
    bodies = [json.loads(entry.body) for entry in Entry.objects.all()]
    assert len(bodies) > 2
    assert [record for body in bodies for record in body["records"]] == records
    assert {(body["outcome"], body["act"]) for body in bodies} == {("denied", bodies[0]["act"])}
    assert verify().sound


@pytest.mark.parametrize(("records", "classes"), [([], ["contact"]), (["person:1"], ["shoe size"])])
def test_a_look_at_nothing_or_at_an_unknown_class_is_a_mistake_of_the_programmer(dispatcher, noon, records, classes):
    with pytest.raises(ValueError, match="a look is at some record"):
        record_consulted(dispatcher, records=records, classes=classes, purpose="audit", at=noon)


@db
def test_an_erasure_of_more_than_one_entry_holds_becomes_several(dispatcher, noon, monkeypatch):
    monkeypatch.setattr(erasing, "_BYTES", 60)
    for _number in range(12):
        write_private(dispatcher, noon)
    with act(dispatcher, "things.erased", at=noon) as entry:
        wanted = [(position, name) for position in range(1, 13) for name in ("one", "two")]
        assert erase_private(entry.about("thing:*"), wanted) == 24
    erasures = Entry.objects.filter(operation="erased")
    assert erasures.count() > 2
    assert {p for each in erasures for p in each.facts["erased"]} == {str(number) for number in range(1, 13)}
    assert not Private.objects.exists()
    assert verify().sound


@db
def test_a_private_text_that_comes_back_after_its_erasure_is_named(dispatcher, noon):
    write_private(dispatcher, noon)
    kept = Private.objects.get(name="one")
    with act(dispatcher, "things.erased", at=noon) as entry:
        erase_private(entry.about("thing:1"), [(1, "one")])
    kept.pk = None
    kept.save()
    assert "entry 2 says that it was erased" in verify().fault


@db
def test_what_a_version_before_erased_without_a_word_is_named_once_when_it_is_brought_up_to_date(machine, noon):
    for _number in range(4):
        write_private(machine, noon)
    Private.objects.filter(entry_id__lte=2, name="one").delete()
    assert not verify().sound
    assert record_earlier_erasures(machine, at=noon) == 2
    assert Entry.objects.get(position=5).facts == {"parts": 2, "erased": {"1": ["one"], "2": ["one"]}}
    assert verify().sound
    assert record_earlier_erasures(machine, at=noon) == 0


def write_private(actor, at):
    with act(actor, "things.changed", at=at) as entry:
        entry.about("thing:1").keep_private(one="words", two="more words")


@pytest.mark.parametrize(
    ("now", "last", "moved", "says"),
    [
        (100.0, 99.0, 0.0, ""),
        (100.0, 100.9, 0.0, ""),
        (100.0, 101.5, 0.0, "back"),
        (100.0, 0.0, 6.0, "ahead"),
        (100.0, 99.0, -6.0, "back"),
        (100.0, 99.0, 4.0, ""),
    ],
)
def test_a_jump_of_the_clock_is_told_by_the_last_entry_and_by_the_machines_own_clock(now, last, moved, says):
    assert clock_jump(now, last, 50.0 + moved, 50.0) == says
    if not moved:
        assert clock_jump(now, last, 50.0, None) == says


@db
def test_the_entry_after_a_jump_is_flagged_and_the_next_is_not(dispatcher, noon, monkeypatch):
    moments = iter([10, 11, 3600, 3601, 30, 31])
    monkeypatch.setattr(sealing.clock, "now", lambda: datetime.fromtimestamp(next(moments), UTC))
    monkeypatch.setattr(sealing.time, "clock_gettime", lambda _clock: 0.0)
    monkeypatch.setattr(sealing, "_offset", None)
    for _number in range(6):
        write_private(dispatcher, noon)
    said = [json.loads(entry.body).get("clock", "") for entry in Entry.objects.all()]
    assert said == ["", "", "ahead", "", "back", ""]
    assert verify().sound


@db
def test_leaves_are_read_by_their_number_in_the_tree(dispatcher, noon):
    for _number in range(5):
        write_private(dispatcher, noon)
    assert root_of(leaf_hashes(0, 5)).hex() == verify().root
    assert leaf_hashes(1, 3) == leaf_hashes(0, 5)[1:3]


@db
def test_processes_side_by_side_come_to_the_same_as_one(dispatcher, noon, monkeypatch):
    from maplebridge.journal import verifying

    for _number in range(40):
        write_private(dispatcher, noon)
    alone = verify(processes=1)
    monkeypatch.setattr(verifying, "STRETCH", 8)
    seen = []
    assert verify(seen.append, processes=2) == alone == verify(processes=1)
    assert seen == [8, 16, 24, 32, 40]
    Entry.objects.filter(position=21).update(verb="things.forged")
    assert verify(processes=2).position == 21

    def enough(_size):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(enough, processes=2)


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, max_size=6))
def test_the_fast_way_to_canonical_json_writes_the_same_as_the_reference(value):
    import rfc8785

    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [1.0, -0.0, 1e-7, 1e21, 2**53, float("nan"), {"\ue000": 1}, datetime(2026, 5, 4, tzinfo=UTC)]
)
def test_what_the_fast_way_would_write_otherwise_is_left_to_the_reference(value):
    assert not plain({"value": value})
