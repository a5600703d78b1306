"""One stretch of the journal derived anew from its rows: leaves, subtrees, columns, private digests, mentions.

Knows nothing of Django, so that processes of their own start in a moment. A stretch begins after a multiple of
`STRETCH` entries, so that its subtrees are subtrees of the whole.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

STRETCH = 1 << 14
PURPOSE_LENGTH = 200  # as in `store`: characters of the purpose that its column keeps
Rows = Callable[[str, Sequence[int]], list[tuple[Any, ...]]]  # runs a statement with %s for each number
Part = tuple[int, str]  # position and name of a private text

# The text columns come as one text: that is half the cost of nine. Purpose is last: it alone may hold anything.
_TEXTS = """verb || x || subject || x || "case" || x || actor || x || {} || x || {} || x || operation || x || purpose"""
_MOMENTS = {  # as in the stamp, with six digits of fraction
    "sqlite": "replace({0}, ' ', 'T') || CASE length({0}) WHEN 19 THEN '.000000' ELSE '' END",
    "postgresql": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')""",
}
_BYTES = {"sqlite": "CAST({} AS BLOB)", "postgresql": "convert_to({}, 'UTF8')"}
_ENTRIES = "SELECT position, {}, leaf, {} FROM journal_entry WHERE position > %s AND position <= %s ORDER BY position"
_PRIVATE = "SELECT entry_id, name, salt, {} FROM journal_private WHERE entry_id > %s AND entry_id <= %s"
_MENTIONS = "SELECT entry_id, record FROM journal_mention WHERE entry_id > %s AND entry_id <= %s"


class Body(msgspec.Struct, gc=False):
    """What of an entry is compared with its row."""

    position: int
    verb: str
    subject: str
    case: str
    actor: str
    at: str
    entered_at: str
    purpose: str
    digests: dict[str, str]
    facts: msgspec.Raw
    operation: str = ""
    records: tuple[str, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """The first thing that does not agree: what kind it is, at which position, and a name or number with it."""

    kind: str  # "missing", "unreadable", "changed", "private", "mentions"
    position: int
    detail: str = ""


@dataclass
class Derived:
    """What a stretch came to: the tree's edge after each size that was asked for, and what is to be compared later."""

    size: int
    edges: dict[int, list[bytes]] = field(default_factory=dict)
    fault: Fault | None = None
    missing: list[Part] = field(default_factory=list)  # private texts that the entries have digests of, and no row
    erased: list[tuple[int, str, int]] = field(default_factory=list)  # position, name, and the entry that says so


_decode = msgspec.json.Decoder(Body).decode
_erased = msgspec.json.Decoder(dict[str, Any]).decode


def derive(rows: Rows, vendor: str, first: int, last: int, sizes: Iterable[int] = ()) -> Derived:
    """Derive the entries from position `first` to `last`; `sizes` (absolute) are where the tree's edge is wanted."""
    low = first - 1 if first > 1 else -(2**62)  # what stands before the first entry is found, too
    try:
        entries, private, mentions = (rows(statement, (low, last)) for statement in _statements(vendor))
    except sqlite3.Error:
        return Derived(first - 1, fault=Fault("unreadable", _first_unreadable(rows, vendor, first, last)))
    bodies, fault = _compared(entries, first, last)
    if fault is None:
        fault = _of_private(private, bodies, first) or _of_mentions(mentions, bodies, first)
    if fault is not None:
        return Derived(first - 1, fault=fault)
    present = {(row[0], row[1]) for row in private}
    digests = sum(len(body.digests) for body in bodies)
    return Derived(
        last,
        _edges([row[2] for row in entries], first - 1, {last, *sizes}),
        missing=[] if digests == len(present) else _missing(bodies, present),
        erased=[part for body in bodies if body.operation == "erased" for part in erased_by(body)],
    )


def erased_by(body: Body) -> list[tuple[int, str, int]]:
    """Private texts that an entry says it erased: position, name, and the entry's own position."""
    said = _erased(body.facts).get("erased")
    if not isinstance(said, dict):
        return []
    return [(int(position), name, body.position) for position, names in said.items() for name in names]


def read_body(text: str | bytes) -> Body:
    """Read an entry's body. Raises ValueError on anything that is none."""
    return _decode(text)


def _statements(vendor: str) -> tuple[str, str, str]:
    moment, data = _MOMENTS[vendor], _BYTES[vendor]
    texts = _TEXTS.format(moment.format("at"), moment.format("entered_at")).replace(" x ", " chr(31) ")
    texts = texts.replace("chr(", "char(") if vendor == "sqlite" else texts
    return _ENTRIES.format(texts, data.format("body")), _PRIVATE.format(data.format("content")), _MENTIONS


def _compared(entries: list[tuple[Any, ...]], first: int, last: int) -> tuple[list[Body], Fault | None]:
    """Decode every entry and compare its row with it; give the bodies, or the first fault."""
    try:
        bodies = [_decode(row[3]) for row in entries]
        expected = [
            (body.position, _texts(body), sha256(b"\x00" + row[3]).digest(), row[3])
            for body, row in zip(bodies, entries, strict=True)
        ]
        whole = len(entries) == last - first + 1 and entries[0][0] == first and entries[-1][0] == last
        if whole and entries == expected:
            return bodies, None
    except (ValueError, TypeError):  # the slow way names which
        pass
    for position, row in zip(range(first, last + 1), entries, strict=False):
        if row[0] != position:
            return [], Fault("missing", position, str(row[0]))
        try:
            body = _decode(row[3])
        except (ValueError, TypeError):
            return [], Fault("unreadable", position)
        if row[1:3] != (_texts(body), sha256(b"\x00" + row[3]).digest()) or body.position != position:
            return [], Fault("changed", position)
    return [], Fault("missing", first + len(entries))


def _texts(body: Body) -> str:
    """What the text columns of an entry must be."""
    return (
        f"{body.verb}\x1f{body.subject}\x1f{body.case}\x1f{body.actor}\x1f{body.at[:-1]}000\x1f"
        f"{body.entered_at[:-1]}000\x1f{body.operation}\x1f{body.purpose[:PURPOSE_LENGTH]}"
    )


def _of_private(private: list[tuple[Any, ...]], bodies: list[Body], first: int) -> Fault | None:
    wrong = []
    for position, name, salt, content in private:
        try:
            if bodies[position - first].digests[name] == sha256(salt + content).hexdigest():
                continue
        except (KeyError, TypeError, IndexError):
            pass
        wrong.append(Fault("private", position, str(name)))
    return min(wrong, key=lambda fault: fault.position, default=None)


def _of_mentions(mentions: list[tuple[Any, ...]], bodies: list[Body], first: int) -> Fault | None:
    found: dict[int, set[str]] = {}
    for position, record in mentions:
        found.setdefault(position, set()).add(record)
    due = {body.position: set(body.records) - {body.subject} for body in bodies if body.records}
    wrong = [p for p in found.keys() | due.keys() if found.get(p, set()) != due.get(p, set())]
    return Fault("mentions", min(wrong)) if wrong else None


def _missing(bodies: list[Body], present: set[Part]) -> list[Part]:
    return [(body.position, name) for body in bodies for name in body.digests if (body.position, name) not in present]


def _first_unreadable(rows: Rows, vendor: str, first: int, last: int) -> int:
    """The first position whose rows the database cannot give, found one by one."""
    for position in range(first, last + 1):
        try:
            for statement in _statements(vendor):
                rows(statement, (position - 1, position))
        except sqlite3.Error:
            return position
    return first


def _edges(leaves: list[bytes], before: int, sizes: Iterable[int]) -> dict[int, list[bytes]]:
    """Roots of the perfect subtrees, largest first, that the first leaves come to, for each absolute size."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        pairs = iter(levels[-1])
        levels.append([sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)])
    return {
        size: [level[((size - before) >> n) - 1] for n, level in reversed(list(enumerate(levels)))
               if (size - before) >> n & 1]
        for size in sizes
    }  # fmt: skip
