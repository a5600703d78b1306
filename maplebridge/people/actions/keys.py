"""Writes about what opens the door besides a password: API tokens and enrolled phones."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.moment import forget
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import ApiToken, Device, User
from maplebridge.people.rules import PERMISSIONS

MOST_DAYS = 3650
OWN_DAYS = 366
CODE_LASTS = timedelta(minutes=15)
DEVICE_LASTS = timedelta(days=90)


class CannotEnrol(Refused):
    """The code of a phone is unknown, was used, or is too old."""


def issue_token(
    actor: Actor, *, user: User, name: str = "", scopes: Sequence[str] = (), days: int = 90, at: datetime
) -> str:
    """Make a bearer token and return its text, which is never shown again. Raises BadInput.

    One's own needs `tokens.own`, another's `people.manage`. `scopes` are permissions beyond which it may nothing;
    without any it may whatever its owner may.
    """
    actor.must("tokens.own" if actor.user_id == user.pk else "people.manage")
    longest = OWN_DAYS if actor.user_id == user.pk else MOST_DAYS
    if not 1 <= days <= longest:
        raise BadInput("days", _("A token is valid for 1 to %(days)d days.") % {"days": longest})
    if unknown := sorted(set(scopes) - set(PERMISSIONS)):
        raise BadInput("scopes", _("There is no permission “%(name)s”.") % {"name": unknown[0]})
    text, name = "mb_" + secrets.token_urlsafe(32), storable(name).strip()[:80]
    with act(actor, "people.token_issued", at=at) as entry:
        token = ApiToken.objects.create(
            user=user, name=name, digest=token_digest(text), scopes=sorted(scopes), made_at=at,
            expires_at=at + timedelta(days=days),
        )  # fmt: skip
        entry.about(token, user=f"user:{user.pk}", days=days, scopes=sorted(scopes)).keep_private(name=name)
    return text


def revoke_token(actor: Actor, *, token: ApiToken, at: datetime) -> None:
    """End a token at once: one's own, or another's with `people.manage`. One that has ended stays ended."""
    if actor.user_id != token.user_id:
        actor.must("people.manage")
    with act(actor, "people.token_revoked", at=at) as entry:
        fresh = ApiToken.objects.select_for_update().get(pk=token.pk)
        fresh.revoked_at = fresh.revoked_at or at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, user=f"user:{fresh.user_id}")
    forget()


def offer_device(actor: Actor, *, user: User, name: str, at: datetime) -> tuple[Device, str]:
    """Prepare to enrol a phone and return its code, shown once as QR and good for 15 minutes.

    For oneself, or with `people.manage` for another. Raises BadInput on the name.
    """
    if actor.user_id != user.pk:
        actor.must("people.manage")
    name = storable(name).strip()
    if not 1 <= len(name) <= 60:
        raise BadInput("name", _("Give the phone a name, so that you know it again: at most 60 characters."))
    code = secrets.token_urlsafe(24)
    with act(actor, "people.device_offered", at=at) as entry:
        device = Device.objects.create(
            user=user, name=name, code_digest=token_digest(code), code_ends_at=at + CODE_LASTS
        )
        entry.about(device, user=f"user:{user.pk}").keep_private(name=name)
    return device, code


def device_of_code(code: str, *, at: datetime) -> Device:
    """Find the phone that a code enrols. Raises CannotEnrol when it is unknown, used or too old."""
    waiting = Device.objects.select_related("user").filter(enrolled_at=None, revoked_at=None, code_ends_at__gt=at)
    device = waiting.filter(code_digest=token_digest(code), user__is_active=True).first()
    if device is None or (device.user.expires_at and device.user.expires_at <= at):
        raise CannotEnrol(_("This code is not valid any more. Ask for a new one and scan it within 15 minutes."))
    return device


def enrol_device(actor: Actor, *, code: str, at: datetime) -> Device:
    """Enrol the phone that shows a code; the code is used up. Raises CannotEnrol."""
    device = device_of_code(code, at=at)
    with act(actor, "people.device_enrolled", at=at) as entry:
        fresh = Device.objects.select_for_update().get(pk=device.pk)
        if fresh.enrolled_at:
            raise CannotEnrol(_("This code was used a moment ago. Ask for a new one."))
        fresh.enrolled_at, fresh.ends_at = at, at + DEVICE_LASTS
        fresh.save(update_fields=["enrolled_at", "ends_at"])
        entry.about(fresh, user=f"user:{fresh.user_id}", ends_at=stamp(fresh.ends_at))
    return fresh


def revoke_device(actor: Actor, *, device: Device, at: datetime) -> None:
    """Sign a phone out for good: one's own, or another's with `people.manage`."""
    if actor.user_id != device.user_id:
        actor.must("people.manage")
    with act(actor, "people.device_revoked", at=at) as entry:
        fresh = Device.objects.select_for_update().filter(pk=device.pk).first()
        if fresh is None:
            raise NotFound(_("This phone is no longer there."))
        fresh.revoked_at = fresh.revoked_at or at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, user=f"user:{fresh.user_id}")
    forget()
