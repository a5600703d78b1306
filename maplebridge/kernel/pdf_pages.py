"""The pages of a PDF with our foot; apart from `pdf`, so that the library is loaded when something is printed."""

from fpdf import FPDF


class Pages(FPDF):
    """FPDF with a foot in the margin of each page: a line of text, and the page's number."""

    foot = ""

    def __init__(self, *, margin_mm: float) -> None:
        super().__init__(format="A4")
        self.set_margins(margin_mm, margin_mm)
        self.set_auto_page_break(False)
        self._margin_mm = margin_mm

    def footer(self) -> None:
        """Set the foot, where there is one."""
        if not self.foot:
            return
        self.set_y(-self._margin_mm + 4)
        self.set_font("paper", size=8)
        self.cell(0, 4, self.foot)
        self.set_x(self._margin_mm)
        self.cell(0, 4, f"{self.page_no()} / {{nb}}", align="R")
