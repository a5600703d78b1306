"""Kill the server with SIGKILL while reports come in, again and again; then look for every acknowledged one.

    python -m benchmarks.faults.kill9 [--reports 50000] [--rounds 40] [--postgresql]

Each report has an idempotency key of its own and is sent until it is acknowledged, with the same key after the server
is back. Acknowledgements are written down by the clients, outside the server. At the end every acknowledged key must
be there once, every number must be the one that was acknowledged, and the journal must verify.
"""

import argparse
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.served import CITY, PASSWORD, Served, command, installed, script, start, throwaway

CLIENTS = 8
FOUND = """
from maplebridge.incidents.models import Incident
for key, number in Incident.objects.exclude(source_key=None).values_list("source_key", "number").order_by("pk"):
    print(key.rpartition(":")[2], number)
"""


class Clients:
    """Several clients that send reports until each is acknowledged, and write the acknowledgements into a file."""

    def __init__(self, server: Served, file: Path, *, reports: int) -> None:
        self.server, self.reports = server, reports
        self.waiting = iter(range(reports))
        self.lock = threading.Lock()
        self.acknowledged = 0
        self.sent_again = 0
        self.refused: list[str] = []
        self.out = file.open("w", encoding="ascii")
        self.threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]

    def start(self) -> None:
        """Begin to send."""
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """Wait for the last acknowledgement."""
        for thread in self.threads:
            thread.join()
        self.out.close()
        if self.refused:
            raise RuntimeError(self.refused[0])

    def _client(self) -> None:
        link = None
        while True:
            with self.lock:
                number = next(self.waiting, None)
            if number is None:
                return
            answer = None
            while answer is None:
                link, answer = self._sent(link, number)
            with self.lock:
                self.out.write(f"{number} {answer}\n")
                self.out.flush()
                self.acknowledged += 1

    def _sent(self, link, number: int):
        """Send once: the link and the incident's number, or nothing where the server was killed meanwhile."""
        body = {"type": "noise", "lon": 10.0 + number % 97 / 500, "lat": 50.0 + number % 89 / 750}
        body |= {"narrative": f"report {number}"}
        heads = {"Authorization": f"Bearer {self.server.token}", "Idempotency-Key": f"k{number}"}
        try:
            link = link or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            link.request("POST", "/api/incidents", json.dumps(body), {**heads, "Content-Type": "application/json"})
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            if link:
                link.close()
            with self.lock:
                self.sent_again += 1
            time.sleep(0.05)
            return None, None
        if answer.status not in (200, 201):
            self.refused.append(f"report {number}: {answer.status} {text[:300]!r}")
        return link, int(json.loads(text).get("number", 0))


def rounds_of_killing(server: Served, clients: Clients, *, rounds: int, seed: int) -> int:
    """Kill the server's processes at random moments of the load and start it again; returns how often."""
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(1, clients.reports), rounds))
    process = start(server)
    clients.start()
    for moment in moments:
        while clients.acknowledged < moment:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process = start(server)
    clients.finish()
    process.send_signal(signal.SIGINT)
    process.wait(30)
    return len(moments)


def run(*, reports: int, rounds: int, postgresql: bool = False, seed: int = 7) -> dict:
    """One run in an installation of its own; the row of what was found."""
    with tempfile.TemporaryDirectory(prefix="maplebridge-kill9-") as home:
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
        env |= {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_PASSWORD": PASSWORD}
        if not postgresql:
            return _run(env, reports=reports, rounds=rounds, seed=seed)
        with throwaway() as url:
            return _run(env | {"MAPLEBRIDGE_DATABASE": url}, reports=reports, rounds=rounds, seed=seed)


def _run(env: dict[str, str], *, reports: int, rounds: int, seed: int) -> dict:
    server, begun = installed(env, CITY), time.monotonic()
    kept = Path(env["MAPLEBRIDGE_HOME"]) / "acknowledged.txt"
    clients = Clients(server, kept, reports=reports)
    killed = rounds_of_killing(server, clients, rounds=rounds, seed=seed)
    seconds = time.monotonic() - begun
    acknowledged = [tuple(line.split()) for line in kept.read_text().splitlines()]
    found = [tuple(line.removeprefix("k").split()) for line in script(env, FOUND).splitlines()]
    keys = Counter(key for key, _number in found)
    return {
        "database": "PostgreSQL" if "MAPLEBRIDGE_DATABASE" in env else "SQLite",
        "rounds": killed,
        "acknowledged": len(acknowledged),
        "sent_again": clients.sent_again,
        "lost": len(set(acknowledged) - set(found)),
        "doubled": sum(count > 1 for count in keys.values()) + len(acknowledged) - len(set(acknowledged)),
        "journal": "sound" if "is sound" in command(env, "journal", "verify") else "NOT SOUND",
        "seconds": round(seconds),
    }


def main() -> int:
    """Run it and say whether anything was lost."""
    from benchmarks.__main__ import show

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own")
    options = parser.parse_args()
    row = run(reports=options.reports, rounds=options.rounds, postgresql=options.postgresql)
    show([row])
    return 0 if (row["lost"], row["doubled"], row["journal"]) == (0, 0, "sound") else 1


if __name__ == "__main__":
    sys.exit(main())
