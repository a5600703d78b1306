"""A day's intake as a list: CSV in any usual form in, the same rows with an answer out."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.property.codes import canonical

MOST_ROWS = 5_000
_HEADINGS = (  # of the column with the codes, the surest first
    "code", "serial number", "serial", "frame", "battery", "车架号", "电池编码", "序列号", "编码", "编号", "number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: its number in the file as a spreadsheet counts, and the code as written."""

    line: int
    code: str

    @property
    def usable(self) -> bool:
        """Whether the code can be checked at all."""
        return bool(canonical(self.code))


def read_list(data: bytes) -> list[Row]:
    """Read the codes of a CSV file: a column with a known heading, or the only or first one.

    UTF-8 or GB 18030 (as Excel writes 中文), comma, semicolon or tab. Raises BadInput for what is no such file.
    """
    lines = list(_lines(_text(data)))
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise BadInput("file", _("This list is empty. It takes one code in each line."))
    head = [cell.strip().casefold() for cell in filled[0][1]]
    column = next((head.index(name) for name in _HEADINGS if name in head), None)
    body = filled if column is None else filled[1:]
    if len(body) > MOST_ROWS:
        raise BadInput("file", _("A list has at most %(most)d lines. Send it in parts.") % {"most": MOST_ROWS})
    at = column or 0
    return [Row(number, cells[at].strip()) for number, cells in body if len(cells) > at and cells[at].strip()]


def written_list(rows: Sequence[Row], answers: Sequence[tuple[str, str]]) -> str:
    """Write the rows with the answer to each (a word and a sentence) as CSV that a spreadsheet opens safely."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["line", "code", "answer", "what to do"])
    for row, (answer, sentence) in zip(rows, answers, strict=True):
        writer.writerow([row.line, _as_text(row.code), answer, sentence])
    return "\ufeff" + out.getvalue()


def _as_text(code: str) -> str:
    """Keep a spreadsheet from taking a code for a formula."""
    return f"'{code}" if code[:1] in "=+-@\t\r" else code


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("file", _("This file cannot be read as text. Save the list as CSV (UTF-8)."))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise BadInput("file", _("This file cannot be read as CSV. Save the list as CSV (UTF-8).")) from None
