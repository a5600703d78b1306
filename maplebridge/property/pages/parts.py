"""What the pages of the registry share: answers in words, whose items one may see, at which place one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.people.actor import Actor
from maplebridge.property import actions, queries
from maplebridge.property.actions import Code, NewOwner, owner_actor
from maplebridge.property.flags import FLAG_SENTENCES
from maplebridge.property.models import Dealer, Item, Owner
from maplebridge.property.rules import BEARS_BATTERY, IDENTIFIER_KINDS, KINDS
from maplebridge.property.schemes import UNCLASSIFIED, identify

SHOWN_FOR_S = 30 * 60  # how long a browser that showed an owner's code may see the items
OWNER, DEALER = "property_owner", "property_dealer"  # in the session
CODE_FIELDS = ("frame", "motor", "plate", "rfid")


class StolenItem(Refused):
    """What somebody brings is reported stolen; its alarm was raised."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check says, for people: which shape and colour, a sentence, and what to do next."""

    state: str
    sentence: str
    steps: tuple[str, ...]


def answer_in_words(state: str) -> Answer:
    """Say clear, stolen or not_registered to somebody who is about to buy or has found something."""
    if state == queries.STOLEN:
        return Answer(state, _("This item is reported stolen."), (
            _("Do not buy it, and do not confront anybody."),
            _("Compare the number on the item itself: numbers are misread."),
            _("Tell the police where you saw it. You need not give your name."),
        ))  # fmt: skip
    if state == queries.CLEAR:
        return Answer(state, _("This item is registered and not reported stolen."), (
            _("If you buy it, have the seller pass it on to you here: they get a code, and you enter it."),
            _("Compare maker, model and colour with the certificate."),
        ))  # fmt: skip
    return Answer(state, _("This number is not in the registry."), (
        _("That says nothing about where the item comes from. Ask for the receipt."),
        _("Try the other numbers too: the frame, the motor and the battery each have their own."),
    ))  # fmt: skip


def read_of(code: str) -> dict[str, Any]:
    """What a code itself tells: its key, its decoded parts in words, and what does not add up."""
    found = identify(code, today=clock.now().date())
    return {
        "canonical": found.canonical,
        "parts": [(name, value) for name, value in found.decoded.items() if isinstance(value, str | int | float)],
        "flags": [str(FLAG_SENTENCES[flag]) for flag in found.flags if flag in FLAG_SENTENCES and flag != UNCLASSIFIED],
        "scheme": found.scheme,
    }


def remember_owner(request: HttpRequest, owner: Owner) -> None:
    """Let this browser see the owner's items for half an hour."""
    request.session[OWNER] = [owner.key, int(clock.now().timestamp()) + SHOWN_FOR_S]


def owner_here(request: HttpRequest) -> Owner | None:
    """Whose items this browser may see: who showed the code less than half an hour ago, and it is still the code."""
    key, until = request.session.get(OWNER) or ("", 0)
    if not key or until < clock.now().timestamp():
        return None
    return Owner.objects.filter(key=key, erased_at=None).first()


def own_item(request: HttpRequest, item_id: int) -> tuple[Actor, Owner, Item]:
    """The owner's actor and one of the own items. Raises NotFound."""
    owner = owner_here(request)
    if owner is None:
        raise NotFound(_("Enter the code on your certificate first, under “My items”."))
    actor = owner_actor(owner)
    return actor, owner, queries.visible_item(actor, item_id)


def place_here(request: HttpRequest, actor: Actor) -> Dealer | None:
    """The accredited place at which the actor works now: the chosen one, else the only or first one."""
    places = queries.dealers_of(actor)
    chosen = request.POST.get("dealer") or request.GET.get("dealer") or str(request.session.get(DEALER, ""))
    found = places.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
    if found is not None and request.session.get(DEALER) != found.pk:
        request.session[DEALER] = found.pk
    if found is not None:
        return found
    return None if actor.may("property.investigate") or actor.may("property.manage") else places.first()


def texts(request: HttpRequest) -> dict[str, str]:
    """The fields of a form, each cut to a sane length."""
    return {name: str(value)[:2000].strip() for name, value in request.POST.items()}


def codes_from(values: dict[str, str], *, battery: bool = False) -> list[Code]:
    """The numbers that a form gives for an item; those left empty are left out."""
    kinds = ("battery",) if battery else CODE_FIELDS
    return [Code(kind, values[kind]) for kind in kinds if values.get(kind)]


def new_owner(values: dict[str, str]) -> NewOwner:
    """The owner that a form names."""
    return NewOwner(values.get("name", ""), values.get("phone", ""), values.get("document", ""))


def alarm_if_stolen(actor: Actor, place: Dealer | None, codes: Sequence[Code], *, at: datetime) -> None:
    """Raise the alarm where somebody brings a stolen item to be registered, and refuse it with a sentence."""
    for code in codes:
        if queries.check(code.text) == queries.STOLEN and (place is not None):
            actions.record_sighting(actor, code=code.text, channel="dealer", dealer=place, at=at)
            raise StolenItem(_("This number is reported stolen. The police have been told. Keep calm, detain nobody."))


def year_from(text: str) -> int | None:
    """A year, or none. Raises BadInput."""
    if not text:
        return None
    if not (text.isdecimal() and len(text) == 4):
        raise BadInput("year", _("Write the year in four figures, or leave it empty."))
    return int(text)


def moment_from(text: str, field: str) -> datetime:
    """A moment by the city's clocks, as a form sends it. Raises BadInput."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError as error:
        raise BadInput(field, _("Write day and time as 2026-05-04 14:30.")) from error


def form_choices() -> dict[str, Any]:
    """What the forms of an item offer."""
    return {"kinds": KINDS, "bears_battery": sorted(BEARS_BATTERY), "number_kinds": IDENTIFIER_KINDS}
