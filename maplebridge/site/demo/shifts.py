"""Shifts of the demo's units: eight hours each, staggered, rolled forward so that somebody is always on duty."""

from datetime import datetime, timedelta

from maplebridge.people.actions import open_shift
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit, User
from maplebridge.site.demo.cast import OFFICER, OFFICERS_UNIT

LENGTH = timedelta(hours=8)
HANDOVER = timedelta(minutes=15)  # the next crew is there before the last one leaves
AHEAD = timedelta(hours=4)
STAGGER = timedelta(minutes=25)  # so that not everybody's shift ends at once


def roll_shifts(actor: Actor, *, at: datetime, since: datetime | None = None) -> int:
    """Open shifts for every invented unit so that they cover from `since` (or `at`) to some hours ahead; how many."""
    units = list(Unit.objects.active().filter(invented=True).order_by("pk"))
    officer = list(User.objects.filter(username=OFFICER))
    last = dict(Shift.objects.order_by("ends_at").values_list("unit_id", "ends_at"))
    opened = 0
    for number, unit in enumerate(units):
        crew = officer if unit.call_sign == OFFICERS_UNIT else []
        starts_at, length = (since or at) - HANDOVER, LENGTH - STAGGER * (number % 12)
        if (known := last.get(unit.pk)) and known >= starts_at:
            starts_at, length = known - HANDOVER, LENGTH
        while starts_at + HANDOVER < at + AHEAD:
            open_shift(actor, unit=unit, crew=crew, starts_at=starts_at, ends_at=starts_at + length, at=at)
            starts_at, length = starts_at + length - HANDOVER, LENGTH
            opened += 1
    return opened
