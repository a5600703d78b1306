"""The register's rows in plain SQL: many at a time, by COPY on PostgreSQL; columns are those of `models`.

Who needs several locks takes them in one order, so that no two wait for each other: areas, addresses, names, cells of
the map, the journal's head. All of it happens in an act, which on SQLite holds the only turn to write.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from maplebridge.kernel.sql import insert_into
from maplebridge.places.register.models import RegisterSerial
from maplebridge.places.register.rules.codes import prefix_of

Row = tuple[Any, ...]
_RECORDED = ("version", "touched", "source", "changed_at", "confirmed_at", "gone")


class Table(NamedTuple):
    """A table, and the columns of it that are written."""

    name: str
    columns: tuple[str, ...]


ADDRESS = Table("places_address", (
    "id", "code", "kind", "area_id", "parent_id", "building_id", "street_id", "site_id", "number", "number_from",
    "label", "text", "lon", "lat", "cell", "quad", *_RECORDED,
))  # fmt: skip
PREMISE = Table("places_premise", ("address_id", "use", "residents", "rooms", "hazards", *_RECORDED))
ORGANISATION = Table("places_organisation", ("address_id", "name", "kind", "credit_code", *_RECORDED))


def recorded(source: str, at: datetime) -> Row:
    """Give the last columns of a new record: version, touched, source, changed and confirmed at, gone."""
    moment = str(connection.ops.adapt_datetimefield_value(at))
    return 1, "{}", source[:80], moment, moment, False


def insert(table: Table, rows: Sequence[Row]) -> None:
    """Write new rows: numbers, None, and all else as text, in the order of the table's columns."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(insert_into(table.name, table.columns), rows)
            return
        names = ", ".join(f'"{name}"' for name in table.columns)
        with connection.wrap_database_errors, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def fresh_keys(table: Table, number: int) -> Iterable[int]:
    """Take so many keys of a table that nobody else gets."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(s) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS s) AS of,"
                " generate_series(1, %s)",
                [table.name, number],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return range(last + 1, last + 1 + number)


def lock_areas(codes: Iterable[str]) -> dict[str, int]:
    """Hold the addresses of areas to the end of the act: nobody else adds to them. Gives the last serial by prefix."""
    prefixes = sorted({prefix_of(code) for code in codes})
    rows = [RegisterSerial(prefix=prefix) for prefix in prefixes]
    RegisterSerial.objects.bulk_create(rows, ignore_conflicts=True, batch_size=400)
    found = RegisterSerial.objects.select_for_update().filter(prefix__in=prefixes).order_by("prefix")
    return dict(found.values_list("prefix", "last"))


def keep_serials(last: Mapping[str, int]) -> None:
    """Write the last serial number given under each prefix, all of them locked before."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE places_registerserial SET last = %s WHERE prefix = %s", [(n, prefix) for prefix, n in last.items()]
        )
