"""A shop's spreadsheet: read safely, its columns guessed, its rows made into registrations. Nothing here writes."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable

FILE_MOST, UNPACKED_MOST, MEMBERS_MOST = 8_000_000, 80_000_000, 400
ROWS_MOST, COLUMNS_MOST, CELL_MOST = 5_000, 40, 400
_EXACT_DIGITS = 15  # of a number as spreadsheets keep it (IEEE 754 double)

FIELDS = {
    "kind": gettext_lazy("Kind"),
    "maker": gettext_lazy("Maker"),
    "model": gettext_lazy("Model"),
    "colour": gettext_lazy("Colour"),
    "year": gettext_lazy("Year"),
    "frame": gettext_lazy("Frame number"),
    "motor": gettext_lazy("Motor number"),
    "battery": gettext_lazy("Battery code"),
    "plate": gettext_lazy("Number plate"),
    "name": gettext_lazy("Owner's name"),
    "phone": gettext_lazy("Owner's telephone"),
    "document": gettext_lazy("Last digits of the document"),
}
NUMBERS = ("frame", "motor", "battery", "plate")
_HEADS = {
    "kind": "kind type category 类型 种类 车型类别 类别",
    "maker": "maker make brand manufacturer 品牌 厂牌 厂家 制造商",
    "model": "model 型号 车型",
    "colour": "colour color 颜色 车身颜色",
    "year": "year modelyear 年份 年款",
    "frame": "frame framenumber frameno serial serialnumber vin 车架号 整车编码 车架",
    "motor": "motor motornumber motorno engine 电机号 电机编码",
    "battery": "battery batterycode batteryno batteryserial 电池编码 电池码 蓄电池编码 电池号 电池",
    "plate": "plate numberplate licenseplate licenceplate 号牌 车牌 车牌号 号牌号码",
    "name": "name owner ownername customer buyer 姓名 车主 车主姓名 所有人",
    "phone": "phone telephone tel mobile ownerphone 电话 手机 手机号 联系电话",
    "document": "document id idcard documentdigits 证件 证件号 身份证 身份证号 证件后四位",
}
_KINDS = {
    "e_bike": "e_bike ebike e-bike electricbicycle electricbike 电动自行车 电动车 电单车",
    "bicycle": "bicycle bike cycle 自行车 单车",
    "battery": "battery 电池 蓄电池",
    "scooter": "scooter escooter e-scooter 滑板车 电动滑板车",
    "other": "other 其他 其它",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as text: its head and its rows, all as wide as the head."""

    head: list[str]
    rows: list[list[str]]


def read_table(name: str, content: bytes) -> Table:
    """Read a CSV or XLSX file. Raises BadInput with a sentence for whatever is too large, hostile or something else."""
    if not content:
        raise BadInput("file", _("Choose a file."))
    if len(content) > FILE_MOST:
        sentence = _("This file is larger than %(mb)d MB. Send it in parts.")
        raise BadInput("file", sentence % {"mb": FILE_MOST // 1_000_000})
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("file", _("This is an old or locked Excel file. Save it as .xlsx without a password or as CSV."))
    lines = _xlsx(content) if content.startswith(b"PK") else _csv(name, content)
    rows = list(islice(lines, ROWS_MOST + 2))
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > ROWS_MOST + 1:
        raise BadInput("file", _("This file has more than %(most)d rows. Send it in parts.") % {"most": ROWS_MOST})
    if len(rows) < 2:
        raise BadInput("file", _("This file has no rows below its head. The first row names the columns."))
    wide = min(max(_width(row) for row in rows), COLUMNS_MOST)
    head, *rest = [(row + [""] * wide)[:wide] for row in rows]
    return Table(head, [row for row in rest if any(row)])


def _width(row: Sequence[str]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((number for number, cell in enumerate(row, 1) if cell), default=0)


def _xlsx(content: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet, unpacked only after its sizes were looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
        if len(members) > MEMBERS_MOST or sum(each.file_size for each in members) > UNPACKED_MOST:
            raise BadInput("file", _("This file unpacks to far more than a list needs. Save the list alone, as CSV."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=ROWS_MOST + 2, max_col=COLUMNS_MOST, values_only=True)
        yield from ([_text(cell) for cell in row] for row in rows)
    except BadInput:
        raise
    except Exception as error:  # whatever a broken file makes the reader stumble over
        raise BadInput("file", _("This file cannot be read. Save it anew as .xlsx or CSV.")) from error


def _text(cell: Any) -> str:
    """A cell as text; a formula keeps its sign, a number with lost digits is marked by one, too."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float | int):
        if abs(cell) >= 10**_EXACT_DIGITS:
            return f"={cell!r}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    return _clean(str(cell))


def _csv(name: str, content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\x00" in text or name.lower().endswith((".xls", ".pdf", ".doc", ".docx", ".ods")):
        raise BadInput("file", _("This is no CSV or XLSX file. Save the list as one of these."))
    first = text[: text.find("\n") if "\n" in text else None]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            yield [_clean(cell) for cell in row[:COLUMNS_MOST]]
    except csv.Error as error:
        raise BadInput("file", _("This file cannot be read. Save it anew as .xlsx or CSV.")) from error


def _decoded(content: bytes) -> str:
    """UTF-8, or GB 18030 as Chinese spreadsheets write. Raises BadInput."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("file", _("The letters of this file cannot be read. Save it as CSV in UTF-8."))


def _clean(text: str) -> str:
    return " ".join(storable(text).split())[:CELL_MOST]


def guessed(head: Sequence[str]) -> dict[str, int]:
    """Guess which column holds which field, by its name in English or Chinese; each column once."""
    names = [_bare(each) for each in head]
    found: dict[str, int] = {}
    for field, known in _HEADS.items():
        words = known.split()
        exact = [n for n, name in enumerate(names) if name in words and n not in found.values()]
        if exact:
            found[field] = exact[0]
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s_\-./()（）:：*#']+", "", unicodedata.normalize("NFKC", text)).casefold()


def kind_of(text: str, *, otherwise: str) -> str:
    """The kind that a cell names; `otherwise` where it is empty. Raises BadInput."""
    bare = _bare(text)
    if not bare:
        return otherwise
    for kind, known in _KINDS.items():
        if bare in {_bare(word) for word in known.split()}:
            return kind
    raise BadInput("kind", _("“%(text)s” is no kind of item we know.") % {"text": text[:40]})


def fields_of(row: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The fields of a row. Raises BadInput for a formula, a number that lost digits, or a row without any number."""
    values = {field: row[column] for field, column in columns.items() if column < len(row) and row[column]}
    for field, text in values.items():
        if text.startswith("=") and field in NUMBERS and re.fullmatch(r"=[\d.e+]+", text):
            raise BadInput(field, _("The spreadsheet has lost digits of this number. Format the column as text first."))
        if text.startswith("="):
            raise BadInput(field, _("This cell is a formula. Write its value."))
    if not any(values.get(field) for field in NUMBERS):
        raise BadInput("frame", _("This row has no number at all."))
    return values


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as CSV for spreadsheets: UTF-8 with its mark, and nothing in it that one would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t" and cell else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
