"""`maplebridge ledger rebuild`: the ledger of field work, made anew from the journal."""

import argparse

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command and its part."""
    it = declare(
        commands,
        "ledger",
        "Look after the ledger of work in the field.",
        examples="maplebridge ledger rebuild",
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    rebuild = declare(
        parts,
        "rebuild",
        """
        Make the ledger anew from the journal, of which it is a copy. The result is the same as before.
        Approved stipend sheets stay as they are.
        """,
        examples="maplebridge ledger rebuild",
    )
    rebuild.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Rebuild, and say how many lines there are."""
    from maplebridge.fieldwork.actions import rebuild_ledger
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.site.fitting import must_fit

    must_fit()
    lines = rebuild_ledger(system("ledger"), at=clock.now())
    say(f"The ledger has {lines} lines, each of an entry of the journal.")
    return 0
