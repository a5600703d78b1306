"""Register an item, by itself or with what belongs to it; correct and confirm it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from maplebridge.incidents.actions import public_photo
from maplebridge.journal.act import act
from maplebridge.kernel.media import ENDINGS
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.people.actor import Actor
from maplebridge.property.actions.owners import NewOwner, chain_on, settled_owner
from maplebridge.property.actions.shared import (
    Code,
    checked,
    codes_in_words,
    identifier_of,
    locked,
    must_handle,
    ownership_of,
)
from maplebridge.property.models import Dealer, Identifier, Item, Owner
from maplebridge.property.passcodes import STICKER, fresh_code
from maplebridge.property.queries.codes import open_thefts_of, same_kind_with
from maplebridge.property.rules import KINDS, OWNERS_KEPT, REGISTRY, decides

CODES_MOST = 8  # of one item
_FIRST_YEAR = 1900


class CannotRegister(Refused):
    """The item cannot be registered as it is."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An item in the registry: its sticker's code and, once, the code by which a new owner shows it to be theirs."""

    item: Item
    owner: Owner | None
    sticker: str
    owner_code: str = ""
    new: bool = True


def register_item(
    actor: Actor,
    *,
    kind: str,
    codes: Sequence[Code] = (),
    owner: Owner | NewOwner | None = None,
    maker: str = "",
    model: str = "",
    colour: str = "",
    year: int | None = None,
    dealer: Dealer | None = None,
    confirmed: bool = True,
    twin: bool = False,
    source_key: str = "",
    invented: bool = False,
    at: datetime,
) -> Registered:
    """Register an item; `property.registered`. One that only its owner has seen is `pending` until a shop confirms it.

    A code that fits no scheme is kept and flagged. `twin` registers an item whose number another of its kind bears
    already; `source_key` makes a repeat harmless. Raises BadInput, NotAllowed, and CannotRegister for a number that is
    reported stolen (check it, so that the alarm is raised) or registered already.
    """
    confirmed = _may_register(actor, owner, dealer) and confirmed
    if known := _registered_already(source_key):
        return known
    item = _item_from(kind, maker, model, colour, year, at=at)
    item.dealer, item.invented, item.source_key = dealer, invented, source_key or None
    item.state, item.confirmed_at = ("registered", at) if confirmed else ("pending", None)
    if len(codes) > CODES_MOST:
        raise BadInput("codes", _("An item has at most %(most)d numbers.") % {"most": CODES_MOST})
    identifiers = _distinct([identifier_of(None, code, at=at) for code in codes])
    _must_be_free(identifiers, item, twin=twin)
    with act(actor, "property.registered", at=at) as entry:
        item.save(force_insert=True)
        sticker = _with_sticker(item, identifiers, at=at)
        held, code = settled_owner(owner, entry, at=at) if owner else (None, "")
        if held:
            chain_on(item, held, how="registered", at=at)
        entry.about(item, **_facts(item, identifiers), owner=held.pk if held else None)
        entry.keep_private(codes=codes_in_words(identifiers))
        if held:
            entry.processed("collected", records=[held], classes=["identity", "contact"])
    return Registered(item, held, sticker, code)


def _may_register(actor: Actor, owner: Owner | NewOwner | None, dealer: Dealer | None) -> bool:
    """Whether the actor has the item before them; the public may register its own, to be confirmed."""
    if not actor.may("property.register"):
        actor.must("property.own")
        if owner is None:
            raise BadInput("name", _("Give your name, and a telephone number or the last four digits of a document."))
        if isinstance(owner, Owner) and actor.ref != f"owner:{owner.pk}":
            raise NotAllowed(_("Use the code on your own certificate, or register as a new owner."))
        return False
    must_work_at(actor, dealer)
    return True


def must_work_at(actor: Actor, dealer: Dealer | None) -> None:
    """Raise NotAllowed where an accredited place is named at which the actor does not work, or that has ended."""
    if dealer is None:
        if {held.role for held in actor.grants} == {"dealer"}:
            raise NotAllowed(_("Say at which accredited place you work."))
        return
    if dealer.ended_at is not None:
        raise NotAllowed(_("The accreditation of %(dealer)s has ended. Ask the police.") % {"dealer": dealer})
    if actor.may("property.manage") or actor.may("property.investigate"):
        return
    if actor.user_id is None or not dealer.users.filter(pk=actor.user_id).exists():
        raise NotAllowed(_("You do not work at %(dealer)s. Ask the police to enter you there.") % {"dealer": dealer})


def _registered_already(source_key: str) -> Registered | None:
    known = Item.objects.filter(source_key=source_key).first() if source_key else None
    if known is None:
        return None
    held = ownership_of(known)
    return Registered(known, held.owner if held else None, sticker_of(known), new=False)


def sticker_of(item: Item) -> str:
    """Code on the registry's sticker of an item."""
    own = Identifier.objects.filter(item=item, kind="qr", issuer=REGISTRY).values_list("written", flat=True)
    return own.first() or ""


def _item_from(kind: str, maker: str, model: str, colour: str, year: int | None, *, at: datetime) -> Item:
    if kind not in dict(KINDS):
        sentence = _("There is no kind “%(kind)s”. Kinds: %(kinds)s.")
        raise BadInput("kind", sentence % {"kind": kind[:20], "kinds": ", ".join(dict(KINDS))})
    if year is not None and not _FIRST_YEAR <= year <= at.year + 1:
        raise BadInput("year", _("The year lies from 1900 to next year."))
    return Item(
        kind=kind, maker=checked(maker, field="maker", limit=60), model=checked(model, field="model", limit=60),
        colour=checked(colour, field="colour", limit=40), year=year, registered_at=at,
    )  # fmt: skip


def _distinct(identifiers: list[Identifier]) -> list[Identifier]:
    """The identifiers without those written twice."""
    return list({(each.kind, each.canonical or each.written): each for each in identifiers}.values())


def _must_be_free(identifiers: list[Identifier], item: Item, *, twin: bool) -> None:
    keys = [each.canonical for each in identifiers if each.canonical and decides(each.flags)]
    if open_thefts_of(keys):
        raise CannotRegister(
            _("A number of this item is reported stolen. Check it, so that the police are told, and keep calm.")
        )
    for each in identifiers:
        if each.canonical not in keys:
            continue
        other = same_kind_with(each.canonical, kind=each.kind, item=item)
        if other and not twin:
            sentence = _(
                "The number %(code)s is registered already. If the item was sold, its owner passes it on;"
                " if it is yours, raise a dispute; if it is another item with the same number, say so."
            )
            raise CannotRegister(sentence % {"code": each.written})
        if other:
            each.flags = [*each.flags, "twin"]


def _with_sticker(item: Item, identifiers: list[Identifier], *, at: datetime) -> str:
    sticker = fresh_code(STICKER)
    while Identifier.objects.filter(canonical=sticker.replace("-", "")).exists():
        sticker = fresh_code(STICKER)
    identifiers.append(identifier_of(item, Code("qr", sticker, REGISTRY), at=at))
    for each in identifiers:
        each.item = item
    Identifier.objects.bulk_create(identifiers)
    return sticker


def _facts(item: Item, identifiers: Sequence[Identifier]) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "state": item.state,
        "dealer": item.dealer_id,
        "schemes": sorted({each.scheme for each in identifiers if each.scheme and each.scheme != REGISTRY}),
        "invented": item.invented,
    }


def confirm_item(actor: Actor, *, item: Item, dealer: Dealer | None = None, at: datetime) -> Item:
    """Confirm, with item and owner present, what an owner registered or what is registered; `property.confirmed`.

    The owner's record is kept anew from now on. Raises CannotRegister for an item that is stolen or impounded.
    """
    actor.must("property.register")
    must_handle(actor, item=item)
    must_work_at(actor, dealer)
    with act(actor, "property.confirmed", at=at) as entry:
        fresh = locked(item)
        if fresh.state not in ("pending", "registered"):
            raise CannotRegister(
                _("This item is not free to be confirmed: %(state)s.") % {"state": fresh.get_state_display()}
            )
        fresh.state, fresh.confirmed_at = "registered", at
        fresh.dealer = fresh.dealer or dealer
        fresh.save(update_fields=["state", "confirmed_at", "dealer"])
        held = ownership_of(fresh)
        if held:
            Owner.objects.filter(pk=held.owner_id).update(expires_at=at + OWNERS_KEPT)
        entry.about(fresh, state=fresh.state, dealer=fresh.dealer_id)
    return fresh


def edit_item(
    actor: Actor,
    *,
    item: Item,
    maker: str | None = None,
    model: str | None = None,
    colour: str | None = None,
    year: int | None = None,
    at: datetime,
) -> Item:
    """Correct what an item is described as; `property.edited`. What is None stays. Raises BadInput."""
    must_handle(actor, item=item)
    with act(actor, "property.edited", at=at) as entry:
        fresh = locked(item)
        said = _item_from(
            fresh.kind,
            fresh.maker if maker is None else maker,
            fresh.model if model is None else model,
            fresh.colour if colour is None else colour,
            fresh.year if year is None else year,
            at=at,
        )
        fields = [name for name in ("maker", "model", "colour", "year") if getattr(said, name) != getattr(fresh, name)]
        for name in fields:
            setattr(fresh, name, getattr(said, name))
        fresh.save(update_fields=fields)
        entry.about(fresh, corrected=fields)
    return fresh


def add_identifier(actor: Actor, *, item: Item, code: Code, twin: bool = False, at: datetime) -> Identifier:
    """Add a number that was found on an item; `property.identifier_added`. Raises BadInput and CannotRegister."""
    actor.must("property.register")
    must_handle(actor, item=item)
    made = identifier_of(item, code, at=at)
    _must_be_free([made], item, twin=twin)
    with act(actor, "property.identifier_added", at=at) as entry:
        fresh = locked(item)
        there = Identifier.objects.filter(item=fresh)
        if there.count() > CODES_MOST:
            raise BadInput("code", _("An item has at most %(most)d numbers.") % {"most": CODES_MOST})
        if made.canonical and there.filter(kind=made.kind, canonical=made.canonical).exists():
            raise BadInput("code", _("This number is on the item already."))
        made.save(force_insert=True)
        entry.about(fresh, kind=made.kind, scheme=made.scheme).keep_private(codes=made.written)
    return made


def attach_photo(actor: Actor, *, item: Item, content: bytes, at: datetime) -> Item:
    """Keep a photo of an item, encoded afresh so that no position stays in it; `property.photo_attached`.

    Raises BadInput for what is no photo.
    """
    must_handle(actor, item=item)
    bare, media_type = public_photo(content)
    name = f"{hashlib.sha256(bare).hexdigest()[:20]}{ENDINGS[media_type]}"
    with act(actor, "property.photo_attached", at=at) as entry:
        fresh = locked(item)
        before = fresh.photo.name
        fresh.photo.save(name, ContentFile(bare), save=False)
        fresh.save(update_fields=["photo"])
        entry.about(fresh)
    if before and before != fresh.photo.name:
        fresh.photo.storage.delete(before)
    return fresh
