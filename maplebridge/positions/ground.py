"""What lies on the ground where units move: the streets of each, and the fences that are told of. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, pi, radians, sin

from shapely import Geometry, contains_xy, prepare

METRES = 111_195.0  # of one degree of latitude, on a sphere of 6,371 km
CORNERS = 48  # of a circle as it is drawn

# Longitudes, latitudes and the most metres off -> the place on the street of each, None where none is near enough.
Snap = Callable[[Sequence[float], Sequence[float], float], Sequence[tuple[float, float] | None]]


@dataclass(frozen=True, slots=True)
class Circle:
    """A fence of a radius in metres around a point."""

    id: int
    lon: float
    lat: float
    radius_m: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in it."""
        return metres_between(self.lon, self.lat, lon, lat) <= self.radius_m

    def outline(self) -> list[tuple[float, float]]:
        """Its border as a closed ring of 48 longitudes and latitudes, as RFC 7946 turns."""
        east, north = self.radius_m / METRES / cos(radians(self.lat)), self.radius_m / METRES
        turns = [2 * pi * (n % CORNERS) / CORNERS for n in range(CORNERS + 1)]
        return [(round(self.lon + east * cos(t), 6), round(self.lat + north * sin(t), 6)) for t in turns]


class Ring:
    """A fence along the border of an area."""

    def __init__(self, id: int, area: Geometry) -> None:
        self.id, self._area = id, area
        self._west, self._south, self._east, self._north = area.bounds
        prepare(area)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in it."""
        boxed = self._west <= lon <= self._east and self._south <= lat <= self._north
        return boxed and bool(contains_xy(self._area, lon, lat))


Shape = Circle | Ring


@dataclass(frozen=True, slots=True)
class Ground:
    """The fences of each unit and how its place on the street is found, by unit id."""

    fences: Mapping[int, Sequence[Shape]] = field(default_factory=dict)
    streets: Mapping[int, Snap] = field(default_factory=dict)


def metres_between(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Distance in metres, on a plane that touches the Earth there: exact to 0.1 % over 100 km."""
    return METRES * hypot((to_lon - lon) * cos(radians((lat + to_lat) / 2)), to_lat - lat)
