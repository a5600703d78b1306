"""Tables of divisions, checked row by row: counties, townships, villages and hamlets with their codes and parents.

Official tables carry the code alone: GB/T 2260 has six digits down to the county, the statistical code twelve: two each
for province, prefecture and county, three each for township and village. A hamlet has up to three digits of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.spreadsheets import Fault, Table, cell_at, guess

ROWS_MOST = 50_000
HEADS = {
    "code": "code 代码 区划代码 行政区划代码 统计用区划代码 编码 areacode",
    "name": "name 名称 区划名称 单位名称 地名 nameen",
    "name_zh": "namezh 中文名称 中文名 chinesename",
    "parent": "parent parentcode 上级 上级代码 父级代码 上级区划代码",
    "kind": "kind level 级别 类型 层级",
    "lon": "lon longitude lng 经度",
    "lat": "lat latitude 纬度",
}
KINDS = ("county", "township", "village", "hamlet")
_KIND_OF_WORD = {
    **{kind: kind for kind in (*KINDS, "province", "prefecture", "community")},
    "县": "county", "区": "county", "市辖区": "county", "县级市": "county",
    "乡镇": "township", "街道": "township", "街道办事处": "township", "镇": "township", "乡": "township",
    "村": "village", "行政村": "village", "村委会": "village", "社区": "community", "居委会": "community",
    "屯": "hamlet", "自然村": "hamlet", "村民小组": "hamlet", "组": "hamlet",
}  # fmt: skip
_LENGTHS = (2, 4, 6, 9, 12, 15)
_KIND_OF_LENGTH = dict(zip(_LENGTHS, ("province", "prefecture", *KINDS), strict=True))


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the table: `parent` is a code, "" at the top; `point` is (lon, lat) or None."""

    code: str
    name: str
    name_zh: str
    parent: str
    kind: str
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """The rows that hold, each after its parent, and the faults of the others."""

    divisions: list[Division]
    faults: list[Fault]


def meaning_of(code: str) -> str:
    """The digits of an official code that say something: without the zeros that fill it up. "" for other codes."""
    if not code.isdecimal() or not 2 <= len(code) <= _LENGTHS[-1]:
        return ""
    for length in _LENGTHS:
        if len(code) >= length and not code[length:].strip("0") and code[:length].strip("0"):
            return code[:length]
    return code if len(code) > 12 else ""  # a hamlet of one or two digits


def tree_of(table: Table, known: Mapping[str, str]) -> Tree:
    """Read a table of divisions; `known` are the kinds of areas that are there already, by code.

    Raises BadInput where a column is missing.
    """
    columns = guess(table.head, HEADS)
    for field in ("code", "name"):
        if field not in columns:
            raise BadInput("file", _("There is no column for “%(name)s” in the first row.") % {"name": field})
    rows: dict[str, tuple[Division, int]] = {}
    faults: list[Fault] = []
    for number, row in zip(table.numbers, table.rows, strict=True):
        cells = {field: row[column] for field, column in columns.items()}
        try:
            division = _division(cells)
            if division.code in rows:
                raise BadInput("code", _("The code %(code)s stands in this table twice.") % {"code": division.code})
            rows[division.code] = (division, number)
        except BadInput as bad:
            faults.append(Fault(cell_at(columns.get(bad.field, columns["code"]), number), bad.sentence))
    return _hung(rows, dict(known), columns, faults)


def _division(cells: Mapping[str, str]) -> Division:
    code, name = cells["code"].lstrip("'"), cells["name"]
    if not code or len(code) > 40 or "/" in code or code.startswith("="):
        raise BadInput("code", _("Write the code in 1 to 40 letters or digits, as text."))
    if not 0 < len(name) <= 120:
        raise BadInput("name", _("Write the name, in at most 120 characters."))
    word = cells.get("kind", "").casefold()
    if word and word not in _KIND_OF_WORD and not word.isdecimal():
        raise BadInput("kind", _("Write the kind as county, township, village, community or hamlet."))
    zh = cells.get("name_zh", "") or (name if any("\u4e00" <= letter <= "\u9fff" for letter in name) else "")
    kind = _KIND_OF_WORD.get(word, "")
    return Division(code, name, zh[:120], cells.get("parent", "").lstrip("'"), kind, _point(cells))


def _point(cells: Mapping[str, str]) -> tuple[float, float] | None:
    lon, lat = cells.get("lon", ""), cells.get("lat", "")
    if not lon and not lat:
        return None
    try:
        point = float(lon), float(lat)
    except ValueError:
        point = (999.0, 999.0)
    if not valid_lonlat(*point):
        raise BadInput("lon", _("Write longitude and latitude in degrees, as 110.29 and 25.27."))
    return point


def _hung(
    rows: Mapping[str, tuple[Division, int]], kinds: dict[str, str], columns: Mapping[str, int], faults: list[Fault]
) -> Tree:
    """Put every row below its parent, from the top down; what has no parent that holds is a fault."""
    by_meaning = {meaning_of(code): code for code in (*kinds, *rows) if meaning_of(code)}
    waiting = {code: _parent(each, by_meaning) for code, (each, _number) in rows.items()}
    placed: list[Division] = []
    while True:
        ready = [code for code, parent in waiting.items() if not parent or parent in kinds]
        for code in ready:
            parent = waiting.pop(code)
            each = rows[code][0]
            kind = each.kind or _KIND_OF_LENGTH.get(len(meaning_of(code)), "") or _below(kinds.get(parent, ""))
            kinds[code] = kind
            placed.append(Division(code, each.name, each.name_zh, parent, kind, each.point))
        if not ready:
            break
    for code, parent in waiting.items():
        why = _("The parent %(parent)s is in a circle or has a fault.") if parent in rows else _(
            "There is no area with the code %(parent)s, neither in this table nor in use."
        )  # fmt: skip
        faults.append(Fault(cell_at(columns.get("parent", columns["code"]), rows[code][1]), why % {"parent": parent}))
    return Tree(placed, faults)


def _parent(each: Division, by_meaning: Mapping[str, str]) -> str:
    """The parent as the table says; else the longest official code known above this one."""
    if each.parent:
        return "" if each.parent.strip("0") == "" else each.parent
    meaning = meaning_of(each.code)
    above = (by_meaning.get(meaning[:length], "") for length in reversed(_LENGTHS) if length < len(meaning))
    return next((code for code in above if code), "")


def _below(kind: str) -> str:
    if kind == "community":
        return "hamlet"
    return KINDS[min(KINDS.index(kind) + 1, len(KINDS) - 1)] if kind in KINDS else KINDS[0]
