"""What is near a place: likely duplicates, premise notes, what happened there before."""

from datetime import datetime, timedelta
from typing import Any

from maplebridge.incidents.models import Incident, IncidentType, Report
from maplebridge.incidents.rules import Said, likeness
from maplebridge.incidents.rules.likeness import REACH_M, THRESHOLD, could_be_alike, window_minutes
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.people.actor import Actor
from maplebridge.places.queries import premise_notes_near

Row = dict[str, Any]
HISTORY_M = 60.0


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
    rows = [_likeness_row(mine, other, words.get(other.pk, "")) for other in candidates]
    return sorted((r for r in rows if r and r["score"] >= THRESHOLD), key=lambda r: -r["score"])[:5]


def _likeness_row(mine: Said, other: Incident, words: str) -> Row:
    """A pair as a row; empty where no words could make them alike enough."""
    metres = distance_m(mine.lon, mine.lat, other.lon, other.lat)
    kind = mine.type or other.type_id  # before a type is chosen, place, time and words decide
    mine = Said(kind, mine.family or other.type.family, mine.lon, mine.lat, mine.at, mine.narrative)
    theirs = Said(other.type_id, other.type.family, other.lon, other.lat, other.reported_at, words)
    if not could_be_alike(mine, theirs, metres=metres):
        return {}
    found = likeness(mine, theirs, metres=metres)
    return {"id": other.pk, "number": other.label, "score": found.score, "why": found.why}


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
