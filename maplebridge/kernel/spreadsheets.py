"""Spreadsheets that people send, CSV or XLSX: read safely, columns guessed by their heads, rows given back as CSV."""

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

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.text import storable

FILE_MOST, UNPACKED_MOST, MEMBERS_MOST = 8_000_000, 80_000_000, 400
ROWS_MOST, COLUMNS_MOST, CELL_MOST = 5_000, 40, 400
_EXACT_DIGITS = 15  # of a number as spreadsheets keep it (IEEE 754 double)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as text: its head and its rows, all as wide as the head; `numbers` are theirs in the sheet, from 2."""

    head: list[str]
    rows: list[list[str]]
    numbers: Sequence[int] = ()


def read_table(name: str, content: bytes, *, rows_most: int = ROWS_MOST) -> Table:
    """Read a CSV or XLSX file. Raises BadInput with a sentence for whatever is too large, hostile or something else."""
    if not content:
        raise BadInput("file", _("Choose a file."))
    if len(content) > FILE_MOST:
        sentence = _("This file is larger than %(mb)d MB. Send it in parts.")
        raise BadInput("file", sentence % {"mb": FILE_MOST // 1_000_000})
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("file", _("This is an old or locked Excel file. Save it as .xlsx without a password or as CSV."))
    lines = _xlsx(content, rows_most) if content.startswith(b"PK") else _csv(name, content)
    rows = list(islice(lines, rows_most + 2))
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > rows_most + 1:
        raise BadInput("file", _("This file has more than %(most)d rows. Send it in parts.") % {"most": rows_most})
    if len(rows) < 2:
        raise BadInput("file", _("This file has no rows below its head. The first row names the columns."))
    wide = min(max(_width(row) for row in rows), COLUMNS_MOST)
    head, *rest = [(row + [""] * wide)[:wide] for row in rows]
    kept = [(number, row) for number, row in enumerate(rest, 2) if any(row)]
    return Table(head, [row for _number, row in kept], [number for number, _row in kept])


def _width(row: Sequence[str]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((number for number, cell in enumerate(row, 1) if cell), default=0)


def _xlsx(content: bytes, rows_most: int) -> Iterator[list[str]]:
    """Rows of the first sheet, unpacked only after its sizes were looked at."""
    import openpyxl  # a quarter of a second to load: only who reads a sheet waits for it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
        if len(members) > MEMBERS_MOST or sum(each.file_size for each in members) > UNPACKED_MOST:
            raise BadInput("file", _("This file unpacks to far more than a list needs. Save the list alone, as CSV."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=rows_most + 2, max_col=COLUMNS_MOST, values_only=True)
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


def guess(head: Sequence[str], heads: Mapping[str, str]) -> dict[str, int]:
    """Guess which column holds which field, by the words that `heads` knows for it; each column once."""
    names = [bare(each) for each in head]
    found: dict[str, int] = {}
    for field, known in heads.items():
        words = known.split()
        exact = [n for n, name in enumerate(names) if name in words and n not in found.values()]
        if exact:
            found[field] = exact[0]
    return found


def bare(text: str) -> str:
    """Give the head of a column without spaces, strokes and case."""
    return re.sub(r"[\s_\-./()（）:：*#']+", "", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and in which cell."""

    cell: str
    sentence: str


def cell_at(column: int, row: int) -> str:
    """Name a cell as spreadsheets do: column 0, row 2 is "A2"."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row}"


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as CSV for spreadsheets: UTF-8 with its mark, and nothing in it that one would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t" and cell else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
