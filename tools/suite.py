"""Run the whole suite: on SQLite and, beside it, what uses a database again on PostgreSQL; then the front end's tests.

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
def beside(title: str, command: list[str], *, env: dict[str, str]) -> Iterator[Callable[[], bool]]:
    """Run a part while the block runs; what is given waits for its end, shows what it said, and says if it passed."""
    with tempfile.TemporaryFile("w+") as said:
        part = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )

        def end() -> bool:
            passed = part.wait() == 0
            said.seek(0)
            print(f"── {title}\n{said.read()}", flush=True)
            return passed

        try:
            yield end
        finally:
            part.kill()
            part.wait()


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
        with beside("on PostgreSQL", [*pytest, "-m", "django_db and not journey"], env=env_pg) as end:
            passed = [run("on SQLite", pytest, env=env), end()]
    if (ROOT / "web" / "package.json").exists():
        npm, npm_env = node()
        passed.append(run("front end", [*npm, "test", "--if-present"], folder=ROOT / "web", env=npm_env))
    print("Every part passed." if all(passed) else "Something failed; see above.")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
