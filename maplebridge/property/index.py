"""The codes of stolen items in memory: for readers, who may not ask the database of every tag, and for prefix queries.

Each process has its own. It is read once and then kept up to date from the journal: an entry of this domain names the
item that it touched, and that item's codes are read anew. Asking whether a code is stolen touches no database.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import takewhile
from threading import Lock

from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.property.codes import canonical
from maplebridge.property.models import Identifier
from maplebridge.property.rules import decides

_ANEW = 2_000  # entries beyond which reading all again is quicker


def digest_of(key: str) -> str:
    """The SHA-256 of a canonical key's UTF-8, in hexadecimal: what a prefix query is about."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class StolenIndex:
    """Which canonical keys are reported stolen, and by which thefts. One thread freshens at a time; any may ask."""

    def __init__(self) -> None:
        self._thefts: dict[str, tuple[int, ...]] = {}
        self._keys: dict[int, frozenset[str]] = {}  # by item
        self._digests: list[str] = []
        self._position = -1
        self.version = 0  # another number after each change
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._thefts)

    def thefts_of(self, key: str) -> tuple[int, ...]:
        """Open thefts of the items that bear a canonical key; empty for most. Well below a microsecond."""
        return self._thefts.get(key, ())

    def keys(self) -> tuple[str, ...]:
        """All stolen canonical keys."""
        with self._lock:
            return tuple(self._thefts)

    def is_stolen(self, code: str) -> bool:
        """Whether a code as it was read is that of a stolen item. Some two microseconds."""
        return canonical(code) in self._thefts

    def digests_with(self, prefix: str) -> list[str]:
        """Digests of stolen keys that begin so, in order."""
        begin = bisect_left(self._digests, prefix)
        return list(takewhile(lambda each: each.startswith(prefix), self._digests[begin : begin + 100_000]))

    def freshen(self) -> None:
        """Catch up with the journal: one small query when nothing happened."""
        end = last_position()
        if end == self._position:
            return
        with self._lock:
            if self._position < 0 or not 0 <= end - self._position <= _ANEW:
                self._load()
            else:
                self._put(_touched(self._position))
            self._position = end

    def forget(self) -> None:
        """Begin anew at the next `freshen`."""
        self._position = -1

    def _load(self) -> None:
        thefts: dict[str, tuple[int, ...]] = {}
        keys: dict[int, frozenset[str]] = {}
        for item, theft, borne in _stolen(None):
            keys[item] = borne
            for key in borne:
                thefts[key] = (*thefts.get(key, ()), theft)
        self._thefts, self._keys = thefts, keys
        self._digests = sorted(map(digest_of, thefts))
        self.version += 1

    def _put(self, items: frozenset[int]) -> None:
        """Take items as they are now in place of as they were."""
        if not items:
            return
        now = {item: (theft, keys) for item, theft, keys in _stolen(items)}
        concerned = {key for item in items for key in self._keys.get(item, ())}
        concerned |= {key for _theft, keys in now.values() for key in keys}
        for item in items:
            self._keys.pop(item, None)
        self._keys |= {item: keys for item, (_theft, keys) in now.items()}
        for key in concerned:
            self._set(key, _thefts_of(key))
        self.version += 1

    def _set(self, key: str, thefts: tuple[int, ...]) -> None:
        there = key in self._thefts
        if thefts:
            self._thefts[key] = thefts
        else:
            self._thefts.pop(key, None)
        if bool(thefts) != there:
            digest = digest_of(key)
            digests = list(self._digests)  # whoever reads meanwhile reads the one before
            if thefts:
                insort(digests, digest)
            else:
                del digests[bisect_left(digests, digest)]
            self._digests = digests


def _touched(position: int) -> frozenset[int]:
    """Items that the journal's entries beyond a position are about."""
    found = set()
    for entry in Entry.objects.after(position).filter(verb__startswith="property."):
        facts: Mapping[str, object] = entry.facts
        kind, _colon, number = entry.subject.partition(":")
        if kind == "item":
            found.add(int(number))
        if isinstance(item := facts.get("item"), int):
            found.add(item)
    return frozenset(found)


def _stolen(items: Iterable[int] | None) -> Iterable[tuple[int, int, frozenset[str]]]:
    """Item, open theft and deciding keys of what is reported stolen: of these items, or of all."""
    rows = Identifier.objects.filter(item__thefts__state="open").exclude(canonical="")
    if items is not None:
        rows = rows.filter(item_id__in=items)
    borne: dict[tuple[int, int], set[str]] = {}
    for item, theft, key, flags in rows.values_list("item_id", "item__thefts__id", "canonical", "flags"):
        if decides(flags):
            borne.setdefault((item, theft), set()).add(key)
    return [(item, theft, frozenset(keys)) for (item, theft), keys in borne.items()]


def _thefts_of(key: str) -> tuple[int, ...]:
    rows = Identifier.objects.filter(canonical=key, item__thefts__state="open")
    return tuple(theft for theft, flags in rows.values_list("item__thefts__id", "flags") if decides(flags))


_index = StolenIndex()


def stolen_index() -> StolenIndex:
    """This process's index, as fresh as it was made last; `freshen` it first where that matters."""
    return _index
