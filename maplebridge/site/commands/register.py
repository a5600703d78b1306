"""`maplebridge register FILE.csv`: a list of addresses of any length into the register."""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maplebridge.site.commands import Subparsers, declare


def add(commands: Subparsers) -> None:
    """Add the command to the command line."""
    command = declare(
        commands,
        "register",
        """
        Import a list of addresses into the register.
        A CSV file (UTF-8) in batches of 2,000 rows. Sent again, it goes on where it was: what is there already is not
        doubled. Rows that cannot be taken go to FILE.errors.csv, with the reason.
        """,
        examples="""
        maplebridge register addresses.csv --try
        maplebridge register addresses.csv
        """,
    )
    command.add_argument("file", type=Path, help="CSV with columns such as area, street, number, unit, room, lon, lat")
    command.add_argument("--try", dest="dry", action="store_true", help="look at every row and write nothing")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import the file; 1 where some rows were not taken."""
    from maplebridge.kernel import clock
    from maplebridge.kernel.spreadsheets import guess
    from maplebridge.people.actor import system
    from maplebridge.places.register.actions.imports import BATCH, import_addresses
    from maplebridge.places.register.rules.rows import HEADS, must_have_columns

    machine, read, made, faults = system("import"), 0, 0, 0
    errors = options.file.with_suffix(".errors.csv")
    with options.file.open(encoding="utf-8-sig", newline="") as source, errors.open("w", encoding="utf-8-sig") as out:
        lines = csv.reader(source)
        head = next(lines, [])
        columns = guess(head, HEADS)
        must_have_columns(columns)
        bad = csv.writer(out)
        bad.writerow([*head, "why not"])
        for batch in _batches(lines, BATCH):
            rows, wrong = _read(batch, columns)
            if rows and not options.dry:
                done = import_addresses(machine, rows=rows, source=f"import:{options.file.name}", at=clock.now())
                made, wrong = made + sum(done.made.values()), wrong | done.faults
            bad.writerows([*batch[n], sentence] for n, sentence in sorted(wrong.items()))
            read, faults = read + len(batch), faults + len(wrong)
            print(f"\r{read} rows, {made} new records, {faults} not taken", end="", flush=True)
    print(f"\nThe rows not taken stand in {errors}." if faults else "")
    return 1 if faults else 0


def _batches(lines: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _read(batch: list[list[str]], columns: dict[str, int]) -> tuple[dict[int, Any], dict[int, str]]:
    """Rows by their number in the batch, and the sentence for each that cannot be read."""
    from maplebridge.kernel.refused import BadInput
    from maplebridge.places.register.naming import uses_by_name
    from maplebridge.places.register.rules.rows import COLUMNS, row_of

    rows: dict[int, Any] = {}
    wrong: dict[int, str] = {}
    uses = uses_by_name()
    for number, cells in enumerate(batch):
        fields = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        try:
            rows[number] = row_of(fields, uses=uses)
        except BadInput as fault:
            wrong[number] = f"{COLUMNS.get(fault.field, fault.field)}: {fault.sentence}"
    return rows, wrong
