"""Numbers of incidents: the next in turn, and those reserved on paper cards for an outage."""

from datetime import datetime

from django.db.models import F
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
    taken = Numbering.objects.filter(pk=1).update(next_number=F("next_number") + count)
    if not taken:
        Numbering.objects.bulk_create([Numbering(pk=1)], ignore_conflicts=True)
        Numbering.objects.filter(pk=1).update(next_number=F("next_number") + count)
    return Numbering.objects.values_list("next_number", flat=True).get(pk=1) - count


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
