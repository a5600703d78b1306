"""A study on paper, for those who decide: the verdict first, figures with intervals, a drawing, and how to check it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.deployment import queries, shown
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.models import Study
from maplebridge.deployment.plan import drawing
from maplebridge.deployment.words import percent, points, seconds
from maplebridge.kernel.clock import parse_stamp
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.queries import city_zone, current_city

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a table of figures: what, of A, of B, and the difference with its interval."""

    name: str
    a: str
    b: str
    difference: str = ""


def on_paper(record: Study) -> Row:
    """Give everything that a study shows on paper."""
    row = shown.study(record)
    figures, simulated = row["figures"], row["simulated"]
    zone = city_zone()
    return {
        "begin": parse_stamp(row["choices"]["begin"]).astimezone(zone),
        "end": parse_stamp(row["choices"]["end"]).astimezone(zone),
        "sentences": [*figures["sentences"], *(simulated["sentences"][:1] if simulated else ())],
        "figures": figures,
        "covered": covered_lines(figures),
        "simulated": simulated_lines(simulated, figures["target"]) if simulated else [],
        "areas": area_lines(figures),
        "posts": [post_lines(layout) for layout in queries.layouts_of(record)],
        "credit": city.attribution if (city := current_city()) else "",
        "drawing": drawing(queries.layouts_of(record), figures["reach"]),
        "choices": row["choices"],
        "run": row["run"],
    }


def covered_lines(figures: Row) -> list[Line]:
    """What each layout reaches, and what it takes."""
    lines = [
        Line(_("Within %(n)d min") % {"n": minutes}, percent(a["share"]), percent(b["share"]), _points(apart))
        for minutes, a, b, apart in zip(
            figures["minutes"], figures["a"]["covered"], figures["b"]["covered"], figures["difference"], strict=True
        )
    ]
    for name, number in ((_("Half of the calls within"), 0), (_("Nine of ten calls within"), 1)):
        lines.append(Line(name, *(_travel(figures[side]["travel_s"][number]) for side in "ab")))
    for name, code in ((_("Posts"), "posts"), (_("Hours of duty a week"), "hours"), (_("Cost a week"), "cost")):
        a, b = figures["a"][code], figures["b"][code]
        lines.append(Line(name, f"{a:.0f}", f"{b:.0f}", f"{b - a:+.0f}".replace("-", "−")))
    return lines


def _points(apart: Row) -> str:
    if apart["low"] is None or apart["high"] is None:
        return "–"
    words = {"mean": points(apart["mean"], signed=True), "low": points(apart["low"], signed=True),
             "high": points(apart["high"], signed=True)}  # fmt: skip
    return _("%(mean)s points (%(low)s to %(high)s)") % words


def _travel(value: float | None) -> str:
    return _("not reached") if value is None else seconds(value)


def names_of_measures(minutes: int) -> dict[str, str]:
    """Names of what the simulation measures."""
    return {
        "p50": _("Response, half of the calls within"),
        "p90": _("Response, nine of ten calls within"),
        "on_target": _("Reached within their target"),
        "near": _("A free unit within %(n)d min when the call came") % {"n": minutes},
        "waited": _("Waited for a free unit"),
        "busy": _("Busy, mean of the posts"),
        "busiest": _("Busy, the busiest post"),
        "over": _("Hours worked beyond duty, a week"),
    }


def simulated_lines(simulated: Row, minutes: int) -> list[Line]:
    """What the simulation measured."""
    names = names_of_measures(minutes)
    return [
        Line(names[row["code"]], _value(row, "a"), _value(row, "b"), _apart(row))
        for row in simulated["measures"]
    ]  # fmt: skip


def _value(row: Row, side: str) -> str:
    value = row[side]["mean"]
    if value is None:
        return "–"
    return {"share": percent, "s": seconds, "h": "{:.1f}".format}[row["form"]](value)


def _apart(row: Row) -> str:
    apart = row["difference"]
    if row["form"] == "share":
        return _points(apart)
    if None in (apart["mean"], apart["low"], apart["high"]):
        return "–"
    unit = _("s") if row["form"] == "s" else _("h")
    mean, low, high = (f"{apart[name]:+.1f}".replace("-", "−") for name in ("mean", "low", "high"))
    return _("%(mean)s %(unit)s (%(low)s to %(high)s)") % {"mean": mean, "low": low, "high": high, "unit": unit}


def area_lines(figures: Row) -> list[Line]:
    """Areas, those that lose most first; a difference is written where it is more than chance."""
    rows = sorted(figures["areas"], key=lambda row: row["mean"])
    return [
        Line(figures["names"][row["area"]], percent(row["a"]), percent(row["b"]), _points(row) if row["turn"] else "")
        for row in rows
    ]


def post_lines(layout: Layout) -> list[tuple[str, str, str, str]]:
    """Posts of a layout: name, kind, place, hours a week."""
    return [
        (post.name, str(UNIT_KINDS[post.kind].name), f"{post.lat:.5f}, {post.lon:.5f}", str(int(post.on_duty().sum())))
        for post in layout.posts
    ]
