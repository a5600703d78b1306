"""Owners: the least that is needed to hand a thing back, looked at with a reason, erased when their time is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.journal.act import Draft, act
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.people.actor import Actor
from maplebridge.property.actions.shared import checked, checked_reason, ownership_of
from maplebridge.property.models import Item, Owner, Ownership
from maplebridge.property.passcodes import OWNER_CODE, digest_of_code, fresh_code
from maplebridge.property.rules import DOCUMENT_DIGITS, OWNERS_KEPT


@dataclass(frozen=True, slots=True)
class NewOwner:
    """What an owner gives: a name, and a telephone number or the last digits of a document."""

    name: str
    phone: str = ""
    document: str = ""


def owner_actor(owner: Owner) -> Actor:
    """The actor of somebody who has shown the owner's code; the journal names the record, never the person."""
    return Actor(ref=f"owner:{owner.pk}", name=_("owner"), role="public")


def settled_owner(owner: "Owner | NewOwner", entry: Draft, *, at: datetime) -> tuple[Owner, str]:
    """Keep a new owner, or take one who is known, within an act; returns the owner and, once, a new one's code.

    Being named as owner again counts from now on for how long the record is kept. Raises BadInput.
    """
    if isinstance(owner, Owner):
        Owner.objects.filter(pk=owner.pk).update(expires_at=at + OWNERS_KEPT)
        return owner, ""
    given = checked_owner(owner)
    code = fresh_code(OWNER_CODE)
    made = Owner.objects.create(**given, key=digest_of_code(code), registered_at=at, expires_at=at + OWNERS_KEPT)
    entry.keep_private(owner_name=made.name, owner_phone=made.phone, owner_document=made.document)
    return made, code


def checked_owner(owner: NewOwner) -> dict[str, str]:
    """What an owner gave, held to its limits. Raises BadInput."""
    name = checked(owner.name, field="name", limit=120, required=True)
    phone = checked(owner.phone, field="phone", limit=40)
    document = "".join(each for each in owner.document if each.isalnum()).upper()[-DOCUMENT_DIGITS:]
    if not phone and not document:
        raise BadInput("phone", _("Give a telephone number, or the last four digits of a document."))
    if phone and sum(each.isdecimal() for each in phone) < 5:
        raise BadInput("phone", _("Give the whole telephone number."))
    return {"name": name, "phone": phone, "document": document}


def chain_on(item: Item, owner: Owner, *, how: str, at: datetime, previous: Ownership | None = None) -> Ownership:
    """Add a link to the chain of an item, closing the one before; within an act that has locked the item."""
    if previous is not None:
        previous.until_at = at
        previous.save(update_fields=["until_at"])
    return Ownership.objects.create(item=item, owner=owner, previous=previous, how=how, since_at=at)


def consult_owner(actor: Actor, *, item: Item, reason: str, at: datetime) -> Owner:
    """Look at who owns an item; every look is an entry with its reason, `property.owner_consulted`.

    Raises BadInput without a reason, NotFound for an item without an owner. A refusal is an entry too:
    `property.look_refused`.
    """
    if not actor.may("property.consult"):
        with act(actor, "property.look_refused", at=at) as entry:
            entry.about(item).processed("consulted", records=[item], classes=["identity", "contact"], outcome="denied")
    actor.must("property.consult")
    reason = checked_reason(reason)
    with act(actor, "property.owner_consulted", at=at, purpose="reason stated") as entry:
        held = ownership_of(item)
        if held is None:
            raise NotFound(_("No owner is on record for this item."))
        entry.about(item, owner=held.owner_id).keep_private(reason=reason)
        entry.processed("consulted", records=[held.owner], classes=["identity", "contact"])
    return held.owner


def disclose_to_owner(actor: Actor, *, owner: Owner, at: datetime) -> dict[str, Any]:
    """Give owners everything that is held about them; `property.disclosed_to_owner`. To nobody else: NotAllowed.

    Whoever has lost the code gets a new one at a post (`renew_owner_code`).
    """
    if actor.ref != f"owner:{owner.pk}":
        raise NotAllowed(_("This goes to the owner alone, who opens it with the code on the certificate."))
    with act(actor, "property.disclosed_to_owner", at=at, purpose="own data") as entry:
        entry.about(owner).processed(
            "disclosed", records=[owner], classes=sorted(set(Owner.PERSONAL.fields.values())), recipient="the owner"
        )
        links = Ownership.objects.filter(owner=owner).select_related("item").prefetch_related("item__identifiers")
        return {
            "purpose": Owner.PERSONAL.purpose,
            "erased_at": clock.stamp(owner.expires_at),
            "name": owner.name,
            "phone": owner.phone,
            "document_last_digits": owner.document,
            "items": [_held(link) for link in links],
            "claims": [
                {
                    "item": each.item_id,
                    "words": each.words,
                    "state": each.state,
                    "raised_at": clock.stamp(each.raised_at),
                }
                for each in owner.claims.all()
            ],
        }


def _held(link: Ownership) -> dict[str, Any]:
    item = link.item
    return {
        "item": item.pk,
        "kind": item.kind,
        "maker": item.maker,
        "model": item.model,
        "codes": [each.written for each in item.identifiers.all()],
        "since": clock.stamp(link.since_at),
        "until": clock.stamp(link.until_at) if link.until_at else None,
        "thefts": [
            {"reported_at": clock.stamp(each.reported_at), "state": each.state}
            for each in item.thefts.filter(reported_at__gte=link.since_at)
            if link.until_at is None or each.reported_at < link.until_at
        ],
    }


def renew_owner_code(actor: Actor, *, owner: Owner, reason: str = "", at: datetime) -> str:
    """Give an owner a new code, which ends the one before; `property.owner_code_renewed`.

    By the owner; or by the police, who have seen who it is and say how: a look at the owner. Raises BadInput.
    """
    if actor.ref != f"owner:{owner.pk}":
        actor.must("property.consult")
        reason = checked_reason(reason)
    with act(actor, "property.owner_code_renewed", at=at) as entry:
        code = fresh_code(OWNER_CODE)
        Owner.objects.filter(pk=owner.pk).update(key=digest_of_code(code))
        entry.about(owner).keep_private(reason=reason)
        entry.processed("altered", records=[owner], classes=["contact"])
    return code
