"""Seconds by road from many places to many others; straight lines, marked as an estimate, where no roads are loaded."""

from dataclasses import dataclass
from math import inf

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Seconds
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import TARGET_METRES, Roads, Snaps


def seconds_between(mode: str, origins: Floats, targets: Floats, *, roads: Roads | None = None) -> Seconds:
    """Seconds from every origin (a, 2) to every target (b, 2), lon, lat, by a mode of `places.roads.MODES`: (a, b).

    Infinite where there is no way, or no street within a kilometre. Exact by the loaded roads; `is_estimate` says
    whether it was straight lines. 1,000 x 10,000 take 40 MB.
    """
    network = (roads or road_network()).mode(mode)
    starts, ends = (network.snap(points[:, 0], points[:, 1], TARGET_METRES) for points in (origins, targets))
    return np.ascontiguousarray(network.table(starts, ends), np.float32)


def is_estimate(mode: str, *, roads: Roads | None = None) -> bool:
    """Whether the seconds of a mode are guessed along straight lines: no roads are loaded for it."""
    return bool((roads or road_network()).mode(mode).is_estimate)


@dataclass
class Targets:
    """Places that many questions ask for: found on the streets of each mode once."""

    points: Floats
    roads: Roads

    def __post_init__(self) -> None:
        self._snaps: dict[str, Snaps] = {}

    def seconds_from(self, mode: str, origins: Floats, within: float = inf) -> Seconds:
        """Seconds from every origin (a, 2) to every place: (a, b). Infinite beyond `within`, which saves time."""
        network = self.roads.mode(mode)
        if mode not in self._snaps:
            self._snaps[mode] = network.snap(self.points[:, 0], self.points[:, 1], TARGET_METRES)
        starts = network.snap(origins[:, 0], origins[:, 1], TARGET_METRES)
        return np.ascontiguousarray(network.table(starts, self._snaps[mode], within), np.float32)
