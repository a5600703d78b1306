"""The register's rows in plain SQL: many at a time, by COPY on PostgreSQL; columns are those of `models`.

Who needs several locks takes them in one order, so that no two wait for each other: areas, addresses, names, cells of
the map, the journal's head. All of it happens in an act, which on SQLite holds the only turn to write.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from psycopg.types.json import Jsonb

from maplebridge.places.register.models import RegisterSerial
from maplebridge.places.register.rules.codes import prefix_of

Row = tuple[Any, ...]
_RECORDED = {
    "version": "int4", "touched": "jsonb", "source": "text", "changed_at": "timestamptz",
    "confirmed_at": "timestamptz", "gone": "bool",
}  # fmt: skip


class Table(NamedTuple):
    """A table, and the types of the columns that are written."""

    name: str
    columns: Mapping[str, str]


ADDRESS = Table("places_address", {
    "id": "int8", "code": "text", "kind": "text", "area_id": "int8", "parent_id": "int8", "building_id": "int8",
    "street_id": "int8", "site_id": "int8", "number": "text", "number_from": "int4", "label": "text", "text": "text",
    "lon": "float8", "lat": "float8", "cell": "int8", "quad": "int8", **_RECORDED,
})  # fmt: skip
PREMISE = Table("places_premise", {
    "address_id": "int8", "use": "text", "residents": "int4", "rooms": "int4", "hazards": "jsonb", **_RECORDED,
})  # fmt: skip
ORGANISATION = Table("places_organisation", {
    "address_id": "int8", "name": "text", "kind": "text", "credit_code": "text", **_RECORDED,
})  # fmt: skip


def recorded(source: str, at: datetime) -> Row:
    """Give the last columns of a new record: version, touched, source, changed and confirmed at, gone."""
    moment = connection.ops.adapt_datetimefield_value(at)
    return 1, as_json({}), source[:80], moment, moment, False


def as_json(value: dict[str, Any] | list[Any]) -> object:
    """Give an empty object or list as the database takes it."""
    return Jsonb(value) if connection.vendor == "postgresql" else str(value)


def insert(table: Table, rows: Sequence[Row]) -> None:
    """Write new rows, their values in the order of the table's columns."""
    names = ", ".join(f'"{name}"' for name in table.columns)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            places = ", ".join(["%s"] * len(table.columns))
            cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)  # noqa: S608  # names of ours
            return
        command = f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)"
        with connection.wrap_database_errors, cursor.copy(command) as copy:
            copy.set_types(list(table.columns.values()))
            for row in rows:
                copy.write_row(row)


def fresh_keys(table: Table, number: int) -> Iterable[int]:
    """Take so many keys of a table that nobody else gets."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            serial = f"nextval(pg_get_serial_sequence('{table.name}', 'id'))"
            cursor.execute(f"SELECT {serial} FROM generate_series(1, %s)", [number])  # noqa: S608  # names of ours
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
