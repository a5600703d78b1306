"""`maplebridge journal verify`: re-derive the whole journal and say whether it agrees."""

import argparse

from maplebridge.site.commands import declare, say


def add(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    """Declare the command."""
    it = declare(
        commands,
        "journal",
        "Look after the journal: every change that was ever made.",
        examples="maplebridge journal verify",
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    verify = declare(
        parts,
        "verify",
        """
        Derive every entry's hash, the Merkle root and every private digest anew from the database.
        Ends with 0 when all agree, with 1 and the first entry that does not.
        """,
        examples="maplebridge journal verify && echo sound",
    )
    verify.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Verify, with progress."""
    from maplebridge.journal.queries import verify
    from maplebridge.site.prepare import must_fit

    must_fit()
    verdict = verify(lambda size: say(f"{size} entries agree ...") if size % 100_000 == 0 else None)
    if not verdict.sound:
        say(verdict.fault)
        return 1
    say(f"The journal is sound: {verdict.size} entries, root {verdict.root}")
    return 0
