"""Writes about who may send from the field: the keys of phones."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.fieldwork.models import FieldKey
from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput
from maplebridge.kernel.sealed import seal
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import User

SEALED_FOR = "field keys"
MOST_DAYS = 3650


def issue_field_key(actor: Actor, *, user: User, name: str = "", days: int = 365, at: datetime) -> str:
    """Make a key by which a worker's phone gets forms and sends submissions; return its text, shown this once.

    For oneself with `forms.fill`, for another with `people.manage`. Raises NotAllowed and BadInput.
    """
    actor.must("forms.fill" if actor.user_id == user.pk else "people.manage")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("days", _("A key is valid for 1 to %(days)d days.") % {"days": MOST_DAYS})
    text, name = secrets.token_urlsafe(32), storable(name).strip()[:60]
    with act(actor, "fieldwork.key_issued", at=at) as entry:
        key = FieldKey.objects.create(
            user=user, name=name, digest=token_digest(text), sealed=seal(text, purpose=SEALED_FOR), made_at=at,
            expires_at=at + timedelta(days=days),
        )  # fmt: skip
        entry.about(key, user=f"user:{user.pk}", expires_at=stamp(key.expires_at)).keep_private(name=name)
    return text


def revoke_field_key(actor: Actor, *, key: FieldKey, at: datetime) -> None:
    """End a phone's key at once; one that has ended stays ended."""
    if actor.user_id != key.user_id:
        actor.must("people.manage")
    with act(actor, "fieldwork.key_revoked", at=at) as entry:
        fresh = FieldKey.objects.select_for_update().get(pk=key.pk)
        fresh.revoked_at = fresh.revoked_at or at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, user=f"user:{fresh.user_id}")
