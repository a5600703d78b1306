"""The worker: every reaction at least once for each entry, whatever fails."""

import threading
from datetime import timedelta

import pytest

from maplebridge.journal.act import act
from maplebridge.site import reactions
from maplebridge.site.reactions import TRIES, Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(monkeypatch):
    """An empty table of reactions and no timers."""
    table = {}
    monkeypatch.setattr(reactions, "REACTIONS", table)
    monkeypatch.setattr(reactions, "timers", lambda: ())
    return table


def write(actor, at, verb="things.ended", **facts):
    with act(actor, verb, at=at) as entry:
        entry.about("thing:1", **facts)


def test_each_entry_of_its_verb_reaches_a_reaction_once_and_in_order(table, machine, noon):
    seen = []
    table["things.ended"] = (lambda entry, _at: seen.append(entry.position),)
    worker = Worker()
    worker.step()
    for verb in ("things.ended", "things.other", "things.ended"):
        write(machine, noon, verb)
    worker.step()
    worker.step()
    Worker().step()
    assert seen == [1, 3]


def test_what_happens_between_the_installation_and_the_first_worker_is_not_missed(table, machine, noon):
    seen = []
    table["things.ended"] = (lambda entry, _at: seen.append(entry.position),)
    write(machine, noon)  # of before: not its business
    reactions.begin_reading()
    write(machine, noon)
    reactions.begin_reading()  # an upgrade skips nothing
    Worker().step()
    assert seen == [2]


def test_a_reaction_that_fails_is_tried_again_and_holds_up_no_other(table, machine, noon):
    seen, fails = [], []

    def failing(entry, _at):
        fails.append(entry.position)
        raise RuntimeError("not now")

    def steady(entry, _at):
        seen.append(entry.position)

    table["things.ended"] = (failing, steady)
    worker = Worker()
    worker.step()
    write(machine, noon)
    write(machine, noon)
    for _try in range(TRIES):
        worker.step()
    assert seen == [1, 2]
    assert fails[:TRIES] == [1] * TRIES
    assert fails[TRIES:] == [2]


def test_timers_run_when_they_are_due(table, monkeypatch):
    runs = []
    monkeypatch.setattr(reactions, "timers", lambda: ((timedelta(hours=1), lambda _at: runs.append("hourly")),))
    worker = Worker()
    worker.step()
    worker.step()
    assert runs == ["hourly"]


def test_the_worker_is_woken_by_a_commit_and_stops_when_told(table, machine, noon):
    heard = threading.Event()
    table["things.ended"] = (lambda _entry, _at: heard.set(),)
    worker = Worker()
    worker.step()
    thread = threading.Thread(target=worker.run)
    thread.start()
    write(machine, noon)
    assert heard.wait(10)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_every_reaction_of_the_house_names_a_verb_that_something_writes():
    from pathlib import Path

    source = "".join(file.read_text("utf-8") for file in Path(reactions.__file__).parents[1].rglob("actions*/**/*.py"))
    source += "".join(file.read_text("utf-8") for file in Path(reactions.__file__).parents[1].rglob("actions.py"))
    assert all(f'"{verb}"' in source for verb in reactions.REACTIONS)
