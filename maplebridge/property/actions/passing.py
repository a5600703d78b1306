"""Pass an item on: its owner offers, the buyer accepts with the code; the chain of owners never forks."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.owners import NewOwner, chain_on, settled_owner
from maplebridge.property.actions.shared import locked, must_own_or, ownership_of
from maplebridge.property.models import Dispute, Item, Owner, Ownership, Pairing, Transfer
from maplebridge.property.passcodes import OFFER_CODE, digest_of_code, fresh_code
from maplebridge.property.rules import FORMER_OWNERS_KEPT, OFFER_LASTS


class CannotPassOn(Refused):
    """The item cannot pass to another owner now."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer and its code, which is shown once (as text and as QR) and accepted within seven days."""

    transfer: Transfer
    code: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The item, its new owner, once the code of an owner who is new, and the batteries that came along."""

    item: Item
    owner: Owner
    owner_code: str = ""
    batteries: tuple[Item, ...] = field(default=())


def offer_transfer(actor: Actor, *, item: Item, at: datetime) -> Offered:
    """Offer an item to whoever gets the code; `property.transfer_offered`. An earlier offer ends.

    Raises CannotPassOn for an item that is stolen, impounded, retired, contested, not yet confirmed, or nobody's.
    """
    must_own_or(actor, "property.investigate", item=item)
    with act(actor, "property.transfer_offered", at=at) as entry:
        fresh = locked(item)
        held = _may_pass(fresh)
        Transfer.objects.filter(item=fresh, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
        code = fresh_code(OFFER_CODE)
        offer = Transfer.objects.create(
            item=fresh, ownership=held, digest=digest_of_code(code), offered_at=at, expires_at=at + OFFER_LASTS
        )
        entry.about(fresh, offer=offer.pk, owner=held.owner_id, expires_at=stamp(offer.expires_at))
    return Offered(offer, code)


def _may_pass(item: Item) -> Ownership:
    """The open ownership of a locked item that can pass on. Raises CannotPassOn."""
    if item.state == "stolen":
        raise CannotPassOn(_("This item is reported stolen and cannot pass on. Tell the police where it is."))
    if item.state == "pending":
        raise CannotPassOn(_("This item has not been confirmed yet. Show it at a shop or post first."))
    if item.state != "registered":
        raise CannotPassOn(_("This item cannot pass on: %(state)s.") % {"state": item.get_state_display()})
    if Dispute.objects.filter(item=item, state="open").exists():
        raise CannotPassOn(_("It is disputed whose this item is. It can pass on once that is decided."))
    held = ownership_of(item)
    if held is None:
        raise CannotPassOn(_("No owner is on record for this item. Register its owner first."))
    return held


def withdraw_offer(actor: Actor, *, item: Item, at: datetime) -> None:
    """Take an offer back; `property.offer_withdrawn`. Raises CannotPassOn when there is none."""
    must_own_or(actor, "property.investigate", item=item)
    with act(actor, "property.offer_withdrawn", at=at) as entry:
        fresh = locked(item)
        if not Transfer.objects.filter(item=fresh, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at):
            raise CannotPassOn(_("This item is not on offer."))
        entry.about(fresh, offer=None)


def accept_transfer(actor: Actor, *, code: str, owner: Owner | NewOwner, at: datetime) -> Accepted:
    """Take over an item with the code of its offer; `property.transferred`. Its batteries come along.

    Whoever brings the code acts: the buyer online, or a shop or post for them. Raises NotFound for a code that stands
    for no offer, BadInput for an unusable owner, CannotPassOn where the item cannot pass or is the buyer's already.
    """
    if not actor.may("property.register"):
        actor.must("property.own")
    offer = _offer_of(code)
    with act(actor, "property.transferred", at=at) as entry:
        item = locked(offer.item)
        offer.refresh_from_db()
        held = _may_pass(item)
        if not offer.stands(at) or offer.ownership_id != held.pk:
            raise NotFound(_("This offer has ended. Ask the owner for a new code."))
        buyer, owner_code = settled_owner(owner, entry, at=at)
        if buyer.pk == held.owner_id:
            raise CannotPassOn(_("This item is yours already."))
        offer.accepted_at = at
        offer.save(update_fields=["accepted_at"])
        batteries = _batteries_with(item, held.owner_id)
        hand_over(item, held, buyer, how="transferred", at=at)
        for battery in batteries:
            Transfer.objects.filter(item=battery, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
            hand_over(battery, _may_pass(battery), buyer, how="transferred", at=at)
        entry.about(item, owner=buyer.pk, batteries=[each.pk for each in batteries], offer=None)
        entry.processed("collected", records=[buyer], classes=["identity", "contact"])
    return Accepted(item, buyer, owner_code, tuple(batteries))


def _offer_of(code: str) -> Transfer:
    offer = Transfer.objects.select_related("item").filter(digest=digest_of_code(code)).first()
    if offer is None:
        raise NotFound(_("No offer has this code. Check it, or ask the owner for a new one."))
    return offer


def _batteries_with(bike: Item, owner_id: int) -> list[Item]:
    """Batteries paired with a bike that pass on with it: the same owner's, and free. Locked in order."""
    ids = Pairing.objects.filter(bike=bike, until_at=None).values_list("battery_id", flat=True)
    rows = Item.objects.select_for_update().filter(pk__in=list(ids), state="registered").order_by("pk")
    free = [each for each in rows if not Dispute.objects.filter(item=each, state="open").exists()]
    return [each for each in free if (held := ownership_of(each)) and held.owner_id == owner_id]


def hand_over(item: Item, held: Ownership | None, owner: Owner, *, how: str, at: datetime) -> Ownership:
    """Make another the owner of a locked item, within an act; the former one is forgotten sooner."""
    link = chain_on(item, owner, how=how, previous=held, at=at)
    if held and not Ownership.objects.filter(owner_id=held.owner_id, until_at=None).exists():
        Owner.objects.filter(pk=held.owner_id, expires_at__gt=at + FORMER_OWNERS_KEPT).update(
            expires_at=at + FORMER_OWNERS_KEPT
        )
    return link
