"""Travel time by road: the facade that dispatch, planning and the map use."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.build import BuildReport, build, read_stamp
from maplebridge.places.roads.graph import Graph
from maplebridge.places.roads.labels import NEVER, Work
from maplebridge.places.roads.modes import MODES
from maplebridge.places.roads.places import Reach, Reachable, Route, Snaps
from maplebridge.places.roads.reach import flood
from maplebridge.places.roads.read import RoadFileUnreadable
from maplebridge.places.roads.search import many, nearest, search
from maplebridge.places.roads.snap import snap_points
from maplebridge.places.roads.straight_line import StraightLine
from maplebridge.places.roads.trace import trace

Coordinates = Sequence[float] | npt.NDArray[np.float64]
SNAP_METRES = 300.0  # a unit or a caller is not further from a street than this
TARGET_METRES = 1000.0  # an incident in a park or field is reached by the nearest street


class RoadNetwork:
    """The streets of one city for one mode. Safe to use from many threads at once."""

    is_estimate: ClassVar[bool] = False

    def __init__(self, mode: str, graph: Graph) -> None:
        self.mode = mode
        self.graph = graph
        self._idle: list[Work] = []
        self._longest = int(
            max(graph.out_ms.max(initial=0), graph.link_ms.max(initial=0) + graph.link_wait.max(initial=0))
        )

    @classmethod
    def load(cls, directory: Path, mode: str) -> "RoadNetwork":
        """Map the network of `mode` from a built directory; raises FileNotFoundError where it is not there."""
        stamp = read_stamp(directory)
        if stamp is None:
            raise FileNotFoundError(f"No roads have been built in {directory.name}.")
        return cls(mode, Graph.load(directory / stamp["version"] / mode))

    def snap(self, lons: Coordinates, lats: Coordinates, max_metres: float = SNAP_METRES) -> Snaps:
        """Find each point's nearest place on a street, at most `max_metres` away; the others are not `.ok`."""
        lons, lats = np.ascontiguousarray(lons, np.float64), np.ascontiguousarray(lats, np.float64)
        snaps = Snaps(np.empty((len(lons), 4), np.int32), np.empty((len(lons), 4)))
        snap_points(self.graph, lons, lats, float(max_metres), snaps.at, snaps.where)
        return snaps

    def nearest(
        self,
        lon: float,
        lat: float,
        sources: Snaps,
        k: int,
        max_seconds: float = inf,
        max_metres: float = TARGET_METRES,
    ) -> list[Reach]:
        """Give the k sources that reach (lon, lat) soonest, exactly, in order; [] where no street is near the point."""
        work = self._take()
        found = nearest(
            self.graph, work, float(lon), float(lat), float(max_metres), sources.at, sources.where, k, _ms(max_seconds)
        )
        self._idle.append(work)
        index, ms, metres = (array.tolist() for array in found)
        return [Reach(i, t / 1000.0, m) for i, t, m in zip(index, ms, metres, strict=True)]

    def seconds_to(self, lon: float, lat: float, sources: Snaps, max_metres: float = TARGET_METRES) -> Any:
        """Give every source's seconds to (lon, lat), inf where it can't get there: float32 (n)."""
        return self.table(sources, self.snap([lon], [lat], max_metres))[:, 0]

    def table(self, origins: Snaps, targets: Snaps, max_seconds: float = inf) -> npt.NDArray[np.float32]:
        """Give the seconds from every origin to every target: (origins, targets).

        Infinite where there is no way, or none within `max_seconds`: no search goes farther.
        """
        forward = len(origins) <= len(targets)
        ones, others = (origins, targets) if forward else (targets, origins)
        out = np.empty((len(ones), len(others)), np.float32)
        parts = min(os.cpu_count() or 1, max(1, len(ones) // 8))
        bounds = [len(ones) * i // parts for i in range(parts + 1)]

        def fill(low: int, high: int) -> None:
            work = self._take()
            many(
                self.graph,
                work,
                ones.at[low:high],
                ones.where[low:high],
                others.at,
                others.where,
                forward,
                _ms(max_seconds),
                out[low:high],
            )
            self._idle.append(work)

        if parts == 1:
            fill(0, len(ones))
        else:
            with ThreadPoolExecutor(parts) as pool:
                list(pool.map(fill, bounds[:-1], bounds[1:]))
        return out if forward else out.T

    def route(
        self, lon0: float, lat0: float, lon1: float, lat1: float, max_metres: float = TARGET_METRES
    ) -> Route | None:
        """Find the quickest way from point 0 to point 1 with its geometry; None where there is none."""
        ends = self.snap([lon0, lon1], [lat0, lat1], max_metres)
        if not ends.ok.all():
            return None
        start, target = ends.take([0]), ends.take([1])
        best, metres, top = np.empty(1, np.int32), np.empty(1, np.float32), np.empty(1, np.int32)
        work = self._take()
        search(
            self.graph, work, target.at[0], float(target.where[0, 2]), start.at, start.where, False, 1, NEVER - 1,
            best, metres, top,
        )  # fmt: skip
        route = None if best[0] == NEVER else trace(self.graph, work, start, target, int(best[0]), float(metres[0]))
        self._idle.append(work)
        return route

    def reachable(self, lon: float, lat: float, seconds: float) -> Reachable:
        """Find the streets reached outward from a point within `seconds`."""
        return self.reachable_many([lon], [lat], seconds)

    def reachable_many(self, lons: Coordinates, lats: Coordinates, seconds: float) -> Reachable:
        """Find the streets reached from at least one of several points within `seconds`."""
        return self.reachable_from(self.snap(lons, lats), seconds)

    def reachable_from(self, origins: Snaps, seconds: float) -> Reachable:
        """Find the streets reached from at least one of several places within `seconds`."""
        work = self._take()
        lines = flood(self.graph, work, origins.at, origins.where, _ms(seconds))
        self._idle.append(work)
        return Reachable(lines, seconds)

    def _take(self) -> Work:
        try:
            return self._idle.pop()
        except IndexError:
            return Work.sized(len(self.graph.out_first) - 1, self._longest)


def _ms(seconds: float) -> int:
    return NEVER - 1 if seconds >= (NEVER - 1) / 1000 else max(round(seconds * 1000), -1)


class Roads:
    """All modes of a city. A mode without streets, or a city without a road file, is answered by straight lines."""

    def __init__(self, directory: Path | None, version: str | None) -> None:
        self.directory = directory
        self.version = version
        self._modes: dict[str, RoadNetwork | StraightLine] = {}

    @classmethod
    def load(cls, directory: Path | None) -> "Roads":
        """Open what `build` made in `directory`; None, or a directory without roads, gives straight lines."""
        stamp = read_stamp(directory) if directory else None
        return cls(directory, stamp["version"] if stamp else None)

    def mode(self, mode: str) -> RoadNetwork | StraightLine:
        """Give the network of one of `modes.MODES`; raises KeyError for another name."""
        if mode not in MODES:
            raise KeyError(f"“{mode}” is not a mode; the modes are {', '.join(MODES)}.")
        if mode not in self._modes:
            self._modes[mode] = self._opened(mode)
        return self._modes[mode]

    def straight_line(self, mode: str) -> StraightLine:
        """Give the fallback that needs no roads."""
        return StraightLine(mode)

    @property
    def is_current(self) -> bool:
        """Say whether the directory still holds the version that was loaded; if not, load anew."""
        stamp = read_stamp(self.directory) if self.directory else None
        return (stamp["version"] if stamp else None) == self.version

    def _opened(self, mode: str) -> RoadNetwork | StraightLine:
        folder = self.directory / self.version / mode if self.directory and self.version else None
        if folder is None or not folder.is_dir():
            return StraightLine(mode)
        return RoadNetwork(mode, Graph.load(folder))


__all__ = [
    "MODES", "BuildReport", "Reach", "Reachable", "RoadFileUnreadable", "RoadNetwork", "Roads", "Route", "Snaps",
    "StraightLine", "build",
]  # fmt: skip
