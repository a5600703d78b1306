"""Fill the disk under a running server, then make room again: what is answered, what is kept, how it comes back.

    python -m benchmarks.faults.disk_full          as root: it mounts a small file system in memory for the home

While there is no room, every report must be refused with 507 and none acknowledged; reading must go on; once there is
room the same reports are taken without a restart. At the end every acknowledged report is there once and the journal
verifies.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.served import CITY, PASSWORD, Served, command, installed, script, start

SIZE = "32m"
BEFORE, MEANWHILE, AFTER = 40, 120, 40  # reports sent in each part
KEYS = """
from maplebridge.incidents.models import Incident
keys = Incident.objects.exclude(source_key=None).values_list("source_key", flat=True)
print(*[key.rpartition(":")[2] for key in keys])
"""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes in memory. Raises OSError where it cannot be mounted."""
    with tempfile.TemporaryDirectory(prefix="maplebridge-full-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder]
        done = subprocess.run(mount, check=False, capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"no small file system can be mounted here: {done.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(home: Path) -> Path:
    """Take all the room that is left; returns the file that has it."""
    ballast = home / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while out.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


def send(server: Served, numbers: range) -> dict[str, int]:
    """Send reports, each once; the status that each was answered with, by key."""
    statuses = {}
    for number in numbers:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        body = {"type": "noise", "lon": 10.0 + number % 97 / 500, "lat": 50.0 + number % 89 / 750}
        heads = {"Authorization": f"Bearer {server.token}", "Idempotency-Key": f"k{number}"}
        link.request("POST", "/api/incidents", json.dumps(body), {**heads, "Content-Type": "application/json"})
        answer = link.getresponse()
        answer.read()
        statuses[f"k{number}"] = answer.status
    return statuses


def reads(server: Served) -> bool:
    """Whether the board is still given."""
    return "incidents" in server.get("/api/board")


def run() -> dict:
    """One run; the row of what was found."""
    with small_disk() as home:
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
        env |= {"MAPLEBRIDGE_HOME": str(home), "MAPLEBRIDGE_PASSWORD": PASSWORD}
        server = installed(env, CITY)
        process = start(server)
        try:
            return _run(server, home)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def _run(server: Served, home: Path) -> dict:
    before = send(server, range(BEFORE))
    ballast = fill(home)
    meanwhile = send(server, range(BEFORE, BEFORE + MEANWHILE))
    readable = reads(server)
    ballast.unlink()
    after = send(server, range(BEFORE, BEFORE + MEANWHILE + AFTER))
    acknowledged = [key for part in (before, meanwhile, after) for key, status in part.items() if status in (200, 201)]
    kept = Counter(script(server.env, KEYS).split())
    return {
        "full": dict(Counter(meanwhile.values())),
        "readable": readable,
        "after": dict(Counter(after.values())),
        "acknowledged": len(set(acknowledged)),
        "lost": len(set(acknowledged) - set(kept)),
        "doubled": sum(count > 1 for count in kept.values()),
        "journal": "sound" if "is sound" in command(server.env, "journal", "verify") else "NOT SOUND",
    }


def main() -> int:
    """Run it and say how it went."""
    from benchmarks.__main__ import show

    row = run()
    show([row])
    refused = set(row["full"]) <= {200, 201, 507} and row["full"].get(507, 0) > 0
    back = set(row["after"]) <= {200, 201}
    whole = (row["lost"], row["doubled"], row["journal"]) == (0, 0, "sound")
    return 0 if refused and back and whole and row["readable"] else 1


if __name__ == "__main__":
    sys.exit(main())
