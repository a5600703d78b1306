"""The registry with 2,000,000 items, 20,000 of them stolen: checks, near codes, alarms; beside it pg_trgm.

ITEMS=200000 measures a smaller one. The peer is the usual way to near serials: PostgreSQL's pg_trgm at a threshold of
0.2 with a GIN index, then Levenshtein of at most 2 (fuzzystrmatch), on the same rows of the same server in the same
run. A misread code counts as found where its original is among the answers.
"""

import asyncio
import json
import subprocess
import sys
import time
from datetime import datetime

import numpy as np

from benchmarks.registry import ITEMS
from benchmarks.served import ROOT, Served, script, served

FILL = f"\nfrom benchmarks.registry import fill\nfill({ITEMS})\n"

IN_PROCESS = f"""
import json, random, time
import numpy as np
from benchmarks.registry import code_of, edited, is_stolen
from maplebridge.property import queries
from maplebridge.property.index import stolen_index
from maplebridge.property.near import NearIndex
from maplebridge.property.queries import near
rng = random.Random(6)
def spread(work, inputs):
    took = []
    for each in inputs:
        begun = time.perf_counter_ns()
        work(each)
        took.append((time.perf_counter_ns() - begun) / 1000)
    return [round(float(np.percentile(took, p)), 2) for p in (50, 99)]
def sample(count, only_stolen=False):
    step, first = (100, 7) if only_stolen else (1, 0)
    return [rng.randrange({ITEMS} // step) * step + first for _each in range(count)]
index = stolen_index()
begun = time.perf_counter(); index.freshen(); loaded = time.perf_counter() - begun
codes = [code_of(n) for n in [*sample(100_000), *sample(100_000, True)]]
rng.shuffle(codes)
spread(index.is_stolen, codes[:1000])
said = {{"stolen": len(index), "load_s": round(loaded, 2), "exact_us": spread(index.is_stolen, codes)}}
spread(queries.check, codes[:200])
said["database_us"] = spread(queries.check, codes[:5000])
begun = time.perf_counter(); everything = near._all.freshen()
said["near_build_s"] = round(time.perf_counter() - begun, 1)
said["near_mb"] = round(everything.size / 1e6)
stolen_near, keys = near._stolen.freshen()
def measured(index, numbers, of):
    sought = [(edited(code_of(n), 1 + k % 2, rng), code_of(n)) for k, n in enumerate(numbers)]
    index.find(sought[0][0])
    took, found = [], 0
    for wrong, right in sought:
        begun = time.perf_counter_ns()
        answers = index.find(wrong)
        took.append((time.perf_counter_ns() - begun) / 1e6)
        found += any(of(each.number) == right for each in answers)
    ms = [round(float(np.percentile(took, p)), 3) for p in (50, 99)]
    return {{"ms": ms, "recall": found / len(sought), "sought": sought}}
said["near_stolen"] = measured(stolen_near, sample(400, True), lambda number: keys[number])
first = near.Identifier.objects.order_by("pk").values_list("pk", flat=True)[0]
said["near_all"] = measured(everything, sample(200), lambda number: code_of(number - first))
print(json.dumps(said))
"""

PEER = """
import json, os, time
import numpy as np
from django.db import connection
sought = json.loads(os.environ["SOUGHT"])
with connection.cursor() as cursor:
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch")
    cursor.execute("CREATE TABLE IF NOT EXISTS peer_stolen AS SELECT i.canonical FROM property_identifier i"
                   " JOIN property_theftreport t ON t.item_id = i.item_id AND t.state = 'open'")
    cursor.execute("CREATE INDEX IF NOT EXISTS peer_stolen_trgm ON peer_stolen USING gin (canonical gin_trgm_ops)")
    begun = time.perf_counter()
    cursor.execute("CREATE INDEX IF NOT EXISTS peer_all_trgm ON property_identifier USING gin (canonical gin_trgm_ops)")
    built = time.perf_counter() - begun
    cursor.execute("ANALYZE peer_stolen")
    cursor.execute("SELECT set_limit(0.2)")
    cursor.execute("SET statement_timeout = '120s'")
    said = {"build_s": round(built, 1)}
    for name, table in (("near_stolen", "peer_stolen"), ("near_all", "property_identifier")):
        took, found, asked = [], 0, 0
        deadline = time.perf_counter() + 150
        for wrong, right in sought[name]:
            begun = time.perf_counter()
            cursor.execute(f"SELECT canonical FROM {table} WHERE canonical %% %s"
                           " AND levenshtein_less_equal(canonical, %s, 2) <= 2", [wrong, wrong])
            rows = {row[0] for row in cursor.fetchall()}
            took.append((time.perf_counter() - begun) * 1000)
            found, asked = found + (right in rows), asked + 1
            if time.perf_counter() > deadline:
                break
        ms = [round(float(np.percentile(took, p)), 1) for p in (50, 99)]
        said[name] = {"ms": ms, "recall": found / asked, "asked": asked}
    cursor.execute("DROP INDEX peer_all_trgm")
    cursor.execute("DROP TABLE peer_stolen")
print(json.dumps(said))
"""


def run() -> list[dict]:
    """Measure on PostgreSQL, with the peer, and on SQLite; each part is also printed when it is done."""
    rows: list[dict] = []
    for postgresql in (True, False):
        database = "PostgreSQL" if postgresql else "SQLite"
        begun = time.time()
        with served(postgresql=postgresql, prepare=FILL, checks_a_minute="1000000000", require_mfa="false") as server:
            print(f"{database}: filled in {time.time() - begun:.0f} s", flush=True)
            said = json.loads(script(server.env, IN_PROCESS))
            rows += told(in_process(database, said))
            if postgresql:
                rows += told(peer(server, said))
            rows += told(over_http(database, server))
    return rows


def told(rows: list[dict]) -> list[dict]:
    """Print what is known already: the whole takes its time."""
    for each in rows:
        print(json.dumps(each), flush=True)
    return rows


def row(database: str, what: str, p50: float, p99: float, **more: object) -> dict:
    """One line of the table."""
    empty = {"per_s": "", "recall": "", "note": ""}
    return {"database": database, "what": what, "p50": p50, "p99": p99, **empty, **more}


def in_process(database: str, said: dict) -> list[dict]:
    """What the process itself takes."""
    near, stolen = said["near_all"], said["near_stolen"]
    return [
        row(database, "exact over stolen, us", *said["exact_us"],
            note=f"{said['stolen']} codes, read in {said['load_s']} s"),
        row(database, "check by the database, us", *said["database_us"]),
        row(database, "near over stolen, ms", *stolen["ms"], recall=stolen["recall"]),
        row(database, "near over all, ms", *near["ms"], recall=near["recall"],
            note=f"built in {said['near_build_s']} s, {said['near_mb']} MB"),
    ]  # fmt: skip


def over_http(database: str, server: Served) -> list[dict]:
    """Public and accredited checks, and how soon an alarm is shown."""
    rows = []
    for mode, clients in (("public", 1), ("public", 8), ("accredited", 1), ("accredited", 8)):
        done = load(server, mode, clients, 8.0, 0.0, 0)
        rows.append(row(database, f"{mode} check over HTTP, {clients} clients, ms", *percentiles(done["ms"]),
                        per_s=round(len(done["ms"]) / done["seconds"])))  # fmt: skip
    lags, done = asyncio.run(watched(server))
    rows.append(row(database, "alarm accepted to shown, ms", *percentiles(lags), note=f"{len(lags)} alarms"))
    rows.append(row(database, "checks at 200/s, 2 % stolen, ms", *percentiles(done["ms"]),
                    per_s=round(len(done["ms"]) / done["seconds"])))  # fmt: skip
    return rows


def peer(server: Served, said: dict) -> list[dict]:
    """pg_trgm and Levenshtein on the same rows; how many times as long it takes."""
    sought = {name: said[name]["sought"][:60] for name in ("near_stolen", "near_all")}
    found = json.loads(script(server.env | {"SOUGHT": json.dumps(sought)}, PEER))
    rows = []
    for name, what in (("near_stolen", "stolen"), ("near_all", "all")):
        times = round(found[name]["ms"][0] / said[name]["ms"][0])
        note = f"{times} x ours, {found[name]['asked']} asked"
        rows.append(row("PostgreSQL", f"pg_trgm + levenshtein over {what}, ms", *found[name]["ms"],
                        recall=found[name]["recall"], note=note))  # fmt: skip
    return rows


def load(server: Served, mode: str, clients: int, seconds: float, rate: float, stolen: int) -> dict:
    """Let another process send checks."""
    text = [
        sys.executable,
        "-m",
        "benchmarks.check_load",
        server.port,
        server.token,
        mode,
        clients,
        seconds,
        rate,
        stolen,
    ]
    done = subprocess.run([str(part) for part in text], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


async def watched(server: Served) -> tuple[list[float], dict]:
    """Listen on a stream while 200 checks a second come in, two of a hundred of stolen items."""
    lags: list[float] = []
    opened = asyncio.Event()
    listening = asyncio.create_task(listen(server, lags, opened))
    await opened.wait()
    done = await asyncio.to_thread(load, server, "accredited", 16, 12.0, 200.0, 2)
    await asyncio.sleep(2)
    listening.cancel()
    return lags, done


async def listen(server: Served, lags: list[float], opened: asyncio.Event) -> None:
    """Note how long after its entry each alarm was in hand, in ms."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    opened.set()
    event = b""
    while True:
        line = await reader.readline()
        if line.startswith(b"event: "):
            event = line[7:].strip()
        elif line.startswith(b"data: ") and event == b"entry":
            entry = json.loads(line[6:])
            if entry.get("verb") == "property.alarm_raised":
                entered = datetime.fromisoformat(entry["entered_at"].replace("Z", "+00:00"))
                lags.append((time.time() - entered.timestamp()) * 1000)


def percentiles(values: list[float]) -> list[float]:
    """The median and the 99th."""
    return [round(float(np.percentile(values, p)), 2) for p in (50, 99)] if values else [0.0, 0.0]


if __name__ == "__main__":
    from benchmarks.__main__ import show

    show(run())
