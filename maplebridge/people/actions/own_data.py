"""What is held about a member of staff, handed to them: their right of access."""

from datetime import datetime
from typing import Any

import msgspec

from maplebridge.journal.act import act, ref_of
from maplebridge.journal.bundles import signed_bundle
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.people.models import User


def disclose_to_self(actor: Actor, *, user: User, at: datetime) -> bytes:
    """Pack what is held about the actor's own account as a signed zip file. Raises NotAllowed for another's."""
    if actor.user_id != user.pk:
        raise NotAllowed("")
    packed = signed_bundle(_held(user, at=at))
    with act(actor, "people.disclosed_to_self", at=at, purpose="the right of access of staff") as entry:
        entry.about(user).processed("disclosed", records=[user], classes=["staff"], recipient="the person")
    return packed


def _held(user: User, *, at: datetime) -> dict[str, Any]:
    looks = Entry.objects.naming(ref_of(user)).filter(operation__in=("consulted", "disclosed")).order_by("position")
    bodies = map(msgspec.json.decode, looks.values_list("body", flat=True))
    acts = Entry.objects.filter(actor=ref_of(user))
    return {
        "made_at": stamp(at),
        "purpose": user.PERSONAL.purpose,
        "user_name": user.username,
        "name": user.display_name,
        "language": user.language,
        "account_ends_at": _stamped(user.expires_at),
        "names_erased": "365 days after the account ends",
        "grants": [
            {"role": each.role, "area": each.area_code, "why": each.reason, "from": stamp(each.starts_at),
             "until": _stamped(each.revoked_at or each.ends_at), "found_justified": each.justified}
            for each in user.grants.order_by("pk")
        ],
        "tokens": [{"name": each.name, "until": stamp(each.expires_at)} for each in user.api_tokens.order_by("pk")],
        "phones": [{"name": each.name, "until": _stamped(each.ends_at)} for each in user.devices.order_by("pk")],
        "shifts": [
            {"unit": each.unit.call_sign, "from": stamp(each.starts_at), "until": stamp(each.ends_at)}
            for each in user.shifts.select_related("unit").order_by("starts_at")
        ],
        "entries_made": acts.count(),
        "looked_at_by": [{"at": each["at"], "role": each["role"], "purpose": each["purpose"]} for each in bodies],
    }  # fmt: skip


def _stamped(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
