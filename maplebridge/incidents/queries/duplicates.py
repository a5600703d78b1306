"""Likely duplicates of a report: near by the street, recent, of a like type, in like words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf
from typing import Any, NamedTuple

from maplebridge.incidents.models import Incident, IncidentType, Report
from maplebridge.incidents.rules import Said, likeness
from maplebridge.incidents.rules.likeness import REACH_M, THRESHOLD, could_be_alike, window_minutes
from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.people.actor import Actor
from maplebridge.places.queries import road_network

Row = dict[str, Any]
SAME_PLACE_M = 60.0  # nearer than this, the way around the block says nothing
WALK_S = 600.0  # longer on foot than this, two reports are not compared
MOST = 50  # the newest so many are looked at


class _Other(NamedTuple):
    """What is read of an incident that may be the same thing."""

    id: int
    number: int
    type: str
    family: str
    lon: float
    lat: float
    reported_at: datetime

    def said(self, words: str = "") -> Said:
        return Said(self.type, self.family, self.lon, self.lat, self.reported_at, words)


def possible_duplicates(
    actor: Actor,
    *,
    lon: float,
    lat: float,
    narrative: str = "",
    type: IncidentType | None = None,
    at: datetime,
    but: int | None = None,
) -> list[Row]:
    """Open incidents that may be the same thing, best first: id, number, score 0..1, why (translated)."""
    family = type.family if type else ""
    mine = Said(type.code if type else "", family, lon, lat, at, narrative)
    near = [
        other
        for other in _nearby(actor, mine, but)
        if could_be_alike(mine, other.said(), metres=_straight(mine, other))
    ]
    walks = _metres_on_foot(mine, near)
    near = [other for other in near if walks.get(other.id, 0.0) < REACH_M]
    words = _narratives_of(other.id for other in near)
    rows = [_likeness_row(mine, other, words.get(other.id, ""), walks.get(other.id)) for other in near]
    return sorted((row for row in rows if row["score"] >= THRESHOLD), key=lambda row: -row["score"])[:5]


def _nearby(actor: Actor, mine: Said, but: int | None) -> list[_Other]:
    west, south, east, north = bbox_around(mine.lon, mine.lat, REACH_M)
    span = timedelta(minutes=max(window_minutes(mine.family), window_minutes("hazard")))
    found = Incident.objects.visible_to(actor).open().filter(lon__range=(west, east), lat__range=(south, north))
    found = found.filter(reported_at__range=(mine.at - span, mine.at + span))
    found = found.exclude(pk=but) if but else found
    columns = ("pk", "number", "type_id", "type__family", "lon", "lat", "reported_at")
    return [_Other(*row) for row in found.order_by("-reported_at").values_list(*columns)[:MOST]]


def _likeness_row(mine: Said, other: _Other, words: str, walk: float | None) -> Row:
    """A pair as a row, `walk` metres apart by road, or else straight."""
    metres = _straight(mine, other) if walk is None else walk
    found = likeness(mine, other.said(words), metres=metres, by_road=walk is not None)
    return {"id": other.id, "number": f"{other.number:04d}", "score": found.score, "why": found.why}


def _straight(mine: Said, other: _Other) -> float:
    return distance_m(mine.lon, mine.lat, other.lon, other.lat)


def _metres_on_foot(mine: Said, near: list[_Other]) -> dict[int, float]:
    """Metres to walk from each to the point; inf where it is too far, nothing for what is across the street.

    A railway or a river between two reports makes them two places, however near they are on the map.
    """
    network = road_network().mode("foot")
    far = [other for other in near if _straight(mine, other) > SAME_PLACE_M]
    if network.is_estimate or not far:
        return {}
    snaps = network.snap([other.lon for other in far], [other.lat for other in far])
    reached = {reach.index: reach.metres for reach in network.nearest(mine.lon, mine.lat, snaps, len(far), WALK_S)}
    return {
        other.id: max(reached.get(index, inf), _straight(mine, other))
        for index, other in enumerate(far)
        if snaps.ok[index]
    }


def _narratives_of(incidents: Iterable[int]) -> dict[int, str]:
    ids, found = list(incidents), dict[int, str]()
    if not ids:
        return found
    for pk, text in Report.objects.filter(incident__in=ids).values_list("incident_id", "narrative"):
        found[pk] = f"{found.get(pk, '')}\n{text[:2000]}"
    return found
