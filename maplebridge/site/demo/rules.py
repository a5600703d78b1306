"""Chance and movement of the demo, pure: when reports come, what they say, where a unit is on its way."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from maplebridge.kernel.geometry import distance_m
from maplebridge.places.roads.places import Route
from maplebridge.site.demo.stories import BY_HOUR, CALLERS, PHONE, POST_TYPES, SOURCES, STORIES, Story

T = TypeVar("T")

DAILY_REPORTS = 150.0  # at pace 1 in the history; the living city runs faster than life, see LIVE_GAP_S
WALKING_M_S = 1.4
LIVE_GAP_S = 90.0  # seconds between reports at pace 1, mean over a day


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that reports come from."""

    kind: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Tale:
    """A report to be made: everything that a call-taker would type, and how it will end."""

    story: Story
    spot: Spot
    source: str
    language: str
    narrative: str
    second: str
    caller: str
    phone: str
    disposition: str
    closing: str

    @property
    def type(self) -> str:
        return self.story.type


def hour_weight(moment: datetime) -> float:
    """Rate of reports at a local moment relative to the day's mean: 1 on average over the day."""
    return BY_HOUR[moment.hour] * 24 / sum(BY_HOUR)


def arrivals(rng: random.Random, *, expected: float) -> int:
    """Draw a Poisson number with that mean (Knuth 1969, 3.4.1: multiply uniforms until below exp(-mean))."""
    count, product, floor = -1, 1.0, 2.718281828459045**-expected
    while product > floor:
        product *= rng.random()
        count += 1
    return max(0, count)


@dataclass(slots=True)
class Teller:
    """Makes up reports: stories by hour, at real places of the fitting kind."""

    rng: random.Random
    spots: dict[str, list[Spot]]
    types: frozenset[str]
    posts: list[Spot] = field(default_factory=list)

    def tell(self, local: datetime) -> Tale:
        """Make up one report for a local moment."""
        source = self._weighted(SOURCES)
        known = [story for story in STORIES if story.type in self.types]
        if source == "walk_in":
            known = [story for story in known if story.type in POST_TYPES] or known
        story = self._weighted([(s, s.weight * s.hours[local.hour // 6]) for s in known])
        spot = self.rng.choice(self._spots(story, source))
        language, first, second = self.rng.choice(story.tellings)
        disposition, closing = self.rng.choice(story.closings)
        named = source in ("call", "walk_in") and self.rng.random() < 0.8
        caller = self.rng.choice(CALLERS[language]) if named else ""
        phone = PHONE.format(self.rng.randrange(10_000)) if named and source == "call" else ""
        return Tale(story, spot, source, language, first, second, caller, phone, disposition, closing)

    def _spots(self, story: Story, source: str) -> list[Spot]:
        if source == "walk_in" and self.posts:
            return self.posts
        return self.spots.get(story.place) or [spot for spots in self.spots.values() for spot in spots]

    def _weighted(self, rows: Sequence[tuple[T, float]]) -> T:
        return self.rng.choices([row[0] for row in rows], [row[1] for row in rows])[0]


def drawn(seed: int, key: str, low: float, high: float) -> float:
    """Draw a number between two bounds that is always the same for a seed and key: no state to keep or lose."""
    return random.Random(f"{seed}:{key}").uniform(low, high)  # noqa: S311  # chance, not secrets


def from_beside(route: Route, lon: float, lat: float) -> Route:
    """Give the same route begun beside the road, where the unit stands: straight to it, no faster than along it."""
    gap = distance_m(lon, lat, *route.coordinates[0])
    lead = gap / max(WALKING_M_S, route.metres / route.seconds)
    times = [0.0, *(lead + seconds for seconds in route.at_seconds)]
    return Route(lead + route.seconds, gap + route.metres, [(lon, lat), *route.coordinates], times, route.is_estimate)


@dataclass(frozen=True, slots=True)
class Walk:
    """A unit on its way along a route since a moment, at a share of the route's speed, to a named goal."""

    route: Route
    started_at: datetime
    goal: str = ""
    speed: float = 1.0

    def position(self, at: datetime) -> tuple[float, float]:
        """Longitude and latitude at a moment, clamped to the ends."""
        return self.route.position((at - self.started_at).total_seconds() * self.speed)

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.route.seconds / self.speed)
