"""What the registry knows of a code. Equality of canonical keys decides; nothing here looks at persons."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from maplebridge.property.codes import canonical
from maplebridge.property.models import Identifier, Item, TheftReport
from maplebridge.property.rules import decides

CLEAR, STOLEN, NOT_REGISTERED = "clear", "stolen", "not_registered"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a key: the answer, the items that bear it, and the open thefts of those."""

    answer: str
    item_ids: tuple[int, ...] = ()
    theft_ids: tuple[int, ...] = ()


_SELECT = (
    "SELECT i.item_id, i.flags, t.id FROM property_identifier i"
    " LEFT JOIN property_theftreport t ON t.item_id = i.item_id AND t.state = 'open'"
    " WHERE i.canonical = %s"
)


def known_of(key: str) -> Known:
    """Look up a canonical key in one query: clear, stolen or not_registered. A weak code never means stolen.

    Asked for every check, so in plain SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [key])
        rows = cursor.fetchall() if key else []
    if not rows:
        return Known(NOT_REGISTERED)
    items = tuple(dict.fromkeys(row[0] for row in rows))
    thefts = tuple(dict.fromkeys(theft for _item, flags, theft in rows if theft and decides(_flags(flags))))
    return Known(STOLEN if thefts else CLEAR, items, thefts)


def _flags(stored: str | list[str]) -> list[str]:
    """Flags as the database's driver gives them: text on SQLite."""
    return json.loads(stored) if isinstance(stored, str) else stored


def check(code: str) -> str:
    """Answer anyone: "clear", "stolen" or "not_registered". What is no code is not registered."""
    return known_of(canonical(code)).answer


def open_thefts_of(keys: Iterable[str]) -> list[TheftReport]:
    """Open thefts of items that bear one of these keys, where the key is particular enough to decide."""
    rows = Identifier.objects.filter(canonical__in=list(keys), item__thefts__state="open").exclude(canonical="")
    ids = {each.item_id for each in rows.only("item_id", "flags") if decides(each.flags)}
    return list(TheftReport.objects.filter(item_id__in=ids, state="open").select_related("item", "incident"))


def deciding_keys(item: Item) -> list[str]:
    """Canonical keys of an item on which an alarm is raised."""
    rows = Identifier.objects.filter(item=item).exclude(canonical="")
    return [each.canonical for each in rows if decides(each.flags)]


def same_kind_with(key: str, *, kind: str, item: Item) -> Item | None:
    """Another item of the same kind, not retired and not evidently of another maker, with this number."""
    others = Item.objects.filter(identifiers__canonical=key, identifiers__kind=kind, kind=item.kind).exclude(
        state="retired"
    )
    for other in others.exclude(pk=item.pk).order_by("pk"):
        if not (item.maker and other.maker) or item.maker.casefold() == other.maker.casefold():
            return other
    return None
