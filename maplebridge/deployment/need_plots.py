"""Plots of the need as shapes of an SVG: the week by hours with intervals, a ratio with its whisker. Numbers are text,
so that no language writes them with a comma.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from maplebridge.deployment.demand import ENOUGH, Rates
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.season import Part
from maplebridge.deployment.smoothing import spread_of

Row = dict[str, Any]
LEFT, STEP, BAR, DAY, TOP = 66.0, 25.0, 17.0, 46.0, 18.0
WHISKER_WIDTH = 110.0
WORKING_DAYS = 5


@dataclass(frozen=True)
class HoursRow:
    """Calls an hour to expect by hour of the day (24,), with intervals, and whether enough is known to say so."""

    name: str
    mean: Floats
    low: Floats
    high: Floats
    enough: Mask


def hours_rows(rates: Rates) -> list[HoursRow]:
    """Give the hours of any day, of working days and of weekends as counted; and of each day, smoothed, where enough
    calls came in any hour of the week.
    """
    days = np.arange(7)
    groups = ((_("Any day"), days), (_("Mon–Fri"), days[:WORKING_DAYS]), (_("Sat, Sun"), days[WORKING_DAYS:]))
    rows = [_counted(rates, name, group) for name, group in groups]
    if rates.enough_hours.any():
        mean, low, high = (each.reshape(7, 24) for each in (rates.hour_mean, rates.hour_low, rates.hour_high))
        enough = rates.enough_hours.reshape(7, 24)
        rows += [HoursRow(str(WEEKDAYS_ABBR[k]), mean[k], low[k], high[k], enough[k]) for k in range(7)]
    return rows


def _counted(rates: Rates, name: str, days: Ints) -> HoursRow:
    """Hours of several days put together; the interval is that of a Poisson count (Jeffreys' prior)."""
    demand = rates.demand
    calls = demand.counts.sum(axis=0).reshape(7, 24)[days].sum(axis=0)
    seen = np.maximum(demand.observed.reshape(7, 24)[days].sum(axis=0), 1e-9)
    low, high = spread_of(calls + 0.5, calls + 0.5, rates.level)
    return HoursRow(name, calls / seen, np.minimum(low, calls) / seen, high / seen, calls >= ENOUGH)


def hours_plot(rows: Sequence[HoursRow]) -> Row:
    """Draw calls an hour by hour of the day: bars with whiskers, a line for each row, all to one scale."""
    known = [float(high) for row in rows for high, enough in zip(row.high, row.enough, strict=True) if enough]
    top = max(known, default=0.0) or 1.0
    lines = []
    for number, row in enumerate(rows):
        base = TOP + (number + 1) * DAY
        bars = [_bar(row, hour, base, (DAY - 8) / top) for hour in range(24)]
        lines.append({"name": row.name, "base": _n(base), "middle": _n(base - DAY / 2 + 8), "bars": bars})
    height = TOP + len(rows) * DAY
    return {
        "width": _n(LEFT + 24 * STEP + 12), "height": _n(height + 20), "left": _n(LEFT), "right": _n(LEFT + 24 * STEP),
        "rows": lines, "bottom": _n(height), "foot": _n(height + 15), "most": f"{top:.2f}" if known else "",
        "hours": [{"x": _n(LEFT + hour * STEP), "name": f"{hour:02d}"} for hour in range(0, 25, 3)],
    }  # fmt: skip


def _bar(row: HoursRow, hour: int, base: float, scale: float) -> Row:
    mean, low, high = (float(each[hour]) for each in (row.mean, row.low, row.high))
    x = LEFT + hour * STEP + (STEP - BAR) / 2
    words = {"day": row.name, "from": hour, "to": hour + 1, "mean": f"{mean:.2f}", "low": f"{low:.2f}",
             "high": f"{high:.2f}"}  # fmt: skip
    if not row.enough[hour]:
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
