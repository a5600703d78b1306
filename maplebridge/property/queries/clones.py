"""Codes that seem to be on two things: seen where no road leads so soon, or telling what their item is not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count

from maplebridge.places.queries import road_network
from maplebridge.property.clones import contradictions, impossible
from maplebridge.property.models import Identifier, Sighting

MODE = "urgent"
LISTED = 200
_PORTION = 2_000
_NEAR = 1e-3  # degrees: sightings nearer than this are at one place


@dataclass(frozen=True, slots=True)
class Jump:
    """One code at two places in less time than any way between them takes."""

    canonical: str
    first: Sighting
    second: Sighting
    apart_s: float
    way_s: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A code that tells what its item is not; `what` are names of `clones.contradictions`."""

    identifier: Identifier
    what: tuple[str, ...]


def impossible_jumps(*, since: datetime) -> list[Jump]:
    """Codes seen at two places that travel by road makes impossible, newest first; at most 200.

    As far back as checks are kept. Road times are an urgent run's; where a city has no roads, estimated by straight
    line. Two clean sightings show a clone as well as two of a stolen item.
    """
    rows = Sighting.objects.filter(at__gte=since)
    places = Count("lon", distinct=True)
    keys = list(rows.values_list("canonical", flat=True).annotate(n=places).filter(n__gt=1).order_by()[:_PORTION])
    seen = rows.filter(canonical__in=keys).select_related("dealer", "reader").order_by("canonical", "at", "pk")
    pairs = [pair for _key, group in groupby(seen, key=lambda each: each.canonical) for pair in _pairs(list(group))]
    found = [Jump(one.canonical, one, two, _apart(one, two), way) for one, two, way in _with_ways(pairs)
             if impossible(_apart(one, two), way)]  # fmt: skip
    return sorted(found, key=lambda jump: jump.second.at, reverse=True)[:LISTED]


def contradicting_codes(*, since: datetime) -> list[Contradiction]:
    """Codes of items registered since, whose decoded parts contradict what they are registered as; newest first."""
    rows = Identifier.objects.exclude(decoded={}).filter(item__registered_at__gte=since)
    found = []
    for each in rows.select_related("item").order_by("-pk").iterator(_PORTION):
        item = each.item
        what = contradictions(
            each.decoded, item_kind=item.kind, item_year=item.year, registered_on=item.registered_at.date()
        )
        if what:
            found.append(Contradiction(each, what))
        if len(found) >= LISTED:
            break
    return found


def _pairs(seen: Sequence[Sighting]) -> Iterator[tuple[Sighting, Sighting]]:
    for one, two in zip(seen, seen[1:], strict=False):
        if abs(one.lon - two.lon) > _NEAR or abs(one.lat - two.lat) > _NEAR:
            yield one, two


def _with_ways(pairs: Sequence[tuple[Sighting, Sighting]]) -> Iterator[tuple[Sighting, Sighting, float]]:
    network = road_network().mode(MODE)
    for one, two in pairs:
        route = network.route(one.lon, one.lat, two.lon, two.lat)
        if route is not None:
            yield one, two, route.seconds


def _apart(one: Sighting, two: Sighting) -> float:
    """Seconds between when the one was seen last and the other first."""
    return max(0.0, (two.at - (one.last_at or one.at)).total_seconds())
