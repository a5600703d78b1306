"""Registered codes near one: the indexes of near codes, kept per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from maplebridge.property.codes import canonical, lookalike
from maplebridge.property.index import stolen_index
from maplebridge.property.models import Identifier, TheftReport
from maplebridge.property.near import MOST_EDITS, NearIndex, edits_between

PORTION = 50_000
LISTED = 50
_SHOWN_OF = 2_000  # near codes that are looked at to find the best: serials of one series are all near


@dataclass(frozen=True, slots=True)
class NearCode:
    """A registered code near the one that was asked for; `lookalike` where the eye may well have confused the two."""

    identifier: int
    item: int
    kind: str
    written: str
    edits: int
    lookalike: bool
    state: str


class _AllCodes:
    """Every registered code; what was registered since is added when it is asked for."""

    def __init__(self) -> None:
        self.index, self.last, self.lock = NearIndex(), 0, Lock()

    def freshen(self) -> NearIndex:
        with self.lock:
            rows = Identifier.objects.exclude(canonical="").order_by("pk").values_list("pk", "canonical")
            while portion := list(rows.filter(pk__gt=self.last)[:PORTION]):
                self.index.add([number for number, _key in portion], [key for _number, key in portion])
                self.last = portion[-1][0]
            return self.index


class _StolenCodes:
    """Codes of what is reported stolen, by theft; made anew when that changes, some 20 ms for 20,000."""

    def __init__(self) -> None:
        self.index, self.keys, self.of, self.lock = NearIndex(), tuple[str, ...](), 0, Lock()

    def freshen(self) -> tuple[NearIndex, tuple[str, ...]]:
        stolen = stolen_index()
        stolen.freshen()
        with self.lock:
            if self.of != stolen.version:
                self.of, self.keys, self.index = stolen.version, stolen.keys(), NearIndex()
                self.index.add(range(len(self.keys)), self.keys)
            return self.index, self.keys


_all, _stolen = _AllCodes(), _StolenCodes()


def near_codes(code: str, *, edits: int = MOST_EDITS) -> list[NearCode]:
    """Registered codes within two edits of one, nearest and most alike first; at most 50. For investigators alone.

    The first question in a process reads all codes: some seconds for two million, and 50 bytes each.
    """
    key = canonical(code)
    found = [near.number for near in _all.freshen().find(key, edits=edits)[:_SHOWN_OF]] if key else []
    rows = Identifier.objects.filter(pk__in=found).select_related("item")
    return _ranked(rows, key, edits)


def near_stolen(code: str, *, edits: int = MOST_EDITS) -> list[NearCode]:
    """Codes of items reported stolen within two edits of one, nearest first; at most 50. To compare, no match."""
    key = canonical(code)
    index, keys = _stolen.freshen()
    near = [keys[each.number] for each in index.find(key, edits=edits)[:_SHOWN_OF]] if key else []
    thefts = TheftReport.objects.filter(state="open").values("item")
    rows = Identifier.objects.filter(canonical__in=near, item__in=thefts).select_related("item")
    return _ranked(rows, key, edits)


def _ranked(rows: Iterable[Identifier], key: str, edits: int) -> list[NearCode]:
    alike = lookalike(key)
    found = [
        NearCode(each.pk, each.item_id, each.kind, each.written, between, each.lookalike == alike, each.item.state)
        for each in rows
        if (between := edits_between(each.canonical, key)) <= edits
    ]
    return sorted(found, key=lambda near: (not near.lookalike, near.edits, near.identifier))[:LISTED]
