"""The power goes while reports come in: a short run of the simulation in benchmarks/faults, with its control."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_acknowledged_report_is_lost_to_a_power_cut_and_without_syncing_some_are():
    command = [sys.executable, "-m", "benchmarks.faults.power_cut", "--cuts", "80", "--reports", "25"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert "Nothing acknowledged was lost." in done.stdout, done.stdout + done.stderr
    assert "The control found losses." in done.stdout
    assert done.returncode == 0
