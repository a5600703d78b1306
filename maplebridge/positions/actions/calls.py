"""Calls for help that a tracker sends with its position, such as by Traccar Client's SOS button."""

from collections.abc import Iterable
from datetime import UTC, datetime

from maplebridge.journal.act import act
from maplebridge.journal.models import Entry
from maplebridge.people.actor import Actor
from maplebridge.positions.steps import Point

VERB = "positions.help_called"


def record_calls(actor: Actor, *, points: Iterable[Point], at: datetime) -> int:
    """Write each call for help as an entry about its unit, at the time of its fix. Returns how many are new.

    The same call again changes nothing.
    """
    actor.must("units.position")
    return sum(_record(actor, point, at=at) for point in points if point.alarm)


def _record(actor: Actor, point: Point, *, at: datetime) -> bool:
    unit, called_at = f"unit:{point.unit}", min(at, datetime.fromtimestamp(point.at, UTC))
    if Entry.objects.filter(verb=VERB, subject=unit, at=called_at).exists():
        return False
    with act(actor, VERB, at=called_at) as entry:
        entry.about(unit)
    return True
