"""The server is killed while reports come in: a short run of the script in benchmarks/faults."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_server_killed_under_load_loses_no_acknowledged_report_and_doubles_none():
    command = [sys.executable, "-m", "benchmarks.faults.kill9", "--reports", "300", "--rounds", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    names, values = (line.split() for line in done.stdout.splitlines()[:2])
    row = dict(zip(names, values, strict=True))
    assert (row["rounds"], row["acknowledged"], row["lost"], row["doubled"]) == ("3", "300", "0", "0")
    assert row["journal"] == "sound"
