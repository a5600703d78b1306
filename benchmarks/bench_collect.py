"""A county's phones on a bad network: 500 with ODK Collect send 20,000 forms of 250 questions, with photos.

DEVICES and FORMS_EACH measure less. Of the sendings 5 % are cut inside the body, 5 % lose their answer, 3 % go out
twice at once, every fifth form with several photos in two parts; whatever was not acknowledged is sent again, in any
order. Afterwards the database is asked for every form: stored once, byte for byte, each photo on the disk as it was
taken. ODK Central publishes 41 submissions a second for its form of 250 questions (without photos and cuts, on
a server of its own); here server and phones share one machine, and every form has one to three photos of 20 kB.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.served import ROOT, Served, script, served, worker_apart

DEVICES = int(os.environ.get("DEVICES", "500"))
FORMS_EACH = int(os.environ.get("FORMS_EACH", "40"))
CENTRAL_PER_S = 41.0
MOST_S = 900

PREPARE = """
from pathlib import Path
from django.conf import settings
from django.db import transaction
from benchmarks.collect_load import form_as_md
from maplebridge.fieldwork.actions import add_form_version, issue_field_key, publish_form
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import system
machine, at, keys = system("benchmark"), clock.now(), []
with transaction.atomic():
    version = add_form_version(machine, spreadsheet=form_as_md(), kind="md", at=at)
    publish_form(machine, version=version, at=at)
    for number in range({devices}):
        user = enrol_user(machine, username=f"worker{{number}}", display_name=f"Worker {{number}}",
                          role="hamlet_assistant", password=None, at=at)
        keys.append(issue_field_key(machine, user=user, name="phone", at=at))
(Path(settings.HOME) / "keys.txt").write_text("\\n".join(keys))
"""

CHECK = """
import hashlib, json, time
from pathlib import Path
from django.conf import settings
from maplebridge.fieldwork.models import Review, Submission, SubmissionFile
from maplebridge.journal.queries import verify
seen = json.loads((Path(settings.HOME) / "seen.json").read_text())
sent = seen["sent"]
rows = Submission.objects.values_list("pk", "instance_id", "xml", "complete")
files = {}
for submission, name, sha, path in SubmissionFile.objects.values_list("submission_id", "name", "sha256", "file"):
    same = hashlib.sha256((Path(settings.MEDIA_ROOT) / path).read_bytes()).hexdigest() == sha
    files.setdefault(submission, []).append((name, sha if same else "damaged"))
kept, wrong, acked = {}, 0, set(seen["acknowledged"])
for pk, instance, xml, complete in rows.iterator():
    kept[instance] = kept.get(instance, 0) + 1
    digest, photos = sent.get(instance, ["", {}])
    mine = files.get(pk, [])
    same = hashlib.sha256(bytes(xml)).hexdigest() == digest
    whole = complete and sorted(mine) == sorted(photos.items())
    wrong += not same or (instance in acked and not whole)
until = time.time() + 240
while (screened := Review.objects.count()) < sum(row[3] for row in rows) and time.time() < until:
    time.sleep(1)
print(json.dumps({"screened": screened, "stored": len(kept), "lost": len(set(seen["acknowledged"]) - set(kept)),
                  "wrong": int(wrong), "doubled": sum(n - 1 for n in kept.values()), "sound": bool(verify().sound)}))
"""


def run() -> list[dict]:
    """Measure on SQLite and on PostgreSQL."""
    only = os.environ.get("COLLECT_DATABASE", "")
    return [measure(postgresql=name == "postgresql") for name in ("sqlite", "postgresql") if only in ("", name)]


def measure(*, postgresql: bool) -> dict:
    """One row: how fast, and what was lost, doubled or damaged."""
    with set_up(postgresql=postgresql) as server:
        seen = load(server)
        begun = time.time()
        found = json.loads(script(server.env, CHECK).splitlines()[-1])
        print(f"looked at every form and photo in {time.time() - begun:.0f} s", flush=True)
    forms, ms = len(seen["sent"]), seen["ms"]
    per_s = (forms - seen["left"]) / seen["seconds"]
    return {
        "database": "PostgreSQL" if postgresql else "SQLite", "phones": DEVICES, "forms": forms,
        "sendings": seen["sendings"], "cut": seen["cuts"], "answers": seen["answers"],
        "seconds": round(seen["seconds"]),
        "forms_per_s": round(per_s, 1), "sendings_per_s": round(seen["sendings"] / seen["seconds"], 1),
        "beside_central": round(per_s / CENTRAL_PER_S, 2), "p50_ms": round(ms[len(ms) // 2]),
        "p99_ms": round(ms[len(ms) * 99 // 100]), "phones_cpu_s": round(seen["own_cpu_s"]), "unsent": seen["left"],
        **found,
    }  # fmt: skip


@contextmanager
def set_up(*, postgresql: bool) -> Iterator[Served]:
    """An installation as it comes: one process on SQLite; on PostgreSQL two, and the worker, as in `ops/`."""
    prepare = PREPARE.format(devices=DEVICES)
    if not postgresql:
        with served(city=False, prepare=prepare) as server:
            yield server
        return
    several = served(postgresql=True, city=False, prepare=prepare, processes=2, worker="false")
    with several as server, worker_apart(server):
        yield server


def load(server: Served) -> dict:
    """Let the phones work in a process of their own; they stop after eight minutes."""
    home = Path(server.env["MAPLEBRIDGE_HOME"])
    files = [str(home / "keys.txt"), str(home / "seen.json")]
    text = [sys.executable, "-m", "benchmarks.collect_load", str(server.port), *files]
    env = os.environ | {"FORMS_EACH": str(FORMS_EACH)}
    subprocess.run(text, cwd=ROOT, env=env, check=True, timeout=MOST_S)
    return json.loads((home / "seen.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
