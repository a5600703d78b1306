"""A day of 1,000 units, a fix every ten seconds, written fast: size, thinning, the time to read one unit's day."""

import json

from benchmarks.served import script, served

UNITS, EVERY_S, LOOKS = 1_000, 10, 200
DAY = 86_400
WORK = f"""
import json, random, time
from datetime import UTC, date, datetime
from pathlib import Path
from django.conf import settings
from django.db import connection
from maplebridge.positions.steps import Point
from maplebridge.positions.tracks import tracks_here
tracks, day = tracks_here(), date(2026, 5, 4)
begin = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
lat = [60.15] * {UNITS}
started, rng = time.perf_counter(), random.Random(4)
for at in range(0, {DAY}, {EVERY_S} * 10):
    batch = []
    for step in range(10):
        for unit in range({UNITS}):
            lat[unit] += rng.uniform(-1e-4, 1e-4)
            batch.append(Point(unit, 24.94, lat[unit], begin + at + step * {EVERY_S}, 1.5, 90.0, 5.0))
    tracks.write(batch)
written = time.perf_counter() - started
def size():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('positions_fix_20260504')")
            return cursor.fetchone()[0]
    return sum(file.stat().st_size for file in (Path(settings.HOME) / "tracks").glob("2026-05-04*"))
def look():
    begun = time.perf_counter()
    rows = tracks.of(rng.randrange({UNITS}), int(begin * 1000), int((begin + {DAY}) * 1000))
    return len(rows), (time.perf_counter() - begun) * 1000
if connection.vendor == "sqlite":
    tracks._day(day).execute("PRAGMA wal_checkpoint(TRUNCATE)")
whole, looks = size(), sorted(look()[1] for _n in range({LOOKS}))
fixes = look()[0]
started = time.perf_counter()
gone = tracks.thin(day)
thinning = time.perf_counter() - started
p50, p99 = looks[len(looks) // 2], looks[int(len(looks) * 0.99)]
print(json.dumps({{"written": written, "whole": whole, "p50": p50, "p99": p99, "fixes": fixes,
                   "gone": gone, "thinning": thinning, "thinned": size()}}))
"""


def measure(*, postgresql: bool) -> dict:
    """One day on one database."""

    with served(postgresql=postgresql, city=False) as server:
        seen = json.loads(script(server.env, WORK))
    total = UNITS * DAY // EVERY_S
    return {
        "database": "PostgreSQL" if postgresql else "SQLite",
        "fixes": total, "written_per_s": round(total / seen["written"]),
        "mb": round(seen["whole"] / 1e6), "bytes_a_fix": round(seen["whole"] / total),
        "unit_day_fixes": seen["fixes"], "p50_ms": round(seen["p50"], 1), "p99_ms": round(seen["p99"], 1),
        "thinned_away": seen["gone"], "thinning_s": round(seen["thinning"], 1),
        "mb_after": round(seen["thinned"] / 1e6),
    }  # fmt: skip


def run() -> list[dict]:
    """Both databases."""
    return [measure(postgresql=False), measure(postgresql=True)]
