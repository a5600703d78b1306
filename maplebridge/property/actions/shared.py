"""What every action of this domain does first: lock the item, and see whose it is and who may act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.kernel import clock
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.property.codes import canonical
from maplebridge.property.models import Identifier, Item, Ownership
from maplebridge.property.rules import CODE_LIMIT, IDENTIFIER_KINDS, REGISTRY
from maplebridge.property.schemes import identify


@dataclass(frozen=True, slots=True)
class Code:
    """A number on an item as somebody wrote it; `kind` is one of `IDENTIFIER_KINDS`."""

    kind: str
    text: str
    issuer: str = ""


def locked(item: Item) -> Item:
    """Read an item again, locked until the act ends. Raises NotFound."""
    fresh = Item.objects.select_for_update().filter(pk=item.pk).first()
    if fresh is None:
        raise NotFound(_("This item is no longer in the registry."))
    return fresh


def locked_both(one: Item, other: Item) -> tuple[Item, Item]:
    """Lock two items, everybody in the same order. Raises NotFound."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    fresh = {first.pk: locked(first), second.pk: locked(second)}
    return fresh[one.pk], fresh[other.pk]


def ownership_of(item: Item) -> Ownership | None:
    """The link of the chain that is open."""
    return Ownership.objects.filter(item=item, until_at=None).select_related("owner").first()


def owns(actor: Actor, item: Item) -> bool:
    """Whether the actor has shown to be the owner of the item."""
    kind, _colon, key = actor.ref.partition(":")
    if kind != "owner" or not key.isdigit() or not actor.may("property.own"):
        return False
    return Ownership.objects.filter(item=item, until_at=None, owner_id=int(key)).exists()


def must_own_or(actor: Actor, permission: str, *, item: Item) -> None:
    """Raise NotAllowed unless the item is the actor's own or the actor has the permission."""
    if owns(actor, item):
        return
    if actor.ref.startswith(("owner:", "public:")):
        raise NotAllowed(_("This item is registered to somebody else. Use the code on its certificate."))
    actor.must(permission)


def must_handle(actor: Actor, *, item: Item) -> None:
    """Raise NotAllowed unless the item is the actor's own, or was registered, or waits to be, where they work."""
    must_own_or(actor, "property.register", item=item)
    everywhere = actor.may("property.investigate") or actor.may("property.manage") or owns(actor, item)
    if everywhere or item.state == "pending" or item.dealer is None:
        return
    if actor.user_id is None or not item.dealer.users.filter(pk=actor.user_id).exists():
        raise NotAllowed(_("This item was registered at another place. Go there, or to a police post."))


def identifier_of(item: Item | None, code: Code, *, at: datetime) -> Identifier:
    """Make the row of a code, not yet stored: its keys, its scheme, what it tells. Raises BadInput."""
    if code.kind not in dict(IDENTIFIER_KINDS):
        sentence = _("There is no kind of number “%(kind)s”. Kinds: %(kinds)s.")
        raise BadInput("kind", sentence % {"kind": code.kind[:20], "kinds": ", ".join(dict(IDENTIFIER_KINDS))})
    written = checked(code.text, field="code", limit=CODE_LIMIT, required=True)
    read = identify(written, None if code.kind == "other" else code.kind, today=at.date())
    if len(read.canonical) > CODE_LIMIT:
        raise BadInput("code", _("This number is too long. Write it as it stands on the item."))
    ours = code.issuer == REGISTRY
    return Identifier(
        item=item, kind=code.kind, issuer=checked(code.issuer, field="issuer", limit=60), written=written,
        scheme=REGISTRY if ours else read.scheme, canonical=read.canonical, lookalike=read.suggestion[:CODE_LIMIT],
        decoded=read.decoded, flags=[] if ours else list(read.flags),
    )  # fmt: skip


def key_of(code: str) -> str:
    """Canonical key of a code that somebody checks. Raises BadInput where the text is no code."""
    key = canonical(checked(code, field="code", limit=CODE_LIMIT))
    if not key or len(key) > CODE_LIMIT:
        raise BadInput("code", _("This is no code. Type or scan the number on the frame, the motor or the battery."))
    return key


def checked(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """Clean a short text and hold it to its limit in characters. Raises BadInput."""
    text = " ".join(storable(text).split())
    if len(text) > limit:
        sentence = _("This text has %(length)d characters; at most %(limit)d fit.")
        raise BadInput(field, sentence % {"length": len(text), "limit": limit})
    if required and not text:
        raise BadInput(field, _("Write a few words here."))
    return text


def checked_reason(text: str) -> str:
    """A reason in words, at least ten characters. Raises BadInput."""
    text = checked(text, field="reason", limit=300)
    if len(text) < 10:
        raise BadInput("reason", _("Say in a few words why: at least ten characters."))
    return text


def point(lon: float | None, lat: float | None) -> tuple[float, float]:
    """A place on Earth. Raises BadInput."""
    if lon is None or lat is None or not valid_lonlat(lon, lat):
        raise BadInput("lon", _("Say where: longitude and latitude in degrees, or an accredited place."))
    return lon, lat


def stamps(**moments: datetime | None) -> dict[str, str | None]:
    """Moments as facts carry them."""
    return {name: clock.stamp(moment) if moment else None for name, moment in moments.items()}


def codes_in_words(identifiers: Sequence[Identifier]) -> str:
    """Codes in one line, for the erasable part of an entry."""
    return " ".join(each.written for each in identifiers)[:2000]
