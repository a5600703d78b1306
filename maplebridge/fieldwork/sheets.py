"""A stipend sheet as a spreadsheet. What people typed in stands there as text, never as a formula."""

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from maplebridge.fieldwork.models import StipendSheet
from maplebridge.fieldwork.shown import step_rows
from maplebridge.kernel.text import storable

if TYPE_CHECKING:  # a quarter of a second to load: only who writes a sheet waits for it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet


def workbook_of(sheet: StipendSheet) -> bytes:
    """Write a sheet as XLSX: one page of amounts with its sum, one of every step, one of who approved it."""
    from openpyxl import Workbook
    from openpyxl.writer.excel import save_workbook

    book = Workbook(write_only=True)
    lines = list(sheet.lines.select_related("user"))
    page = book.create_sheet(_("Stipends"))
    _row(page, [_("Worker"), _("Sign-in name"), _("Points"), _("Amount")], bold=True)
    for line in lines:
        _row(page, [str(line.user), line.user.username, line.points, line.amount])
    _row(page, [_("Sum"), "", sum(line.points for line in lines), sheet.total], bold=True)
    steps = book.create_sheet(_("How it came about"))
    _row(steps, [_("Worker"), _("Work"), _("How"), _("Points")], bold=True)
    for line in lines:
        for step in step_rows(line.steps, {}):
            _row(steps, [str(line.user), step["name"], step["how"], step["points"]])
    _about(book.create_sheet(_("About")), sheet)
    out = io.BytesIO()
    save_workbook(book, out)
    return out.getvalue()


def _about(page: "WriteOnlyWorksheet", sheet: StipendSheet) -> None:
    approved = [
        (by, at) for by, at in ((sheet.first_by, sheet.first_at), (sheet.second_by, sheet.second_at)) if by and at
    ]
    rows = [
        (_("Area"), sheet.area_code or _("all areas")),
        (_("Period"), f"{sheet.starts_on} – {sheet.ends_on}"),
        (_("Scheme"), str(sheet.scheme)),
        (_("State"), str(sheet.get_state_display())),
        *((_("Approved by"), f"{by} · {at:%Y-%m-%d %H:%M} UTC") for by, at in approved),
        ("SHA-256", sheet.digest),
    ]
    for row in rows:
        _row(page, list(row))


def _row(page: "WriteOnlyWorksheet", values: list[object], *, bold: bool = False) -> None:
    page.append([_cell(page, value, bold=bold) for value in values])


def _cell(page: "WriteOnlyWorksheet", value: object, *, bold: bool) -> "WriteOnlyCell":
    """A cell; text is marked as text, with the quotation mark that keeps spreadsheets from ever working it out."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, storable(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@", "\t", "\r")
    if bold:
        cell.font = Font(bold=True)
    return cell
