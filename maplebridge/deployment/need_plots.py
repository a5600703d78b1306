"""Plots of the need as shapes of an SVG: the week by hours with intervals, a ratio with its whisker. Numbers are text,
so that no language writes them with a comma.
"""

from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from maplebridge.deployment.demand import Rates
from maplebridge.deployment.season import Part

Row = dict[str, Any]
LEFT, STEP, BAR, DAY, TOP = 46.0, 26.0, 18.0, 46.0, 18.0
WHISKER_WIDTH = 160.0


def hours_plot(rates: Rates) -> Row:
    """Draw calls an hour by hour of the week: bars with whiskers, a line for each day, all to one scale."""
    top = max(
        (float(high) for high, known in zip(rates.hour_high, rates.enough_hours, strict=True) if known), default=0
    )
    top = top or max(float(rates.hour_high.max(initial=0.0)), 1e-9)
    days = []
    for day in range(7):
        base = TOP + (day + 1) * DAY
        bars = [_bar(rates, 24 * day + hour, hour, base, (DAY - 8) / top) for hour in range(24)]
        days.append({"name": str(WEEKDAYS_ABBR[day]), "base": _n(base), "middle": _n(base - DAY / 2 + 8), "bars": bars})
    height = TOP + 7 * DAY
    return {
        "width": _n(LEFT + 24 * STEP + 4), "height": _n(height + 20), "left": _n(LEFT), "right": _n(LEFT + 24 * STEP),
        "days": days, "foot": _n(height + 15), "most": f"{top:.2f}",
        "hours": [{"x": _n(LEFT + hour * STEP), "name": f"{hour:02d}"} for hour in range(0, 25, 3)],
    }  # fmt: skip


def _bar(rates: Rates, at: int, hour: int, base: float, scale: float) -> Row:
    mean, low, high = (float(each[at]) for each in (rates.hour_mean, rates.hour_low, rates.hour_high))
    x = LEFT + hour * STEP + (STEP - BAR) / 2
    words = {"day": WEEKDAYS_ABBR[at // 24], "from": hour, "to": hour + 1, "mean": f"{mean:.2f}", "low": f"{low:.2f}",
             "high": f"{high:.2f}"}  # fmt: skip
    if not rates.enough_hours[at]:
        return {"enough": False, "x": _n(x), "y": _n(base - 3), "width": _n(BAR),
                "says": _("%(day)s %(from)02d–%(to)02d: too little data") % words}  # fmt: skip
    return {
        "enough": True, "x": _n(x), "y": _n(base - mean * scale), "width": _n(BAR), "height": _n(mean * scale),
        "middle": _n(x + BAR / 2), "low": _n(base - low * scale), "high": _n(base - high * scale),
        "says": _("%(day)s %(from)02d–%(to)02d: %(mean)s calls an hour (%(low)s to %(high)s)") % words,
    }  # fmt: skip


def whisker(part: Part, most: float) -> Row:
    """Draw a ratio and its interval from nought to `most`; the usual day is a line."""
    scale = WHISKER_WIDTH / max(most, 1.0)
    return {
        "width": _n(WHISKER_WIDTH), "one": _n(scale), "at": _n(part.ratio * scale),
        "low": _n(part.low * scale), "high": _n(min(part.high * scale, WHISKER_WIDTH)),
    }  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.1f}"
