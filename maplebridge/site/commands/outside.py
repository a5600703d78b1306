"""`maplebridge journal check` and `journal witness`: for machines without an installation."""

import argparse
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maplebridge.site.commands import Subparsers, declare, say

if TYPE_CHECKING:
    from maplebridge.journal.notes import Key
    from maplebridge.journal.witness import Witness


def add(parts: Subparsers) -> None:
    """Declare both."""
    check = declare(
        parts,
        "check",
        """
        Check a proof of an entry, with the journal's verifier key and nothing else, and print the entry.
        Ends with 0 when it holds, with 1 and the reason when not.
        """,
        examples="""
        maplebridge journal check entry-17.tlog-proof --key police.example.org/journal+1a2b3c4d+AQ...
        maplebridge journal check entry-17.tlog-proof --key LOG_KEY --key WITNESS_KEY    both must have signed
        """,
    )
    check.add_argument("proof", metavar="PROOF", type=Path, help="a file that `maplebridge journal prove` printed")
    check.add_argument(
        "--key", metavar="KEY", action="append", required=True, help="a verifier key that must have signed"
    )
    check.set_defaults(run=run_check, bare=True)
    _add_witness(parts)


def _add_witness(parts: Any) -> None:
    witness = declare(
        parts,
        "witness",
        """
        Watch a journal from outside: fetch its checkpoints, check that each continues the last, and cosign it.
        What was seen is on disk before it is cosigned. What is wrong is said in one sentence.
        """,
        examples="""
        maplebridge journal witness --log https://police.example.org/journal --key LOG_KEY --state ./witness
        maplebridge journal witness --log ... --key ... --state ./witness --once     ends with 0, or 1 and what is wrong
        maplebridge journal witness --log ... --key ... --state ./witness --port 8200    serves what it cosigned
        """,
    )
    witness.add_argument("--log", metavar="URL", required=True, help="the journal's address, up to /journal")
    witness.add_argument("--key", metavar="KEY", required=True, help="the journal's verifier key, got in person")
    witness.add_argument(
        "--state", metavar="FOLDER", type=Path, required=True, help="where the witness keeps what it saw"
    )
    witness.add_argument("--name", default="witness.local", help="the witness's name, at its first run (witness.local)")
    witness.add_argument("--every", metavar="SECONDS", type=float, default=60.0, help="how often to look (60)")
    witness.add_argument("--port", type=int, help="serve /checkpoint, /key and /status at this port")
    witness.add_argument("--host", default="127.0.0.1", help="the address to serve at (127.0.0.1)")
    witness.add_argument("--once", action="store_true", help="look once, then end")
    witness.set_defaults(run=run_witness, bare=True)


def run_check(options: argparse.Namespace) -> int:
    """Check a proof and print the entry."""
    from maplebridge.journal.notes import NoteFault
    from maplebridge.journal.proofs import check_proof
    from maplebridge.journal.tree import ProofFault

    try:
        keys = [_key(text) for text in options.key]
        proven = check_proof(options.proof.read_text(encoding="utf-8"), keys)
        missing = [key.name for key in keys if key not in proven.signed_by]
        if missing:
            raise NoteFault(f"{', '.join(missing)} has not signed it")
    except (NoteFault, ProofFault, UnicodeDecodeError) as error:
        say(f"The proof does not hold: {error}.")
        return 1
    names = ", ".join(key.name for key in proven.signed_by)
    say(f"The proof holds: this is entry {proven.position} of {proven.head.size}, signed by {names}.")
    say(proven.entry)
    return 0


def _key(text: str) -> "Key":
    from maplebridge.journal.notes import read_key

    return read_key(text)


def run_witness(options: argparse.Namespace) -> int:
    """Look once, or again and again until interrupted."""
    from maplebridge.journal.notes import NoteFault
    from maplebridge.journal.witness import Disagreement, Unreachable, Witness, fetch_from

    try:
        witness = Witness(options.state, log=_key(options.key), name=options.name)
    except NoteFault as error:
        say(f"The key cannot be used: {error}.")
        return 2
    fetch, told = fetch_from(options.log), Told()
    if options.port and not options.once:
        serve(witness, told, host=options.host, port=options.port)
    while True:
        try:
            told.tell(witness.look(fetch, moment=int(time.time())), good=True)
        except (Disagreement, Unreachable) as error:
            told.tell(str(error), good=False)
        if options.once:
            return 0 if told.good else 1
        time.sleep(options.every)


def _answer(path: str, witness: "Witness", told: "Told") -> str:
    if path == "/checkpoint":
        return witness.cosigned()
    if path == "/key":
        return f"{witness.signer().key}\n"
    return f"{told.sentence}\n" if path == "/status" else ""


class Told:
    """The newest sentence, printed when it is another one than before."""

    def __init__(self) -> None:
        self.sentence, self.good = "Nothing was looked at yet.", True

    def tell(self, sentence: str, *, good: bool) -> None:
        """Keep a sentence; say it aloud if it is news."""
        if sentence != self.sentence:
            print(sentence, file=sys.stdout if good else sys.stderr, flush=True)
        self.sentence, self.good = sentence, good


def serve(witness: "Witness", told: Told, *, host: str, port: int) -> ThreadingHTTPServer:
    """Serve the cosigned checkpoint, the key and the newest sentence from a thread of its own."""

    class Answer(BaseHTTPRequestHandler):
        """Answers one request."""

        def do_GET(self) -> None:  # noqa: N802  # the library's name
            body = _answer(self.path, witness, told).encode()
            good = told.good or self.path != "/status"
            self.send_response((200 if good else 503) if body else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_values: object) -> None:
            """Keep no list of who asked."""

    server = ThreadingHTTPServer((host, port), Answer)
    threading.Thread(target=server.serve_forever, name="witness", daemon=True).start()
    return server
