"""The live board at one position of the journal: a client folds the stream after that position onto it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from maplebridge.dispatch.queries import unit_rows
from maplebridge.incidents.queries import board_incidents, incident_rows
from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.people.actor import Actor

Board = dict[str, Any]


def board(actor: Actor, *, at: datetime) -> Board:
    """Open incidents, those that ended in the last 30 minutes, and units on shift, all at one position."""
    with snapshot():
        position = last_position()
        incidents = incident_rows(board_incidents(actor, at=at))
        units = unit_rows(actor, at=at)
    return {"position": position, "at": clock.stamp(at), "incidents": incidents, "units": units}


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every read in the block see the database at one moment, without holding up a writer."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:  # SQLite: a deferred transaction reads one version of the log; Django's own would lock out writers
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
