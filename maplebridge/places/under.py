"""Which rows lie at or below an area, asked of the database in one way."""

from collections.abc import Iterable

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan


def under(codes: Iterable[str], *, path: str = "area_path") -> Q:
    """Condition: the row's path of codes ("/TOWN/VILLAGE/") has one of these codes in it; of no codes, no row.

    `path` names the column, also through relations. As `Grant.covers` does in Python: upper and lower case are told
    apart, and a code with "%" or "_" means only itself. LIKE does neither on SQLite, so it is not used. A range of
    beginnings is not used either: a path may name areas that this installation does not hold, and a row keeps its
    path when its area moves.
    """
    condition = Q(pk__in=())
    for code in sorted(codes):
        condition |= Q(GreaterThan(StrIndex(F(path), Value(f"/{code}/")), 0))
    return condition


def in_areas(codes: Iterable[str], *, area: str = "") -> Q:
    """Condition: the area has one of these codes, or lies in one that has. `area` leads to it ("address__area__").

    An area that came without a path is known by its code.
    """
    codes = frozenset(codes)
    return under(codes, path=f"{area}path") | Q(**{f"{area}path": "", f"{area}code__in": codes})
