"""Search by text over millions of addresses: names by their tokens, numbers by their order, parts by their labels.

Names (streets, villages, compounds) are few and have an index of beginnings: Chinese from each character on, pinyin and
its initials from each syllable on, words. Numbers are looked up below the names found. All of it is B-trees, so that it
is the same on SQLite and PostgreSQL and needs no extension; in plain SQL, since composing a query costs more than it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from maplebridge.places.fold import SHORT_FORMS, fold
from maplebridge.places.register.models import Address, Organisation
from maplebridge.places.register.rules.codes import read_code
from maplebridge.places.register.rules.words import Reading, readings
from maplebridge.places.rules import has_cjk

_NAMES_MOST = 200  # considered of a short beginning
_PARTS_MOST = 20
_LAST = "\U0010ffff"


def search_addresses(text: str, *, area_ids: Iterable[int] | None = None, limit: int = 20) -> list[Address]:
    """Find addresses by code or by text as typed so far, in Chinese, pinyin, initials or Latin; the best first."""
    areas = None if area_ids is None else sorted(area_ids)
    code = read_code(text)
    if code and (exact := _loaded("code", [code], areas)):
        return exact
    otherwise: list[int] = []
    for reading in readings(fold(text), text)[:8]:
        names = _names(reading.words)
        found = _at(names, reading, areas, limit) if names else []
        parts = _parts(found, reading.parts) if found and reading.parts else []
        if parts or (found and not reading.parts):
            return _loaded("pk", parts or found, areas)
        otherwise = otherwise or found  # the house is there, what is said to be in it is not
    return _loaded("pk", otherwise, areas) if otherwise else []


def _loaded(column: str, keys: Sequence[Any], areas: Sequence[int] | None) -> list[Address]:
    """The addresses with these keys or codes, in their order."""
    rows = Address.objects.filter(**{f"{column}__in": keys}, gone=False).select_related("area", "building")
    rows = rows if areas is None else rows.filter(area__in=areas)
    order = {key: n for n, key in enumerate(keys)}
    return sorted(rows.defer("area__geometry"), key=lambda each: order[getattr(each, column)])


def search_organisations(text: str, *, limit: int = 20) -> list[Organisation]:
    """Find organisations whose name begins as typed, or by their social credit code."""
    bare = " ".join(text.split())
    if not bare:
        return []
    rows = Organisation.objects.filter(gone=False).select_related("address__area")
    begins = Q(name__startswith=bare) if connection.vendor == "postgresql" else Q(name__gte=bare, name__lt=bare + _LAST)
    return list(rows.filter(begins | Q(credit_code=bare.upper())).order_by("name")[:limit])


def likely_addresses(text: str, *, lon: float, lat: float, within: float = 0.005, limit: int = 5) -> list[Address]:
    """Find which addresses somebody on the spot may have meant: by text, those near the point (in degrees) first."""
    found = search_addresses(text, limit=50)
    near = [each for each in found if abs(each.lon - lon) <= within and abs(each.lat - lat) <= within]
    return (near or found)[:limit]


class _Name(NamedTuple):
    pk: int
    text: str


class _House(NamedTuple):
    """A building that may be meant, and how good the name is by which it was found, 0 the best."""

    name: int
    pk: int
    number: str
    first: int | None


def _asked(statement: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _names(words: Sequence[str]) -> list[_Name]:
    """Names that have a token beginning with each word, the shortest first."""
    conditions, values = [], list[str | int]()
    for word in words[:6]:
        begins = _tokens(word)
        if begins is None:
            return []
        conditions.append(f"id IN (SELECT of_id FROM places_registertoken WHERE {begins[0]})")  # noqa: S608  # words are values
        values += begins[1]
    statement = f"SELECT id, name FROM places_registername WHERE {' AND '.join(conditions)} LIMIT {_NAMES_MOST}"  # noqa: S608  # as above
    found = [_Name(*row) for row in _asked(statement, values)]
    whole = " ".join(words)
    return sorted(found, key=lambda each: (fold(each.text) != whole, len(each.text), each.pk))


def _tokens(word: str) -> tuple[str, list[str | int]] | None:
    """The condition of a token that begins so; of Chinese text without what stands ahead of any name in it."""
    if not has_cjk(word):
        return _begins(word)
    begun = [word[start : start + 60] for start in range(len(word))]
    after, before = _order()
    found = _asked(
        f"WITH begun (n, low, high) AS (VALUES {', '.join(['(%s, %s, %s)'] * len(begun))}) SELECT n FROM begun"  # noqa: S608  # words are values
        f" WHERE EXISTS (SELECT 1 FROM places_registertoken WHERE token {after} low AND token {before} high)"
        " ORDER BY n LIMIT 1",
        [value for n, each in enumerate(begun) for value in (n, each, each + _LAST)],
    )
    return _begins(begun[found[0][0]]) if found else None


def _begins(word: str) -> tuple[str, list[str | int]]:
    """SQL and its values for a token that begins with a word (folded, so without signs) or what it is short for."""
    each = (word, *SHORT_FORMS.get(word, ()))
    after, before = _order()
    values: list[str | int] = [value for beginning in each for value in (beginning, beginning + _LAST)]
    return " OR ".join([f"(token {after} %s AND token {before} %s)"] * len(each)), values


def _order() -> tuple[str, str]:
    """Not before and before, sign by sign: on PostgreSQL with any collation, by the index that is made for LIKE."""
    return ("~>=~", "~<~") if connection.vendor == "postgresql" else (">=", "<")


def _at(names: Sequence[_Name], reading: Reading, areas: Sequence[int] | None, limit: int) -> list[int]:
    """Keys of the buildings at these names, the best first: those with the number or in the range, or all."""
    within = "" if areas is None else f" AND a.area_id IN ({', '.join(map(str, areas)) or 'NULL'})"
    found: dict[int, _House] = {}
    for first, some in _in_turn(names, reading):
        for column in ("street", "site"):
            for house in _houses(column, first, some, reading, within, limit):
                found.setdefault(house.pk, house)
        if len(found) >= limit:
            break
    return [house.pk for house in sorted(found.values(), key=lambda each: _rank(each, reading))[:limit]]


def _in_turn(names: Sequence[_Name], reading: Reading) -> Iterable[tuple[int, Sequence[_Name]]]:
    """Names to be looked at together, with the place of the first: all where a number leaves few houses, else each."""
    return [(0, names[:50])] if reading.low is not None else [(n, [name]) for n, name in enumerate(names[:12])]


def _houses(
    column: str, first: int, names: Sequence[_Name], reading: Reading, within: str, limit: int
) -> Iterable[_House]:
    values: list[str | int] = [value for n, name in enumerate(names, first) for value in (n, name.pk)]
    numbered = ""
    if reading.low is not None:
        numbered, values = " AND a.number_from BETWEEN %s AND %s", [*values, reading.low, reading.high or reading.low]
    rows = _asked(
        f"WITH named (n, name) AS (VALUES {', '.join(['(%s, %s)'] * len(names))})"  # noqa: S608  # words are values
        " SELECT named.n, a.id, a.number, a.number_from FROM named CROSS JOIN places_address a"
        f" WHERE a.kind = 'building' AND NOT a.gone AND a.{column}_id = named.name{numbered}{within}"
        f" ORDER BY named.n, a.number_from, LENGTH(a.number) LIMIT {limit * 2}",
        values,
    )
    return (_House(*row) for row in rows)


def _rank(house: _House, reading: Reading) -> tuple[int, bool, int, str]:
    return house.name, fold(house.number) != reading.number, house.first or 0, house.number


def _parts(buildings: Sequence[int], labels: Sequence[str]) -> list[int]:
    """Keys of the units and rooms of buildings with the last label; of two given, below a part with the first."""
    last = sorted({each for label in labels[-1:] for each in (label, label.upper())})
    rows = _asked(
        "SELECT a.id, a.kind, a.text, p.label"  # noqa: S608  # keys
        " FROM places_address a JOIN places_address p ON p.id = a.parent_id"
        f" WHERE a.building_id IN ({', '.join(map(str, buildings))}) AND NOT a.gone"
        f" AND a.label IN ({', '.join(['%s'] * len(last))})",
        last,
    )
    below = [row for row in rows if row[3].casefold() == labels[-2]] if len(labels) > 1 else []
    best = sorted(below or rows, key=lambda row: (row[1] != "unit", row[2]))
    return [row[0] for row in best[:_PARTS_MOST]]
