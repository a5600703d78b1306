"""The one door for writes: `with act(actor, verb, at=...) as entry:`."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction

from maplebridge.journal import sealing

OPERATIONS = ("collected", "altered", "consulted", "disclosed", "combined", "erased")  # EU directive 2016/680 art. 25
_sqlite_turn = threading.Lock()  # SQLite has one writer: threads queue here in order, not in its busy loop


class Who(Protocol):
    """What the journal needs to know of an actor."""

    @property
    def ref(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def session(self) -> str: ...


@dataclass(slots=True)
class Draft:
    """An entry in the making. `facts` are the subject's new values in clear; `private` is erasable."""

    actor: Who
    verb: str
    at: datetime
    subject: str = ""
    case: str = ""
    purpose: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    operation: str = ""
    records: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    recipient: str = ""
    outcome: str = ""

    def about(self, record: models.Model | str, *, case: models.Model | str = "", **facts: Any) -> "Draft":
        """Say which record the entry is about and what its fields are now."""
        self.subject = ref_of(record)
        self.case = ref_of(case) if case else self.case
        self.facts.update(facts)
        return self

    def keep_private(self, **content: str) -> "Draft":
        """Add personal or free text; empty strings are left out."""
        self.private.update({name: text for name, text in content.items() if text})
        return self

    def processed(
        self,
        operation: str,
        *,
        records: Sequence[models.Model | str] = (),
        classes: Sequence[str] = (),
        recipient: str = "",
        outcome: str = "",
    ) -> "Draft":
        """Say what was done with personal data: operation, whose records, which classes of fields, for whom.

        The first record is the subject where `about` named none; `outcome` is "denied" for a refused look.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"{operation} is no operation on personal data; there are {', '.join(OPERATIONS)}")
        self.operation, self.recipient, self.outcome = operation, recipient, outcome
        self.records, self.classes = [ref_of(record) for record in records], list(classes)
        self.subject = self.subject or (self.records[0] if self.records else "")
        return self

    def another(self) -> "Draft":
        """Begin one more entry of the same act and subject, for what does not fit into this one."""
        more = Draft(self.actor, self.verb, self.at, self.subject, self.case, self.purpose)
        (_drafts.get() or []).append(more)
        return more


def ref_of(record: models.Model | str) -> str:
    """Name a record as `kind:id`, for example `incident:17`."""
    return record if isinstance(record, str) else f"{record._meta.model_name}:{record.pk}"


_drafts: ContextVar[list[Draft] | None] = ContextVar("journal_drafts", default=None)
_wakers: list[Callable[[], None]] = []


def on_commit_wake(waker: Callable[[], None]) -> Callable[[], None]:
    """Call `waker` in this process after each outermost act commits (a hint to readers; they still poll).

    Returns the function that ends it.
    """
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


@contextmanager
def act(actor: Who, verb: str, *, at: datetime, purpose: str = "") -> Iterator[Draft]:
    """Open the transaction of one human intention and journal it as `domain.past_tense` when it ends well.

    Nested acts are sealed with the outermost, once, under one lock held to commit; an exception anywhere undoes
    all of it. Set `entry.about(record, **facts)` and `entry.keep_private(...)` inside the block.
    """
    draft = Draft(actor=actor, verb=verb, at=at, purpose=purpose)
    outer = _drafts.get()
    if outer is not None:
        outer.append(draft)
        yield draft
        return
    token = _drafts.set([draft])
    try:
        with turn(), transaction.atomic():
            yield draft
            clocks = sealing.seal(_drafts.get() or [])
            transaction.on_commit(_wake)
        sealing.remember(clocks)
    finally:
        _drafts.reset(token)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn to write where the database has one writer (positions, outside the journal, too).

    Threads queue at a lock and processes at a file beside the database, each in order; SQLite's own way is to try
    again after ever longer sleeps, which is slow and unfair. Inside a transaction the turn is already ours.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _sqlite_turn, _file_turn(str(connection.settings_dict["NAME"])):
        yield


@contextmanager
def _file_turn(database: str) -> Iterator[None]:
    if "memory" in database:
        yield
        return
    file = os.open(f"{database}.turn", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)  # which lets go of the lock


def _wake() -> None:
    for waker in tuple(_wakers):
        waker()
