"""How far the free units reach by road in one minute, in three: soft outlines and the share of streets inside."""

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import shapely

from maplebridge.dispatch.fleet import UnitNow, fleet
from maplebridge.dispatch.travel import Network, network_of, snapped
from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor
from maplebridge.places.roads.network import RoadNetwork
from maplebridge.places.roads.places import Reachable

SAMPLES = 20_000  # points laid evenly along the streets; a share is exact to about half a per cent
FRESH_FOR = timedelta(seconds=3)  # consoles ask together; within this time they get one answer
LONGEST_S = 900

_kept: dict[tuple[Any, ...], tuple[datetime, dict[str, Any]]] = {}
_lock = Lock()
_streets: WeakKeyDictionary[Network, npt.NDArray[np.float64]] = WeakKeyDictionary()


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
    points = _street_points()
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


def _street_points() -> npt.NDArray[np.float64] | None:
    """Points laid evenly along the streets of the city (n, 2; lon, lat), by car or else on foot; None without roads."""
    for mode in ("car", "foot"):
        network = network_of(mode)
        if isinstance(network, RoadNetwork):
            if network not in _streets:
                _streets[network] = _laid_out(network)
            return _streets[network]
    return None


def _laid_out(network: RoadNetwork) -> npt.NDArray[np.float64]:
    g = network.graph
    last = np.asarray(g.chain_first[1:]) - 1
    first = np.setdiff1d(np.arange(len(g.pt_lon) - 1), last, assume_unique=True)  # pieces within one chain
    metres = np.abs(np.asarray(g.pt_m[first + 1], float) - g.pt_m[first])
    total = np.cumsum(metres)
    marks = (np.arange(SAMPLES) + 0.5) * total[-1] / SAMPLES
    piece = np.searchsorted(total, marks)
    along = (marks - (total[piece] - metres[piece])) / np.maximum(metres[piece], 1e-9)
    a = first[piece]
    lon = g.pt_lon[a] + along * (g.pt_lon[a + 1] - g.pt_lon[a])
    lat = g.pt_lat[a] + along * (g.pt_lat[a + 1] - g.pt_lat[a])
    return np.column_stack([lon, lat])
