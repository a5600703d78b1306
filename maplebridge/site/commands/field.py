"""`maplebridge field ...`: the hierarchy of field work, from tables."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maplebridge.site.commands import Subparsers, declare, say

if TYPE_CHECKING:  # each command loads what it needs when it runs
    from maplebridge.kernel.spreadsheets import Fault


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "field",
        "The hierarchy of field work: townships, villages, hamlets, and who holds their posts.",
        examples="""
        maplebridge field divisions divisions.csv --dry-run
        maplebridge field roster roster.xlsx
        """,
    )
    under = it.add_subparsers(title="what", metavar="WHAT", required=True)
    _table(
        under, "divisions",
        """
        Import a table of divisions: code, name, parent (CSV or XLSX); without a parent the code tells it, as in GB/T
        2260 and the statistical code of twelve digits. Nothing is applied while a row has a fault. Done again, it goes
        on.
        """,
    )  # fmt: skip
    _table(
        under, "roster",
        """
        Import who holds which post: area, role, name, sign-in name, until (XLSX or CSV). New accounts have no password.
        Nothing is applied while a row has a fault. Done again, it goes on.
        """,
    )  # fmt: skip


def _table(under: Subparsers, name: str, about: str) -> None:
    it = declare(under, name, about, examples=f"maplebridge field {name} FILE --dry-run")
    it.add_argument("file", metavar="FILE", type=Path, help="CSV or XLSX")
    it.add_argument("--dry-run", action="store_true", help="tell what is wrong, and apply nothing")
    it.set_defaults(run=run, what=name)


def run(options: argparse.Namespace) -> int:
    """Try a table, tell its faults cell by cell, and apply it where there are none."""
    from maplebridge.fieldwork import importing
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.places.register.rules.divisions import ROWS_MOST
    from maplebridge.site.fitting import must_fit

    must_fit()
    machine, at, content = system("command-line"), clock.now(), options.file.read_bytes()

    def progress(done: int, whole: int) -> None:
        say(f"{done:,} of {whole:,}")

    if options.what == "divisions":
        tree = importing.read_divisions(options.file.name, content, rows_most=ROWS_MOST)
        if _told(tree.faults, len(tree.divisions)) or options.dry_run:
            return int(bool(tree.faults))
        grown = importing.apply_divisions(machine, tree.divisions, at=at, progress=progress)
        say(f"{grown.new:,} new, {grown.changed:,} changed, {grown.same:,} as they were.")
        return 0
    roster = importing.read_roster(options.file.name, content, at=at, rows_most=ROWS_MOST)
    if roster.ignored:
        say(f"Columns that are not kept: {', '.join(roster.ignored)}.")
    if _told(roster.faults, len(roster.appointments)) or options.dry_run:
        return int(bool(roster.faults))
    filled = importing.apply_roster(machine, roster.appointments, at=at, progress=progress)
    say(f"{filled.filled:,} posts filled, {filled.same:,} as they were, {filled.accounts:,} new accounts.")
    return 0


def _told(faults: "Sequence[Fault]", good: int) -> bool:
    """Print the faults; whether there are any."""
    for fault in faults:
        say(f"{fault.cell}: {fault.sentence}")
    say(f"{good:,} rows hold, {len(faults):,} have a fault.")
    return bool(faults)
