"""How far the free units reach by road in one minute, in three: soft outlines and the share of streets inside."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import numpy as np
import shapely

from maplebridge.dispatch.fleet import UnitNow
from maplebridge.dispatch.snapshot import snapshot
from maplebridge.dispatch.travel import network_of, snapped, street_points
from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor
from maplebridge.places.roads.places import Reachable

FRESH_S, FRESH_S_EACH = 2.0, 0.01  # consoles ask together and get one answer for so long, longer for a large fleet
LONGEST_S = 900
TOLERANCE_DEG = 0.00004  # some 4 m: less than a line on the map is wide


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that stands from one moment to another."""

    asked_at: datetime
    fresh_until: datetime
    answer: dict[str, Any]


_kept: dict[tuple[int, tuple[int, ...]], Kept] = {}
_lock = Lock()


def reach(actor: Actor, *, seconds: list[int], at: datetime) -> dict[str, Any]:
    """For each band of seconds: the union of what the free units reach, each by its own mode, as the contract says.

    `share` is that of street metres in the city inside the outline, from evenly laid sample points; None without roads.
    """
    actor.must("units.view")
    key = (id(network_of("car")), tuple(seconds))
    with _lock:
        if key in _kept and _kept[key].asked_at <= at < _kept[key].fresh_until:
            return _kept[key].answer
        free = [unit for unit in snapshot(at=at).in_order() if unit.free]
        answer = _answer(free, seconds, at)
        if len(_kept) > 8:
            _kept.clear()
        _kept[key] = Kept(at, at + timedelta(seconds=FRESH_S + FRESH_S_EACH * len(free)), answer)
        return answer


def forget() -> None:
    """Drop the answer kept for consoles that ask together."""
    _kept.clear()


def _answer(free: list[UnitNow], seconds: list[int], at: datetime) -> dict[str, Any]:
    points = street_points()
    bands, estimate = [], False
    for band in seconds:
        area, guessed = _area(free, band)
        estimate = estimate or guessed
        share = None
        if points is not None:
            shapely.prepare(area)
            share = round(float(shapely.contains_xy(area, points[:, 0], points[:, 1]).mean()), 4)
        bands.append({"seconds": band, "share": share, "geometry": _multipolygon(area)})
    return {"at": stamp(at), "estimate": estimate, "bands": bands}


def _area(free: list[UnitNow], seconds: int) -> tuple[shapely.Geometry, bool]:
    by_mode: dict[str, list[UnitNow]] = defaultdict(list)
    for unit in free:
        if unit.traits.moves:
            by_mode[unit.traits.mode].append(unit)
    lines, discs, estimate = [], [], False
    for mode, units in by_mode.items():
        places = snapped(mode, [u.id for u in units], np.array([(u.lon, u.lat) for u in units], float))
        reached = network_of(mode).reachable_from(places, seconds)
        estimate = estimate or reached.is_estimate
        if reached.is_estimate:
            discs += reached.discs
        else:
            lines.append(reached.lines)
    outline = Reachable(np.concatenate(lines), seconds).outline() if lines else []
    polygons = shapely.simplify(_polygons(outline), TOLERANCE_DEG)  # apart from each other by the way they are drawn
    if not discs:
        return shapely.multipolygons(polygons), estimate
    return shapely.union_all([*polygons, *_polygons(discs)]), estimate


def _polygons(coordinates: list[list[list[list[float]]]]) -> list[shapely.Geometry]:
    return [shapely.Polygon(rings[0], rings[1:]) for rings in coordinates]


def _multipolygon(area: shapely.Geometry) -> dict[str, Any]:
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    polygons = [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in parts]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _ring(ring: shapely.LinearRing) -> list[list[float]]:
    found: list[list[float]] = np.round(shapely.get_coordinates(ring), 5).tolist()
    return found
