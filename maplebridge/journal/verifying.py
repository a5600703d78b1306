"""Verification: derive the whole journal anew from the database and name the first entry that does not agree."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from maplebridge.journal import workers
from maplebridge.journal.models import Entry
from maplebridge.journal.store import read_head
from maplebridge.journal.stretch import STRETCH, Derived, Fault, Part, derive, erased_by, read_body
from maplebridge.journal.tree import Frontier

Known = tuple[int, bytes]  # size and root that the journal once had


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification. `fault` is empty when everything agrees, else one sentence."""

    size: int
    root: str
    position: int = 0
    fault: str = ""

    @property
    def sound(self) -> bool:
        """Whether everything agrees."""
        return not self.fault


@dataclass
class _Run:
    """What one verification has come to so far."""

    tree: Frontier = field(default_factory=Frontier)
    missing: set[Part] = field(default_factory=set)
    erased: dict[Part, int] = field(default_factory=dict)
    agreed: int = 0  # the largest size whose known root was met

    def fails(self, position: int, sentence: str) -> Verdict:
        return Verdict(self.tree.size, self.tree.root().hex(), position, sentence)


def verify(
    progress: Callable[[int], None] | None = None, *, since: Known | None = None, processes: int | None = None
) -> Verdict:
    """Re-derive every leaf, the root, every private digest and mention; name the first entry that fails.

    `since` is size and root of an earlier checkpoint, which the journal must contain: a history that was rewritten or
    rolled back shows by it alone. `progress` is told the number of entries that agree, after each stretch; whatever it
    raises ends the verification. `processes`: one for each core where the journal is long, unless told otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM journal_entry")
        size = cursor.fetchone()[0] or 0
    known = sorted({*_checkpoints(size), *([since] if since else [])})
    run = _Run()
    for derived in _derived(size, [length for length, _root in known if length <= size], processes):
        if derived.fault is not None:
            return run.fails(derived.fault.position, _sentence(derived.fault))
        if verdict := _taken(run, derived, known):
            return verdict
        if progress:
            progress(run.tree.size)
    return _of_head(run, size) or _of_end(run, known) or _of_erasures(run) or run.fails(0, "")


def _derived(size: int, sizes: Sequence[int], processes: int | None) -> Iterator[Derived]:
    """Derive the stretches in order, in processes where that is worth it and the database can be opened again."""
    starts = range(1, size + 1, STRETCH)
    tasks = [(first, min(first + STRETCH - 1, size)) for first in starts]
    wanted = [(first, last, tuple(n for n in sizes if first <= n <= last)) for first, last in tasks]
    address = _address()
    count = (processes or workers.processes_for(len(tasks))) if address else 1
    done = 0
    if address and count > 1:
        try:
            for derived in workers.side_by_side(connection.vendor, address, wanted, count):
                yield derived
                done += 1
            return
        except BrokenProcessPool:  # no processes to be had here: go on in this one
            pass
    for task in wanted[done:]:
        yield derive(_rows, connection.vendor, *task)


def _address() -> dict[str, Any] | None:
    """How another process opens the same database; None where it would not see the same rows."""
    if connection.in_atomic_block:
        return None
    given = connection.get_connection_params()
    if connection.vendor == "sqlite":
        return None if "memory" in str(given["database"]) else {"database": str(given["database"])}
    return {name: value for name, value in given.items() if isinstance(value, str | int) and name != "client_encoding"}


def _rows(statement: str, values: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    if connection.vendor == "sqlite":
        return list(rows)
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]


def _taken(run: _Run, derived: Derived, known: Sequence[Known]) -> Verdict | None:
    """Add a stretch to the tree; say so where a known root is not met inside it."""
    before, whole = run.tree, Frontier()
    for size in sorted(derived.edges):
        whole = before.joined(derived.edges[size], size)
        for length, root in known:
            if length == size and whole.root() != root:
                return _Run(tree=whole).fails(run.agreed + 1, _unlike(run.agreed, size))
            run.agreed = size if length == size else run.agreed
    run.tree = whole
    run.missing.update(derived.missing)
    run.erased.update({(position, name): by for position, name, by in derived.erased})
    return None


def _of_head(run: _Run, size: int) -> Verdict | None:
    head = read_head()
    if head is None and size == 0:
        return None
    if head is not None and head.size >= size:
        with connection.cursor() as cursor:  # the journal may have grown meanwhile; the head is of then
            cursor.execute("SELECT leaf FROM journal_entry WHERE position > %s ORDER BY position", [size])
            tree = run.tree.joined([], size)
            for (leaf,) in cursor.fetchmany(head.size - size) if head.size > size else []:
                tree.append(bytes(leaf))
        if (head.size, head.peaks) == (tree.size, tree.to_bytes()):
            return None
    fault = _("The journal ends at %(found)d, but its head says %(head)d: entries at the end are missing or changed.")
    return run.fails(size + 1, fault % {"found": size, "head": head.size if head else 0})


def _of_end(run: _Run, known: Sequence[Known]) -> Verdict | None:
    for length, _root in known:
        if length > run.tree.size:
            fault = _(
                "The journal ends at %(found)d, but an earlier checkpoint counts %(size)d entries: the rest is gone."
            )
            return run.fails(run.tree.size + 1, fault % {"found": run.tree.size, "size": length})
    return None


def _of_erasures(run: _Run) -> Verdict | None:
    """Hold what is missing against what the entries say was erased."""
    open_ = {part for part in run.missing if run.erased.get(part, 0) <= part[0]}
    if open_:
        later = Entry.objects.after(run.tree.size).filter(operation="erased")
        for body in later.values_list("body", flat=True).iterator():
            open_ -= {(position, name) for position, name, _by in erased_by(read_body(body))}
    back = run.erased.keys() - run.missing
    if not open_ and not back:
        return None
    position, name = min([*open_, *back])
    if (position, name) in open_:
        fault = _("The private text “%(name)s” of entry %(position)d was erased without a record of it.")
        return run.fails(position, fault % {"name": name, "position": position})
    fault = _("The private text “%(name)s” of entry %(position)d is there, but entry %(by)d says that it was erased.")
    return run.fails(position, fault % {"name": name, "position": position, "by": run.erased[position, name]})


def _checkpoints(size: int) -> list[Known]:
    """Size and root of the checkpoints that the database keeps, up to a size."""
    try:
        model = apps.get_model("journal", "Checkpoint")
    except LookupError:
        return []
    rows = model._default_manager.filter(size__gt=0).values_list("size", "root")
    return [(length, bytes.fromhex(root) if isinstance(root, str) else bytes(root)) for length, root in rows]


def _unlike(agreed: int, size: int) -> str:
    fault = _(
        "Entries %(first)d to %(last)d are not those that a checkpoint at %(last)d was made of: they were rewritten."
    )
    return fault % {"first": agreed + 1, "last": size}


def _sentence(fault: Fault) -> str:
    texts = {
        "missing": _("Entry %(position)d is missing: the next one found is %(detail)s."),
        "unreadable": _("Entry %(position)d cannot be read."),
        "changed": _("Entry %(position)d was changed after it was written."),
        "private": _("The private text “%(detail)s” of entry %(position)d was changed after it was written."),
        "mentions": _("The records that entry %(position)d is found by were changed after it was written."),
    }
    return texts[fault.kind] % {"position": fault.position, "detail": fault.detail}
