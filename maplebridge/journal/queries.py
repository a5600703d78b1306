"""Reads of the journal: the head, leaves of the tree, and verification from the first entry."""

from maplebridge.journal.models import Entry, Head
from maplebridge.journal.verifying import Verdict, verify

__all__ = ["Verdict", "last_position", "leaf_hashes", "verify"]


def last_position() -> int:
    """Position of the newest entry; 0 when the journal is empty."""
    head = Head.objects.filter(pk=1).values_list("size", flat=True).first()
    return head or 0


def leaf_hashes(start: int, stop: int) -> list[bytes]:
    """Leaf hashes from leaf `start` to before leaf `stop`, counted from 0: those of positions start + 1 to stop."""
    leaves = Entry.objects.filter(position__gt=start, position__lte=stop).order_by("position")
    return [bytes(leaf) for leaf in leaves.values_list("leaf", flat=True)]
