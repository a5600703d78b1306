"""Reads of field work: which forms a worker is offered, and what has arrived."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from maplebridge.fieldwork.models import FieldKey, FormVersion, Submission
from maplebridge.journal.models import Entry
from maplebridge.kernel.moment import for_a_moment
from maplebridge.people.actor import Actor, token_digest

INSTALLER = "system:init"


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


def shipped_versions(versions: Iterable[FormVersion], installer: str = INSTALLER) -> set[FormVersion]:
    """Those of some versions that came with the software: the journal says who added them."""
    by_ref = {f"formversion:{version.pk}": version for version in versions}
    added = Entry.objects.filter(verb="fieldwork.form_added", actor=installer, subject__in=list(by_ref))
    return {by_ref[ref] for ref in added.values_list("subject", flat=True)}


def key_of(text: str, *, at: datetime) -> FieldKey | None:
    """The key of a phone by its text; None when it is unknown, over or revoked, or its owner's account has ended."""
    digest = token_digest(text)
    keys = FieldKey.objects.select_related("user").filter(digest=digest)
    key = for_a_moment(("field key", digest), lambda: next(iter(keys), None))
    return key if key and is_open(key, at=at) else None


def version_sent(form: str, version: str) -> FormVersion | None:
    """The version of a form that a submission names, without its XForm and spreadsheet; None for an unknown one."""
    rows = FormVersion.objects.defer("xform", "source")
    return for_a_moment(("form version", form, version), lambda: rows.filter(form=form, version=version).first())


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
