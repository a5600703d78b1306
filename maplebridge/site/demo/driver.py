"""Units that nobody drives drive themselves: patrol in their beat, go to their job along the roads, come back."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from maplebridge.dispatch.fleet import UnitNow
from maplebridge.dispatch.travel import mode_of
from maplebridge.incidents.models import Incident
from maplebridge.places.roads.network import Roads
from maplebridge.positions.rules import Fix
from maplebridge.site.demo.rules import Walk, drawn, from_beside

PATROL_SPEED = {"car": 0.45, "bicycle": 0.7, "foot": 0.85}  # share of the usual speed when nothing is urgent
STILL_FIX_EVERY = timedelta(seconds=45)  # whoever stands still says so now and then
STAND_S = (20.0, 150.0)  # how long a unit stands at a corner of its patrol


@dataclass(slots=True)
class Drivers:
    """Moves units. Keeps only walks, so that a restart loses nothing but the way somebody was strolling."""

    roads: Roads
    beats: Mapping[str, BaseGeometry]
    rng: random.Random
    seed: int
    walks: dict[int, Walk] = field(default_factory=dict)
    _fixed_at: dict[int, datetime] = field(default_factory=dict)
    _stand_until: dict[int, datetime] = field(default_factory=dict)

    def move(self, unit: UnitNow, job: Incident | None, *, at: datetime) -> Fix | None:
        """Move a unit to where it is now; returns its fix when there is something to tell."""
        goal = f"incident:{job.pk}" if job else ""
        walk = self.walks.get(unit.id)
        if walk and walk.goal != goal:
            del self.walks[unit.id]
            walk = None
        if walk is None and job and unit.status == "EnRoute":
            mode = mode_of(unit.kind, job.priority)
            walk = self._walk(unit, (job.lon, job.lat), mode, at=at, goal=goal, speed=1.0)
        elif walk is None and unit.status == "Available" and unit.traits.moves:
            walk = self._stroll(unit, at=at)
        return self._fix(unit, walk, at=at)

    def arrived(self, unit_id: int, *, at: datetime) -> bool:
        """Whether a unit en route has reached its job (or no road leads there)."""
        walk = self.walks.get(unit_id)
        return walk is None or at >= walk.ends_at

    def forget(self, unit_id: int) -> None:
        """Leave a unit to the person who drives it."""
        self.walks.pop(unit_id, None)

    def _stroll(self, unit: UnitNow, *, at: datetime) -> Walk | None:
        """Start to the next corner of the patrol, when the unit has stood long enough."""
        if unit.id not in self._stand_until:
            stand_s = drawn(self.seed, f"stand:{unit.id}:{at:%H%M}", *STAND_S)
            self._stand_until[unit.id] = at + timedelta(seconds=stand_s)
        if at < self._stand_until[unit.id]:
            return None
        del self._stand_until[unit.id]
        mode = unit.traits.mode
        return self._walk(unit, self._corner(unit), mode, at=at, goal="", speed=PATROL_SPEED.get(mode, 0.6))

    def _corner(self, unit: UnitNow) -> tuple[float, float]:
        """Choose a point of the unit's beat, by rejection from its box; where it is, if it has no beat."""
        beat = self.beats.get(unit.area_code)
        if beat is None:
            return unit.lon, unit.lat
        west, south, east, north = beat.bounds
        for _try in range(40):
            lon, lat = self.rng.uniform(west, east), self.rng.uniform(south, north)
            if beat.contains(Point(lon, lat)):
                return lon, lat
        return unit.lon, unit.lat

    def _walk(
        self, unit: UnitNow, to: tuple[float, float], mode: str, *, at: datetime, goal: str, speed: float
    ) -> Walk | None:
        route = self.roads.mode(mode).route(unit.lon, unit.lat, *to)
        if route is None or route.seconds <= 0:
            return None
        walk = self.walks[unit.id] = Walk(from_beside(route, unit.lon, unit.lat), at, goal, speed)
        return walk

    def _fix(self, unit: UnitNow, walk: Walk | None, *, at: datetime) -> Fix | None:
        last = self._fixed_at.get(unit.id)
        if walk is None and last is not None and at - last < STILL_FIX_EVERY:
            return None
        self._fixed_at[unit.id] = at
        lon, lat = walk.position(at) if walk else (unit.lon, unit.lat)
        if walk and at >= walk.ends_at and unit.status != "EnRoute":
            del self.walks[unit.id]
        return Fix(unit.id, lon, lat, at)
