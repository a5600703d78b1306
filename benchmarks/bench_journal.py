"""What the journal costs: acts a second beside the same rows saved by plain Django, and verification beside pymerkle.

Both savers write the same rows in one transaction (entry, private text, head), take turns within the same run, and wait
for the disk. Writers are threads of one process, as in the server. The journal that is verified has a private text in
every fourth entry; pymerkle reads the same entries from the same file and builds the same root from them, without
looking at columns, private texts or mentions.
"""

import json
import os
import tempfile

from benchmarks.served import command, script, throwaway

ROUNDS, SECONDS = 6, 0.6
ENTRIES = int(os.environ.get("BENCH_JOURNAL_ENTRIES", "1000000"))

SAVERS = """
import json, threading, time
import numpy as np
from django.db import connection, transaction
from maplebridge.journal.act import act
from maplebridge.journal.models import Entry, Head, Private
from maplebridge.kernel import clock
from maplebridge.people.actor import Actor

ACTOR = Actor(ref="user:1", name="Benchmark", role="dispatcher", session="s1")
FACTS = {{"unit": "unit:7", "state": "en_route", "priority": 3, "lon": 24.94312, "lat": 60.17123}}
WORDS = "the caller says that it is loud in the yard"

def by_act(number):
    with act(ACTOR, "dispatch.assigned", at=clock.now()) as entry:
        entry.about(f"incident:{{number}}", case="incident:1", **FACTS).keep_private(reason=WORDS)

def plainly(number):
    now = clock.now()
    with transaction.atomic():
        Entry(position=number, verb="dispatch.assigned", subject=f"incident:{{number}}", case="incident:1",
              actor="user:1", at=now, entered_at=now, body=BODY, leaf=bytes(32)).save(force_insert=True)
        Private(entry_id=number, name="reason", salt=bytes(16), content=WORDS).save(force_insert=True)
        Head(pk=2, size=number, peaks=bytes(320)).save(force_update=True)

def measure(save, writers, begin):
    took, end = [[] for _ in range(writers)], time.perf_counter() + {seconds}
    def write(own, number):
        while (start := time.perf_counter()) < end:
            save(number)
            own.append((time.perf_counter() - start) * 1000)
            number += writers
        if writers > 1:
            connection.close()
    begun = time.perf_counter()
    if writers == 1:
        write(took[0], begin)
    else:
        threads = [threading.Thread(target=write, args=(own, begin + n)) for n, own in enumerate(took)]
        [t.start() for t in threads]
        [t.join() for t in threads]
    return [ms for own in took for ms in own], time.perf_counter() - begun

by_act(1)
BODY = Entry.objects.get(position=1).body
Head.objects.create(pk=2)
out, begin = [], 10**9
for writers in (1, 8):
    kinds = {{"act": by_act, "plain": plainly}}
    ms, seconds = {{k: [] for k in kinds}}, dict.fromkeys(kinds, 0.0)
    for _round in range({rounds}):
        for kind, save in kinds.items():
            begin += 10**6
            some, took = measure(save, writers, begin)
            ms[kind] += some
            seconds[kind] += took
    found = {{k: [len(ms[k]) / seconds[k], *np.percentile(ms[k], [50, 99])] for k in kinds}}
    out.append({{"writers": writers}} | found)
print(json.dumps(out))
"""

GROW = """
from maplebridge.journal.act import act
from maplebridge.kernel import clock
from maplebridge.people.actor import Actor
ACTOR = Actor(ref="user:1", name="Benchmark", role="dispatcher", session="s1")
done, at = 0, clock.now()
while done < {entries}:
    with act(ACTOR, "things.begun", at=at) as entry:
        entry.about("thing:0")
        for number in range(done + 1, done + 5000):
            with act(ACTOR, "dispatch.assigned", at=at) as each:
                each.about(f"incident:{{number}}", case=f"incident:{{number % 97}}", unit=f"unit:{{number % 50}}",
                           state="en_route", lon=24.94312, lat=60.17123, priority=3)
                if number % 4 == 0:
                    each.keep_private(reason="the caller says that it is loud in the yard")
    done += 5000
"""

VERIFY = """
import json, time
from django.db import connection
from maplebridge.journal.queries import verify
begun = time.perf_counter()
verdict = verify()
ours = time.perf_counter() - begun
assert verdict.sound, verdict
from pymerkle import InmemoryTree
tree, begun = InmemoryTree(algorithm="sha256"), time.perf_counter()
with connection.cursor() as cursor:
    cursor.execute("SELECT CAST(body AS BLOB) FROM journal_entry ORDER BY position")
    for body, in cursor:
        tree.append_entry(body)
theirs = time.perf_counter() - begun
same = tree.get_root().hex() == verdict.root
print(json.dumps({"entries": verdict.size, "ours": ours, "theirs": theirs, "same": same}))
"""


def acts(database: str, env: dict[str, str]) -> list[dict]:
    """Rows of one database: acts beside plain saves, with 1 and with 8 writers."""
    command(env, "init", "--admin", "chief")
    rows = []
    for found in json.loads(script(env, SAVERS.format(seconds=SECONDS, rounds=ROUNDS)).splitlines()[-1]):
        (rate, p50, p99), (plain, plain_p50, plain_p99) = found["act"], found["plain"]
        name = f"act() on {database}, {found['writers']} writer{'s' if found['writers'] > 1 else ''}"
        rows.append(row(name, rate, p50, p99, "plain Django", plain, plain_p50, plain_p99, plain / rate))
    return rows


def row(what, rate, p50, p99, peer, peer_rate, peer_p50, peer_p99, cost) -> dict:
    """One line of the table; `cost` is how many times the peer's for one, by what a second holds."""
    rounded = [round(ms, 2) if isinstance(ms, float) else ms for ms in (p50, p99, peer_p50, peer_p99)]
    return {
        "what": what, "per_s": round(rate), "p50_ms": rounded[0], "p99_ms": rounded[1],
        "peer": peer, "peer_per_s": round(peer_rate), "peer_p50_ms": rounded[2], "peer_p99_ms": rounded[3],
        "cost_beside_peer": round(cost, 2),
    }  # fmt: skip


def verification(env: dict[str, str]) -> dict:
    """The row of verification."""
    command(env, "init", "--admin", "chief")
    script(env, GROW.format(entries=ENTRIES))
    found = json.loads(script(env, VERIFY).splitlines()[-1])
    if not found["same"]:
        raise RuntimeError("pymerkle came to another root")
    ours, theirs = found["entries"] / found["ours"], found["entries"] / found["theirs"]
    return row(
        f"verify {found['entries']} entries", ours, "", "", "pymerkle, root alone", theirs, "", "", theirs / ours
    )


def run() -> list[dict]:
    """Measure on SQLite and on PostgreSQL."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
    clean["MAPLEBRIDGE_PASSWORD"] = "Benchmark-only-7"
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home:
        rows = acts("SQLite", clean | {"MAPLEBRIDGE_HOME": home})
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home, throwaway() as url:
        rows += acts("PostgreSQL", clean | {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_DATABASE": url})
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home:
        rows.append(verification(clean | {"MAPLEBRIDGE_HOME": home}))
    return rows
