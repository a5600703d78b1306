"""How far the free units reach by road in one minute, in three: soft outlines and the share of streets inside."""

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import numpy as np
import shapely

from maplebridge.dispatch.fleet import UnitNow, fleet
from maplebridge.dispatch.travel import network_of, snapped, street_points
from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor
from maplebridge.places.roads.places import Reachable

FRESH_FOR = timedelta(seconds=3)  # consoles ask together; within this time they get one answer
LONGEST_S = 900

_kept: dict[tuple[Any, ...], tuple[datetime, dict[str, Any]]] = {}
_lock = Lock()


def reach(actor: Actor, *, seconds: list[int], at: datetime) -> dict[str, Any]:
    """For each band of seconds: the union of what the free units reach, each by its own mode, as the contract says.

    `share` is that of street metres in the city inside the outline, from evenly laid sample points; None without roads.
    """
    actor.must("units.view")
    free = [unit for unit in fleet(at=at) if unit.free]
    key = (id(network_of("car")), tuple(seconds), tuple(unit.id for unit in free))
    with _lock:
        if key in _kept and timedelta(0) <= at - _kept[key][0] < FRESH_FOR:
            return _kept[key][1]
        answer = _answer(free, seconds, at)
        _kept.clear()
        _kept[key] = at, answer
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
    lines, shapes, estimate = [], [], False
    for mode, units in by_mode.items():
        places = snapped(mode, [u.id for u in units], np.array([(u.lon, u.lat) for u in units], float))
        reached = network_of(mode).reachable_from(places, seconds)
        estimate = estimate or reached.is_estimate
        if reached.is_estimate:
            shapes += _shapes(reached.outline())
        else:
            lines.append(reached.lines)
    if lines:
        shapes += _shapes(Reachable(np.concatenate(lines), seconds).outline())
    return shapely.union_all(shapes), estimate


def _shapes(coordinates: list[list[list[list[float]]]]) -> list[shapely.Geometry]:
    return [shapely.make_valid(shapely.Polygon(rings[0], rings[1:])) for rings in coordinates]


def _multipolygon(area: shapely.Geometry) -> dict[str, Any]:
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [np.round(np.asarray(ring.coords), 6).tolist() for ring in (part.exterior, *part.interiors)]
            for part in parts
        ],
    }
