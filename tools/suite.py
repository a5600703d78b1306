"""Run the whole suite: on SQLite and, beside it, what uses a database again on PostgreSQL, then the journeys; then the
front end's tests.

    python tools/suite.py [arguments for pytest]

Finds Chromium, a Chinese font, PostgreSQL, Mosquitto and NATS, or installs them with apt where that is allowed, or
says how.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from engines import program
from postgresql import NotHere, programs, throwaway
from setup import BIN, ROOT, node

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing() -> list[str]:
    """Debian packages of what the suite needs and the machine lacks."""
    names = []
    if not os.environ.get("MAPLEBRIDGE_CHROMIUM") and not any(shutil.which(name) for name in CHROMIUM):
        names.append("chromium")
    if not any(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
        names.append("fonts-noto-cjk")
    try:
        programs()
    except NotHere:
        names.append("postgresql")
    servers = {"mosquitto": "mosquitto", "nats-server": "nats-server", "mosquitto_pub": "mosquitto-clients"}
    for name, package in servers.items():
        try:
            program(name)
        except NotHere:
            names.append(package)
    return names


def provide(names: list[str]) -> None:
    """Install Debian packages, or stop with a sentence that says how."""
    how = f"Install them (Debian, Ubuntu: apt-get install {' '.join(names)}), then run `make test` again."
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.exit(f"The suite needs {', '.join(names)}. {how}")
    print(f"Installing {', '.join(names)} ...", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": env}
    subprocess.run([apt, "-q", "update"], check=False, **quiet)
    if subprocess.run([apt, "-q", "install", "-y", "--no-install-recommends", *names], check=False, **quiet).returncode:
        sys.exit(f"apt-get could not install {', '.join(names)}. {how}")


def run(title: str, command: list[str], *, folder: Path = ROOT, env: dict[str, str] | None = None) -> bool:
    """Run one part of the suite; returns whether it passed."""
    print(f"── {title}", flush=True)
    return subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, check=False).returncode == 0


@contextlib.contextmanager
def beside(*parts: tuple[str, list[str], dict[str, str]]) -> Iterator[Callable[[], bool]]:
    """Run parts one after the other while the block runs; what is given waits for their end, shows what they said, and
    says if all passed.
    """
    with tempfile.TemporaryFile("w+") as said:
        at_work: list[subprocess.Popen[bytes]] = []
        passed: list[bool] = []

        def work() -> None:
            for title, command, env in parts:
                print(f"── {title}", file=said, flush=True)
                part = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                at_work.append(part)
                passed.append(part.wait() == 0)

        def end() -> bool:
            lane.join()
            said.seek(0)
            print(said.read(), flush=True)
            return all(passed)

        lane = threading.Thread(target=work)
        lane.start()
        try:
            yield end
        finally:
            while lane.is_alive():  # the block was left early: each part ends, and so the lane does
                if at_work:
                    at_work[-1].kill()
                lane.join(0.2)


def main(arguments: list[str]) -> int:
    """Run every part, so that one run shows every fault."""
    if names := missing():
        provide(names)
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    for name in [name for name in env if name.startswith("MAPLEBRIDGE_") and name != "MAPLEBRIDGE_CHROMIUM"]:
        del env[name]
    pytest = [f"{BIN}/python", "-m", "pytest", *arguments]
    with throwaway(durable=False) as url:
        env_pg = {**env, "MAPLEBRIDGE_DATABASE": url}
        on_pg = ("on PostgreSQL", [*pytest, "-m", "django_db and not journey and not any_database"], env_pg)
        journeys = ("journeys", [*pytest, "-m", "journey"], env)
        with beside(on_pg, journeys) as end:
            passed = [run("on SQLite", [*pytest, "-m", "not journey"], env=env), end()]
    if (ROOT / "web" / "package.json").exists():
        npm, npm_env = node()
        passed.append(run("front end", [*npm, "test", "--if-present"], folder=ROOT / "web", env=npm_env))
    print("Every part passed." if all(passed) else "Something failed; see above.")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
