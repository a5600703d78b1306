"""Somebody says that a registered item is theirs: until it is decided it stays where it is on record."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.refused import NotAllowed, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.owners import NewOwner, settled_owner
from maplebridge.property.actions.passing import hand_over
from maplebridge.property.actions.shared import checked, checked_reason, locked, ownership_of
from maplebridge.property.models import Dispute, Item, Owner, Transfer
from maplebridge.property.rules import CLAIMS_KEPT


class CannotDispute(Refused):
    """The dispute cannot be raised or decided."""


def raise_dispute(
    actor: Actor, *, item: Item, claimant: Owner | NewOwner, words: str, at: datetime
) -> tuple[Dispute, str]:
    """Claim an item that is registered to another; `property.dispute_raised`. An offer of it ends.

    By an owner with the own code, or at a shop or post: a claim holds up a sale, so nobody makes one unseen.

    Returns the dispute and, once, the code of a claimant who is new. Raises BadInput without words, CannotDispute
    where one is open or the claimant is the owner.
    """
    own = isinstance(claimant, Owner) and actor.ref == f"owner:{claimant.pk}"
    if not own and not actor.may("property.register"):
        raise NotAllowed(_("Claim it with the code on your own certificate, or at a shop or police post."))
    words = checked(words, field="words", limit=2000, required=True)
    with act(actor, "property.dispute_raised", at=at) as entry:
        fresh = locked(item)
        if Dispute.objects.filter(item=fresh, state="open").exists():
            raise CannotDispute(_("Somebody has claimed this item already. The police decide."))
        who, code = settled_owner(claimant, entry, at=at)
        held = ownership_of(fresh)
        if held and held.owner_id == who.pk:
            raise CannotDispute(_("This item is registered to you already."))
        Transfer.objects.filter(item=fresh, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
        dispute = Dispute.objects.create(item=fresh, claimant=who, words=words, raised_at=at)
        entry.about(fresh, dispute=dispute.pk, claimant=who.pk).keep_private(words=words)
        entry.processed("collected", records=[who, dispute], classes=["identity", "contact", "narrative"])
    return dispute, code


def decide_dispute(actor: Actor, *, dispute: Dispute, for_claimant: bool, reason: str, at: datetime) -> Dispute:
    """Decide whose an item is; `property.dispute_decided`. For the claimant, the chain of owners goes on with them.

    Raises BadInput without a reason, CannotDispute when it is decided, or the item is with a theft still open.
    """
    actor.must("property.investigate")
    reason = checked_reason(reason)
    with act(actor, "property.dispute_decided", at=at) as entry:
        item, fresh = _open(dispute)
        held = ownership_of(item)
        if for_claimant:
            if item.state == "stolen":
                raise CannotDispute(_("The holder has reported this item stolen. Close that report first."))
            if held is None or held.owner_id != fresh.claimant_id:
                hand_over(item, held, fresh.claimant, how="settled", at=at)
        _end(fresh, "upheld" if for_claimant else "rejected", reason, at=at)
        owner_id = fresh.claimant_id if for_claimant else held.owner_id if held else None
        entry.about(item, dispute=None, outcome=fresh.state, owner=owner_id).keep_private(reason=reason)
    return fresh


def withdraw_dispute(actor: Actor, *, dispute: Dispute, at: datetime) -> Dispute:
    """Take a claim back; `property.dispute_withdrawn`. By the claimant, or the police for them."""
    if actor.ref != f"owner:{dispute.claimant_id}":
        actor.must("property.investigate")
    with act(actor, "property.dispute_withdrawn", at=at) as entry:
        item, fresh = _open(dispute)
        _end(fresh, "withdrawn", "", at=at)
        entry.about(item, dispute=None, outcome=fresh.state)
    return fresh


def _open(dispute: Dispute) -> tuple[Item, Dispute]:
    """Lock the item of a dispute, and read the dispute again. Raises NotFound and CannotDispute."""
    item = locked(dispute.item)
    fresh = Dispute.objects.select_related("claimant").filter(pk=dispute.pk).first()
    if fresh is None:
        raise NotFound(_("This dispute is no longer on record."))
    if fresh.state != "open":
        raise CannotDispute(_("This dispute was decided already: %(state)s.") % {"state": fresh.get_state_display()})
    return item, fresh


def _end(dispute: Dispute, state: str, reason: str, *, at: datetime) -> None:
    dispute.state, dispute.reason, dispute.decided_at, dispute.expires_at = state, reason, at, at + CLAIMS_KEPT
    dispute.save(update_fields=["state", "reason", "decided_at", "expires_at"])
