"""`maplebridge backup FOLDER`: a copy of everything, while the service runs."""

import argparse
from pathlib import Path

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "backup",
        """
        Copy database and files into a new folder, while the service runs.
        The folder says by digests and a signed checkpoint what it holds. Keep it elsewhere, and try restoring it.
        """,
        examples="""
        maplebridge backup /mnt/backups/$(date +%F)
        maplebridge backup /mnt/safe/$(date +%F) --with-keys     also what the journal is signed with
        """,
    )
    it.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that is not there yet")
    it.add_argument("--with-keys", action="store_true", help="also the signing key: keep such a backup locked away")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Back up, with progress."""
    from maplebridge.kernel import clock
    from maplebridge.site.backup import back_up
    from maplebridge.site.fitting import must_fit

    must_fit()
    back_up(options.folder.expanduser().absolute(), with_keys=options.with_keys, say=say, at=clock.now())
    return 0
