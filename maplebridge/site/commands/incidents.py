"""`maplebridge incidents import`: past incidents from a table."""

import argparse
from pathlib import Path

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "incidents",
        "Bring in incidents from elsewhere.",
        examples="maplebridge incidents import calls.csv.gz --map calls.toml",
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    bring = declare(
        parts,
        "import",
        """
        Import incidents from a CSV file, by a mapping file that names its columns.
        Rows that cannot be placed are listed with the reason. A second import of the same rows adds nothing.
        """,
        examples="""
        maplebridge incidents import crime_2018.csv.gz --map docs/howto/washington.toml
        """,
    )
    bring.add_argument("file", type=Path, metavar="FILE.csv", help="the table; .gz is read as it is")
    bring.add_argument("--map", type=Path, required=True, metavar="FILE.toml", help="which column means what")
    bring.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import, and say how many rows went in."""
    from maplebridge.incidents.actions import import_incidents
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.site.prepare import bring_up_to_date

    bring_up_to_date(say)
    report = import_incidents(system("import"), file=options.file, mapping=options.map, progress=say, at=clock.now())
    say(str(report))
    return 0
