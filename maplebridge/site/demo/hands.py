"""What the demo does, through the same actions as everybody: report, merge, send, step, close."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from maplebridge.dispatch import actions as dispatch
from maplebridge.dispatch.models import Assignment
from maplebridge.dispatch.recommend import recommendations
from maplebridge.incidents import actions as incidents
from maplebridge.incidents.models import Incident
from maplebridge.people.actor import Actor, system
from maplebridge.people.models import Unit
from maplebridge.site.demo.rules import Tale
from maplebridge.site.demo.stories import NOTES, STORIES

SAME_WITHIN = timedelta(minutes=10)
FIRST_MOMENT = datetime(1, 1, 2, tzinfo=UTC)  # an entry may claim any year; before this nothing can be subtracted


@dataclass(slots=True)
class Hands:
    """The demo's own actor and chance. Refusals pass through: whoever plans a step decides what one means."""

    rng: random.Random
    actor: Actor = field(default_factory=lambda: system("demo"))

    def report(self, tale: Tale, *, at: datetime, second: bool = False) -> Incident:
        """Make a report; a second caller's has other words and no name."""
        call = tale.source == "call"
        came_at = at - timedelta(seconds=self.rng.uniform(20, 50)) if call else at
        return incidents.report_incident(
            self.actor,
            type=tale.type,
            lon=tale.spot.lon,
            lat=tale.spot.lat,
            address=tale.spot.name,
            narrative=tale.second if second else tale.narrative,
            source=tale.source,
            caller="" if second else tale.caller,
            phone="" if second else tale.phone,
            language=tale.language,
            occurred_at=came_at,
            answered_at=came_at + timedelta(seconds=self.rng.triangular(2, 16, 5)) if call else None,
            invented=True,
            at=at,
        ).incident

    def nearest(self, incident: Incident, free: dict[int, Unit], *, at: datetime) -> list[Unit]:
        """The free units that the recommendation puts first: two for the most urgent, else one."""
        rows = recommendations(self.actor, incident=incident, at=at, limit=24)
        found = [free[row.candidate.unit_id] for row in rows if row.candidate.unit_id in free]
        return found[: 2 if incident.priority <= 2 else 1]

    def send(self, unit: Unit, incident: Incident, *, at: datetime) -> Assignment:
        """Send a unit."""
        return dispatch.assign_unit(self.actor, incident=incident, unit=unit, at=at)

    def step(self, unit: Unit, status: str, *, at: datetime) -> None:
        """Set a unit's next status."""
        dispatch.set_status(self.actor, unit=unit, status=status, at=at)

    def merge(self, incident: Incident, into: Incident, *, at: datetime) -> None:
        """Put a second report into the first."""
        incidents.merge_incidents(self.actor, incident=incident, into=into, at=at)
        dispatch.release_units(self.actor, incident=incident, at=at)

    def note(self, incident: Incident, *, at: datetime) -> None:
        """Add a line to the narrative."""
        incidents.add_note(self.actor, incident=incident, text=self.rng.choice(NOTES), at=at)

    def close(self, incident: Incident, *, at: datetime, at_post: bool = False) -> None:
        """Close an incident as such stories end; its units come free."""
        endings = [ending for story in STORIES if story.type == incident.type_id for ending in story.closings]
        disposition, words = self.rng.choice(endings or [("05", "Handled.")])
        incidents.close_incident(
            self.actor, incident=incident, disposition=disposition, narrative=words, at_post=at_post, at=at
        )
        dispatch.release_units(self.actor, incident=incident, at=at)


def waiting() -> "QuerySet[Incident]":
    """Open incidents that nobody is sent to and nobody holds."""
    sent = Assignment.objects.active().values("incident_id")
    return Incident.objects.open().filter(held=False).exclude(pk__in=sent)


def twin_of(incident: Incident) -> Incident | None:
    """An earlier open report of the same type at the same place, if there is one."""
    same = Incident.objects.open().filter(type=incident.type_id, lon=incident.lon, lat=incident.lat)
    since = max(incident.reported_at, FIRST_MOMENT) - SAME_WITHIN
    return same.filter(pk__lt=incident.pk, reported_at__gte=since).first()
