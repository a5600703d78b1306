"""Reads of field work: which forms a worker is offered, and what has arrived."""

from datetime import datetime

from django.db.models import QuerySet

from maplebridge.fieldwork.models import FieldKey, FormVersion, Submission
from maplebridge.people.actor import Actor, token_digest


def offered_forms(actor: Actor) -> list[FormVersion]:
    """Published versions that a worker is offered: for one of their roles, in an area where they hold it."""
    if not actor.may("forms.fill"):
        return []
    roles = {held.role for held in actor.grants}
    codes = actor.areas("forms.fill")
    return [
        version
        for version in FormVersion.objects.published().select_related("form").prefetch_related("files")
        if (not version.roles or roles & set(version.roles))
        and (not version.areas or codes is None or codes & set(version.areas))
    ]


def key_of(text: str, *, at: datetime) -> FieldKey | None:
    """The key of a phone by its text; None when it is unknown, over or revoked, or its owner's account has ended."""
    keys = FieldKey.objects.select_related("user").filter(digest=token_digest(text))
    return next((key for key in keys if is_open(key, at=at)), None)


def keys_of(username: str, *, at: datetime) -> list[FieldKey]:
    """The keys that are open of a worker by their user name."""
    keys = FieldKey.objects.select_related("user").filter(user__username=username)
    return [key for key in keys if is_open(key, at=at)]


def is_open(key: FieldKey, *, at: datetime) -> bool:
    """Whether a key may be used: neither over nor revoked, and its owner's account in force."""
    ends = key.user.expires_at
    return key.revoked_at is None and key.expires_at > at and key.user.is_active and not (ends and ends <= at)


def own_submissions(actor: Actor) -> QuerySet[Submission]:
    """What a worker has sent, the newest first."""
    return Submission.objects.filter(user_id=actor.user_id or 0).select_related("version__form")
