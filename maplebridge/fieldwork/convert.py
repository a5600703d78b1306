"""An XLSForm, the spreadsheet in which an agency writes its forms, becomes an XForm that phones understand."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from maplebridge.fieldwork.converter_words import in_our_words
from maplebridge.fieldwork.rules.forms import FORM_ID, VERSION
from maplebridge.fieldwork.xml import parse
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.spreadsheets import cell_at

KINDS = ("xlsx", "xls", "csv", "md")
SPREADSHEET_MOST, UNPACKED_MOST, RATIO_MOST = 5 * 2**20, 60 * 2**20, 200
SHEETS = ("survey", "choices", "settings", "entities", "external_choices")
_XFORMS = "http://www.w3.org/2002/xforms"
_ROW = re.compile(r"\[row : (?:None|(\d+))\]\s*")
_ON = re.compile(r"On the '(\w+)' sheet(?:, the '([^']+)' (?:value|column))?")
_QUOTED = re.compile(r"'([^']{1,80})'")


@dataclass(frozen=True, slots=True)
class Converted:
    """What a spreadsheet became. `binary` are the paths of questions that take a file, without the root; `version` is
    "" where the spreadsheet gives none.

    `itemsets` is the list of external choices as CSV, "" where there is none; `checked` says whether ODK Validate,
    which needs Java, has looked at it too.
    """

    form: str
    version: str
    title: str
    title_zh: str
    xform: str
    binary: frozenset[str]
    warnings: tuple[str, ...]
    itemsets: str
    checked: bool


def convert(content: bytes, kind: str, *, check: bool = True) -> Converted:
    """Convert a spreadsheet of one of KINDS; with `check` ODK Validate looks at the result where there is Java.

    Raises BadInput with a sentence that names the cell that is wrong."""
    from pyxform.errors import PyXFormError  # a third of a second to load: only who converts a form waits for it
    from pyxform.validators.odk_validate import ODKValidateError
    from pyxform.xls2json_backends import get_xlsform
    from pyxform.xls2xform import convert as to_xform

    _must_be_harmless(content, kind)
    try:
        book = get_xlsform(io.BytesIO(content), file_type=f".{kind}")
    except Exception as error:  # the readers of spreadsheets raise whatever comes to their mind
        raise _unreadable(kind) from error
    settings: Mapping[str, Any] = next(iter(book.settings or ()), {})
    checked = check and shutil.which("java") is not None
    try:
        made = to_xform(io.BytesIO(content), warnings=[], validate=checked, file_type=f".{kind}", form_name="data")
    except (PyXFormError, ODKValidateError) as error:
        raise BadInput("file", _located(str(error), book)) from error
    return _converted(made.xform, made.warnings, made.itemsets or "", str(settings.get("form_title_zh", "")), checked)


def _converted(xform: str, warnings: list[str], itemsets: str, title_zh: str, checked: bool) -> Converted:
    root = parse(xform.encode(), field="file")
    data = _data_of(root)
    form, version = data.get("id", ""), data.get("version", "")
    if not FORM_ID.fullmatch(form):
        raise BadInput("file", _("Sheet settings, column form_id: letters, digits, dot, hyphen and underscore alone."))
    if version and not VERSION.fullmatch(version):
        raise BadInput("file", _("Sheet settings, column version: a version is written such as 2026-11-27."))
    if all(etree.QName(each).localname == "meta" for each in data.iterchildren("{*}*")):
        raise BadInput("file", _("The sheet “survey” has no question yet: write one in each row."))
    title = next((node.text or "" for node in root.iter("{http://www.w3.org/1999/xhtml}title")), form)
    binds = root.iter(f"{{{_XFORMS}}}bind")
    binary = frozenset(_path(bind) for bind in binds if bind.get("type") == "binary")
    return Converted(form, version, title[:120], title_zh[:120], xform, binary, tuple(warnings), itemsets, checked)


def stamped(made: Converted, version: str) -> Converted:
    """The same form with a version, where its spreadsheet gives none: phones tell one edition from another by it."""
    root = parse(made.xform.encode(), field="file")
    _data_of(root).set("version", version)
    xform = etree.tostring(root, encoding="unicode")
    return replace(made, version=version, xform=f'<?xml version="1.0"?>{xform}')


def _data_of(root: etree._Element) -> etree._Element:
    """The element of an XForm that becomes a record: the first in its first instance."""
    instance = root.find(f".//{{{_XFORMS}}}instance")
    return instance[0] if instance is not None and len(instance) else root


def _path(bind: etree._Element) -> str:
    """Path of a question below the root: "/data/group/photo" is "group/photo"."""
    return "/".join(bind.get("nodeset", "").split("/")[2:])


def _unreadable(kind: str) -> BadInput:
    return BadInput("file", _("This cannot be read as a spreadsheet of the kind %(kind)s.") % {"kind": kind})


def _must_be_harmless(content: bytes, kind: str) -> None:
    """Refuse what is too large, or would be when unpacked."""
    if kind not in KINDS:
        raise BadInput("file", _("A form comes as one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    if len(content) > SPREADSHEET_MOST:
        raise BadInput("file", _("The spreadsheet is larger than %(mb)d MB.") % {"mb": SPREADSHEET_MOST // 2**20})
    if kind != "xlsx":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError) as error:
        raise _unreadable(kind) from error
    if unpacked > UNPACKED_MOST or unpacked > RATIO_MOST * max(len(content), 1):
        raise BadInput("file", _("The spreadsheet unpacks to more than can be a form."))


def _located(message: str, book: Any) -> str:
    """The converter's message with the cell that it speaks of in front, as a spreadsheet names it: survey!C5."""
    row = _ROW.search(message)
    on = _ON.search(message)
    sheet, column = (on.group(1), on.group(2)) if on else ("survey", None)
    words = _ROW.sub("", message).strip()
    cell = _cell(book, sheet, int(row.group(1)), column) if row and row.group(1) else _holding(book, words)
    said = in_our_words(words)
    return _("%(cell)s: %(what)s") % {"cell": cell, "what": said} if cell else said


def _cell(book: Any, sheet: str, row: int, column: str | None) -> str:
    columns = _columns(book, sheet)
    return f"{sheet}!{cell_at(columns.index(column), row) if column in columns else row}"


def _holding(book: Any, words: str) -> str:
    """The first cell that holds a word which the message quotes; "" where none does."""
    wanted = set(_QUOTED.findall(words))
    for sheet in SHEETS:
        columns = _columns(book, sheet)
        for number, row in _rows(book, sheet):
            for column, text in row.items():
                if column in columns and wanted & {str(text), *str(text).split()}:
                    return f"{sheet}!{cell_at(columns.index(column), number)}"
    return ""


def _columns(book: Any, sheet: str) -> list[str]:
    header = getattr(book, f"{sheet}_header", None) or [{}]
    return list(header[0])


def _rows(book: Any, sheet: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield from enumerate(getattr(book, sheet, None) or (), 2)
