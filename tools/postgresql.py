"""A PostgreSQL server to throw away: its own folder, a free port of this machine, gone at the end."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class NotHere(Exception):
    """PostgreSQL's server programs are not on this machine."""


def programs() -> Path:
    """The folder of initdb and pg_ctl, the newest version first. Raises NotHere."""
    folders = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).parent)
    if not folders:
        raise NotHere("PostgreSQL is not installed (Debian, Ubuntu: apt-get install postgresql).")
    return max(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))] or [0])


@contextlib.contextmanager
def throwaway(*, durable: bool = True) -> Iterator[str]:
    """Run a server for the block; gives its address as a postgresql:// URL. As root it runs as `postgres`.

    One that is not `durable` waits for no disk: for tests, never for measuring.
    """
    bin_ = programs()
    home = Path(tempfile.mkdtemp(prefix="maplebridge-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data, port = home / "data", free_port()
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=200"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _as_owner([f"{bin_}/initdb", "-D", data, "-U", "maplebridge", "-A", "trust", "-E", "UTF8", "--no-locale"])
        _as_owner([f"{bin_}/pg_ctl", "-D", data, "-w", "-t", "60", "-l", home / "log", "-o", options, "start"])
        try:
            yield f"postgresql://maplebridge@127.0.0.1:{port}/postgres"
        finally:
            _as_owner([f"{bin_}/pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_owner(command: list[object]) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    text = [*prefix, *(str(part) for part in command)]
    done = subprocess.run(
        text, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(text)} failed: {done.stdout.decode(errors='replace')[-2000:]}")
