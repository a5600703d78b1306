"""Lines and marks of a drawing on a page of a PDF, black and white."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fpdf import FPDF

POINT_MM = 25.4 / 72
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Stroke:
    """Lines of one width in millimetres and grey (0 black to 255 white), perhaps dashed."""

    lines: Sequence[Points]
    width: float
    grey: int = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A white disc with a black edge at a place, its radius in the drawing's own units, a letter in it if any."""

    x: float
    y: float
    radius: float
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing in units of its own, y downward, set as wide as the page allows; `bar` is the length of its scale."""

    width: float
    height: float
    strokes: Sequence[Stroke]
    marks: Sequence[Mark] = field(default_factory=tuple)
    bar: float = 0.0
    bar_name: str = ""


def draw(pdf: "FPDF", drawing: Drawing, *, left: float, top: float, scale: float) -> None:
    """Set a drawing with its corner at (left, top), a unit of it `scale` millimetres; later strokes lie above."""
    with pdf.local_context(), pdf.rect_clip(left, top, drawing.width * scale, drawing.height * scale):
        for stroke in drawing.strokes:
            dash = 1.4 if stroke.dashed else 0
            pdf.set_dash_pattern(dash=dash, gap=dash * 0.7)
            pdf.set_draw_color(stroke.grey)
            pdf.set_line_width(stroke.width)
            for line in stroke.lines:
                pdf.polyline([(left + x * scale, top + y * scale) for x, y in line])
        pdf.set_dash_pattern()
        pdf.set_draw_color(0)
        for mark in drawing.marks:
            _mark(pdf, mark, left + mark.x * scale, top + mark.y * scale, mark.radius * scale)
        _scale_bar(pdf, drawing, left + 3, top + drawing.height * scale - 3, scale)
    pdf.set_line_width(0.2)
    pdf.rect(left, top, drawing.width * scale, drawing.height * scale)


def _mark(pdf: "FPDF", mark: Mark, x: float, y: float, radius: float) -> None:
    pdf.set_fill_color(255)
    pdf.set_line_width(0.4 if mark.letter else 0.25)
    pdf.ellipse(x - radius, y - radius, 2 * radius, 2 * radius, style="DF")
    if mark.letter:
        size = radius * 1.3 / POINT_MM
        _text(pdf, mark.letter, x - _width(pdf, mark.letter, size) / 2, y + size * POINT_MM * 0.36, size, bold=True)


def _scale_bar(pdf: "FPDF", drawing: Drawing, x: float, y: float, scale: float) -> None:
    """A bar with its length, on white so that it reads above streets."""
    if not drawing.bar:
        return
    length, words = drawing.bar * scale, _width(pdf, drawing.bar_name, 8)
    pdf.set_fill_color(255)
    pdf.rect(x - 1.5, y - 4, length + words + 5, 5.5, style="F")
    pdf.set_line_width(0.5)
    pdf.line(x, y, x + length, y)
    for end in (x, x + length):
        pdf.line(end, y - 1, end, y + 0.25)
    _text(pdf, drawing.bar_name, x + length + 1.5, y, 8)


def _width(pdf: "FPDF", text: str, size: float) -> float:
    pdf.set_font("paper", size=size)
    return float(pdf.get_string_width(text))


def _text(pdf: "FPDF", text: str, x: float, y: float, size: float, *, bold: bool = False) -> None:
    mode: Literal["FILL", "FILL_STROKE"] = "FILL_STROKE" if bold else "FILL"
    pdf.set_font("paper", size=size)
    with pdf.local_context(text_mode=mode, line_width=size * 0.012, draw_color=0):
        pdf.text(x, y, text)
