"""Items in the police's hands: recovered, impounded, given back to whoever shows to be the owner."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import Draft, act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.alarms import settle_alarm
from maplebridge.property.actions.shared import checked, checked_reason, locked, must_handle, ownership_of
from maplebridge.property.actions.theft import CannotEndTheft, end_theft, ended_facts, locked_theft
from maplebridge.property.models import Alarm, Dispute, Impound, Item, Owner, TheftReport, Transfer
from maplebridge.property.rules import DOCUMENT_DIGITS, ITEM_FOLLOWS, THEFT_FOLLOWS, may_follow


class CannotImpound(Refused):
    """The item is in no state to be taken into custody."""


class CannotReturn(Refused):
    """The item cannot be handed out to this person now."""


def mark_recovered(
    actor: Actor, *, theft: TheftReport, place: str, alarm: Alarm | None = None, at: datetime
) -> Impound:
    """Say that a stolen item was found and where the police keep it; `property.recovered`.

    `alarm` is the one that led to it, which is settled. Raises BadInput without a place, CannotEndTheft.
    """
    actor.must("property.investigate")
    place = checked(place, field="place", limit=120, required=True)
    with act(actor, "property.recovered", at=at) as entry:
        item, fresh = locked_theft(theft)
        if not may_follow(THEFT_FOLLOWS, fresh.state, "recovered"):
            sentence = _("This theft is not open any more: %(state)s.")
            raise CannotEndTheft(sentence % {"state": fresh.get_state_display()})
        fresh.state, fresh.recovered_at = "recovered", at
        fresh.save(update_fields=["state", "recovered_at"])
        held = _taken_in(item, place, theft=fresh, at=at)
        entry.about(fresh, case=fresh.incident, **ended_facts(fresh, item)).keep_private(place=place)
        if alarm is not None and not alarm.outcome:
            settle_alarm(actor, alarm=alarm, outcome="seized", at=at)
    return held


def impound_item(actor: Actor, *, item: Item, place: str, at: datetime) -> Impound:
    """Take a registered item into custody that was found and not reported stolen; `property.impounded`.

    Raises BadInput without a place, CannotImpound.
    """
    actor.must("property.investigate")
    place = checked(place, field="place", limit=120, required=True)
    with act(actor, "property.impounded", at=at) as entry:
        fresh = locked(item)
        if fresh.state == "stolen":
            raise CannotImpound(_("This item is reported stolen: say that it was recovered."))
        held = _taken_in(fresh, place, theft=None, at=at)
        entry.about(fresh, state=fresh.state).keep_private(place=place)
    return held


def _taken_in(item: Item, place: str, *, theft: TheftReport | None, at: datetime) -> Impound:
    if not may_follow(ITEM_FOLLOWS, item.state, "impounded"):
        raise CannotImpound(_("This item cannot be taken in: %(state)s.") % {"state": item.get_state_display()})
    item.state = "impounded"
    item.save(update_fields=["state"])
    Transfer.objects.filter(item=item, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    return Impound.objects.create(item=item, theft=theft, place=place, since_at=at)


def return_to_owner(actor: Actor, *, item: Item, reason: str, document: str = "", at: datetime) -> Owner:
    """Hand an item back to its owner, who has shown who they are; `property.returned`, a look at the owner.

    `document` is what was shown, of which the last digits must be those on record; where none are, `reason` says how
    the owner was known. Raises BadInput, and CannotReturn where the item is contested, nobody's, or not held.
    """
    actor.must("property.investigate")
    actor.must("property.consult")
    reason = checked_reason(reason)
    with act(actor, "property.returned", at=at, purpose="return to the owner") as entry:
        fresh = locked(item)
        owner = _shown(fresh, document)
        entry.processed("consulted", records=[owner], classes=["identity", "contact"])
        entry.about(fresh, owner=owner.pk).keep_private(reason=reason)
        _end_theft_of(entry, fresh, "returned", at=at)
        fresh.state, fresh.confirmed_at = "registered", at
        fresh.save(update_fields=["state", "confirmed_at"])
        entry.facts["state"] = fresh.state
        Impound.objects.filter(item=fresh, until_at=None).update(until_at=at, outcome="returned")
    return owner


def _shown(item: Item, document: str) -> Owner:
    """The owner of a locked item, known by the document that was shown."""
    if item.state not in ("impounded", "stolen"):
        raise CannotReturn(_("This item is not in custody: %(state)s.") % {"state": item.get_state_display()})
    if Dispute.objects.filter(item=item, state="open").exists():
        raise CannotReturn(_("It is disputed whose this item is. Decide that first."))
    held = ownership_of(item)
    if held is None or held.owner.erased_at:
        raise CannotReturn(_("No owner is on record for this item. Whoever claims it raises a dispute."))
    shown = "".join(each for each in document if each.isalnum()).upper()[-DOCUMENT_DIGITS:]
    if held.owner.document and shown != held.owner.document:
        raise BadInput("document", _("The last digits of this document are not those on record. Hand nothing out."))
    return held.owner


def _end_theft_of(entry: Draft, item: Item, state: str, *, at: datetime) -> None:
    theft = TheftReport.objects.filter(item=item, state__in=("open", "recovered")).select_related("incident").first()
    if theft is not None:
        end_theft(theft, item, state, at=at)
        entry.about(item, case=theft.incident, theft=theft.pk, theft_state=state)


def dispose_item(actor: Actor, *, item: Item, reason: str, at: datetime) -> Item:
    """End the custody of an item that nobody can be given; `property.disposed`. Raises BadInput and CannotReturn."""
    actor.must("property.investigate")
    reason = checked_reason(reason)
    with act(actor, "property.disposed", at=at) as entry:
        fresh = locked(item)
        if fresh.state != "impounded":
            raise CannotReturn(_("This item is not in custody: %(state)s.") % {"state": fresh.get_state_display()})
        if Dispute.objects.filter(item=fresh, state="open").exists():
            raise CannotReturn(_("It is disputed whose this item is. Decide that first."))
        entry.about(fresh, state="retired").keep_private(reason=reason)
        _end_theft_of(entry, fresh, "closed", at=at)
        fresh.state = "retired"
        fresh.save(update_fields=["state"])
        Impound.objects.filter(item=fresh, until_at=None).update(until_at=at, outcome="disposed")
    return fresh


def retire_item(actor: Actor, *, item: Item, at: datetime) -> Item:
    """Take an item out of use: scrapped, recycled, gone abroad; `property.retired`. Raises CannotReturn."""
    must_handle(actor, item=item)
    with act(actor, "property.retired", at=at) as entry:
        fresh = locked(item)
        if fresh.state not in ("pending", "registered"):
            raise CannotReturn(
                _("This item cannot be taken out of use: %(state)s.") % {"state": fresh.get_state_display()}
            )
        fresh.state = "retired"
        fresh.save(update_fields=["state"])
        Transfer.objects.filter(item=fresh, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
        entry.about(fresh, state=fresh.state)
    return fresh
