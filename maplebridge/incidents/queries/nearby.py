"""What is near a place: premise notes, and what happened there before."""

from datetime import datetime
from typing import Any

from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.people.actor import Actor
from maplebridge.places.queries import premise_notes_near

Row = dict[str, Any]
HISTORY_M = 60.0


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
