"""The one door for writes: `with act(actor, verb, at=...) as entry:`."""

import fcntl
import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import rfc8785
from django.db import connection, models, transaction

from maplebridge.journal import store
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.tree import Frontier, leaf_hash
from maplebridge.kernel import clock

MAX_ENTRY_BYTES = 65_535  # tlog-tiles: an entry's length is a uint16
_ADVISORY_LOCK = 0x6D61_706C  # "mapl"
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
            _seal(_drafts.get() or [])
            transaction.on_commit(_wake)
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


def _seal(drafts: list[Draft]) -> None:
    """Number, hash and store the drafts in the order in which they began."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    head = store.read_head()
    frontier = Frontier.from_bytes(*head) if head else Frontier()
    entered_at, act_id = clock.now(), secrets.token_hex(8)
    entries, privates = [], []
    for draft in drafts:
        if not draft.subject:
            raise ValueError(f"act {draft.verb} ended without saying what it is about")
        salts = {name: secrets.token_bytes(16) for name in draft.private}
        entry = _entry(draft, frontier.size + 1, entered_at=entered_at, act_id=act_id, salts=salts)
        frontier.append(bytes(entry.leaf))
        entries.append(entry)
        privates += [
            Private(entry_id=entry.position, name=name, salt=salts[name], content=text)
            for name, text in draft.private.items()
        ]
    store.append(entries, privates)
    store.move_head(frontier.size, frontier.to_bytes(), first=head is None)


def _entry(draft: Draft, position: int, *, entered_at: datetime, act_id: str, salts: dict[str, bytes]) -> Entry:
    body = rfc8785.dumps(
        {
            "act": act_id,
            "actor": draft.actor.ref,
            "at": clock.stamp(draft.at),
            "case": draft.case,
            "digests": {name: digest(salts[name], text) for name, text in draft.private.items()},
            "entered_at": clock.stamp(entered_at),
            "facts": draft.facts,
            "position": position,
            "purpose": draft.purpose,
            "role": draft.actor.role,
            "session": draft.actor.session,
            "subject": draft.subject,
            "verb": draft.verb,
        }
    )
    if len(body) > MAX_ENTRY_BYTES:
        raise ValueError(f"act {draft.verb} makes an entry of {len(body)} bytes; at most {MAX_ENTRY_BYTES}")
    return Entry(
        position=position,
        verb=draft.verb,
        subject=draft.subject,
        case=draft.case,
        actor=draft.actor.ref,
        at=clock.parse_stamp(clock.stamp(draft.at)),
        entered_at=clock.parse_stamp(clock.stamp(entered_at)),
        body=body.decode(),
        leaf=leaf_hash(body),
    )


def digest(salt: bytes, content: str) -> str:
    """Salted digest of private content: SHA-256(salt || UTF-8 content), hexadecimal."""
    return hashlib.sha256(salt + content.encode()).hexdigest()
