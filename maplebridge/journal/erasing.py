"""Erasing private parts of entries: salt and content go, the digest stays, and an entry says which are gone."""

from collections.abc import Iterable, Iterator

from maplebridge.journal.act import Draft
from maplebridge.journal.models import Private

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
    into = entry
    for group in _groups(found):
        into = into.another() if "erased" in into.facts else into
        into.processed("erased", records=into.records, classes=into.classes, outcome=into.outcome)
        into.facts["erased"] = {str(position): names for position, names in group.items()}
        for position, names in group.items():
            Private.objects.filter(entry_id=position, name__in=names).delete()
    return len(found)


def _there(positions: set[int]) -> Iterator[tuple[int, str]]:
    ordered = sorted(positions)
    for start in range(0, len(ordered), 500):
        rows = Private.objects.filter(entry_id__in=ordered[start : start + 500])
        yield from rows.values_list("entry_id", "name")


def _groups(parts: list[tuple[int, str]]) -> Iterator[dict[int, list[str]]]:
    """Parts by position, in groups that fit one entry each."""
    group: dict[int, list[str]] = {}
    size = 0
    for position, name in parts:
        if size > _BYTES:
            yield group
            group, size = {}, 0
        size += len(name) * 4 + len(str(position)) + 8
        group.setdefault(position, []).append(name)
    if group:
        yield group
