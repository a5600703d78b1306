"""What the road network answers with: places on streets, who reaches whom, routes, reach."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.reach import outline_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reach:
    """How one source reaches the target: its index in the sources given, seconds, metres."""

    index: int
    seconds: float
    metres: float


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Places on the streets of one mode's network; good for that network until it is built anew.

    `at` (n, 4) int32: chain or -1, piece, ms along, ms against. `where` (n, 4): lon, lat of the place, metres from the
    start of its chain, metres off the point that was snapped (inf where nothing was near enough).
    """

    at: npt.NDArray[np.int32]
    where: Floats

    def __len__(self) -> int:
        return len(self.at)

    @property
    def ok(self) -> npt.NDArray[np.bool_]:
        """Mark the points that have a street near enough."""
        return np.asarray(self.at[:, 0] >= 0)

    @property
    def lon(self) -> Floats:
        """Give the longitudes of the places on the street."""
        return self.where[:, 0]

    @property
    def lat(self) -> Floats:
        """Give their latitudes."""
        return self.where[:, 1]

    @property
    def off_metres(self) -> Floats:
        """Give how far each point lay from its place on the street."""
        return self.where[:, 3]

    def take(self, indices: Sequence[int] | npt.NDArray[Any]) -> "Snaps":
        """Give the places at `indices` (or under a boolean mask), in that order."""
        chosen = np.asarray(indices, None if len(indices) else np.int64)
        return Snaps(np.ascontiguousarray(self.at[chosen]), np.ascontiguousarray(self.where[chosen]))

    @classmethod
    def joined(cls, parts: Sequence["Snaps"]) -> "Snaps":
        """Put several sets of places one after the other: how units' cached places become one question."""
        if not parts:
            return cls(np.empty((0, 4), np.int32), np.empty((0, 4)))
        return cls(np.concatenate([part.at for part in parts]), np.concatenate([part.where for part in parts]))


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A way to go: seconds, metres, its vertices and the seconds after which each is passed."""

    seconds: float
    metres: float
    coordinates: list[tuple[float, float]]  # lon, lat
    at_seconds: list[float]
    is_estimate: bool = False

    def position(self, seconds: float) -> tuple[float, float]:
        """Give lon, lat after so many seconds on the way (clamped to its ends)."""
        lons, lats = zip(*self.coordinates, strict=True)
        at = np.interp(seconds, self.at_seconds, lons), np.interp(seconds, self.at_seconds, lats)
        return float(at[0]), float(at[1])


@dataclass(frozen=True, slots=True, eq=False)
class Reachable:
    """What is reached within `seconds`: street pieces (n, 4) lon, lat, lon, lat; or, estimated, discs."""

    lines: Floats
    seconds: float
    discs: list[list[list[list[float]]]] = field(default_factory=list)
    is_estimate: bool = False

    def outline(self, buffer_metres: float = 45.0) -> list[list[list[list[float]]]]:
        """Draw its soft outline: coordinates of a GeoJSON MultiPolygon, [] where nothing was reached."""
        return self.discs if self.is_estimate else outline_of(self.lines, buffer_metres)
