"""Erasing private parts of entries: salt and content go, the digest stays, and an entry says which are gone."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from maplebridge.journal.act import Draft, Who, act
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.stretch import erased_by, read_body

_BYTES = 40_000  # of names in one entry, which may have 65,535 with all else


def erase_private(entry: Draft, parts: Iterable[tuple[int, str]]) -> int:
    """Delete private parts given as (position, name) and name them in the entry; return how many there were.

    What is not there any more is passed over. The facts of the entry gain `erased`: {"17": ["caller", "phone"]}; what
    does not fit goes into further entries of the same act. Raises ValueError where `about` was not called before.
    """
    if not entry.subject:
        raise ValueError("say what the entry is about before erasing by it")
    wanted = set(parts)
    found = sorted(part for part in _there({position for position, _name in wanted}) if part in wanted)
    _say(entry, found)
    for position, names in _by_position(found).items():
        Private.objects.filter(entry_id=position, name__in=names).delete()
    return len(found)


def record_earlier_erasures(actor: Who, *, at: datetime) -> int:
    """Name what versions before this erased without naming it, once, when a journal of theirs is brought up to date.

    Return how many private parts are named; none: no entry is written.
    """
    gone: list[tuple[int, str]] = []
    named = {part[:2] for part in _named()}
    bodies = Entry.objects.exclude(body__contains='"digests":{}').order_by("position").values_list("body", flat=True)
    for some in _batched(bodies.iterator(2000)):
        due = [(body.position, name) for body in map(read_body, some) for name in body.digests]
        there = set(_there({position for position, _name in due}))
        gone += [part for part in due if part not in there and part not in named]
    if gone:
        with act(actor, "journal.erasures_recorded", at=at) as entry:
            _say(entry.about("entry:*", parts=len(gone)), gone)
    return len(gone)


def _named() -> Iterator[tuple[int, str, int]]:
    for text in Entry.objects.filter(operation="erased").values_list("body", flat=True).iterator():
        yield from erased_by(read_body(text))


def _batched(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while some := list(islice(rest, 500)):
        yield some


def _say(entry: Draft, parts: list[tuple[int, str]]) -> None:
    """Name erased parts in the entry, and in further ones of its act where they do not fit."""
    into = entry
    for group in _groups(parts):
        into = into.another() if "erased" in into.facts else into
        into.processed("erased", records=into.records, classes=into.classes, outcome=into.outcome)
        into.facts["erased"] = {str(position): names for position, names in _by_position(group).items()}


def _by_position(parts: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for position, name in parts:
        names.setdefault(position, []).append(name)
    return names


def _there(positions: set[int]) -> Iterator[tuple[int, str]]:
    ordered = sorted(positions)
    for start in range(0, len(ordered), 500):
        rows = Private.objects.filter(entry_id__in=ordered[start : start + 500])
        yield from rows.values_list("entry_id", "name")


def _groups(parts: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Parts in groups that fit one entry each."""
    group: list[tuple[int, str]] = []
    size = 0
    for position, name in parts:
        if size > _BYTES:
            yield group
            group, size = [], 0
        size += len(name) * 4 + len(str(position)) + 8
        group.append((position, name))
    if group:
        yield group
