"""A real server for a benchmark: its own folder and database, a free port of 127.0.0.1, gone at the end."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from postgresql import free_port, throwaway  # noqa: E402  # in tools/, which is no package

PASSWORD = "Benchmark-only-7"


@dataclass(frozen=True)
class Served:
    """Where it is and how to get in."""

    port: int
    token: str
    env: dict[str, str]
    processes: int = 1

    def get(self, path: str):
        """Fetch JSON."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        link.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = link.getresponse()
        return json.loads(answer.read())

    def command(self, *arguments: str) -> str:
        """Run one `maplebridge` command on the same installation."""
        return command(self.env, *arguments)


def command(env: dict[str, str], *arguments: str) -> str:
    """Run `maplebridge` and return what it printed."""
    text = [sys.executable, "-m", "maplebridge.site.cli", *arguments]
    done = subprocess.run(text, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stdout} {done.stderr}")
    return done.stdout.strip()


def script(env: dict[str, str], source: str) -> str:
    """Run a few lines of Python with Django set up, on the same installation."""
    head = "import django, os; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'maplebridge.site.settings')\n"
    text = [sys.executable, "-c", f"{head}django.setup()\n{source}"]
    done = subprocess.run(text, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


CITY = """
import tempfile
from pathlib import Path
from benchmarks.grid_city import write
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.actions import import_city
with tempfile.TemporaryDirectory() as folder:
    roads, areas = write(Path(folder))
    import_city(system("benchmark"), roads=roads, areas=areas, name="Grid", time_zone="UTC", at=clock.now())
"""


@contextmanager
def served(
    *, postgresql: bool = False, city: bool = True, prepare: str = "", processes: int = 1, **settings: str
) -> Iterator[Served]:
    """Run a server for the block, with the map of the grid city; `prepare` is Python run before it starts."""
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home:
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
        env |= {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_PASSWORD": PASSWORD}
        env |= {f"MAPLEBRIDGE_{name.upper()}": value for name, value in settings.items()}
        if not postgresql:
            with _running(env, city, prepare, processes) as server:
                yield server
            return
        with throwaway() as url, _running(env | {"MAPLEBRIDGE_DATABASE": url}, city, prepare, processes) as server:
            yield server


@contextmanager
def _running(env: dict[str, str], city: bool, prepare: str, processes: int) -> Iterator[Served]:
    server = replace(installed(env, (CITY if city else "") + prepare), processes=processes)
    process = start(server)
    try:
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def installed(env: dict[str, str], prepare: str) -> Served:
    """Make an installation with an account and a token; `prepare` is Python run in it."""
    command(env, "init", "--admin", "chief")
    if prepare:
        script(env, prepare)
    return Served(free_port(), command(env, "token", "chief"), env)


@contextmanager
def ingest_apart(server: Served) -> Iterator[int]:
    """Run a process that takes positions alone beside a server, for the block; gives its port."""
    own = Served(free_port(), server.token, server.env)
    text = [sys.executable, "-m", "maplebridge.site.cli", "serve", "--ingest", "--port", str(own.port)]
    process = subprocess.Popen(text, env=own.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _try in range(300):
            with contextlib.suppress(OSError):
                asked = http.client.HTTPConnection("127.0.0.1", own.port, timeout=60)
                asked.request("GET", "/p/nobody")
                asked.getresponse().read()
                break
            time.sleep(0.1)
        yield own.port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


@contextmanager
def worker_apart(server: Served) -> Iterator[None]:
    """Run reactions and timers in a process of their own for the block; the server has `worker="false"`."""
    text = [sys.executable, "-m", "maplebridge.site.cli", "worker"]
    process = subprocess.Popen(text, env=server.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def start(server: Served) -> subprocess.Popen[bytes]:
    """Start its server, leader of a process group of its own, and wait until it answers."""
    text = [sys.executable, "-m", "maplebridge.site.cli", "serve", "--port", str(server.port)]
    text += ["--processes", str(server.processes)]
    log = Path(server.env["MAPLEBRIDGE_HOME"]) / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            text, env=server.env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(server, process, log)
    except RuntimeError:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process


def _wait(server: Served, process: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(1_800):  # the first start on a machine compiles
        try:
            server.get("/api/me")
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-3000:]}")
