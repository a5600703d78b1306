"""Numbers of incidents: the next in turn, and those reserved on paper cards for an outage."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from maplebridge.incidents.models import Incident, Numbering, ReservedNumber
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor

CARDS_MAX = 500


class CannotUseNumber(Refused):
    """The number was not reserved for a paper card, or its card has been entered."""


def take_numbers(count: int, *, at: datetime) -> int:
    """Take the next `count` numbers in turn and return the first. Call it inside an act."""
    after = _moved_on(count)
    if after is None:
        Numbering.objects.bulk_create([Numbering(pk=1)], ignore_conflicts=True)
        after = _moved_on(count)
    if after is None:
        raise RuntimeError("the row that numbers incidents is gone")
    return after - count


def _moved_on(count: int) -> int | None:
    sql = "UPDATE incidents_numbering SET next_number = next_number + %s WHERE id = 1 RETURNING next_number"
    with connection.cursor() as cursor:
        cursor.execute(sql, [count])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def reserve_numbers(actor: Actor, *, count: int, at: datetime) -> list[int]:
    """Reserve numbers for paper cards and return them, lowest first; `incidents.numbers_reserved`."""
    actor.must("incidents.report")
    if not 1 <= count <= CARDS_MAX:
        sentence = _("%(count)s cards cannot be reserved at once: ask for 1 to %(limit)d.")
        raise BadInput("count", sentence % {"count": count, "limit": CARDS_MAX})
    with act(actor, "incidents.numbers_reserved", at=at) as entry:
        first = take_numbers(count, at=at)
        numbers = list(range(first, first + count))
        ReservedNumber.objects.bulk_create([ReservedNumber(number=n, reserved_at=at) for n in numbers])
        entry.about("numbering:1", first=first, last=numbers[-1])
    return numbers


def use_reserved(number: int) -> ReservedNumber:
    """Find and lock the card with this number. Raises CannotUseNumber unless it is reserved and not yet entered."""
    card = ReservedNumber.objects.select_for_update().filter(pk=number).first() if 0 < number < 2**31 else None
    if card is None:
        sentence = _("%(number)s was not reserved for a paper card. Check the number printed on the card.")
        raise CannotUseNumber(sentence % {"number": f"{number:04d}"})
    if Incident.objects.filter(number=number).exists():
        sentence = _("The card %(number)s has been entered already. Open that incident to add to it.")
        raise CannotUseNumber(sentence % {"number": f"{number:04d}"})
    return card
