"""Reads of the journal: the head, and verification from the first entry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from maplebridge.journal.models import Entry, Head, Private
from maplebridge.journal.sealing import digest
from maplebridge.journal.tree import Frontier, leaf_hash
from maplebridge.kernel import clock


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification. `fault` is empty when everything agrees, else one sentence."""

    size: int
    root: str
    position: int = 0
    fault: str = ""

    @property
    def sound(self) -> bool:
        return not self.fault


def last_position() -> int:
    """Position of the newest entry; 0 when the journal is empty."""
    head = Head.objects.filter(pk=1).values_list("size", flat=True).first()
    return head or 0


def verify(progress: Callable[[int], None] | None = None) -> Verdict:
    """Re-derive every leaf, the root and every private digest from the database; name the first that fails."""
    frontier = Frontier()
    for entry in _in_order():
        fault = _fault_of(entry, expected=frontier.size + 1)
        if fault:
            return Verdict(frontier.size, frontier.root().hex(), frontier.size + 1, fault)
        frontier.append(bytes(entry.leaf))
        if progress and frontier.size % 1000 == 0:
            progress(frontier.size)
    head = Head.objects.filter(pk=1).first() or Head(size=0, peaks=b"")
    if (head.size, bytes(head.peaks)) != (frontier.size, frontier.to_bytes()):
        fault = _(
            "The journal ends at %(found)d, but its head says %(head)d: entries at the end are missing or changed."
        )
        fault %= {"found": frontier.size, "head": head.size}
        return Verdict(frontier.size, frontier.root().hex(), frontier.size + 1, fault)
    return Verdict(frontier.size, frontier.root().hex())


def _in_order(batch: int = 2000) -> Iterator[Entry]:
    position = -1
    private = Prefetch("private", queryset=Private.objects.all())
    while rows := list(Entry.objects.after(position).prefetch_related(private)[:batch]):
        yield from rows
        position = rows[-1].position


def _fault_of(entry: Entry, *, expected: int) -> str:
    """Say what is wrong with an entry, or nothing."""
    if entry.position != expected:
        return _("Entry %(expected)d is missing: the next one found is %(found)d.") % {
            "expected": expected,
            "found": entry.position,
        }
    try:
        body = msgspec.json.decode(entry.body)
        moments = (clock.stamp(entry.at), clock.stamp(entry.entered_at))
        columns = (entry.position, entry.verb, entry.subject, entry.case, entry.actor, *moments)
        inside = tuple(body[k] for k in ("position", "verb", "subject", "case", "actor", "at", "entered_at"))
    except (ValueError, KeyError, TypeError):
        return _("Entry %(position)d cannot be read.") % {"position": expected}
    if leaf_hash(entry.body.encode()) != bytes(entry.leaf) or columns != inside:
        return _("Entry %(position)d was changed after it was written.") % {"position": expected}
    for part in entry.private.all():
        if body["digests"].get(part.name) != digest(bytes(part.salt), part.content):
            return _("The private text “%(name)s” of entry %(position)d was changed after it was written.") % {
                "name": part.name,
                "position": expected,
            }
    return ""
