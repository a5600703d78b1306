"""A witness: watches a journal from outside, remembers what it saw, and signs only what continues it.

It runs on a machine of an oversight body, with the journal's address and verifier key and a folder of its own; it
needs no database. What it saw is on disk before it signs (c2sp.org/tlog-cosignature), so that it never signs two
histories, not even when it is killed between the two or runs twice.
"""

import fcntl
import json
import os
import secrets
import urllib.error
import urllib.request
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maplebridge.journal.notes import COSIGNATURE, Key, NoteFault, Signer, TreeHead, open_note, read_head
from maplebridge.journal.tiles import WIDTH, Tile, TiledTree
from maplebridge.journal.tree import HASH_BYTES, ProofFault

Fetch = Callable[[str], bytes]  # of a path below the journal's address; raises Unreachable
TIMEOUT_S = 30
MOST_BYTES = 1 << 20


class Unreachable(Exception):
    """The journal, or a part of it, cannot be fetched; its text says which."""


class Disagreement(Exception):
    """The journal is not what it was, or not what it says; its text is one sentence for people."""


def fetch_from(address: str) -> Fetch:
    """Fetch over HTTP from a journal's address, for example https://police.example.org/journal."""

    def fetch(path: str) -> bytes:
        url = f"{address.rstrip('/')}/{path}"
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310  # the operator's own address
                found: bytes = answer.read(MOST_BYTES)
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise Unreachable(f"{url} cannot be fetched: {getattr(error, 'reason', error)}.") from error
        return found

    return fetch


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that the witness has accepted, with its note."""

    head: TreeHead
    note: str


class Witness:
    """One witness of one journal. Its folder holds its key, what it saw, and what it signed."""

    def __init__(self, folder: Path, *, log: Key, name: str = "witness.local") -> None:
        self.folder, self.log, self.name = folder, log, name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def signer(self) -> Signer:
        """The witness's own key, made at first need."""
        file = self.folder / "witness.key"
        with self._alone():
            if not file.exists():
                _write(file, f"{self.name}\n{secrets.token_hex(32)}\n")
        name, private = file.read_text().split("\n")[:2]
        return Signer(name, bytes.fromhex(private), COSIGNATURE)

    def seen(self) -> Seen | None:
        """What was accepted last; None before the first. Raises Disagreement where the own file is damaged."""
        file = self.folder / "seen.json"
        if not file.exists():
            return None
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return Seen(TreeHead(kept["origin"], int(kept["size"]), b64decode(kept["root"])), str(kept["note"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Disagreement(
                f"{file} is damaged: bring it back from a copy; without it a rollback shows not."
            ) from error

    def cosigned(self) -> str:
        """The newest checkpoint with the journal's signature and the witness's; empty before the first."""
        file = self.folder / "checkpoint"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def look(self, fetch: Fetch, *, moment: int) -> str:
        """Fetch the checkpoint, check that it continues what was seen, remember it, sign it; say so in a sentence.

        `moment`: seconds since 1970. Raises Disagreement or Unreachable.
        """
        note = _text(fetch("checkpoint"))
        head = self._opened(note)
        known = self.seen()
        if known is not None:
            _must_continue(known.head, head, fetch)
        elif head.size:
            _must_have_root(head, fetch)
        self._remember(Seen(head, note), after=known)
        text, _gap, _lines = note.rpartition("\n\n")
        line = self.signer().line(f"{text}\n", moment=moment)
        with self._alone():
            now = self.seen()
            if now is not None and now.head == head:  # else another run of this witness has seen more meanwhile
                _write(self.folder / "checkpoint", note + line)
        if known is None:
            return f"First look: the journal {head.origin} has {head.size} entries. From now on it can only grow."
        return f"The journal {head.origin} has {head.size} entries; the {known.head.size} seen before are unchanged."

    def _opened(self, note: str) -> TreeHead:
        try:
            head = read_head(open_note(note, [self.log]).text)
        except NoteFault as error:
            raise Disagreement(f"The checkpoint is not signed by {self.log.name}: {error}.") from error
        if head.origin != self.log.name:
            raise Disagreement(f"The checkpoint is of {head.origin}, not of {self.log.name}.")
        return head

    def _remember(self, new: Seen, *, after: Seen | None) -> None:
        """Write what was seen to disk, whole or not at all, unless another run has moved on meanwhile."""
        with self._alone():
            if (now := self.seen()) != after:
                size = now.head.size if now else 0
                raise Disagreement(f"Another run of this witness has meanwhile seen {size} entries; look again.")
            kept = {"origin": new.head.origin, "size": new.head.size, "root": b64encode(new.head.root).decode()}
            _write(self.folder / "seen.json", json.dumps({**kept, "note": new.note}))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        file = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)


def _must_continue(known: TreeHead, head: TreeHead, fetch: Fetch) -> None:
    if head.size < known.size:
        raise Disagreement(
            f"The journal went back: {known.size} entries were seen, now it says {head.size}. "
            f"Entries {head.size + 1} to {known.size} are gone, or an old copy was put in its place."
        )
    if head.size == known.size:
        if head.root != known.root:
            raise Disagreement(
                f"The journal has {head.size} entries as before, but they are others: something among them was changed."
            )
        return
    if known.size == 0:
        _must_have_root(head, fetch)
        return
    tree = _tree(head, fetch)
    _must_have_root(head, fetch, tree)
    try:
        tree.must_begin_with(known.size, known.root)
    except ProofFault as error:
        raise Disagreement(
            f"The journal was rewritten: it grew from {known.size} to {head.size} entries, but the first {known.size} "
            f"are not those that were seen ({error})."
        ) from error


def _must_have_root(head: TreeHead, fetch: Fetch, tree: TiledTree | None = None) -> None:
    if (tree or _tree(head, fetch)).root() != head.root:
        raise Disagreement(
            f"The journal's hashes do not give the root that its checkpoint of {head.size} entries signs."
        )


def _tree(head: TreeHead, fetch: Fetch) -> TiledTree:
    def read(tile: Tile) -> bytes:
        found = fetch(f"tile/{tile.path}")
        if len(found) != tile.width * HASH_BYTES:
            counted = len(found) // HASH_BYTES
            raise Disagreement(f"The tile {tile.path} has {counted} hashes of {tile.width}; a full one has {WIDTH}.")
        return found

    return TiledTree(head.size, read)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Disagreement("The checkpoint is not text.") from error


def _write(file: Path, text: str) -> None:
    """Replace a file as a whole, and be sure of it before going on."""
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
