"""Proofs that an entry stands in the journal, as text that anyone can check without it: c2sp.org/tlog-proof.

The entry itself travels in the proof's extra data. Checking needs the journal's verifier key and nothing else; knows
nothing of Django or a database.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maplebridge.journal.notes import Key, NoteFault, TreeHead, decoded, open_note, read_head
from maplebridge.journal.tree import ProofFault, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof that holds has shown: the entry, its position, and the tree in which it stands."""

    position: int
    entry: str
    head: TreeHead
    signed_by: tuple[Key, ...]


def write_proof(entry: bytes, position: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """Write a proof that the entry is number `position` (from 1) of the tree that the checkpoint signs."""
    lines = [HEADER, f"extra {b64encode(entry).decode()}", f"index {position - 1}"]
    lines += [b64encode(each).decode() for each in hashes]
    return "\n".join(lines) + "\n\n" + checkpoint


def check_proof(text: str, keys: Iterable[Key]) -> Proven:
    """Check a proof against the keys that one trusts. Raises NoteFault or ProofFault, whose text says what is wrong."""
    proof, gap, note = text.partition("\n\n")
    lines = proof.split("\n")
    if not gap or lines[0] != HEADER or len(lines) < 3 or not lines[1].startswith("extra "):
        raise NoteFault("this is no proof of an entry of a journal")
    name, _space, number = lines[2].partition(" ")
    if name != "index" or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise NoteFault("this proof does not say which entry it is about")
    opened = open_note(note, keys)
    entry, head = decoded(lines[1].removeprefix("extra ")), read_head(opened.text)
    verify_inclusion(int(number), head.size, leaf_hash(entry), head.root, [decoded(line) for line in lines[3:]])
    try:
        return Proven(int(number) + 1, entry.decode(), head, opened.signed_by)
    except UnicodeDecodeError as error:
        raise ProofFault("the entry is no text") from error
