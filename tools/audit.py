"""Ask the public database of known weaknesses about every locked dependency.

python tools/audit.py

Where the database cannot be reached it says so in one line and ends with 0; a weakness that is found ends with 1.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from setup import BIN, ROOT

LOCKS = ("base.txt", "postgresql.txt", "demo.txt")
UNREACHABLE = ("ConnectionError", "ServiceError", "Max retries", "timed out", "HTTPError", "Name or service not known")


def main() -> int:
    """Audit what an installation runs with."""
    locks = [argument for name in LOCKS for argument in ("-r", str(ROOT / "requirements" / name))]
    command = [f"{BIN}/pip-audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "5", *locks]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    except subprocess.TimeoutExpired:
        print("The database of known weaknesses does not answer from here: not audited.")
        return 0
    told = done.stdout + done.stderr
    if done.returncode and "vulnerabilit" not in done.stdout and any(word in told for word in UNREACHABLE):
        print("The database of known weaknesses cannot be reached from here: not audited.")
        return 0
    if unknown := told.count("could not be audited"):
        print(f"{unknown} dependencies are unknown to the database that answers here: these were not audited.")
    if done.returncode or not unknown:
        print(told.strip())
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
