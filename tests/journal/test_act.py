"""The one door for writes."""

import pytest

from maplebridge.journal.act import act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Entry, Head, Mention, Private
from maplebridge.journal.queries import last_position, verify

pytestmark = pytest.mark.django_db(transaction=True)


def write(actor, at, *, subject="thing:1", text="", **facts):
    with act(actor, "things.changed", at=at) as entry:
        entry.about(subject, **facts).keep_private(text=text)


def test_positions_are_dense_and_the_journal_verifies(dispatcher, noon):
    for number in range(5):
        write(dispatcher, noon, text="a secret", number=number)
    assert [e.position for e in Entry.objects.all()] == [1, 2, 3, 4, 5]
    assert last_position() == 5
    assert verify().sound


def test_nested_acts_are_sealed_together_in_the_order_they_began(dispatcher, noon):
    with act(dispatcher, "things.outer", at=noon) as outer:
        outer.about("thing:1")
        write(dispatcher, noon, subject="thing:2")
        assert not Entry.objects.exists()
    assert [e.verb for e in Entry.objects.all()] == ["things.outer", "things.changed"]


def test_an_error_inside_leaves_neither_change_nor_entry(dispatcher, noon):
    with pytest.raises(RuntimeError), act(dispatcher, "things.changed", at=noon) as entry:
        entry.about("thing:1")
        raise RuntimeError
    assert not Entry.objects.exists()
    write(dispatcher, noon)
    assert last_position() == 1


def test_an_act_that_says_nothing_of_its_subject_is_a_mistake_of_the_programmer(dispatcher, noon):
    with pytest.raises(ValueError, match="about"), act(dispatcher, "things.changed", at=noon):
        pass


def test_private_text_stands_in_the_entry_as_a_digest_alone_and_can_be_erased(dispatcher, noon):
    write(dispatcher, noon, text="the caller's name")
    assert "caller" not in Entry.objects.get().body
    with act(dispatcher, "things.erased", at=noon) as entry:
        assert erase_private(entry.about("thing:1"), [(1, "text"), (1, "text"), (1, "other")]) == 1
    assert not Private.objects.exists()
    assert Entry.objects.get(position=2).facts == {"erased": {"1": ["text"]}}
    assert verify().sound


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda: Entry.objects.filter(position=2).update(verb="things.forged"), "Entry 2 was changed"),
        (lambda: Entry.objects.filter(position=2).update(body="{}"), "Entry 2 cannot be read"),
        (lambda: Entry.objects.filter(position=2).delete(), "Entry 2 is missing"),
        (lambda: Entry.objects.filter(position=3).delete(), "ends at 2"),
        (lambda: Private.objects.filter(entry_id=2).update(content="forged"), "text” of entry 2"),
        (lambda: Private.objects.filter(entry_id=2).delete(), "text” of entry 2 was erased without a record"),
    ],
)
def test_verify_names_the_first_entry_that_fails(dispatcher, noon, tamper, says):
    for number in range(3):
        write(dispatcher, noon, text="words", number=number)
    tamper()
    assert says in verify().fault


def test_the_plain_statements_name_every_column_of_the_tables():
    from maplebridge.journal import store

    def columns(model):
        return {field.column for field in model._meta.concrete_fields}

    assert set(store.ENTRY_COLUMNS) == columns(Entry)
    assert {"id", *store.PRIVATE_COLUMNS} == columns(Private)
    assert {"id", *store.MENTION_COLUMNS} == columns(Mention)
    assert {"id", *store.HeadRow._fields} == columns(Head)
    tables = [model._meta.db_table for model in (Entry, Private, Mention, Head)]
    assert tables == ["journal_entry", "journal_private", "journal_mention", "journal_head"]
    assert Entry._meta.get_field("purpose").max_length == store.PURPOSE_LENGTH
