"""How soon units get somewhere: the road networks of this process, with every unit's place on the street kept."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import TARGET_METRES, RoadNetwork, Roads, Snaps, StraightLine

Network = RoadNetwork | StraightLine
URGENT_UP_TO = 2  # priorities 0 to 2: a car may use its privileges
SAMPLES = 20_000  # points laid evenly along the streets; a share of them is exact to about half a per cent
POST_REACH_M = 250.0  # a street post leaves its place no further than this


@dataclass(frozen=True, slots=True)
class Way:
    """How one of the places asked about gets there: its index, seconds, metres, and whether that is an estimate."""

    index: int
    seconds: float
    metres: float
    estimate: bool


def mode_of(kind: str, priority: int) -> str:
    """Road mode by which a kind of unit travels to a job of a priority."""
    mode = UNIT_KINDS[kind].mode
    return "urgent" if mode == "car" and kind == "car" and priority <= URGENT_UP_TO else mode


class SnapCache:
    """Places on the streets of one network by key (a unit, an incident); only what moved is snapped again."""

    def __init__(self, network: Network) -> None:
        self._network_snap = network.snap
        self._slot: dict[int, int] = {}
        self._points = np.empty((0, 2))
        self._snaps = Snaps.joined([])
        self._lock = threading.Lock()

    def snaps(self, keys: Sequence[int], points: npt.NDArray[np.float64]) -> Snaps:
        """Places of `keys` at `points` (n, 2; lon, lat), in order."""
        with self._lock:
            slots = np.array([self._slot.setdefault(key, len(self._slot)) for key in keys], np.int64)
            self._grow(len(self._slot))
            moved = np.flatnonzero((self._points[slots] != points).any(axis=1))
            if len(moved):
                fresh = self._network_snap(points[moved, 0], points[moved, 1])
                self._snaps.at[slots[moved]], self._snaps.where[slots[moved]] = fresh.at, fresh.where
                self._points[slots[moved]] = points[moved]
            return self._snaps.take(slots)

    def _grow(self, size: int) -> None:
        if size <= len(self._points):
            return
        room = max(64, 2 * size)
        points, at, where = np.full((room, 2), np.nan), np.full((room, 4), -1, np.int32), np.full((room, 4), np.inf)
        old = len(self._points)
        points[:old], at[:old], where[:old] = self._points, self._snaps.at, self._snaps.where
        self._points, self._snaps = points, Snaps(at, where)


_caches: WeakKeyDictionary[Network, SnapCache] = WeakKeyDictionary()
_caches_lock = threading.Lock()
_streets: WeakKeyDictionary[Network, npt.NDArray[np.float64]] = WeakKeyDictionary()


def _cache_of(network: Network) -> SnapCache:
    with _caches_lock:
        if network not in _caches:
            _caches[network] = SnapCache(network)
        return _caches[network]


def roads() -> Roads:
    """The roads of this process."""
    return road_network()


def network_of(mode: str) -> Network:
    """The network of a mode in this city; straight lines where it has no roads."""
    return roads().mode(mode)


def snapped(mode: str, keys: Sequence[int], points: npt.NDArray[np.float64]) -> Snaps:
    """Places on the street of units (key: their id) or jobs (key: minus the incident's id), kept between questions."""
    return _cache_of(network_of(mode)).snaps(keys, points)


def nearest(
    mode: str,
    lon: float,
    lat: float,
    keys: Sequence[int],
    points: npt.NDArray[np.float64],
    *,
    most: int,
    within: float = inf,
) -> list[Way]:
    """The soonest of the places `points` (n, 2; lon, lat) to (lon, lat), at most `most` and `within` seconds, in order.

    One bounded search. What is off the streets, and everything where the target is, is estimated by straight line.
    """
    network = network_of(mode)
    sources = snapped(mode, keys, points)
    found = network.nearest(lon, lat, sources, most, within)
    ways = [Way(r.index, r.seconds, r.metres, network.is_estimate) for r in found]
    astray = np.flatnonzero(~sources.ok)
    if not found and not network.is_estimate and not network.snap([lon], [lat], TARGET_METRES).ok[0]:
        astray = np.arange(len(keys))
    if len(astray) and not network.is_estimate:
        line = StraightLine(mode)
        guesses = line.nearest(lon, lat, line.snap(points[astray, 0], points[astray, 1]), most, within)
        ways += [Way(int(astray[r.index]), r.seconds, r.metres, True) for r in guesses]
        ways.sort(key=lambda way: way.seconds)
    return ways


def street_points() -> npt.NDArray[np.float64] | None:
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
