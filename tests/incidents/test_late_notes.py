"""A note from a phone that was cut off keeps its moment, and sent twice it stands once."""

from datetime import timedelta

import pytest

from maplebridge.incidents.actions import CannotReuseKey, add_note
from maplebridge.incidents.models import Note
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_late_note_keeps_its_moment_and_the_journal_both(report, officer, noon):
    said, at = noon + timedelta(minutes=3), noon + timedelta(minutes=30)
    note = add_note(officer, incident=report(), text="two people", occurred_at=said, at=at)
    assert note.at == said
    entry = Entry.objects.get(verb="incidents.note_added")
    assert (stamp(entry.at), entry.entered_at > entry.at) == (stamp(said), True)


@pytest.mark.parametrize(("minutes", "says"), [(-30, "before 0001 was reported"), (60, "future")])
def test_a_note_from_before_the_report_or_from_the_future_is_refused(report, officer, noon, minutes, says):
    said, at = noon + timedelta(minutes=minutes), noon + timedelta(minutes=30)
    with pytest.raises(BadInput, match=says) as refused:
        add_note(officer, incident=report(), text="two people", occurred_at=said, at=at)
    assert refused.value.field == "at"
    assert not Note.objects.exists()


def test_a_key_stands_for_one_note(report, officer, noon):
    incident, other = report(), report()
    first = add_note(officer, incident=incident, text="two people ", source_key="user:1:k", at=noon)
    again = add_note(officer, incident=incident, text="two people", source_key="user:1:k", at=noon)
    assert (again.pk, Note.objects.count()) == (first.pk, 1)
    assert Entry.objects.filter(verb="incidents.note_added").count() == 1
    for where, text in ((incident, "three people"), (other, "two people")):
        with pytest.raises(CannotReuseKey, match="another note"):
            add_note(officer, incident=where, text=text, source_key="user:1:k", at=noon)
    with pytest.raises(BadInput, match="at most 100"):
        add_note(officer, incident=incident, text="x", source_key="k" * 101, at=noon)


def test_notes_without_a_key_are_each_their_own(report, officer, noon):
    incident = report()
    for _again in range(2):
        add_note(officer, incident=incident, text="two people", at=noon)
    assert Note.objects.count() == 2
