"""Run benchmarks, print a table of each, and keep the rows in benchmarks/results/NAME.json.

python -m benchmarks [intake] [live] [console] [journal] [ingest] ...       all of them without a name
"""

import json
import os
import platform
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
OURS = (
    "intake", "live", "console", "moving", "journal", "ingest", "memory", "edges", "tracks", "siting", "simulation",
    "hypercube", "coverage", "matrix", "property", "collect", "register",
)  # fmt: skip


def main(names: list[str]) -> int:
    """Run those named, or all; a benchmark that fails does not stop the others."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names or [*OURS, *_of_roads()]:
        print(f"── {name}", flush=True)
        try:
            _run(name)
        except Exception as error:
            print(f"{name} failed: {error}", file=sys.stderr)
            failed.append(name)
    return 1 if failed else 0


def _run(name: str) -> None:
    begun = time.time()
    if name not in OURS:
        subprocess.run([sys.executable, "-m", f"benchmarks.roads.bench_{name}"], cwd=ROOT, check=True)
        return
    rows = import_module(f"benchmarks.bench_{name}").run()
    show(rows)
    machine = {"cores": os.cpu_count(), "load_before": os.getloadavg()[2], "python": platform.python_version()}
    kept = {"benchmark": name, "seconds": round(time.time() - begun), "machine": machine, "rows": rows}
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _of_roads() -> list[str]:
    return sorted(file.stem.removeprefix("bench_") for file in (ROOT / "benchmarks" / "roads").glob("bench_*.py"))


def show(rows: list[dict]) -> None:
    """Print rows as a table."""
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(names))]
    for line in cells:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
