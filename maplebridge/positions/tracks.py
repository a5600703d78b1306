"""Where tracks are kept: a file of SQLite for each day beside the database, or daily partitions of PostgreSQL.

Both take a batch in one commit, keep a fix of a unit and a time once, and forget a day at once: by removing its file,
by dropping its partition. A day is one of UTC, by the time of the fix.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from maplebridge.positions.steps import Point

Row = tuple[
    int, int, float, float, float | None, float | None, float | None, str
]  # unit, ms, lon, lat, m/s, °, m, flag
COLUMNS = ("unit", "at", "lon", "lat", "speed", "bearing", "accuracy", "flag")
FULL_FOR = timedelta(days=30)  # at most: an installation may set less
THINNED_FOR = timedelta(days=90)
THIN_MS = 60_000  # of a thinned track one fix a minute is left
THINNED = 1  # the mark of a file whose day is thinned
DAY_MS = 86_400_000


class Tracks(Protocol):
    """What ingest and readers need of a store of tracks."""

    def write(self, points: Sequence[Point]) -> None:
        """Keep points in one commit for each day; those that are there already stay as they are."""

    def of(self, unit: int, since_ms: int, until_ms: int) -> list[Row]:
        """The track of a unit from a time on and before another, oldest first."""

    def days(self) -> list[date]:
        """Days of which there are tracks, oldest first."""

    def thin(self, day: date) -> int:
        """Leave one fix a minute of each unit, once for a day; returns how many are gone."""

    def forget(self, day: date) -> None:
        """Remove a day."""

    def close(self) -> None:
        """Let go of what is open."""


def row_of(point: Point) -> Row:
    """A point as it is kept; milliseconds, seven decimals of a degree (a centimetre)."""
    return (
        point.unit, round(point.at * 1000), round(point.lon, 7), round(point.lat, 7),
        point.speed, point.bearing, point.accuracy, point.flag,
    )  # fmt: skip


def by_day(points: Iterable[Point]) -> dict[date, list[Row]]:
    """Rows by the day of their fix."""
    found: dict[date, list[Row]] = {}
    days: dict[int, date] = {}
    for point in points:
        number = int(point.at // 86_400)
        day = days.get(number) or days.setdefault(number, datetime.fromtimestamp(point.at, UTC).date())
        found.setdefault(day, []).append(row_of(point))
    return found


class DayFiles:
    """A folder with a file of SQLite for each day, each with its own lock. For one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[date, sqlite3.Connection] = {}

    def write(self, points: Sequence[Point]) -> None:
        """Keep points in one commit for each day."""
        for day, rows in by_day(points).items():
            with self._day(day) as file:
                file.executemany("INSERT OR IGNORE INTO fix VALUES (?,?,?,?,?,?,?,?)", rows)

    def of(self, unit: int, since_ms: int, until_ms: int) -> list[Row]:
        """The track of a unit, oldest first."""
        found: list[Row] = []
        for day in self.days():
            begin = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
            if begin < until_ms and begin + DAY_MS > since_ms:
                span = (unit, since_ms, until_ms)
                sql = "SELECT * FROM fix WHERE unit = ? AND at >= ? AND at < ? ORDER BY at"
                found += self._day(day).execute(sql, span).fetchall()
        return found

    def days(self) -> list[date]:
        """Days of which there is a file."""
        return sorted(date.fromisoformat(file.stem) for file in self.folder.glob("????-??-??.sqlite"))

    def thin(self, day: date) -> int:
        """Leave one fix a minute of each unit, once: the file remembers it."""
        if self._day(day).execute("PRAGMA user_version").fetchone()[0] == THINNED:
            return 0
        with self._day(day) as file:
            gone = file.execute(
                "DELETE FROM fix AS f WHERE EXISTS (SELECT 1 FROM fix AS e WHERE e.unit = f.unit AND e.at < f.at"
                " AND e.at >= f.at / ? * ?)",
                (THIN_MS, THIN_MS),
            ).rowcount
        self._day(day).execute(f"PRAGMA user_version = {THINNED}")
        self._day(day).execute("VACUUM")
        self._day(day).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def forget(self, day: date) -> None:
        """Remove the file of a day."""
        if known := self._open.pop(day, None):
            known.close()
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"{day}.sqlite{ending}").unlink(missing_ok=True)

    def close(self) -> None:
        """Close every file."""
        while self._open:
            self._open.popitem()[1].close()

    def _day(self, day: date) -> sqlite3.Connection:
        known = self._open.get(day)
        if known is None:
            if len(self._open) >= 4:
                self._open.pop(min(self._open)).close()
            self.folder.mkdir(parents=True, exist_ok=True)
            known = self._open[day] = sqlite3.connect(self.folder / f"{day}.sqlite", timeout=20)
            known.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "CREATE TABLE IF NOT EXISTS fix (unit INTEGER, at INTEGER, lon REAL, lat REAL, speed REAL,"
                " bearing REAL, accuracy REAL, flag TEXT, PRIMARY KEY (unit, at)) WITHOUT ROWID"
            )
        return known


class DayPartitions:
    """One table of PostgreSQL in daily partitions, written by binary COPY."""

    TYPES = ("int8", "int8", "float8", "float8", "float8", "float8", "float8", "text")

    def __init__(self) -> None:
        self._made: set[date] = set()

    def write(self, points: Sequence[Point]) -> None:
        """Keep points in one commit: straight into the table, and past what is there already only where some is."""
        days = by_day(points)
        for day in days:
            self._make(day)
        rows = [row for found in days.values() for row in found]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                self._copy(cursor, "positions_fix", rows)
        except IntegrityError:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE incoming (LIKE positions_fix) ON COMMIT DROP")
                self._copy(cursor, "incoming", rows)
                cursor.execute("INSERT INTO positions_fix SELECT * FROM incoming ON CONFLICT DO NOTHING")

    def _copy(self, cursor: Any, table: str, rows: Iterable[Row]) -> None:
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(self.TYPES)
            for row in rows:
                copy.write_row(row)

    def of(self, unit: int, since_ms: int, until_ms: int) -> list[Row]:
        """The track of a unit, oldest first."""
        with connection.cursor() as cursor:
            sql = "SELECT * FROM positions_fix WHERE unit = %s AND at >= %s AND at < %s ORDER BY at"
            cursor.execute(sql, (unit, since_ms, until_ms))
            return list(cursor.fetchall())

    def days(self) -> list[date]:
        """Days that have a partition."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'positions_fix'::regclass"
            )
            return sorted(date.fromisoformat(name[-8:]) for (name,) in cursor.fetchall())

    def thin(self, day: date) -> int:
        """Leave one fix a minute of each unit: what stays is copied, in one pass, and takes the partition's place."""
        part, begin = f"positions_fix_{day:%Y%m%d}", _begin_ms(day)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT obj_description(%s::regclass)", (part,))
            if cursor.fetchone()[0] == "thinned":
                return 0
            cursor.execute(f"LOCK TABLE {part} IN EXCLUSIVE MODE")
            cursor.execute(f"CREATE TABLE {part}_thin (LIKE {part} INCLUDING ALL)")
            cursor.execute(
                f"INSERT INTO {part}_thin SELECT DISTINCT ON (unit, at / {THIN_MS}) * FROM {part}"  # noqa: S608  # of a date
                f" ORDER BY unit, at / {THIN_MS}, at"
            )
            left = int(cursor.rowcount)
            cursor.execute(f"SELECT count(*) FROM {part}")  # noqa: S608  # of a date
            gone = int(cursor.fetchone()[0]) - left
            cursor.execute(f"DROP TABLE {part}")
            cursor.execute(f"ALTER TABLE {part}_thin RENAME TO {part}")
            cursor.execute(f"COMMENT ON TABLE {part} IS 'thinned'")
            cursor.execute(
                f"ALTER TABLE positions_fix ATTACH PARTITION {part} FOR VALUES FROM ({begin}) TO ({begin + DAY_MS})"
            )
        return gone

    def forget(self, day: date) -> None:
        """Drop the partition of a day."""
        self._made.discard(day)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS positions_fix_{day:%Y%m%d}")

    def close(self) -> None:
        """Nothing is held but Django's own connection."""

    def _make(self, day: date) -> None:
        if day in self._made:
            return
        begin = _begin_ms(day)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS positions_fix_{day:%Y%m%d} PARTITION OF positions_fix "
                f"FOR VALUES FROM ({begin}) TO ({begin + DAY_MS})"
            )
        self._made.add(day)


def _begin_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def tracks_here() -> Tracks:
    """The store of this installation: partitions on PostgreSQL, files in the home folder beside SQLite."""
    if connection.vendor == "postgresql":
        return DayPartitions()
    return DayFiles(Path(settings.HOME) / "tracks")


@contextmanager
def opened_tracks() -> Iterator[Tracks]:
    """The store of this installation, closed again afterwards."""
    tracks = tracks_here()
    try:
        yield tracks
    finally:
        tracks.close()


def expire(tracks: Tracks, *, today: date, full: timedelta = FULL_FOR, kept: timedelta = THINNED_FOR) -> None:
    """Thin what is older than `full`, and forget what is older than `kept`."""
    for day in tracks.days():
        if day < today - kept:
            tracks.forget(day)
        elif day < today - full:
            tracks.thin(day)
