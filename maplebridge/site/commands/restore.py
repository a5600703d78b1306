"""`maplebridge restore FOLDER`: a backup in the place of this installation's data, proven to be the same."""

import argparse
from pathlib import Path

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "restore",
        """
        Put a backup in the place of this installation's data. Stop the service first.
        Checks every part before it touches anything, and verifies the journal against the backup's checkpoint after.
        """,
        examples="""
        maplebridge restore /mnt/backups/2026-05-04
        maplebridge restore /mnt/backups/2026-05-04 --replace     what is here is set aside, not deleted
        """,
    )
    it.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that `maplebridge backup` made")
    it.add_argument("--replace", action="store_true", help="set aside the data that are here")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Restore, and say that the journal is the one backed up."""
    from maplebridge.kernel import clock
    from maplebridge.site.backup import restore

    restore(options.folder.expanduser().absolute(), replace=options.replace, say=say, at=clock.now())
    return 0
