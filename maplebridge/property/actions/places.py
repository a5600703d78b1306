"""Accredited places and fixed readers: who may register and check, and until when."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.incidents.whereabouts import spot_of
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import User
from maplebridge.property.actions.shared import checked
from maplebridge.property.models import Dealer, Reader
from maplebridge.property.rules import DEALER_KINDS


def accredit_dealer(
    actor: Actor,
    *,
    name: str,
    kind: str,
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    users: Sequence[User] = (),
    invented: bool = False,
    at: datetime,
) -> Dealer:
    """Accredit a place, with the accounts that work there; `property.dealer_accredited`. Raises BadInput."""
    actor.must("property.manage")
    name = checked(name, field="name", limit=80, required=True)
    if kind not in dict(DEALER_KINDS):
        raise BadInput("kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(dict(DEALER_KINDS))})
    spot = spot_of(lon=lon, lat=lat, address=address)
    with act(actor, "property.dealer_accredited", at=at) as entry:
        dealer = Dealer.objects.create(
            name=name, kind=kind, accredited_at=at, invented=invented, lon=spot.lon, lat=spot.lat,
            address=spot.address, area_code=spot.area_code, area_path=spot.area_path,
        )  # fmt: skip
        dealer.users.set(users)
        entry.about(dealer, kind=kind, area=dealer.area_code, users=sorted(user.pk for user in users))
        entry.keep_private(name=name, address=dealer.address)
    return dealer


def staff_dealer(actor: Actor, *, dealer: Dealer, users: Sequence[User], at: datetime) -> None:
    """Say which accounts work at a place from now on; `property.dealer_staffed`."""
    actor.must("property.manage")
    with act(actor, "property.dealer_staffed", at=at) as entry:
        dealer.users.set(users)
        entry.about(dealer, users=sorted(user.pk for user in users))


def end_dealer(actor: Actor, *, dealer: Dealer, at: datetime) -> Dealer:
    """End the accreditation of a place and of its readers; `property.dealer_ended`. Again changes nothing."""
    actor.must("property.manage")
    with act(actor, "property.dealer_ended", at=at) as entry:
        fresh = Dealer.objects.select_for_update().get(pk=dealer.pk)
        fresh.ended_at = fresh.ended_at or at
        fresh.save(update_fields=["ended_at"])
        Reader.objects.filter(dealer=fresh, revoked_at=None).update(revoked_at=at)
        entry.about(fresh, ended=True)
    return fresh


def issue_reader(
    actor: Actor,
    *,
    name: str,
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    dealer: Dealer | None = None,
    at: datetime,
) -> tuple[Reader, str]:
    """Set up a fixed reader; `property.reader_issued`. Returns it and, once, its token. Raises BadInput."""
    actor.must("property.manage")
    name = checked(name, field="name", limit=60, required=True)
    if dealer and lon is None and lat is None and not address:
        lon, lat, address = dealer.lon, dealer.lat, dealer.address
    spot = spot_of(lon=lon, lat=lat, address=address)
    token = secrets.token_urlsafe(32)
    with act(actor, "property.reader_issued", at=at) as entry:
        reader = Reader.objects.create(
            name=name, dealer=dealer, digest=token_digest(token), made_at=at, lon=spot.lon, lat=spot.lat,
            address=spot.address, area_code=spot.area_code, area_path=spot.area_path,
        )  # fmt: skip
        entry.about(reader, dealer=dealer.pk if dealer else None, area=reader.area_code).keep_private(name=name)
    return reader, token


def revoke_reader(actor: Actor, *, reader: Reader, at: datetime) -> None:
    """End what a reader may send; `property.reader_revoked`. Again changes nothing."""
    actor.must("property.manage")
    with act(actor, "property.reader_revoked", at=at) as entry:
        Reader.objects.filter(pk=reader.pk, revoked_at=None).update(revoked_at=at)
        entry.about(reader, revoked=True)
