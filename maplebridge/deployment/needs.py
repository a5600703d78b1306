"""What the page of the need shows: calls by hour of the week and by season, hot spots, the densest streets; in words.

Of places and hours alone. What fewer than 20 calls say is not said: "too little data" stands there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from maplebridge.deployment import queries
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.coverage import patches
from maplebridge.deployment.demand import ENOUGH, Demand
from maplebridge.deployment.hotspots import HOT, hot_spots
from maplebridge.deployment.need_plots import HoursRow, hours_plot, hours_rows, whisker
from maplebridge.deployment.season import Part, seasons
from maplebridge.deployment.shown import ground, sized
from maplebridge.deployment.street_density import StreetDensity, street_density
from maplebridge.kernel.clock import parse_stamp, stamp
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.places.queries import address_at, city_zone, street_at

Row = dict[str, Any]
LISTED = 12
DENSE = 0.9  # of the street with calls on it: the densest tenth
MOST_PIECES = 6_000


def asked(actor: Actor, begin: str, end: str, types: list[str], *, at: datetime) -> Choices:
    """Read what the page is asked: days of the city from `begin` through `end` ("": as far as there is).

    Time before the first report and after now is left out: nobody could have called then. Raises BadInput.
    """
    actor.must("studies.view")
    widest = replace(queries.first_choices(at=at), types=tuple(types))
    first = _day(begin, "begin", parse_stamp(widest.begin))
    last = _day(end, "end", parse_stamp(widest.end) - timedelta(days=1)) + timedelta(days=1)
    found = (max(first, queries.first_report(at=at)), min(last, parse_stamp(widest.end)))
    if not (begin or end):
        return widest
    if found[0] >= found[1]:
        raise BadInput("end", _("There are no calls in this time. Choose a longer one."))
    return replace(widest, begin=stamp(found[0]), end=stamp(found[1]))


def _day(text: str, field: str, without: datetime) -> datetime:
    try:
        day = date.fromisoformat(text) if text else without.astimezone(city_zone()).date()
    except ValueError:
        raise BadInput(field, _("Write a day as 2026-01-31.")) from None
    return datetime.combine(day, time(), city_zone())


def heading(choices: Choices, types: list[str]) -> Row:
    """What the page says that it counts, and what it offers to count instead."""
    zone, offered = city_zone(), queries.type_rows()
    names = [type["name"] for type in offered if type["code"] in types]
    return {
        "begin": parse_stamp(choices.begin).astimezone(zone), "end": parse_stamp(choices.end).astimezone(zone),
        "offered": offered, "chosen": types, "types": _(", ").join(names),
    }  # fmt: skip


def need_page(actor: Actor, choices: Choices) -> Row:
    """Give everything that the page shows of a need. Raises BadInput."""
    actor.must("studies.view")
    found = ground(actor, sized(actor, choices))
    calls, weeks = float(found.demand.counts.sum()), float(found.demand.observed.mean())
    if not calls:
        raise BadInput("begin", _("There are no calls in this time. Choose a longer one."))
    hours = hours_rows(found.rates)
    return {
        "calls": calls, "weeks": weeks, "enough": calls >= ENOUGH, "least": int(ENOUGH),
        "hours": hours_plot(hours), "table": hour_table(hours),
        **season_rows(found.demand), "spots": spot_rows(found.demand, weeks), **street_rows(actor, choices),
    }  # fmt: skip


def hour_table(rows: Sequence[HoursRow]) -> list[Row]:
    """A line for each hour of the day: from, to, and what to expect in it in each row of the plot."""
    return [
        {"name": f"{hour:02d}–{hour + 1:02d}", "cells": [_hour(row, hour) for row in rows]}
        for hour in range(24)
    ]  # fmt: skip


def _hour(row: HoursRow, hour: int) -> str:
    return f"{row.mean[hour]:.2f} ({row.low[hour]:.2f}–{row.high[hour]:.2f})" if row.enough[hour] else "…"


def season_rows(demand: Demand) -> Row:
    """Months and days of the week against the usual day, each with its interval, its plot and what it says."""
    found = seasons(demand)
    most = max((part.high for part in (*found.months, *found.weekdays) if part.enough), default=2.0)
    months = [_part(part, _month(part.name), most) for part in found.months]
    weekdays = [_part(part, str(WEEKDAYS[int(part.name) - 1]), most) for part in found.weekdays]
    return {"usual": found.usual, "months": months, "weekdays": weekdays}


def _month(name: str) -> str:
    year, month = name.split("-")
    return _("%(month)s %(year)s") % {"month": MONTHS[int(month)], "year": year}


def _part(part: Part, name: str, most: float) -> Row:
    words = {1: _("more than usual"), -1: _("less than usual"), 0: _("as usual, or not to be told from it")}
    turn = (1 if part.ratio > 1 else -1) if part.unusual else 0
    return {
        "name": name, "days": part.days, "enough": part.enough, "turn": turn,
        "ratio": f"{part.ratio:.2f}", "low": f"{part.low:.2f}", "high": f"{part.high:.2f}",
        "says": words[turn] if part.enough else _("too little data"), "plot": whisker(part, most),
    }  # fmt: skip


def spot_rows(demand: Demand, weeks: float) -> Row:
    """Hot cells beside each other as one spot, those with most calls first: where, how many, how sure."""
    spots = hot_spots(demand)
    groups = patches(spots.cells, np.flatnonzero(spots.verdict == HOT))
    groups.sort(key=lambda group: -float(spots.calls[group].sum()))
    points = {int(cell): point for cell, point in zip(demand.cells, demand.points, strict=True)}
    rows = []
    for group in groups[:LISTED]:
        calls = float(spots.calls[group].sum())
        cell = int(spots.cells[group[np.argmax(spots.calls[group])]])
        rows.append({
            "place": address_at(*map(float, points[cell])) if cell in points else "", "cells": len(group),
            "calls": f"{calls:.0f}" if calls >= ENOUGH else "", "week": f"{calls / max(weeks, 1e-9):.1f}",
            "z": f"{float(spots.z[group].max()):.1f}", "q": _chance(float(spots.q[group].min())),
        })  # fmt: skip
    return {"rows": rows, "enough": spots.enough, "more": max(0, len(groups) - LISTED), "rate": spots.rate}


def _chance(q: float) -> str:
    return _("less than 1 in 1,000") if q < 0.001 else f"{q:.3f}"


def street_rows(actor: Actor, choices: Choices) -> Row:
    """The stretches of street on which calls lie thickest, of those with calls enough, or why there are none."""
    try:
        density = street_density(queries.calls_of_need(actor, choices).points)
    except Refused as refused:
        return {"streets": [], "streets_why": refused.sentence, "off_street": 0}
    rows = sorted(_stretches(density).values(), key=lambda row: -row.per_km)
    kept = [row for row in rows if row.calls >= ENOUGH][:LISTED]
    return {"streets": [row.shown() for row in kept], "streets_why": "", "off_street": round(density.off_street)}


@dataclass
class Stretch:
    """The dense pieces of one street: metres, calls laid on them, and where they are densest."""

    name: str
    place: tuple[float, float]
    metres: float = 0.0
    calls: float = 0.0

    @property
    def per_km(self) -> float:
        """Calls per kilometre."""
        return self.calls / max(self.metres, 1e-9) * 1000

    def shown(self) -> Row:
        """The line of the list."""
        return {
            "name": self.name, "place": address_at(*self.place), "metres": round(self.metres / 10) * 10,
            "calls": f"{self.calls:.0f}", "per_km": f"{self.per_km:.0f}",
        }  # fmt: skip


def _stretches(density: StreetDensity) -> Mapping[str, Stretch]:
    """The densest pieces put together by the name of their street; those without a name are left out."""
    found: dict[str, Stretch] = {}
    for piece, (lon, lat) in _dense(density):
        if name := street_at(lon, lat):
            stretch = found.setdefault(name, Stretch(name, (lon, lat)))
            stretch.metres += float(density.metres[piece])
            stretch.calls += float(density.calls[piece])
    return found


def _dense(density: StreetDensity) -> Iterator[tuple[int, tuple[float, float]]]:
    """The densest tenth of the pieces with calls, the densest first, with their middles."""
    per_km = density.per_km
    order = np.argsort(-per_km, kind="stable")
    order = order[: min(MOST_PIECES, int(np.ceil((1 - DENSE) * (per_km > 0).sum())))]
    middles = density.lines[order].reshape(-1, 2, 2).mean(axis=1)
    return ((int(piece), (float(lon), float(lat))) for piece, (lon, lat) in zip(order, middles, strict=True))
