"""A study as a PDF for the council: what `paper.on_paper` gives, set on A4."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment.models import Study
from maplebridge.deployment.paper import Line, on_paper
from maplebridge.kernel.pdf import Bar, Paper
from maplebridge.kernel.pdf_drawing import Drawing, Mark, Stroke

HEAD_SHARES = (0.4, 0.14, 0.14, 0.32)


def as_pdf(study: Study) -> bytes:
    """Set a study on A4; the same study gives the same bytes."""
    shown = on_paper(study)
    foot = _("Study %(n)d · digest %(digest)s") % {"n": study.pk, "digest": study.digest[:16]}
    paper = Paper(title=study.name, at=study.made_at, foot=foot)
    paper.heading(study.name)
    words = {"n": study.pk, "day": f"{study.made_at:%Y-%m-%d %H:%M} UTC"}
    paper.paragraph(_("Study %(n)s of %(day)s: where posts stand, layout A beside layout B") % words)
    paper.rule()
    for number, sentence in enumerate(shown["sentences"]):
        paper.paragraph(sentence, size=12 if number == 0 else 10.5, bold=number == 0)
    _plan(paper, shown)
    _figures(paper, shown)
    _posts(paper, shown["posts"])
    _proof(paper, study, shown)
    return paper.output()


def _plan(paper: Paper, shown: dict[str, Any]) -> None:
    """The map: streets and areas in grey; A small rings and a dashed line, B letters and a solid line."""
    found = shown["drawing"]
    strokes = [
        Stroke(found["streets"], 0.15, grey=190),
        Stroke(found["outlines"], 0.3, grey=120),
        Stroke(found["reach"][0], 0.25, dashed=True),
        Stroke(found["reach"][1], 0.5),
    ]
    marks = [Mark(x, y, 3.5) for x, y, _letter in found["marks"][0]]
    marks += [Mark(x, y, 7.5, letter) for x, y, letter in found["marks"][1]]
    paper.heading(_("Where"), size=13)
    paper.drawing(Drawing(found["width"], found["height"], strokes, marks, found["bar"], found["bar_name"]))
    words = {"n": shown["figures"]["target"]}
    caption = (
        _("Letters and solid line: B and its reach within %(n)s min by road. Small rings and dashed line: A.") % words
    )
    paper.paragraph(f"{caption} {shown['credit']}", size=8.5)
    paper.gap(2)


def _figures(paper: Paper, shown: dict[str, Any]) -> None:
    figures = shown["figures"]
    paper.heading(_("Reached by road, nobody busy"), size=13)
    paper.bars(_bars(figures), unit="%")
    _lines(paper, shown["covered"])
    if shown["simulated"]:
        paper.heading(_("Simulated over %(n)s weeks, with units busy") % {"n": shown["run"]["total"]}, size=13)
        _lines(paper, shown["simulated"])
    if shown["areas"]:
        paper.heading(_("Areas"), size=13)
        _lines(paper, shown["areas"])


def _bars(figures: dict[str, Any]) -> list[Bar]:
    rows = []
    for number, minutes in enumerate(figures["minutes"]):
        for side in ("a", "b"):
            cover = figures[side]["covered"][number]
            name = f"{side.upper()} · " + _("Within %(n)d min") % {"n": minutes}
            rows.append(Bar(name, 100 * cover["share"], 100 * cover["low"], 100 * cover["high"]))
    return rows


def _lines(paper: Paper, lines: Sequence[Line]) -> None:
    rows = [(line.name, line.a, line.b, line.difference) for line in lines]
    paper.table((_("Measure"), "A", "B", _("B less A")), rows, widths=HEAD_SHARES)


def _posts(paper: Paper, both: Sequence[Sequence[Sequence[str]]]) -> None:
    head = (_("Post"), _("Kind"), _("Place"), _("Hours a week"))
    for name, posts in zip((_("Posts of A"), _("Posts of B")), both, strict=True):
        paper.heading(name, size=13)
        paper.table(head, posts, widths=(0.2, 0.3, 0.3, 0.2))


def _proof(paper: Paper, study: Study, shown: dict[str, Any]) -> None:
    paper.heading(_("How to check it"), size=13)
    words = {"n": f"{shown['figures']['calls']:.0f}", "begin": f"{shown['begin']:%Y-%m-%d}",
             "end": f"{shown['end']:%Y-%m-%d}"}  # fmt: skip
    counted = _("%(n)s calls from %(begin)s to %(end)s, counted by place and hour, never by person") % words
    paper.facts(
        [
            (_("Need"), counted),
            (_("Journal"), _("read up to entry %(n)s") % {"n": study.position}),
            (_("Seed"), str(study.seed)),
            (_("Digest of all inputs"), study.digest),
        ]
    )
