"""`maplebridge journal`: verify it, sign it, prove entries of it. What needs no installation stands in `outside`."""

import argparse
from pathlib import Path
from typing import Any

from maplebridge.site.commands import Subparsers, declare, outside, say


def add(commands: Subparsers) -> None:
    """Declare the command and its parts."""
    it = declare(
        commands,
        "journal",
        "Look after the journal: every change that was ever made, and every look at personal data.",
        examples="""
        maplebridge journal verify
        maplebridge journal prove 17 > entry-17.tlog-proof
        maplebridge journal check entry-17.tlog-proof --key "$(maplebridge journal key)"
        """,
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    _add_verify(parts)
    _add_signed(parts)
    outside.add(parts)


def _add_verify(parts: Any) -> None:
    verify = declare(
        parts,
        "verify",
        """
        Derive every entry's hash, the Merkle root and every private digest anew from the database.
        Ends with 0 when all agree, with 1 and the first entry that does not.
        A checkpoint kept elsewhere shows also what a rewritten or rolled back database cannot: give one.
        """,
        examples="""
        maplebridge journal verify && echo sound
        maplebridge journal verify --from-checkpoint last-month.txt
        maplebridge journal verify --witness cosigned.txt --key WITNESS_KEY
        """,
    )
    verify.add_argument("--from-checkpoint", metavar="FILE", type=Path, help="a checkpoint that this journal signed")
    verify.add_argument("--witness", metavar="FILE", type=Path, help="a checkpoint that a witness cosigned")
    verify.add_argument("--key", metavar="KEY", help="the witness's verifier key, for --witness")
    verify.set_defaults(run=run_verify)


def _add_signed(parts: Any) -> None:
    checkpoint = declare(
        parts,
        "checkpoint",
        "Sign how long the journal is and what its root is, and print that. Keep copies elsewhere.",
        examples="maplebridge journal checkpoint > checkpoint-$(date +%F).txt",
    )
    checkpoint.set_defaults(run=run_checkpoint)
    key = declare(
        parts,
        "key",
        "Print the verifier key: whoever has it can check what this journal signs.",
        examples="maplebridge journal key",
    )
    key.set_defaults(run=run_key)
    prove = declare(
        parts,
        "prove",
        "Print a proof that an entry stands in the journal. Anyone can check it without the journal.",
        examples="maplebridge journal prove 17 > entry-17.tlog-proof",
    )
    prove.add_argument("position", metavar="POSITION", type=int, help="the entry's position")
    prove.set_defaults(run=run_prove)


def run_verify(options: argparse.Namespace) -> int:
    """Verify, with progress."""
    from maplebridge.journal.queries import verify
    from maplebridge.site.fitting import must_fit

    must_fit()
    since = _since(options)
    verdict = verify(lambda size: say(f"{size} entries agree ..."), since=since)
    if not verdict.sound:
        say(verdict.fault)
        return 1
    say(f"The journal is sound: {verdict.size} entries, root {verdict.root}")
    if since:
        say(f"It contains the checkpoint of {since[0]} entries.")
    return 0


def _since(options: argparse.Namespace) -> tuple[int, bytes] | None:
    """Size and root of the larger of the checkpoints given; both must be signed by this journal. Raises BadInput."""
    from maplebridge.journal.checkpoints import verifier_key
    from maplebridge.journal.notes import NoteFault, open_note, read_head, read_key
    from maplebridge.kernel.refused import BadInput

    heads = []
    for name, file in (("from-checkpoint", options.from_checkpoint), ("witness", options.witness)):
        if file is None:
            continue
        try:
            note = file.read_text(encoding="utf-8")
            opened = open_note(note, [verifier_key()])
            if name == "witness":
                if not options.key:
                    raise BadInput("key", "Give the witness's verifier key too: --key KEY.")
                open_note(note, [read_key(options.key)])
            heads.append(read_head(opened.text))
        except (NoteFault, UnicodeDecodeError) as error:
            raise BadInput(name, f"{file} proves nothing here: {error}.") from error
    newest = max(heads, key=lambda head: head.size, default=None)
    return (newest.size, newest.root) if newest else None


def run_checkpoint(_options: argparse.Namespace) -> int:
    """Make a checkpoint and print its note."""
    from maplebridge.journal.checkpoints import make_checkpoint
    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import NotFound
    from maplebridge.site.fitting import must_fit

    must_fit()
    checkpoint = make_checkpoint(at=clock.now())
    if checkpoint is None:
        raise NotFound("The journal is empty: there is nothing to sign yet.")
    print(checkpoint.note, end="")
    return 0


def run_key(_options: argparse.Namespace) -> int:
    """Print the verifier key."""
    from maplebridge.journal.checkpoints import verifier_key

    print(verifier_key())
    return 0


def run_prove(options: argparse.Namespace) -> int:
    """Print the proof of an entry, in the newest checkpoint."""
    from maplebridge.journal.checkpoints import prove
    from maplebridge.kernel import clock
    from maplebridge.site.fitting import must_fit

    must_fit()
    print(prove(options.position, at=clock.now()), end="")
    return 0
