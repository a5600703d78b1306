"""Who asks to be looked after in an emergency: asked for with consent, looked at with a reason, gone when it ends."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.journal.reads import record_consulted
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.places.register.models import CARE_LONGEST, NEEDS, Address, CareRequest

BATCH = 500
PURPOSE = "care in emergencies"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, in their words, and how they consented."""

    name: str
    needs: Sequence[str]
    consent: str
    phone: str = ""
    words: str = ""
    lasts: timedelta = CARE_LONGEST


def ask_for_care(actor: Actor, *, address_id: int, wish: Wish, at: datetime) -> tuple[CareRequest, str]:
    """Enter that somebody asks to be looked after; give the row and the code by which they withdraw it themselves.

    Raises BadInput with the field, NotFound, NotAllowed. The journal is told the area alone, no name and no door.
    """
    actor.must("register.care")
    _check(wish)
    code = secrets.token_urlsafe(18)
    with act(actor, "places.care_asked", at=at, purpose=PURPOSE) as entry:
        address = Address.objects.select_related("area").filter(pk=address_id, gone=False).first()
        if address is None:
            raise NotFound(_("This is not in the register (any more). Search for it anew."))
        actor.must("register.care", about=address)
        row = CareRequest.objects.create(
            address=address, name=_clean(wish.name), phone=_clean(wish.phone), needs=sorted(set(wish.needs)),
            words=_clean(wish.words), consent=wish.consent, consented_at=at, expires_at=at + wish.lasts,
            digest=digest_of(code),
        )  # fmt: skip
        entry.about(row, area=address.area.code, consent=wish.consent)
        entry.processed("collected", records=[row], classes=["identity", "contact", "narrative", "location"])
    return row, code


def _check(wish: Wish) -> None:
    for field, text, most in (("name", wish.name, 80), ("phone", wish.phone, 40), ("words", wish.words, 120)):
        if len(_clean(text)) > most:
            raise BadInput(field, _("At most %(most)d characters fit here.") % {"most": most})
    if not _clean(wish.name):
        raise BadInput("name", _("Write the name by which the person wants to be called."))
    if not wish.needs or set(wish.needs) - set(dict(NEEDS)):
        raise BadInput("needs", _("Choose what is needed, at least one."))
    if wish.consent not in ("person", "paper", "phone"):
        raise BadInput("consent", _("Say how the person consented. Without consent nothing is entered."))
    if not timedelta(0) < wish.lasts <= CARE_LONGEST:
        raise BadInput("lasts", _("It lasts a year at most; who still wants it then asks again."))


def _clean(text: str) -> str:
    return " ".join(storable(text).split())


def digest_of(code: str) -> str:
    """Give the digest under which the code to withdraw is kept (the code has 144 random bits)."""
    return sha256(code.encode("utf-8", "replace")).hexdigest()


def consult_care(actor: Actor, *, reason: str, within: Address | None = None, at: datetime) -> list[CareRequest]:
    """Show who asked for care in the actor's areas, or in one building; the look and its reason are an entry.

    Raises BadInput (reason) and NotAllowed.
    """
    actor.must("register.care", about=within)
    if len(_clean(reason)) < 10:
        raise BadInput("reason", _("Say in a few words why: at least ten characters."))
    rows = CareRequest.objects.filter(expires_at__gt=at).select_related("address__area").order_by("address_id")
    if within is not None:
        rows = rows.filter(address=within) | rows.filter(address__building=within)
    found = [row for row in rows if actor.may("register.care", about=row)]
    if found:
        classes = ["identity", "contact", "narrative", "location"]
        record_consulted(actor, records=found, classes=classes, purpose=PURPOSE, reason=_clean(reason)[:300], at=at)
    return found


def withdraw_care(actor: Actor, *, code: str, at: datetime) -> None:
    """Withdraw by the code that the person was given; what was said is erased at once. Raises NotFound."""
    row = CareRequest.objects.filter(digest=digest_of(code)).first()
    if row is None:
        raise NotFound(_("Nothing is kept under this code (any more)."))
    _erase(actor, [row], at=at)


def end_care(actor: Actor, *, care_id: int, at: datetime) -> None:
    """End a request because the person says so, and erase it. Raises NotFound, NotAllowed."""
    actor.must("register.care")
    row = CareRequest.objects.select_related("address__area").filter(pk=care_id).first()
    if row is None:
        raise NotFound(_("This request has ended already."))
    actor.must("register.care", about=row)
    _erase(actor, [row], at=at)


def erase_expired_care(actor: Actor, *, at: datetime) -> int:
    """Erase requests whose time is over, some hundreds at once; return how many."""
    actor.must("register.care")
    rows = list(CareRequest.objects.filter(expires_at__lte=at)[:BATCH])
    if rows:
        _erase(actor, rows, at=at)
    return len(rows)


def _erase(actor: Actor, rows: list[CareRequest], *, at: datetime) -> None:
    with act(actor, "places.care_ended", at=at, purpose=PURPOSE) as entry:
        entry.about(rows[0], requests=len(rows))
        entry.processed("erased", records=rows, classes=["identity", "contact", "narrative", "location"])
        CareRequest.objects.filter(pk__in=[row.pk for row in rows]).delete()
