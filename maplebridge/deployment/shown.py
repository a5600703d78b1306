"""What the studio shows: figures with words for whoever reads, shapes for the map. Reads alone."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import h3.api.basic_int as h3
import numpy as np
from django.utils.translation import get_language

from maplebridge.deployment import queries
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.coverage import Gap, gaps
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.models import Study
from maplebridge.deployment.reach import area_within
from maplebridge.deployment.studio import Compared, Ground, compared, figures_of, ground_of
from maplebridge.deployment.words import sentences_of
from maplebridge.people.actor import Actor
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.models import Area
from maplebridge.places.queries import address_at, current_city, road_network

Row = dict[str, Any]
GAPS = 12  # listed, those with most calls first
KEPT_S = 600.0  # that the counted need is kept in memory while somebody drags posts
_grounds: dict[tuple[object, ...], tuple[float, Ground]] = {}


def start(actor: Actor, *, at: datetime) -> Row:
    """What the page needs first."""
    today = queries.today_layout(actor, at=at)
    city = current_city()
    kinds = [
        {"code": kind.code, "name": str(kind.name), "letter": kind.letter, "mode": kind.mode}
        for kind in UNIT_KINDS.values()
    ]
    return {
        "today": today.as_json(), "kinds": kinds, "choices": queries.first_choices(at=at).as_json(),
        "may_run": actor.may("studies.run"), "studies": queries.study_rows(actor),
        "bbox": city.bbox if city else None, "attribution": city.attribution if city else "",
        "time_zone": city.time_zone if city else "UTC",
    }  # fmt: skip


def ground(actor: Actor, choices: Choices) -> Ground:
    """Give the need counted and found on the streets; kept for some minutes, so that dragging a post costs no count."""
    scope = (actor.areas("studies.view"), actor.areas("incidents.view"), actor.may("incidents.view"))
    asked = replace(choices, minutes=0, replications=0)
    key = (scope, asked, road_network().version)
    now = time.monotonic()
    for old in [each for each, (kept, _ground) in _grounds.items() if now - kept > KEPT_S]:
        _grounds.pop(old, None)
    if key not in _grounds:
        _grounds[key] = (now, ground_of(queries.need_of(actor, choices)))
    return _grounds[key][1]


def need(actor: Actor, choices: Choices) -> Row:
    """Cells with how many calls a week to expect; where too few came for that, without a figure."""
    found = ground(actor, choices)
    rates = found.rates
    calls = found.demand.counts.sum(axis=1)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [_ring(int(cell))]},
            "properties": {"enough": True, "calls": float(calls[i]), "week": float(rates.place_mean[i]),
                           "low": float(rates.place_low[i]), "high": float(rates.place_high[i])}
            if rates.enough[i] else {"enough": False},
        }
        for i, cell in enumerate(found.demand.cells)
    ]  # fmt: skip
    return {
        "cells": {"type": "FeatureCollection", "features": features},
        "calls": float(calls.sum()), "weeks": float(found.demand.observed.mean()),
        "too_little": float(np.mean(~rates.enough)) if len(calls) else 0.0,
    }  # fmt: skip


def _ring(cell: int) -> list[list[float]]:
    corners = [[round(lon, 6), round(lat, 6)] for lat, lon in h3.cell_to_boundary(cell)]
    return [*corners, corners[0]]


def comparison(actor: Actor, a: Layout, b: Layout, choices: Choices) -> Row:
    """Compare two layouts on the need as it is now, with reach and gaps of both."""
    return row_of(compared(a, b, ground(actor, choices), minutes=choices.minutes))


def row_of(both: Compared) -> Row:
    """Figures of two layouts with words, reach and gaps."""
    figures = figures_of(both)
    names = area_names()
    return figures | {
        "sentences": sentences_of(figures, names),
        "names": {row["area"]: names.get(row["area"], row["area"]) for row in figures["areas"]},
        "reach": [area_within(layout, [both.minutes])[0].geometry for layout in both.layouts],
        "gaps": [[_gap(gap) for gap in gaps(cover, float(both.minutes))[:GAPS]] for cover in both.covers],
        "estimate": any(cover.is_estimate for cover in both.covers),
    }


def _gap(gap: Gap) -> Row:
    seconds = gap.seconds if np.isfinite(gap.seconds) else None
    return {"lon": gap.lon, "lat": gap.lat, "week": gap.calls, "share": gap.share, "seconds": seconds,
            "place": address_at(gap.lon, gap.lat)}  # fmt: skip


def area_names() -> Mapping[str, str]:
    """Names of areas by code in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    rows = Area.objects.values_list("code", "name", "name_zh")
    return {code: (name_zh if chinese else "") or name for code, name, name_zh in rows}


def study(record: Study) -> Row:
    """A study: what went into it, how far its run is, its figures."""
    a, b = queries.layouts_of(record)
    choices, run = queries.choices_of(record), queries.last_run(record)
    found = ground_of(queries.kept_need(record))
    row = queries.study_row(record) | {
        "a": a.as_json(), "b": b.as_json(), "choices": choices.as_json(),
        "figures": row_of(compared(a, b, found, minutes=choices.minutes)),
    }  # fmt: skip
    return row | {"simulated": run.figures if run and run.state == "done" else None}
