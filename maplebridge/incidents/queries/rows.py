"""Lists of incidents: what is open, what the board shows, what a search finds; as rows of the contract."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.utils.translation import gettext as _

from maplebridge.incidents.models import Incident, IncidentQuerySet, Target
from maplebridge.incidents.rules import target_seconds
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor

Row = dict[str, Any]
_COLUMNS = (
    "id", "number", "type_id", "type__family", "type__name", "type__name_zh", "type__target_s", "priority", "state",
    "held", "lon", "lat", "address", "area_code", "area_path", "reported_at", "assigned_at", "enroute_at", "onscene_at",
    "closed_at", "disposition", "source", "invented",
)  # fmt: skip
_MOMENTS = ("reported_at", "assigned_at", "enroute_at", "onscene_at", "closed_at")


def open_incidents(actor: Actor) -> IncidentQuerySet:
    """Incidents the actor may see that still need somebody, most urgent first, oldest first within."""
    return Incident.objects.visible_to(actor).open().order_by("priority", "reported_at")


def visible_incident(actor: Actor, incident_id: int) -> Incident:
    """Fetch one incident. Raises NotFound when it is not there or not for this actor to see."""
    found = Incident.objects.visible_to(actor).select_related("type").filter(pk=incident_id).first()
    if found is None:
        raise NotFound(_("There is no incident %(id)s that you may see.") % {"id": incident_id})
    return found


def board_incidents(actor: Actor, *, at: datetime) -> IncidentQuerySet:
    """What a live board shows: open incidents, and those that ended in the last 30 minutes."""
    recent = Q(closed_at__gt=at - timedelta(minutes=30), merged_into=None)
    board = Incident.objects.visible_to(actor).filter(recent) | open_incidents(actor)
    return board.order_by("priority", "reported_at")


def incident_rows(incidents: IncidentQuerySet) -> list[Row]:
    """Turn a queryset into rows of the contract (`IncidentRow`), in three queries however many there are."""
    values = list(incidents.values(*_COLUMNS))
    targets = response_targets()
    units = _units_of([value["id"] for value in values])
    return [_row(value, targets, units) for value in values]


def _row(value: Row, targets: list[tuple[str | None, str, int]], units: dict[int, list[int]]) -> Row:
    row: Row = {
        "id": value["id"],
        "number": f"{value['number']:04d}",
        "type": value["type_id"],
        "family": value["type__family"],
        "name": {"en": value["type__name"], "zh": value["type__name_zh"]},
        "area": value["area_code"],
        "target_s": target_seconds(
            value["type__target_s"], type_code=value["type_id"], area_path=value["area_path"], targets=targets
        ),
        "units": units.get(value["id"], []),
    }
    for field in ("priority", "state", "held", "lon", "lat", "address", "disposition", "source", "invented"):
        row[field] = value[field]
    for field in _MOMENTS:
        row[field] = clock.stamp(value[field]) if value[field] else None
    return row


def incident_row(incident: Incident) -> Row:
    """One incident as a row of the contract."""
    return incident_rows(Incident.objects.filter(pk=incident.pk))[0]


def response_targets() -> list[tuple[str | None, str, int]]:
    """Response targets of this city as (type or None, area or "", seconds)."""
    return list(Target.objects.filter(measure="response").values_list("type_id", "area_code", "seconds"))


def assignments() -> Any:
    """Manager of the assignments that dispatch keeps, by the relation it adds to Incident; None without dispatch."""
    try:
        related: Any = Incident._meta.get_field("assignments").related_model
    except FieldDoesNotExist:
        return None
    return related.objects


def _units_of(incident_ids: list[int]) -> dict[int, list[int]]:
    manager = assignments()
    if manager is None or not incident_ids:
        return {}
    active = manager.filter(cleared_at=None)
    if len(incident_ids) <= 500:
        active = active.filter(incident_id__in=incident_ids)
    found: dict[int, list[int]] = {}
    for incident_id, unit_id in active.order_by("assigned_at").values_list("incident_id", "unit_id"):
        found.setdefault(incident_id, []).append(unit_id)
    return found


def find_incidents(
    actor: Actor,
    *,
    states: Iterable[str] = (),
    bbox: tuple[float, float, float, float] | None = None,
    since: datetime | None = None,
    q: str = "",
) -> IncidentQuerySet:
    """Incidents the actor may see, newest first, by state, box (west, south, east, north), time and words."""
    found = Incident.objects.visible_to(actor).order_by("-reported_at", "-pk")
    wanted = list(states)
    if wanted:
        found = found.filter(state__in=wanted, merged_into=None)
    if bbox:
        west, south, east, north = bbox
        found = found.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    if since:
        found = found.filter(reported_at__gte=since)
    if q:
        words = Q(address__icontains=q) | Q(type__name__icontains=q) | Q(type__name_zh__icontains=q)
        number = q.lstrip("#0")
        found = found.filter(words | Q(number=int(number)) if number.isdecimal() and len(number) < 10 else words)
    return found
