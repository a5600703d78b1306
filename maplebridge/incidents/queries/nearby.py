"""What is near a place: likely duplicates, premise notes, what happened there before."""

from datetime import datetime, timedelta
from math import inf
from typing import Any

from maplebridge.incidents.models import Incident, IncidentType, Report
from maplebridge.incidents.rules import Said, likeness
from maplebridge.incidents.rules.likeness import REACH_M, THRESHOLD, could_be_alike, window_minutes
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.people.actor import Actor
from maplebridge.places.queries import premise_notes_near, road_network

Row = dict[str, Any]
HISTORY_M = 60.0
SAME_PLACE_M = 60.0  # nearer than this, the way around the block says nothing
WALK_S = 600.0  # longer on foot than this, two reports are not compared


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
    west, south, east, north = bbox_around(lon, lat, REACH_M)
    near = Incident.objects.visible_to(actor).open().filter(lon__range=(west, east), lat__range=(south, north))
    span = timedelta(minutes=max(window_minutes(family), window_minutes("hazard")))
    near = near.filter(reported_at__range=(at - span, at + span))
    near = near.exclude(pk=but) if but else near
    candidates = list(near.select_related("type").order_by("-reported_at")[:50])
    words = _narratives_of(candidates)
    mine = Said(type.code if type else "", family, lon, lat, at, narrative)
    walks = _metres_on_foot(lon, lat, candidates)
    rows = [_likeness_row(mine, other, words.get(other.pk, ""), walks.get(other.pk)) for other in candidates]
    return sorted((r for r in rows if r and r["score"] >= THRESHOLD), key=lambda r: -r["score"])[:5]


def _likeness_row(mine: Said, other: Incident, words: str, walk: float | None) -> Row:
    """A pair as a row, `walk` metres apart by road or else straight; empty where no words could make them alike."""
    metres = distance_m(mine.lon, mine.lat, other.lon, other.lat) if walk is None else walk
    theirs = Said(other.type_id, other.type.family, other.lon, other.lat, other.reported_at, words)
    if not could_be_alike(mine, theirs, metres=metres):
        return {}
    found = likeness(mine, theirs, metres=metres, by_road=walk is not None)
    return {"id": other.pk, "number": other.label, "score": found.score, "why": found.why}


def _metres_on_foot(lon: float, lat: float, candidates: list[Incident]) -> dict[int, float]:
    """Metres to walk from each candidate to the point; inf where it is too far, nothing for what is across the street.

    A railway or a river between two reports makes them two places, however near they are on the map.
    """
    network = road_network().mode("foot")
    far = [other for other in candidates if distance_m(lon, lat, other.lon, other.lat) > SAME_PLACE_M]
    if network.is_estimate or not far:
        return {}
    snaps = network.snap([other.lon for other in far], [other.lat for other in far])
    reached = {reach.index: reach.metres for reach in network.nearest(lon, lat, snaps, len(far), WALK_S)}
    return {
        other.pk: max(reached.get(index, inf), distance_m(lon, lat, other.lon, other.lat))
        for index, other in enumerate(far)
        if snaps.ok[index]
    }


def _narratives_of(incidents: list[Incident]) -> dict[int, str]:
    found: dict[int, str] = {}
    for pk, text in Report.objects.filter(incident__in=incidents).values_list("incident_id", "narrative"):
        found[pk] = f"{found.get(pk, '')}\n{text[:2000]}"
    return found


def premise_note_rows(lon: float, lat: float, *, at: datetime) -> list[Row]:
    """Valid premise notes whose circle holds the point, nearest first, as rows of the contract."""
    return [
        {
            "id": near.note.pk,
            "kind": near.note.kind,
            "text": near.note.text,
            "reason": near.note.reason,
            "expires_at": clock.stamp(near.note.expires_at),
            "distance_m": round(near.distance_m),
        }
        for near in premise_notes_near(lon, lat, at)
    ]


def history_at(actor: Actor, incident: Incident, *, limit: int = 10) -> list[Row]:
    """Ended incidents within 60 m, newest first: what happened at this address before."""
    west, south, east, north = bbox_around(incident.lon, incident.lat, HISTORY_M)
    past = Incident.objects.visible_to(actor).filter(lon__range=(west, east), lat__range=(south, north))
    past = past.exclude(closed_at=None).exclude(pk=incident.pk).select_related("type").order_by("-closed_at")
    return [
        {
            "id": each.pk,
            "number": each.label,
            "name": {"en": each.type.name, "zh": each.type.name_zh},
            "closed_at": clock.stamp(each.closed_at) if each.closed_at else None,
            "disposition": each.disposition,
            "distance_m": round(distance_m(incident.lon, incident.lat, each.lon, each.lat)),
        }
        for each in past[:limit]
    ]
