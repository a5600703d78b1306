"""What happens because of what happened: one table, and the worker that reads the journal by it.

Each reaction is idempotent and called at least once for each entry of its verb, in order, each with a cursor of its
own, so that one that fails holds up no other. It gets the entry and the moment at which it runs.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import close_old_connections

from maplebridge.deployment import tasks as deployment
from maplebridge.dispatch import tasks as dispatch
from maplebridge.fieldwork import tasks as fieldwork
from maplebridge.incidents import tasks as incidents
from maplebridge.journal.act import on_commit_wake
from maplebridge.journal.checkpoints import make_checkpoint
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.journal.reader import Reader
from maplebridge.kernel import clock
from maplebridge.people import tasks as people
from maplebridge.places.register import tasks as register
from maplebridge.positions import tasks as positions
from maplebridge.property import tasks as registry

Reaction = Callable[[Entry, datetime], None]
Timer = Callable[[datetime], object]

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "incidents.closed": (dispatch.free_units_of_ended, incidents.give_follow_up),
    "incidents.cancelled": (dispatch.free_units_of_ended,),
    "incidents.reopened": (dispatch.keep_units_of_reopened, incidents.end_follow_up),
    "property.reported_stolen": (registry.match_earlier_checks,),
    "property.identifier_added": (registry.match_earlier_checks,),
    "property.alarm_raised": (registry.open_incident_of_alarm,),
    "property.alarm_taken_up": (dispatch.note_units_for_alarm,),
    "places.premise_note_added": (fieldwork.look_at_hazard,),
    "fieldwork.submission_received": (fieldwork.screen_submission,),
    "fieldwork.submission_accepted": (fieldwork.post_to_ledger,),
    "fieldwork.submission_returned": (fieldwork.post_to_ledger,),
    "fieldwork.submission_refused": (fieldwork.post_to_ledger,),
    "fieldwork.task_settled": (fieldwork.post_to_ledger,),
    "positions.help_called": (dispatch.answer_call_for_help,),
}


def timers() -> tuple[tuple[timedelta, Timer], ...]:
    """What runs by the clock, and how often."""
    return (
        (timedelta(seconds=5), dispatch.watch_timers),
        (timedelta(seconds=1), deployment.work_on_studies),
        (timedelta(minutes=10), dispatch.forget_old_positions),
        (timedelta(minutes=5), lambda at: make_checkpoint(at=at)),
        (timedelta(hours=1), incidents.erase_expired_data),
        (timedelta(hours=1), fieldwork.erase_expired),
        (timedelta(minutes=10), fieldwork.remind_of_overdue),
        (timedelta(minutes=1), fieldwork.turn_schedules),
        (timedelta(hours=1), register.erase_expired),
        (timedelta(hours=6), people.erase_ended),
        (timedelta(hours=6), positions.expire_tracks),
        (timedelta(hours=1), registry.forget_clean_sightings),
        (timedelta(hours=6), registry.erase_ended),
    )


POLL_S = 0.5
GATHER_S = 0.1  # what commits within it is looked at once
BATCH = 100
TRIES = 5  # of one entry by one reaction; then it is logged and passed over, so that one fault stops nothing for good

log = logging.getLogger(__name__)


def _reader(verb: str, reaction: Reaction) -> Reader:
    """The reader of a reaction, with a cursor by its name."""
    return Reader(f"{verb}>{reaction.__module__.rpartition('.')[0]}.{reaction.__name__}"[-80:])


def begin_reading() -> None:
    """Let reactions that have no cursor yet begin here, so that they miss nothing until the first worker starts."""
    for verb, reactions in REACTIONS.items():
        for reaction in reactions:
            _reader(verb, reaction).position()


class Worker:
    """Runs reactions and timers until told to stop."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._due: dict[int, float] = {}
        self._seen = -1
        self._failures: dict[tuple[str, int], int] = {}

    def run(self) -> None:
        """Work until `stop`; a fault is logged and tried again."""
        unhook = on_commit_wake(self._woken.set)
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self.step()
            except Exception:
                log.exception("The worker met a fault; it goes on in a second.")
                close_old_connections()
                self._stopping.wait(1)
            self._woken.wait(POLL_S)
            self._stopping.wait(GATHER_S)
        unhook()
        close_old_connections()

    def stop(self) -> None:
        """End `run` soon."""
        self._stopping.set()
        self._woken.set()

    def step(self) -> None:
        """Run every reaction on what is new, and every timer that is due."""
        end = last_position()
        done = [self._react(verb, reaction) for verb in self._news(end) for reaction in REACTIONS[verb]]
        self._seen = end if all(done) else self._seen
        for number, (every, timer) in enumerate(timers()):
            if time.monotonic() >= self._due.get(number, 0.0):
                self._due[number] = time.monotonic() + every.total_seconds()
                timer(clock.now())

    def _news(self, end: int) -> list[str]:
        """The verbs that something waits for and that have happened, in the table's order; at first all of them."""
        if end == self._seen:
            return []
        if self._seen < 0:
            return list(REACTIONS)
        happened = set(Entry.objects.after(self._seen).filter(verb__in=REACTIONS).values_list("verb", flat=True))
        return [verb for verb in REACTIONS if verb in happened]

    def _react(self, verb: str, reaction: Reaction) -> bool:
        """Run a reaction on what it has not read; False when some of that is left.

        The cursor moves once for all that went well: whoever is ended in between does them again.
        """
        reader = _reader(verb, reaction)
        entries = reader.unread(verb, limit=BATCH)
        well = list(takewhile(lambda entry: self._tried(reader.name, entry, reaction), entries))
        if well:
            reader.move_to(well[-1].position)
        return len(well) == len(entries) < BATCH

    def _tried(self, name: str, entry: Entry, reaction: Reaction) -> bool:
        """Run a reaction; False when it failed and is to be tried again."""
        try:
            reaction(entry, clock.now())
        except Exception:
            failures = self._failures[name, entry.position] = self._failures.get((name, entry.position), 0) + 1
            log.exception("Reaction %s failed on entry %d (try %d of %d).", name, entry.position, failures, TRIES)
            return failures >= TRIES
        return True
