"""Statements that are the same for every table."""

from collections.abc import Iterable


def insert_into(table: str, columns: Iterable[str]) -> str:
    """The statement that writes a row: a table and columns of ours, one placeholder (%s) for each column."""
    named = [f'"{column}"' for column in columns]
    places = ", ".join(["%s"] * len(named))
    return f"INSERT INTO {table} ({', '.join(named)}) VALUES ({places})"  # noqa: S608  # names of ours
