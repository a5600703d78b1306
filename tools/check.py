"""Run every check of style, types and house rules; say at the end which failed.

python tools/check.py
"""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from setup import BIN, ROOT, node

PYTHON_FOLDERS = ("maplebridge", "tests", "benchmarks", "tools", "manage.py")


def checks() -> list[tuple[str, list[str], Path, dict[str, str]]]:
    """Every check: its name, command, folder and environment."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    rows = [
        ("lint", [f"{BIN}/ruff", "check", *PYTHON_FOLDERS]),
        ("format", [f"{BIN}/ruff", "format", "--check", *PYTHON_FOLDERS]),
        ("types", [f"{BIN}/mypy"]),
        ("known weaknesses in our code", [f"{BIN}/bandit", "-q", "-c", "pyproject.toml", "-r", "maplebridge"]),
        ("imports", [f"{BIN}/lint-imports"]),
        ("migrations", [f"{BIN}/python", "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("house rules", [f"{BIN}/python", "-m", "pytest", "tests/house"]),
    ]
    found = [(name, command, ROOT, env) for name, command in rows]
    found.append(("settings of production", deployed(), ROOT, env | PRODUCTION))
    found.append(("known weaknesses in what we use", [sys.executable, "tools/audit.py"], ROOT, env))
    if (ROOT / "web" / "package.json").exists():
        npm, npm_env = node()
        found.append(("front end", [*npm, "run", "check"], ROOT / "web", npm_env))
    return found


PRODUCTION = {
    "MAPLEBRIDGE_ORIGIN": "https://police.example.org",
    "MAPLEBRIDGE_HOSTS": "police.example.org",
    "MAPLEBRIDGE_HOME": str(ROOT / "build" / "check"),
}


def deployed() -> list[str]:
    """Django's own check of the settings, as production has them."""
    return [f"{BIN}/python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def main() -> int:
    """Run them all, so that one run shows every fault."""
    failed = []
    for name, command, folder, env in checks():
        begun = time.monotonic()
        print(f"── {name}", flush=True)
        code = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, check=False).returncode
        print(f"── {name}: {'agrees' if code == 0 else 'FAILED'} ({time.monotonic() - begun:.0f} s)\n", flush=True)
        failed += [name] if code else []
    print(f"Failed: {', '.join(failed)}" if failed else "All checks agree.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
