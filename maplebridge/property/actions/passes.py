"""A stolen tag that stays in a reader's field: one alarm, and until when it was seen."""

from datetime import datetime

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor
from maplebridge.property.models import Alarm, Sighting


def prolong_pass(actor: Actor, *, alarm: Alarm, seen_at: datetime, at: datetime) -> None:
    """Write until when the item of an alarm was seen where it was raised; `property.seen_again`. Never earlier."""
    actor.must("property.check")
    with act(actor, "property.seen_again", at=at) as entry:
        fresh = Sighting.objects.select_for_update().get(pk=alarm.sighting_id)
        fresh.last_at = max(fresh.last_at or fresh.at, seen_at)
        fresh.save(update_fields=["last_at"])
        entry.about(alarm, case=alarm.theft.incident, last_seen_at=stamp(fresh.last_at))
