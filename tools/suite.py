"""Run the whole suite: everything on SQLite, what uses a database again on PostgreSQL, the journeys, the front end; in
parts, two at a time.

    python tools/suite.py [options for pytest, such as -k merge]

Finds Chromium, a Chinese font, PostgreSQL, Mosquitto and NATS, or installs them with apt where that is allowed, or
says how.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from engines import program
from postgresql import NotHere, programs, throwaway
from setup import BIN, ROOT, node

APART = ("site", "deployment", "places")  # folders of tests that are a part each
AT_ONCE, NO_TESTS = 2, 5  # what pytest ends with where an option leaves none
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


class Done(NamedTuple):
    """What became of a part, and what it took: seconds, and those of them that processors worked."""

    title: str
    passed: bool
    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        how = "passed" if self.passed else "FAILED"
        return f"{self.title}: {how} ({self.wall_s:.0f} s; {self.cpu_s:.0f} s of a core)"


class Part(NamedTuple):
    """One command of the suite, which another may run beside."""

    title: str
    command: list[str]
    env: dict[str, str]
    folder: Path = ROOT
    good: tuple[int, ...] = (0,)  # what it ends with when it passed

    def run(self) -> Done:
        """Run it, then show what it said and what it took."""
        begun = time.monotonic()
        print(f"── {self.title} ...", flush=True)
        with tempfile.TemporaryFile() as said:
            child = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            try:
                _pid, status, used = os.wait4(child.pid, 0)  # and of the processes that it waited for
            except BaseException:
                child.kill()
                raise
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            words = said.read().decode(errors="replace")
        done = Done(self.title, child.returncode in self.good, time.monotonic() - begun, used.ru_utime + used.ru_stime)
        print(f"{words}── {done}\n", flush=True)
        return done


def parts(arguments: list[str], env: dict[str, str], postgresql: str) -> list[Part]:
    """Every part, what takes longest first, so that none is left over at the end to run alone."""
    pytest = [f"{BIN}/python", "-m", "pytest", *arguments]
    good = (0, NO_TESTS) if arguments else (0,)
    rest = [f"--ignore=tests/{name}" for name in ("journeys", *APART)]
    again, env_pg = "django_db and not any_database", env | {"MAPLEBRIDGE_DATABASE": postgresql}
    rows = [
        ("journeys", ["tests/journeys"], env),
        ("on PostgreSQL", ["-m", again, "--ignore=tests/journeys"], env_pg),
        ("on SQLite: the rest", rest, env),
        *((f"on SQLite: {name}", [f"tests/{name}"], env) for name in APART),
    ]
    found = [Part(title, [*pytest, *chosen], env, good=good) for title, chosen, env in rows]
    if (ROOT / "web" / "package.json").exists():
        npm, npm_env = node()
        found.append(Part("front end", [*npm, "test", "--if-present"], npm_env, ROOT / "web"))
    return found


def run_all(parts: list[Part], at_once: int) -> list[Done]:
    """Run every part, so that one run shows every fault, some at once."""
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(part.run) for part in parts]
        try:
            return [each.result() for each in running]
        except BaseException:  # the run was ended: what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def main(arguments: list[str]) -> int:
    """Run the suite on this machine."""
    if names := missing():
        provide(names)
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    for name in [name for name in env if name.startswith("MAPLEBRIDGE_") and name != "MAPLEBRIDGE_CHROMIUM"]:
        del env[name]
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # some hundred processes start: each would compile everything anew
    with throwaway(durable=False) as url:
        begun = time.monotonic()
        done = run_all(parts(arguments, env, url), AT_ONCE)
    print(*done, sep="\n")
    print(f"{time.monotonic() - begun:.0f} s in all; {sum(each.cpu_s for each in done):.0f} s of a core.")
    passed = all(each.passed for each in done)
    print("Every part passed." if passed else "Something failed; see above.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
