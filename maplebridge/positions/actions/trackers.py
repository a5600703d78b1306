"""Who may send a unit's positions: the addresses of its phones and trackers."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.kernel.sealed import seal
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import Shift, Unit
from maplebridge.positions.formats import SPEED_UNITS
from maplebridge.positions.models import Tracker
from maplebridge.positions.rules import SECRETS, Address

LATE = timedelta(hours=12)  # after its shift a phone may still bring in what it could not send before


def issue_tracker(
    actor: Actor, *, unit: Unit, name: str = "", speed_unit: str = "knots", encrypted: bool = False, at: datetime
) -> Address:
    """Let a phone or tracker send a unit's positions: return the token of its address and its secret, shown this once.

    `speed_unit` is how the device gives its speed where its form does not say: "knots" (Traccar), "mps" (OsmAnd),
    "kmh". With `encrypted` there is a secret, by which OwnTracks encrypts. Raises NotAllowed and BadInput.
    """
    actor.must("people.manage")
    if speed_unit not in SPEED_UNITS:
        raise BadInput("speed_unit", _("Speeds come in one of: %(units)s.") % {"units": ", ".join(SPEED_UNITS)})
    secret = secrets.token_urlsafe(24) if encrypted else ""
    return _issue(actor, unit, storable(name).strip()[:60], at=at, speed_unit=speed_unit, secret=secret)


def lend_tracker(actor: Actor, *, unit: Unit, at: datetime) -> Address:
    """Let the phone page of a crew on shift send its unit's positions until half a day after that shift."""
    mine = Shift.objects.filter(unit=unit, crew=actor.user_id, starts_at__lte=at, ends_at__gt=at)
    ends_at = mine.order_by("-ends_at").values_list("ends_at", flat=True).first() if actor.user_id else None
    if ends_at is None:
        raise NotAllowed(_("You may send the position of your own unit only, while you are on its shift."))
    return _issue(actor, unit, "", at=at, ends_at=ends_at + LATE)


def _issue(
    actor: Actor, unit: Unit, name: str, *, at: datetime, speed_unit: str = "mps", secret: str = "",
    ends_at: datetime | None = None,
) -> Address:  # fmt: skip
    token = secrets.token_urlsafe(24)
    with act(actor, "positions.tracker_issued", at=at) as entry:
        tracker = Tracker.objects.create(
            unit=unit, name=name, digest=token_digest(token), speed_unit=speed_unit, made_at=at, ends_at=ends_at,
            sealed_secret=seal(secret, purpose=SECRETS) if secret else "",
        )  # fmt: skip
        entry.about(tracker, unit=f"unit:{unit.pk}", ends_at=stamp(ends_at) if ends_at else None)
        entry.keep_private(name=name)
    return Address(token, secret)


def revoke_tracker(actor: Actor, *, tracker: Tracker, at: datetime) -> None:
    """Let a tracker send no more: what it sends from now on is answered as if it were unknown."""
    actor.must("people.manage")
    with act(actor, "positions.tracker_revoked", at=at) as entry:
        fresh = Tracker.objects.select_for_update().get(pk=tracker.pk)
        fresh.revoked_at = fresh.revoked_at or at
        fresh.save(update_fields=["revoked_at"])
        entry.about(fresh, unit=f"unit:{fresh.unit_id}")
