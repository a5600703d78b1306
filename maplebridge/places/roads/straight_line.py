"""Travel times without a road file: straight line x detour factor / speed of the mode. An estimate, and says so.

Detour factor 1.4: mean ratio of driving to straight-line distance 1.417, Boscoe, Henry and Zdeb, "A Nationwide
Comparison of Driving Distance Versus Straight-Line Distance to Hospitals", Professional Geographer 64 (2), 2012.
Speeds are mean speeds in a town, stops included: planning values.
"""

from collections.abc import Sequence
from math import inf
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.modes import MODES
from maplebridge.places.roads.places import Reach, Reachable, Route, Snaps
from maplebridge.places.roads.read import metres_between
from maplebridge.places.roads.snap import DEGREE_METRES

DETOUR = 1.4
TOWN_KMH = {"foot": 5.0, "bicycle": 14.0, "motorbike": 25.0, "car": 25.0, "urgent": 35.0}

Coordinates = Sequence[float] | npt.NDArray[np.float64]


class StraightLine:
    """The same questions as `RoadNetwork`, answered without roads."""

    is_estimate: ClassVar[bool] = True

    def __init__(self, mode: str, detour: float = DETOUR) -> None:
        if mode not in MODES:
            raise KeyError(f"“{mode}” is not a mode; the modes are {', '.join(MODES)}.")
        self.mode = mode
        self.detour = detour
        self.metres_per_second = TOWN_KMH[mode] / 3.6

    def snap(self, lons: Coordinates, lats: Coordinates, max_metres: float = inf) -> Snaps:
        """Take the points as they are; only what is no coordinate is not `.ok`."""
        where = np.zeros((len(lons), 4))
        where[:, 0], where[:, 1] = lons, lats
        at = np.zeros((len(lons), 4), np.int32)
        at[~((np.abs(where[:, 0]) <= 180) & (np.abs(where[:, 1]) <= 90)), 0] = -1
        where[at[:, 0] < 0, 3] = np.inf
        return Snaps(at, where)

    def nearest(
        self, lon: float, lat: float, sources: Snaps, k: int, max_seconds: float = inf, max_metres: float = inf
    ) -> list[Reach]:
        """Estimate the k sources that reach (lon, lat) soonest, in order."""
        metres = self._metres(sources, self.snap([lon], [lat]))[:, 0]
        seconds = metres / self.metres_per_second
        order = np.argsort(seconds, kind="stable")[: max(k, 0)]
        return [Reach(int(i), float(seconds[i]), float(metres[i])) for i in order
                if seconds[i] <= max_seconds and seconds[i] < inf]  # fmt: skip

    def seconds_to(self, lon: float, lat: float, sources: Snaps, max_metres: float = inf) -> npt.NDArray[np.float32]:
        """Estimate every source's seconds to (lon, lat): float32 (n)."""
        return np.asarray(self.table(sources, self.snap([lon], [lat]))[:, 0])

    def table(self, origins: Snaps, targets: Snaps, max_seconds: float = inf) -> npt.NDArray[np.float32]:
        """Estimate the seconds from every origin to every target, inf beyond `max_seconds`: (origins, targets)."""
        seconds = (self._metres(origins, targets) / self.metres_per_second).astype(np.float32)
        return np.where(seconds <= max_seconds, seconds, np.float32(np.inf))

    def route(self, lon0: float, lat0: float, lon1: float, lat1: float, max_metres: float = inf) -> Route | None:
        """Draw the straight line with the time the detour would take; None for what is no coordinate."""
        ends = self.snap([lon0, lon1], [lat0, lat1])
        if not ends.ok.all():
            return None
        metres = float(self._metres(ends.take([0]), ends.take([1]))[0, 0])
        seconds = metres / self.metres_per_second
        return Route(seconds, metres, [(lon0, lat0), (lon1, lat1)], [0.0, seconds], is_estimate=True)

    def reachable(self, lon: float, lat: float, seconds: float) -> Reachable:
        """Estimate what is reached from a point within `seconds`: a disc."""
        return self.reachable_many([lon], [lat], seconds)

    def reachable_many(self, lons: Coordinates, lats: Coordinates, seconds: float) -> Reachable:
        """Estimate what is reached from several points within `seconds`: a disc round each."""
        return self.reachable_from(self.snap(lons, lats), seconds)

    def reachable_from(self, origins: Snaps, seconds: float) -> Reachable:
        """Estimate what is reached from several places within `seconds`: a disc round each."""
        radius = max(seconds, 0.0) * self.metres_per_second / self.detour
        discs = [[_disc(lon, lat, radius)] for lon, lat in origins.where[origins.ok, :2].tolist()]
        return Reachable(np.empty((0, 4)), seconds, discs if radius else [], is_estimate=True)

    def _metres(self, origins: Snaps, targets: Snaps) -> npt.NDArray[np.float64]:
        a, b = origins.where[:, None], targets.where[None, :]
        metres = metres_between(a[..., 0], a[..., 1], b[..., 0], b[..., 1]) * self.detour
        return np.where(origins.ok[:, None] & targets.ok[None, :], metres, np.inf)


def _disc(lon: float, lat: float, radius: float) -> list[list[float]]:
    angle = np.linspace(0, 2 * np.pi, 33)
    squeeze = max(float(np.cos(np.radians(lat))), 1e-6)
    ring = np.stack([lon + radius * np.cos(angle) / (DEGREE_METRES * squeeze),
                     lat + radius * np.sin(angle) / DEGREE_METRES], axis=1)  # fmt: skip
    ring[-1] = ring[0]
    rounded: list[list[float]] = np.round(ring, 6).tolist()
    return rounded
