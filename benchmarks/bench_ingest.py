"""(e) Positions of 5,000 trackers acknowledged after commit, per second and p99, on both databases; beside a view.

Closed loop, bodies of 192 bytes, every step of the pipeline on. The peer is the API's own view for one position, which
writes the same newest position in a transaction of its own: a plain Django view, in the same run on the same server.
Afterwards every acknowledged fix is counted in the tracks.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.served import ROOT, Served, script, served

DEVICES, SECONDS = 5_000, 10.0
CONNECTIONS = 800
PREPARE = f"""
from datetime import timedelta
from maplebridge.kernel import clock
from maplebridge.people.actor import token_digest
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.models import Tracker
now = clock.now()
Unit.objects.bulk_create(
    Unit(call_sign=f"T{{n}}", kind="car", home_lon=24.94, home_lat=60.15) for n in range({DEVICES})
)
units = list(Unit.objects.filter(call_sign__startswith="T"))
day = timedelta(days=1)
Shift.objects.bulk_create(Shift(unit=unit, starts_at=now - day, ends_at=now + day) for unit in units)
Tracker.objects.bulk_create(
    Tracker(unit=unit, digest=token_digest(f"token-{{unit.pk}}"), made_at=now) for unit in units
)
"""
UNITS = """
import json
from maplebridge.people.models import Unit
print(json.dumps(list(Unit.objects.filter(call_sign__startswith="T").values_list("pk", flat=True))))
"""
COUNT = """
from maplebridge.people.models import Unit
from maplebridge.positions.tracks import tracks_here
tracks = tracks_here()
units = Unit.objects.filter(call_sign__startswith="T").values_list("pk", flat=True)
print(sum(len(tracks.of(unit, 0, 10**13)) for unit in units))
"""


def send(server: Served, lines: list[str], connections: int, *more: str) -> dict:
    """Let another process send positions; returns what it saw."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        text = [sys.executable, "-m", "benchmarks.tracker_load", server.port, connections, SECONDS, file.name, *more]
        done = subprocess.run(
            [str(part) for part in text], cwd=ROOT, capture_output=True, text=True, check=True, timeout=180
        )
    return json.loads(done.stdout)


def row(database: str, what: str, seen: dict, peer: float | None) -> dict:
    """One line of the table."""
    per_s = seen["kept"] / seen["seconds"]
    ratio = round(per_s / peer, 1) if peer else 1.0
    return {"database": database, "way": what, "acknowledged": seen["kept"], "per_s": round(per_s), "ratio": ratio,
            "p50_ms": round(seen["p50"], 1), "p99_ms": round(seen["p99"], 1), "other": seen["other"]}  # fmt: skip


def measure(*, postgresql: bool) -> list[dict]:
    """The plain view, then the ingest, on one server."""
    database = "PostgreSQL" if postgresql else "SQLite"
    with served(postgresql=postgresql, prepare=PREPARE) as server:
        units = [str(unit) for unit in json.loads(script(server.env, UNITS))]
        plain = row(database, "Django view", send(server, units, 32, "api", server.token), None)
        seen = send(server, [f"/p/token-{unit}" for unit in units], CONNECTIONS)
        ours = row(database, "ingest", seen, plain["per_s"])
        kept = int(script(server.env, COUNT))
        if kept < seen["kept"]:
            raise RuntimeError(f"{seen['kept']} positions were acknowledged and {kept} are in the tracks")
    return [plain, ours]


def run() -> list[dict]:
    """Both databases."""
    return measure(postgresql=False) + measure(postgresql=True)


if __name__ == "__main__":
    print(Path(__file__).name, run())
