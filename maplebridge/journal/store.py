"""The journal's rows in plain SQL: the same four statements for every act, so nothing is composed anew each time.

Columns are those of `models`; a test holds the two together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from maplebridge.journal.models import Entry, Private

ENTRY_COLUMNS = ("position", "verb", "subject", "case", "actor", "at", "entered_at", "body", "leaf")
PRIVATE_COLUMNS = ("entry_id", "name", "salt", "content")


def read_head() -> tuple[int, bytes] | None:
    """Size and packed peaks of the tree; None before the first entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, peaks FROM journal_head WHERE id = 1")
        row = cursor.fetchone()
    return (row[0], bytes(row[1])) if row else None


def move_head(size: int, peaks: bytes, *, first: bool) -> None:
    """Say how far the journal reaches now."""
    with connection.cursor() as cursor:
        if first:
            cursor.execute("INSERT INTO journal_head (id, size, peaks) VALUES (1, %s, %s)", [size, peaks])
        else:
            cursor.execute("UPDATE journal_head SET size = %s, peaks = %s WHERE id = 1", [size, peaks])


def append(entries: Sequence[Entry], private: Sequence[Private]) -> None:
    """Store entries and their private parts."""
    _insert("journal_entry", ENTRY_COLUMNS, entries)
    if private:
        _insert("journal_private", PRIVATE_COLUMNS, private)


def _insert(table: str, columns: tuple[str, ...], rows: Sequence[Any]) -> None:
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    values = [[_adapted(getattr(row, name)) for name in columns] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608  # names of ours


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
