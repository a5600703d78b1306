"""Checkpoints: signed statements of how long the journal is and what its root is. The journal signs, others keep them.

A checkpoint is no entry: an entry about the tree would change the tree it speaks of. It is a row beside the head, made
by nobody's intention but by the clock or on demand, and changes nothing that anyone has recorded.
"""

import os
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from maplebridge.journal.act import turn
from maplebridge.journal.models import Checkpoint, Entry
from maplebridge.journal.notes import Key, Signer, TreeHead
from maplebridge.journal.proofs import write_proof
from maplebridge.journal.queries import leaf_hashes
from maplebridge.journal.store import read_head
from maplebridge.journal.tiles import WIDTH, Tile, TiledTree
from maplebridge.journal.tree import HASH_BYTES, Frontier, root_of
from maplebridge.kernel.refused import NotFound


def signer() -> Signer:
    """The journal's own key: made at first need, kept in the home folder, readable by its owner alone."""
    file: Path = settings.HOME / "keys" / "journal.key"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f"journal.key.{os.getpid()}")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32) + "\n")
        try:
            os.link(fresh, file)  # of two that make it at once, one wins and both use it
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return Signer(settings.CONFIG.journal_name, bytes.fromhex(file.read_text().strip()))


def verifier_key() -> Key:
    """The key by which others know what this journal signed."""
    return signer().key


def make_checkpoint(*, at: datetime) -> Checkpoint | None:
    """Sign the journal as it is now; the latest checkpoint where nothing was added since, None for an empty journal."""
    with turn(), transaction.atomic():
        head = read_head()
        if head is None:
            return None
        frontier = Frontier.from_bytes(head.size, head.peaks)
        known = Checkpoint.objects.filter(size=frontier.size).first()
        if known is not None:
            return known
        me = signer()
        note = me.sign(TreeHead(me.name, frontier.size, frontier.root()).text())
        return Checkpoint.objects.create(size=frontier.size, root=frontier.root(), note=note, made_at=at)


def latest_checkpoint() -> Checkpoint | None:
    """The newest checkpoint there is."""
    return Checkpoint.objects.order_by("-size").first()


def read_tile(tile: Tile) -> bytes:
    """The hashes of a tile, from the leaves in the database: 32 bytes each."""
    first = tile.index * WIDTH
    if tile.level == 0:
        return b"".join(leaf_hashes(first, first + tile.width))
    journal = b"".join(leaf_hashes(0, 1))
    return b"".join(_node(tile.level, index, journal) for index in range(first, first + tile.width))


@lru_cache(maxsize=1 << 17)
def _node(level: int, index: int, _journal: bytes) -> bytes:
    """The root over a full tile of the level below; it never changes. A journal is known by its first leaf."""
    packed = read_tile(Tile(level - 1, index))
    return root_of(packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES))


def tree_at(size: int) -> TiledTree:
    """The journal's tree as it was when it had `size` entries, for proofs."""
    return TiledTree(size, read_tile)


def prove(position: int, *, at: datetime) -> str:
    """Write the proof that an entry stands in the journal, in a checkpoint that covers it. Raises NotFound."""
    entry = Entry.objects.filter(position=position).first()
    if entry is None:
        raise NotFound(_("There is no entry %(position)d. Look for it in the list.") % {"position": position})
    checkpoint = latest_checkpoint()
    if checkpoint is None or checkpoint.size < position:
        checkpoint = make_checkpoint(at=at)
    if checkpoint is None or checkpoint.size < position:
        raise NotFound(_("Entry %(position)d cannot be proven yet. Try again in a moment.") % {"position": position})
    hashes = tree_at(checkpoint.size).inclusion(position - 1)
    return write_proof(entry.body.encode(), position, hashes, checkpoint.note)
