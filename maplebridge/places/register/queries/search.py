"""Search by text over millions of addresses: names by their tokens, numbers by their order, parts by their labels.

Names (streets, villages, compounds) are few and have an index of beginnings: Chinese from each character on, pinyin and
its initials from each syllable on, words. Numbers are looked up below the names found. All of it is B-trees, so that it
is the same on SQLite and PostgreSQL and needs no extension.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from maplebridge.places.fold import SHORT_FORMS, fold
from maplebridge.places.register.models import Address, Organisation, RegisterName, RegisterToken
from maplebridge.places.register.rules.codes import read_code
from maplebridge.places.register.rules.words import Reading, readings
from maplebridge.places.rules import has_cjk

_NAMES_MOST = 200  # considered of a short beginning
_LAST = "\U0010ffff"
_WITH = ("area", "building")


def search_addresses(text: str, *, area_ids: Iterable[int] | None = None, limit: int = 20) -> list[Address]:
    """Find addresses by code or by text as typed so far, in Chinese, pinyin, initials or Latin; the best first."""
    rows = Address.objects.filter(gone=False).select_related(*_WITH)
    if area_ids is not None:
        rows = rows.filter(area_id__in=area_ids)
    code = read_code(text)
    if code and (exact := list(rows.filter(code=code))):
        return exact
    otherwise: list[Address] = []
    for reading in readings(fold(text), text)[:8]:
        names = _names(reading.words)
        found = _at(rows, names, reading, limit) if names else []
        parts = _parts(rows, found, reading.parts) if found and reading.parts else []
        if parts or (found and not reading.parts):
            return parts or found
        otherwise = otherwise or found  # the house is there, what is said to be in it is not
    return otherwise


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


def _names(words: Sequence[str]) -> list[RegisterName]:
    """Names that have a token beginning with each word, the shortest first."""
    found: QuerySet[RegisterName] = RegisterName.objects.all()
    for word in words[:6]:
        tokens = _tokens(word)
        if tokens is None:
            return []
        found = found.filter(pk__in=tokens)
    whole = " ".join(words)
    return sorted(found[:_NAMES_MOST], key=lambda each: (fold(each.name) != whole, len(each.name), each.pk))


def _tokens(word: str) -> QuerySet[RegisterToken, Any] | None:
    """Rows of names with a token that begins so; of Chinese text without what stands ahead of any name in it."""
    for start in range(len(word) if has_cjk(word) else 1):
        rest = word[start : start + 60]
        some = RegisterToken.objects.filter(_begins(rest)).values("of")
        if has_cjk(word) and not some.exists():
            continue
        return some
    return None


def _begins(word: str) -> Q:
    found = Q()
    for each in (word, *SHORT_FORMS.get(word, ())):
        found |= Q(token__startswith=each) if connection.vendor == "postgresql" else Q(
            token__gte=each, token__lt=each + _LAST
        )  # fmt: skip
    return found


def _at(rows: QuerySet[Address], names: Sequence[RegisterName], reading: Reading, limit: int) -> list[Address]:
    """Addresses at these names: those with the number or in the range, and below them the parts named."""
    ids = [each.pk for each in names][: 50 if reading.low is not None else 12]
    order = {pk: n for n, pk in enumerate(ids)}
    found: dict[int, Address] = {}
    for column in ("street", "site"):
        some = rows.filter(kind="building", **{f"{column}_id__in": ids})
        if reading.low is not None:
            some = some.filter(number_from__range=(reading.low, reading.high))
        for each in some.order_by(column, "number_from")[: limit * 2]:
            found.setdefault(each.pk, each)
    return sorted(found.values(), key=lambda each: _rank(each, reading, order))[:limit]


def _rank(address: Address, reading: Reading, order: dict[int, int]) -> tuple[int, bool, int, str]:
    best = min(order.get(pk or 0, len(order)) for pk in (address.street_id, address.site_id))
    return best, fold(address.number) != reading.number, address.number_from or 0, address.number


def _parts(rows: QuerySet[Address], buildings: Sequence[Address], labels: Sequence[str]) -> list[Address]:
    """Units and rooms of the buildings with the last label; where two are given, below a part with the first."""
    last = [label for each in labels[-1:] for label in {each, each.upper()}]
    found = list(rows.select_related("parent").filter(building__in=buildings, label__in=last))
    if len(labels) > 1:
        below = [each for each in found if each.parent and each.parent.label.casefold() == labels[-2]]
        found = below or found
    return sorted(found, key=lambda each: (each.kind != "unit", each.text))[:20]
