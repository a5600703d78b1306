"""Many writers at once, on whichever database the suite runs on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from maplebridge.journal.act import act, on_commit_wake, turn
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position, verify
from maplebridge.journal.reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 8, 12


def write_some(actor, at, writer):
    """Write nested acts, then let go of this thread's connection."""
    try:
        for number in range(EACH):
            with act(actor, "things.changed", at=at) as entry:
                entry.about(f"thing:{writer}", number=number).keep_private(text="words")
                if number % 3 == 0:
                    with act(actor, "things.followed", at=at) as inner:
                        inner.about(f"thing:{writer}", followed=number)
    finally:
        connection.close()


def read_on(stop, seen):
    """Read as the live stream does, from a cursor, until told to stop and nothing is left."""
    position = 0
    try:
        while True:
            done = stop.is_set()
            batch = list(Entry.objects.after(position).values_list("position", flat=True)[:50])
            seen.extend(batch)
            position = batch[-1] if batch else position
            if done and not batch:
                return
    finally:
        connection.close()


def test_positions_stay_dense_and_a_reader_from_a_cursor_misses_nothing(dispatcher, noon):
    stop, seen = threading.Event(), []
    reader = threading.Thread(target=read_on, args=(stop, seen))
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        for outcome in [pool.submit(write_some, dispatcher, noon, writer) for writer in range(WRITERS)]:
            outcome.result()
    stop.set()
    reader.join(30)
    expected = WRITERS * (EACH + EACH // 3)
    assert last_position() == expected
    assert seen == list(range(1, expected + 1))
    assert verify().sound


def test_a_refusal_among_many_writers_leaves_no_hole(dispatcher, noon):
    def sometimes_fail(number):
        try:
            with act(dispatcher, "things.changed", at=noon) as entry:
                entry.about("thing:1", number=number)
                if number % 3 == 0:
                    raise RuntimeError
        except RuntimeError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sometimes_fail, range(20)))
    positions = list(Entry.objects.after(0).values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) == 13


def test_whoever_waits_is_woken_by_a_commit_and_not_before(dispatcher, noon):
    heard = []
    end = on_commit_wake(lambda: heard.append(last_position()))
    with act(dispatcher, "things.changed", at=noon) as entry:
        entry.about("thing:1")
        assert heard == []
    assert heard == [1]
    end()
    write_one(dispatcher, noon)
    assert heard == [1]


def test_taking_the_turn_within_a_transaction_does_not_wait_for_oneself(dispatcher, noon):
    with act(dispatcher, "things.changed", at=noon) as entry, turn():
        entry.about("thing:1")
    assert last_position() == 1


class TestReader:
    """A named reader remembers how far it has read."""

    def test_a_new_reader_begins_at_the_present_end(self, dispatcher, noon):
        write_one(dispatcher, noon)
        assert Reader("new").unread() == []

    def test_it_gets_what_is_new_once_it_moves_on(self, dispatcher, noon):
        reader = Reader("statistics")
        assert reader.unread() == []
        write_one(dispatcher, noon)
        write_one(dispatcher, noon, verb="things.other")
        assert [entry.position for entry in reader.unread()] == [1, 2]
        assert [entry.position for entry in reader.unread("things.other")] == [2]
        reader.move_to(1)
        assert [entry.position for entry in Reader("statistics").unread()] == [2]


def write_one(actor, at, verb="things.changed"):
    with act(actor, verb, at=at) as entry:
        entry.about("thing:1", number=1)
