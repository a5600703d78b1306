"""Paper: A4 documents as PDF, black and white, in Latin and Chinese letters, with tables, QR codes and bars.

The font is embedded, cut down to the letters used: MAPLEBRIDGE_PDF_FONT where an agency wants its own, else Noto Sans
SC (SIL OFL 1.1) from the requirements. Nothing is fetched, and the same content gives the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import segno
from django.utils.translation import gettext as _

from maplebridge.kernel.pdf_drawing import Drawing, draw
from maplebridge.kernel.pdf_letters import font_path, letters, pieces, plain

A4_MM = (210.0, 297.0)
MARGIN_MM = 18.0
MISSING = "\u25a1"  # set in place of a letter that the font lacks; the last page says which
DRAWING_MM = 130.0  # of height that a drawing takes
LEADING = 1.45  # line height in sizes of type
POINT_MM = 25.4 / 72

_NUMBER = re.compile(r"[\d\s.,+–%()-]*\d[\d\s.,+–%()-]*|–|")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot: its name, its value, and the interval that the value is known to lie in."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Sticker:
    """One label of a sheet: what its QR code says, and the lines beside it, the first of them bold."""

    code: str
    lines: tuple[str, ...]


class Paper:
    """One document, filled from top to bottom; lengths in millimetres, sizes of type in points."""

    def __init__(self, *, title: str, at: datetime, foot: str = "") -> None:
        from maplebridge.kernel.pdf_pages import Pages  # a third of a second to load: only who prints waits for it

        path = font_path()
        self._known = letters(path)
        self._lacking: set[str] = set()
        self._right: set[int] = set()  # columns of the table at hand that stand right
        self._pdf = pdf = Pages(margin_mm=MARGIN_MM)
        pdf.set_title(title)
        pdf.set_creation_date(at.astimezone(UTC))
        pdf.set_producer("Maplebridge")
        pdf.add_font("paper", fname=path)
        pdf.foot = self._shown(foot)
        pdf.add_page()

    @property
    def width(self) -> float:
        """What is left between the margins."""
        return A4_MM[0] - 2 * MARGIN_MM

    @property
    def y(self) -> float:
        """How far down the page the next thing goes."""
        return float(self._pdf.y)

    def gap(self, height: float) -> None:
        """Leave room."""
        self._pdf.y += height

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self._pdf.add_page()

    def room(self, height: float) -> None:
        """Turn the page unless so much fits on this one."""
        if self.y + height > A4_MM[1] - MARGIN_MM - 6:
            self.new_page()

    def heading(self, text: str, *, size: float = 18) -> None:
        """Set a heading, kept on the page of what follows."""
        self.room(size * POINT_MM * LEADING + 14)
        self.paragraph(text, size=size, bold=True)
        self.gap(1.5)

    def paragraph(self, text: str, *, size: float = 10.5, bold: bool = False, width: float | None = None) -> None:
        """Set text from the left margin, in lines of `width`; line breaks in it are kept."""
        for line in self._lines(text, size, width or self.width):
            self.room(size * POINT_MM * LEADING)
            self._line(line, MARGIN_MM, self.y, size, bold=bold)
            self.gap(size * POINT_MM * LEADING)

    def rule(self) -> None:
        """Draw a hairline over the width."""
        self.gap(2)
        self._pdf.set_line_width(0.15)
        self._pdf.line(MARGIN_MM, self.y, MARGIN_MM + self.width, self.y)
        self.gap(3)

    def facts(self, rows: Sequence[tuple[str, str]], *, width: float | None = None, name_width: float = 44) -> None:
        """Set names and values in two columns, a hairline under each."""
        whole = width or self.width
        self._rows([list(row) for row in rows], [name_width, whole - name_width], size=10.5)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[float] = ()) -> None:
        """Set a table over the width, `widths` as shares of it; numbers stand right, each page repeats the head."""
        shares = list(widths) or [1.0] * len(head)
        columns = [self.width * share / sum(shares) for share in shares]
        columns_of = list(zip(*rows, strict=True))
        self._right = {n for n, cells in enumerate(columns_of) if any(cells) and all(map(_NUMBER.fullmatch, cells))}
        self._rows([list(row) for row in rows], columns, size=9, head=list(head))
        self._right = set()
        self.gap(3)

    def qr(self, text: str, *, x: float | None = None, y: float | None = None, size: float = 30) -> None:
        """Draw a QR code (ISO/IEC 18004, level M, quiet zone within `size`), at the right margin if not told where."""
        matrix = list(segno.make(text, error="m").matrix_iter(border=4))
        left = A4_MM[0] - MARGIN_MM - size if x is None else x
        top = self.y if y is None else y
        module = size / len(matrix)
        self._pdf.set_fill_color(0)
        for row, line in enumerate(matrix):
            for run in re.finditer(b"\x01+", bytes(1 if dark else 0 for dark in line)):
                begin, length = run.start(), run.end() - run.start()
                # A hair wider than exact: renderers leave white seams between rectangles that only touch.
                where = (left + begin * module, top + row * module, length * module, module * 1.02)
                self._pdf.rect(*where, style="F")

    def bars(self, bars: Sequence[Bar], *, unit: str, digits: int = 0) -> None:
        """Draw bars from nought, the value beside each, its interval as a whisker; the axis ends at the largest."""
        top = max((max(bar.value, bar.high or 0) for bar in bars), default=0) or 1
        left, room = MARGIN_MM + 48, self.width - 48 - 40
        for bar in bars:
            self.room(9)
            self._line(bar.name, MARGIN_MM, self.y + 1, 9)
            self._bar(bar, left, room / top)
            words = f"{bar.value:.{digits}f}"
            if bar.low is not None and bar.high is not None:
                words += f" ({bar.low:.{digits}f}–{bar.high:.{digits}f})"
            self._line(f"{words} {unit}", left + room + 2, self.y + 1, 9)
            self.gap(7)
        self.gap(2)

    def drawing(self, drawing: Drawing) -> None:
        """Set a drawing in the middle, as wide as the margins and at most DRAWING_MM high."""
        scale = min(self.width / drawing.width, DRAWING_MM / drawing.height)
        self.room(drawing.height * scale + 2)
        left = MARGIN_MM + (self.width - drawing.width * scale) / 2
        draw(self._pdf, drawing, left=left, top=self.y, scale=scale)
        self.gap(drawing.height * scale + 3)

    def stickers(self, stickers: Sequence[Sticker], *, columns: int = 3, rows: int = 8, skip: int = 0) -> None:
        """Fill sheets of labels (24 of 70 x 37 mm, no margins) from the top of a page, past `skip` that are used up."""
        width, height = A4_MM[0] / columns, A4_MM[1] / rows
        for place, sticker in enumerate(stickers, skip):
            if place and place % (columns * rows) == 0:
                self.new_page()
            row, column = divmod(place % (columns * rows), columns)
            self._sticker(sticker, column * width, row * height, width, height)

    def output(self) -> bytes:
        """Give the document. A last line names the letters that the font lacks, if any."""
        if self._lacking:
            codes = ", ".join(f"U+{ord(letter):04X}" for letter in sorted(self._lacking))
            self._pdf.set_y(min(self.y, A4_MM[1] - MARGIN_MM - 12))
            words = _("%(sign)s stands for letters that the font lacks: %(codes)s.") % {"sign": MISSING, "codes": codes}
            self.paragraph(words, size=8)
        return bytes(self._pdf.output())

    def _shown(self, text: str) -> str:
        """The text with what the font lacks replaced, and remembered."""
        text = plain(text)
        lacking = {letter for letter in text if ord(letter) not in self._known and not letter.isspace()}
        self._lacking |= lacking
        return "".join(MISSING if letter in lacking else letter for letter in text)

    def _wide(self, text: str, size: float) -> float:
        self._pdf.set_font("paper", size=size)
        return float(self._pdf.get_string_width(text))

    def _lines(self, text: str, size: float, width: float) -> list[str]:
        """Break text into lines of a width."""
        lines: list[str] = []
        for part in self._shown(text).split("\n"):
            line = ""
            for piece in pieces(part):
                if line and self._wide(line + piece.rstrip(), size) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += piece if line else piece.lstrip()
                while len(line) > 1 and self._wide(line.rstrip(), size) > width:  # a word longer than the line
                    fits = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or self._wide(line[:n], size) <= width)
                    lines.append(line[:fits])
                    line = line[fits:]
            lines.append(line.rstrip())
        return lines

    def _line(self, text: str, x: float, y: float, size: float, *, bold: bool = False) -> None:
        """Set one line with its top at y; bold by an outline, so that one font does for all."""
        mode: Literal["FILL", "FILL_STROKE"] = "FILL_STROKE" if bold else "FILL"
        self._pdf.set_font("paper", size=size)
        with self._pdf.local_context(text_mode=mode, line_width=size * 0.012, draw_color=0):
            self._pdf.text(x, y + size * POINT_MM * 1.08, self._shown(text))

    def _rows(self, rows: list[list[str]], columns: list[float], *, size: float, head: list[str] | None = None) -> None:
        if head:
            self.room(5 * size * POINT_MM * LEADING)  # the head and a row of two lines
            self._row(head, columns, size, bold=True)
        for row in rows:
            height = self._height(row, columns, size)
            if self.y + height > A4_MM[1] - MARGIN_MM - 6:
                self.new_page()
                if head:
                    self._row(head, columns, size, bold=True)
            self._row(row, columns, size)

    def _height(self, row: list[str], columns: list[float], size: float) -> float:
        most = max(len(self._lines(text, size, width - 3)) for text, width in zip(row, columns, strict=True))
        return most * size * POINT_MM * LEADING + 2

    def _row(self, row: list[str], columns: list[float], size: float, *, bold: bool = False) -> None:
        x, top = MARGIN_MM, self.y + 1
        for column, (text, width) in enumerate(zip(row, columns, strict=True)):
            for number, line in enumerate(self._lines(text, size, width - 3)):
                at = x + width - 3 - self._wide(line, size) if column in self._right else x
                self._line(line, at, top + number * size * POINT_MM * LEADING, size, bold=bold)
            x += width
        self.gap(self._height(row, columns, size))
        self._pdf.set_line_width(0.4 if bold else 0.1)
        self._pdf.line(MARGIN_MM, self.y, MARGIN_MM + sum(columns), self.y)

    def _bar(self, bar: Bar, left: float, scale: float) -> None:
        """One bar, grey with a dark edge, and its whisker."""
        pdf, middle = self._pdf, self.y + 3
        pdf.set_line_width(0.2)
        pdf.set_fill_color(200)
        pdf.rect(left, self.y + 0.8, max(bar.value * scale, 0.2), 4.4, style="DF")
        if bar.low is not None and bar.high is not None:
            pdf.set_line_width(0.5)
            pdf.line(left + bar.low * scale, middle, left + bar.high * scale, middle)
            for end in (bar.low, bar.high):
                pdf.line(left + end * scale, middle - 1.2, left + end * scale, middle + 1.2)

    def _sticker(self, sticker: Sticker, x: float, y: float, width: float, height: float) -> None:
        """One label: the code left, the lines right; what does not fit in height is left out."""
        side = min(height - 6, width * 0.46)
        self.qr(sticker.code, x=x + 3, y=y + (height - side) / 2, size=side)
        left, top = x + side + 4, y + (height - side) / 2 + 2
        for number, text in enumerate(sticker.lines):
            size = 8.5 if number == 0 else 7
            for line in self._lines(text, size, width - side - 7):
                if top + size * POINT_MM * LEADING > y + height - 2:
                    return
                self._line(line, left, top, size, bold=number == 0)
                top += size * POINT_MM * LEADING
