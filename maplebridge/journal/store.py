"""The journal's rows in plain SQL: the same few statements for every act, so nothing is composed anew each time.

Columns are those of `models`; a test holds the two together.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

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


def _insert_into(table: str, columns: tuple[str, ...]) -> str:
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608  # names of ours


_ENTRY = _insert_into("journal_entry", ENTRY_COLUMNS)
_PRIVATE = _insert_into("journal_private", PRIVATE_COLUMNS)
_MENTION = _insert_into("journal_mention", MENTION_COLUMNS)
_HEAD = _insert_into("journal_head", ("size", "peaks", "entered_at_ms", "id"))


def take_lock() -> None:
    """Wait for the turn to seal on PostgreSQL, held to the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])


def read_head() -> HeadRow | None:
    """How far the journal reaches; None before the first entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, peaks, entered_at_ms FROM journal_head WHERE id = 1")
        row = cursor.fetchone()
    return HeadRow(row[0], bytes(row[1]), row[2]) if row else None


def move_head(head: HeadRow, *, first: bool) -> None:
    """Say how far the journal reaches now."""
    with connection.cursor() as cursor:
        if first:
            cursor.execute(_HEAD, [*head, 1])
        else:
            cursor.execute("UPDATE journal_head SET size = %s, peaks = %s, entered_at_ms = %s WHERE id = 1", head)


def append(entries: Sequence[Row], private: Sequence[Row], mentions: Sequence[Row]) -> None:
    """Store entries, their private parts and what else they mention."""
    with connection.cursor() as cursor:
        for statement, rows in ((_ENTRY, entries), (_PRIVATE, private), (_MENTION, mentions)):
            if rows:
                cursor.executemany(statement, rows)
