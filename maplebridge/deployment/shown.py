"""What the studio shows: figures with words for whoever reads, shapes for the map. Reads alone."""

import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import h3.api.basic_int as h3
import numpy as np

from maplebridge.deployment import queries
from maplebridge.deployment.calls import parents
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.coverage import Gap, covered, gaps
from maplebridge.deployment.demand import ENOUGH
from maplebridge.deployment.hotspots import hot_spots, ring_of
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.models import Study
from maplebridge.deployment.reach import area_within
from maplebridge.deployment.smoothing import spread_of
from maplebridge.deployment.studio import MINUTES, Compared, Ground, compared, figures_of, ground_of
from maplebridge.deployment.words import sentences_of, simulated_sentences
from maplebridge.people.actor import Actor
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.queries import address_at, area_names, current_city, road_network

Row = dict[str, Any]
GAPS = 12  # listed, those with most calls first
COARSER = 2  # steps of H3 by which cells are put together where few calls came
FEW_CELLS = 200  # of a need: below, the cells are taken one step smaller
NEARLY_ALL = 0.95
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
        "today": today.as_json(), "kinds": kinds, "choices": fitting(actor, today, at=at).as_json(),
        "may_run": actor.may("studies.run"), "studies": queries.study_rows(actor), "types": queries.type_rows(),
        "bbox": city.bbox if city else None, "attribution": city.attribution if city else "",
        "time_zone": city.time_zone if city else "UTC",
    }  # fmt: skip


def fitting(actor: Actor, today: Layout, *, at: datetime) -> Choices:
    """Choose what suits the city: smaller cells where it is small, the longest target that today misses at times."""
    choices = sized(actor, queries.first_choices(at=at))
    found = ground(actor, choices)
    cover = covered(today, found.rates, MINUTES, targets=found.targets)
    missed = [m for m, share in zip(MINUTES, cover.share, strict=True) if share < NEARLY_ALL]
    return replace(choices, minutes=missed[-1] if missed else MINUTES[0])


def sized(actor: Actor, choices: Choices) -> Choices:
    """Take smaller cells where there are few."""
    few = len(ground(actor, choices).demand.cells) < FEW_CELLS
    return replace(choices, resolution=choices.resolution + 1) if few else choices


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
    """Cells with how many calls a week to expect, each no smaller than the calls in it bear; and hot spots."""
    found = ground(actor, choices)
    spots = hot_spots(found.demand)
    return {
        "cells": {"type": "FeatureCollection", "features": need_cells(found)},
        "spots": spots.as_geojson(),
        "spots_enough": spots.enough,
        "calls": float(found.demand.counts.sum()),
        "weeks": float(found.demand.observed.mean()),
    }


def need_cells(found: Ground) -> list[Row]:
    """Cells of the need where enough calls came; where not, the cells around them together, up to COARSER steps."""
    demand, weeks = found.demand, max(float(found.demand.observed.mean()), 1e-9)
    calls, left = demand.counts.sum(axis=1), np.ones(len(demand.cells), bool)
    features: list[Row] = []
    for step in range(COARSER + 1):
        cells = parents(demand.cells, demand.resolution - step)
        for cell in np.unique(cells[left]):
            here = left & (cells == cell)
            total = float(calls[here].sum())
            if total >= ENOUGH:
                left &= ~here
                low, high = spread_of(np.array([total]), np.array([total]), found.rates.level)
                features.append(_cell(int(cell), total / weeks, float(low[0]) / weeks, float(high[0]) / weeks))
    return features + [_cell(int(cell), None) for cell in demand.cells[left]]


def _cell(cell: int, week: float | None, low: float = 0.0, high: float = 0.0) -> Row:
    area = h3.cell_area(cell, unit="km^2")
    known = {} if week is None else {"week": week, "low": low, "high": high, "density": week / area}
    ring = {"type": "Polygon", "coordinates": [ring_of(cell)]}
    return {"type": "Feature", "geometry": ring, "properties": {"enough": week is not None, **known}}


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


def study(record: Study) -> Row:
    """A study: what went into it, how far its run is, its figures."""
    a, b = queries.layouts_of(record)
    choices = queries.choices_of(record)
    figures = row_of(compared(a, b, ground_of(queries.kept_need(record)), minutes=choices.minutes))
    run = queries.last_run(record)  # once, and last: it may end while the figures are counted
    row = queries.study_row(record, run) | {
        "a": a.as_json(), "b": b.as_json(), "choices": choices.as_json(), "figures": figures,
    }  # fmt: skip
    return row | {"simulated": simulated(dict(run.figures)) if run and run.figures and run.state == "done" else None}


def simulated(figures: Row) -> Row:
    """Figures of a run with words."""
    names = area_names()
    return figures | {
        "sentences": simulated_sentences(figures, names),
        "names": {row["area"]: names.get(row["area"], row["area"]) for row in figures["areas"]},
    }
