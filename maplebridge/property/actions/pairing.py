"""A battery and the bike it belongs with; who it was with before stays on record."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.shared import locked_both, must_handle, ownership_of
from maplebridge.property.models import Item, Pairing
from maplebridge.property.rules import BEARS_BATTERY


class CannotPair(Refused):
    """The two do not belong together."""


def pair_battery(actor: Actor, *, bike: Item, battery: Item, at: datetime) -> Pairing:
    """Say that a battery belongs with a bike from now on, and no longer with another; `property.paired`.

    The same again changes nothing. Raises CannotPair for other kinds, other owners, or an item that is not free.
    """
    must_handle(actor, item=battery)
    if battery.kind != "battery" or bike.kind not in BEARS_BATTERY:
        raise CannotPair(_("A battery is paired with an e-bike or a scooter. Check which is which."))
    with act(actor, "property.paired", at=at) as entry:
        fresh_bike, fresh = locked_both(bike, battery)
        for each in (fresh_bike, fresh):
            if each.state in ("stolen", "impounded", "retired"):
                sentence = _("%(item)s cannot be paired now: %(state)s.")
                raise CannotPair(sentence % {"item": each, "state": each.get_state_display()})
        ours, theirs = ownership_of(fresh_bike), ownership_of(fresh)
        if ours and theirs and ours.owner_id != theirs.owner_id:
            raise CannotPair(_("The bike and the battery have different owners. Pass one of them on first."))
        now = Pairing.objects.filter(battery=fresh, until_at=None).first()
        entry.about(fresh, bike=fresh_bike.pk, before=now.bike_id if now else None)
        if now and now.bike_id == fresh_bike.pk:
            return now
        if now:
            now.until_at = at
            now.save(update_fields=["until_at"])
        return Pairing.objects.create(bike=fresh_bike, battery=fresh, since_at=at)


def part_battery(actor: Actor, *, battery: Item, at: datetime) -> None:
    """Say that a battery no longer belongs with its bike; `property.parted`. Raises CannotPair when it has none."""
    must_handle(actor, item=battery)
    with act(actor, "property.parted", at=at) as entry:
        now = Pairing.objects.select_for_update().filter(battery=battery, until_at=None).first()
        if now is None:
            raise CannotPair(_("This battery is not paired with a bike."))
        now.until_at = at
        now.save(update_fields=["until_at"])
        entry.about(battery, bike=None, before=now.bike_id)
