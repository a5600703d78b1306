"""Cut the power while reports come in, many times, and see what the database still holds.

    python -m benchmarks.faults.power_cut [--cuts 1200] [--reports 150]

The statements are those that the service sends when it takes reports (traced on the real connection, with their
values). They are run again through a file system that records every write and sync, with the pragmas of production;
one process has the file, so its write-ahead index stays in memory (locking_mode=EXCLUSIVE), which changes no write to
the disk. At each cut a state is drawn in which a disk may be found (see `recording`), opened with plain SQLite, and
judged: whole, every report that was acknowledged before the cut there once, and the journal's tree that of its head.

The same with synchronous=OFF is the control: it must find losses, or the cuts would prove nothing.
"""

import argparse
import os
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DATABASE = "maplebridge.sqlite3"
PRAGMAS = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint={checkpoint};"


@dataclass(frozen=True, slots=True)
class Story:
    """What the service did: the database before, its statements, and after which of them a report was acknowledged."""

    before: dict[str, bytes]
    statements: list[str]
    acknowledged: list[tuple[int, str]]  # number of statements run, key of the report


def take_reports(home: Path, count: int) -> Story:
    """Take reports through the service's own code in a new installation; each is acknowledged when the call returns."""
    os.environ |= {"MAPLEBRIDGE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "maplebridge.site.settings"}
    import django

    django.setup()
    from django.db import connection

    from maplebridge.incidents.actions import report_incident
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.places.models import City
    from maplebridge.site.prepare import bring_up_to_date

    bring_up_to_date(lambda _line: None)
    City.objects.create(name="Cut", time_zone="UTC", west=24.9, south=60.1, east=25.0, north=60.2, edition="cut")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = {DATABASE: (home / DATABASE).read_bytes()}
    statements: list[str] = []
    acknowledged = []
    connection.connection.set_trace_callback(statements.append)
    for number in range(count):
        key = f"cut-{number}"
        place = {"lon": 24.91 + number % 80 / 1000, "lat": 60.11 + number // 80 / 1000}
        report_incident(
            system("power-cut"), type="noise", **place, caller="A. Caller", phone="0401112222",
            narrative=f"report {number}, said in some words", source_key=key, at=clock.now(),
        )  # fmt: skip
        acknowledged.append((len(statements), key))
    connection.connection.set_trace_callback(None)
    connection.close()
    return Story(before, statements, acknowledged)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What reached the disk, and how many of those events had happened when each report was acknowledged."""

    events: list
    acknowledged: list[tuple[int, str]]


def record(story: Story, *, synchronous: str, checkpoint: int) -> Recorded:
    """Run the story again over the recording file system."""
    import apsw

    from benchmarks.faults.recording import Log, RecordingVFS

    log = Log()
    vfs = RecordingVFS(f"recording-{synchronous}", log)
    with tempfile.TemporaryDirectory(prefix="power-cut-") as folder:
        file = Path(folder) / DATABASE
        file.write_bytes(story.before[DATABASE])
        connection = apsw.Connection(str(file), vfs=f"recording-{synchronous}")
        connection.execute(PRAGMAS.format(checkpoint=checkpoint)).fetchall()
        connection.execute(f"PRAGMA synchronous={synchronous}")
        waiting, acknowledged = list(story.acknowledged), []
        for number, statement in enumerate(story.statements, start=1):
            connection.execute(statement).fetchall()
            while waiting and waiting[0][0] <= number:
                acknowledged.append((len(log.events), waiting.pop(0)[1]))
        events = list(log.events)  # closing would tidy up: the power went before
        connection.close()
    vfs.unregister()
    return Recorded(events, acknowledged)


def cut(story: Story, recorded: Recorded, *, cuts: int, seed: int) -> Counter[str]:
    """Cut at random moments; count how each turned out: `whole`, `lost` or `corrupt`."""
    from benchmarks.faults.recording import Disk

    chance, outcomes = random.Random(seed), Counter()
    moments = sorted(chance.randrange(1, len(recorded.events) + 1) for _ in range(cuts))
    disk, passed, waiting, acknowledged = Disk(story.before), 0, list(recorded.acknowledged), []
    for moment in moments:
        for event in recorded.events[passed:moment]:
            disk.pass_by(event)
        passed = moment
        while waiting and waiting[0][0] <= moment:
            acknowledged.append(waiting.pop(0)[1])
        outcomes[judged(disk.after_cut(chance), acknowledged)] += 1
    return outcomes


def judged(files: dict[str, bytearray], acknowledged: list[str]) -> str:
    """Open what was found as after a restart, and say `whole`, `lost` or `corrupt`."""
    with tempfile.TemporaryDirectory(prefix="power-cut-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        connection = sqlite3.connect(Path(folder) / DATABASE)
        try:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return "corrupt"
            rows = connection.execute("SELECT position, body, leaf FROM journal_entry ORDER BY position").fetchall()
            size, peaks = connection.execute("SELECT size, peaks FROM journal_head").fetchone()
            keys = [row[0] for row in connection.execute("SELECT source_key FROM incidents_incident")]
        except sqlite3.DatabaseError:
            return "corrupt"
        finally:
            connection.close()
    if not _agrees(rows, size, peaks):
        return "corrupt"
    return "whole" if set(acknowledged) <= set(keys) and len(keys) == len(set(keys)) else "lost"


def _agrees(rows: list[tuple[int, str, bytes]], size: int, peaks: bytes) -> bool:
    from maplebridge.journal.tree import Frontier, leaf_hash

    frontier = Frontier()
    for position, body, leaf in rows:
        if position != frontier.size + 1 or leaf_hash(body.encode()) != leaf:
            return False
        frontier.append(leaf)
    return (frontier.size, frontier.to_bytes()) == (size, peaks)


def run(*, cuts: int, reports: int, seed: int = 7) -> list[dict]:
    """Both runs, as rows: production's synchronous=FULL, and the control."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="power-cut-home-") as home:
        story = take_reports(Path(home), reports)
    for synchronous, checkpoint in (("FULL", 1000), ("FULL", 60), ("OFF", 60)):
        recorded = record(story, synchronous=synchronous, checkpoint=checkpoint)
        outcomes = cut(story, recorded, cuts=cuts // 2 if synchronous == "FULL" else cuts // 4, seed=seed)
        rows.append(
            {
                "synchronous": synchronous,
                "checkpoint pages": checkpoint,
                "reports": reports,
                "events": len(recorded.events),
                "syncs": sum(event.kind == "sync" for event in recorded.events),
                "cuts": sum(outcomes.values()),
                **{name: outcomes[name] for name in ("whole", "lost", "corrupt")},
            }
        )
    return rows


def main() -> int:
    """Run it and say whether production lost nothing and the control lost something."""
    from benchmarks.__main__ import show

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=1200, help="cuts with synchronous=FULL (1200)")
    parser.add_argument("--reports", type=int, default=150, help="reports taken (150)")
    options = parser.parse_args()
    rows = run(cuts=options.cuts, reports=options.reports)
    show(rows)
    safe = all(row["whole"] == row["cuts"] for row in rows if row["synchronous"] == "FULL")
    control = any(row["whole"] < row["cuts"] for row in rows if row["synchronous"] == "OFF")
    print("Nothing acknowledged was lost." if safe else "Acknowledged reports were LOST.")
    print("The control found losses." if control else "The control found NO losses: the cuts prove nothing.")
    return 0 if safe and control else 1


if __name__ == "__main__":
    sys.exit(main())
