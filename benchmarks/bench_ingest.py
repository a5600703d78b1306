"""(e) Positions of 5,000 trackers acknowledged after commit, per second and p99, on both databases; beside its peers.

Closed loop, bodies of 192 bytes, every step of the pipeline on. The peers are the API's own view for one position, a
plain Django view that writes the same newest position in a transaction of its own, in the same run on the same server;
and OwnTracks Recorder where OT_RECORDER names its program. `rest_p99_ms` is the p99 of other requests, alone and
meanwhile; also at a bounded rate, and with ingest in a process of its own. Afterwards every acknowledged fix is
counted in the tracks.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.recorder import recorder, recorder_program
from benchmarks.served import ROOT, Served, ingest_apart, script, served

DEVICES, SECONDS = 5_000, 10.0
CONNECTIONS = 500
PACED = 1_000  # units that send each second, to see what that costs the rest
PREPARE = f"""
from datetime import timedelta
from maplebridge.kernel import clock
from maplebridge.people.actor import token_digest
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.models import Tracker
now = clock.now()
Unit.objects.bulk_create(
    Unit(call_sign=f"T{{n}}", kind="car", home_lon=10.1, home_lat=50.06) for n in range({DEVICES})
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


def send(port: int, lines: list[str], connections: int, *more: str, seconds: float = SECONDS) -> dict:
    """Let another process send positions; returns what it saw."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        text = [sys.executable, "-m", "benchmarks.tracker_load", port, connections, seconds, file.name, *more]
        done = subprocess.run(
            [str(part) for part in text], cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds + 120
        )
    return json.loads(done.stdout)


class Asking(threading.Thread):
    """Asks for the board ten times a second, as the rest of the application is used meanwhile; p99 in ms."""

    def __init__(self, server: Served) -> None:
        super().__init__(daemon=True)
        self.server, self.ms, self.ending = server, [], threading.Event()

    def run(self) -> None:
        """Ask until told to end."""
        while not self.ending.wait(0.1):
            begun = time.perf_counter()
            self.server.get("/api/me")
            self.ms.append((time.perf_counter() - begun) * 1000)

    def end(self) -> float:
        """The p99 of the answers."""
        self.ending.set()
        self.join(10)
        return float(np.percentile(self.ms, 99)) if self.ms else 0.0


def asking(server: Served, work) -> tuple[object, float]:
    """Do something while the rest of the application is asked; its result, and p99 in ms of the rest."""
    thread = Asking(server)
    thread.start()
    return work(), thread.end()


def row(database: str, what: str, seen: dict, peer: float | None, rest: float = 0.0) -> dict:
    """One line of the table."""
    per_s = seen["kept"] / seen["seconds"]
    ratio = round(per_s / peer, 1) if peer else 1.0
    return {"database": database, "way": what, "acknowledged": seen["kept"], "per_s": round(per_s), "ratio": ratio,
            "p50_ms": round(seen["p50"], 1), "p99_ms": round(seen["p99"], 1), "other": seen["other"],
            "rest_p99_ms": round(rest, 1)}  # fmt: skip


def measure(*, postgresql: bool) -> list[dict]:
    """The plain view, then the ingest, on one server."""
    database = "PostgreSQL" if postgresql else "SQLite"
    with served(postgresql=postgresql, prepare=PREPARE) as server:
        units = [str(unit) for unit in json.loads(script(server.env, UNITS))]
        _slept, alone = asking(server, lambda: time.sleep(5))
        seen = send(server.port, units, 32, "api", server.token)
        plain = row(database, "Django view", seen, None, alone)
        lines = [f"/p/token-{unit}" for unit in units]
        seen, rest = asking(server, lambda: send(server.port, lines, CONNECTIONS))
        ours = row(database, "ingest", seen, plain["per_s"], rest)
        kept = int(script(server.env, COUNT))
        if kept < seen["kept"]:
            raise RuntimeError(f"{seen['kept']} positions were acknowledged and {kept} are in the tracks")
        seen, rest = asking(server, lambda: send(server.port, lines[:PACED], 100, "fleet"))
        paced = row(database, f"ingest, {PACED} a second", seen, plain["per_s"], rest)
        with ingest_apart(server) as port:
            seen, rest = asking(server, lambda: send(port, lines, CONNECTIONS))
        apart = row(database, "ingest apart", seen, plain["per_s"], rest)
    return [plain, ours, paced, apart]


def peer() -> list[dict]:
    """OwnTracks Recorder with a thousand users, where it is here."""
    program = recorder_program()
    if program is None:
        return []
    with recorder(program) as port:
        seen = send(port, [str(user) for user in range(1_000)], 32, "recorder")
    return [row("files", "OwnTracks Recorder", seen, None)]


def run() -> list[dict]:
    """Both databases, and the peer."""
    return measure(postgresql=False) + measure(postgresql=True) + peer()


def memory(minutes: float = 10.0) -> list[dict]:
    """How much memory the server has each minute of a long run, in MB: `python -m benchmarks memory`."""
    rows = []
    with served(prepare=PREPARE) as server:
        lines = [f"/p/token-{unit}" for unit in json.loads(script(server.env, UNITS))]
        for minute in range(round(minutes)):
            seen = send(server.port, lines, CONNECTIONS, seconds=60)
            mb = memory_of(server.port)
            rows.append({"minute": minute + 1, "per_s": round(seen["kept"] / seen["seconds"]), "mb": mb})
    return rows


def memory_of(port: int) -> int:
    """Memory of the largest process of the server at a port, in MB (Linux: VmRSS)."""
    found = subprocess.run(["pgrep", "-f", f"serve --port {port}"], capture_output=True, text=True, check=True)
    sizes = [
        int(line.split()[1])
        for pid in found.stdout.split()
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return max(sizes) // 1024
