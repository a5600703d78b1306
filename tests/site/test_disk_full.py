"""A full disk: told from other faults, answered with a sentence, nothing falsely acknowledged."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from maplebridge.kernel.storage import tells_full

ROOT = Path(__file__).resolve().parents[2]


class ServerError(Exception):
    """As a driver raises it."""

    def __init__(self, sqlstate):
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def wrapped(cause):
    """As Django hands a driver's error on."""
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def sqlite_says(words):
    """A real error of SQLite: of a database that may not grow, or of something else."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count=2")
    try:
        connection.execute("CREATE TABLE t (x)") if words == "full" else connection.execute("SELECT * FROM nowhere")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    except sqlite3.OperationalError as error:
        return error
    raise AssertionError("it should not have grown")


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), True),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), True),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), False),
        (wrapped(sqlite_says("full")), True),
        (wrapped(sqlite_says("other")), False),
        (wrapped(ServerError("53100")), True),
        (wrapped(ServerError("57P01")), False),
        (ValueError("full"), False),
        (None, False),
    ],
)
def test_a_full_disk_is_told_from_every_other_fault(error, full):
    assert tells_full(error) is full


def may_mount(folder):
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        return False
    subprocess.run(["umount", str(folder)], check=True)
    return True


def test_a_full_disk_acknowledges_nothing_falsely_stays_readable_and_recovers_by_itself(tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("only root may mount the small file system that this fills")
    command = [sys.executable, "-m", "benchmarks.faults.disk_full"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "507" in done.stdout
