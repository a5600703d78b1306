"""(b) Acknowledgement of POST /api/incidents: p50, p99 and per second at 1, 8 and 32 clients, on both databases.

Closed loop (each client sends again once answered) shows what the server can take; paced at 200 reports a second over
32 clients shows what a caller waits at the load aimed at. Every acknowledged report is then looked for in the journal.
"""

import json
import subprocess
import sys

import numpy as np

from benchmarks.served import ROOT, Served, script, served

SECONDS = 6.0
RUNS = ((1, 0.0), (8, 0.0), (32, 0.0), (32, 200.0))
JOURNALED = """
import json, msgspec
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
bodies = Entry.objects.filter(verb="incidents.reported").values_list("body", flat=True)
numbers = [msgspec.json.decode(body)["facts"]["number"] for body in bodies]
print(json.dumps({"numbers": numbers, "sound": verify().sound}))
"""


def send(server: Served, clients: int, rate: float, *, seconds: float = SECONDS) -> dict:
    """Let clients in another process send reports; returns what they saw."""
    types = ",".join(row["code"] for row in server.get("/api/types")[:6])
    box = ",".join(str(side) for side in server.get("/api/me")["city"]["bbox"])
    text = [sys.executable, "-m", "benchmarks.load", server.port, server.token, clients, seconds, rate, types, box]
    done = subprocess.run(
        [str(part) for part in text], cwd=ROOT, capture_output=True, text=True, check=True, timeout=180
    )
    return json.loads(done.stdout)


def measure(*, postgresql: bool) -> list[dict]:
    """One row for each number of clients."""
    rows, acknowledged = [], set()
    with served(postgresql=postgresql) as server:
        for clients, rate in RUNS:
            seen = send(server, clients, rate)
            acknowledged |= {int(number) for number in seen["numbers"]}
            p50, p99 = np.percentile(seen["ms"], [50, 99])
            rows.append(
                {
                    "database": "PostgreSQL" if postgresql else "SQLite",
                    "clients": clients,
                    "paced_per_s": rate or None,
                    "reports": len(seen["ms"]),
                    "per_s": round(len(seen["ms"]) / seen["seconds"], 1),
                    "p50_ms": round(float(p50), 1),
                    "p99_ms": round(float(p99), 1),
                    "refused": len(seen["refused"]),
                }
            )
            if seen["refused"]:
                print(seen["refused"][:3], file=sys.stderr)
        journal = json.loads(script(server.env, JOURNALED))
    missing = acknowledged - set(journal["numbers"])
    for row in rows:
        row |= {"acknowledged_not_journaled": len(missing), "journal_sound": journal["sound"]}
    return rows


def run() -> list[dict]:
    """Measure on SQLite, then on PostgreSQL."""
    return measure(postgresql=False) + measure(postgresql=True)
