"""The journal's rows in plain SQL: the same few statements for every act, so nothing is composed anew each time.

Columns are those of `models`; a test holds the two together.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from maplebridge.kernel.sql import insert_into

ENTRY_COLUMNS = (
    "position", "verb", "subject", "case", "actor", "at", "entered_at", "purpose", "operation", "body", "leaf",
)  # fmt: skip
PRIVATE_COLUMNS = ("entry_id", "name", "salt", "content")
MENTION_COLUMNS = ("entry_id", "record")
PURPOSE_LENGTH = 200  # characters of the purpose that can be searched by; the entry has all of it
_ADVISORY_LOCK = 0x6D61_706C  # "mapl"

Row = tuple[Any, ...]


class HeadRow(NamedTuple):
    """How far the journal reaches: size, packed peaks of the tree, and when the last entry was entered."""

    size: int
    peaks: bytes
    entered_at_ms: int


_ENTRY = insert_into("journal_entry", ENTRY_COLUMNS)
_PRIVATE = insert_into("journal_private", PRIVATE_COLUMNS)
_MENTION = insert_into("journal_mention", MENTION_COLUMNS)
_MOVE = "UPDATE journal_head SET size = %s, peaks = %s, entered_at_ms = %s WHERE id = %s"
_AT_ONCE = 50  # entries that go to PostgreSQL as one text
_HEAD = insert_into("journal_head", ("size", "peaks", "entered_at_ms", "id"))


def lock_head() -> HeadRow | None:
    """How far the journal reaches, None before the first entry; on PostgreSQL also the turn to seal, to the commit.

    There the head's row is the lock: whoever waited for it reads what the one before committed.
    """
    statement = "SELECT size, peaks, entered_at_ms FROM journal_head WHERE id = 1"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(statement)
            return _head(cursor.fetchone())
        cursor.execute(f"{statement} FOR UPDATE")
        if (row := cursor.fetchone()) is None:  # there is nothing to lock yet
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
            cursor.execute(f"{statement} FOR UPDATE")
            row = cursor.fetchone()
    return _head(row)


def read_head() -> HeadRow | None:
    """How far the journal reaches; None before the first entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, peaks, entered_at_ms FROM journal_head WHERE id = 1")
        return _head(cursor.fetchone())


def _head(row: Row | None) -> HeadRow | None:
    return HeadRow(row[0], bytes(row[1]), row[2]) if row else None


def append(entries: Sequence[Row], private: Sequence[Row], mentions: Sequence[Row], head: HeadRow, first: bool) -> None:
    """Store entries, their private parts, what else they mention, and how far the journal reaches now."""
    rows = [(_ENTRY, entries), (_PRIVATE, private), (_MENTION, mentions), (_HEAD if first else _MOVE, [(*head, 1)])]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(entries) <= _AT_ONCE:  # one way to the server and back
            each = [(statement, row) for statement, some in rows for row in some]
            cursor.execute(
                ";".join(statement for statement, _row in each), [v for _statement, row in each for v in row]
            )
            return
        for statement, some in rows:
            if some:
                cursor.executemany(statement, some)
