"""Writes about staff, tokens, units and shifts."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Private
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor, token_digest
from maplebridge.people.models import NAMES_KEPT, ApiToken, Shift, Unit, User
from maplebridge.people.rules import ROLES, UNIT_KINDS


def enrol_user(
    actor: Actor,
    *,
    username: str,
    display_name: str,
    role: str,
    password: str | None,
    area_code: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    at: datetime,
) -> User:
    """Create an account, or set the role, name and password of an existing one. Raises BadInput on the role.

    `expires_at` is the moment on which the account ends; None leaves it as it is.
    """
    actor.must("people.manage")
    if role not in ROLES:
        raise BadInput(
            "role",
            _("There is no role “%(role)s”. Roles: %(roles)s.") % {"role": role, "roles": ", ".join(ROLES)},
        )
    with act(actor, "people.user_enrolled", at=at) as entry:
        user = User.objects.filter(username=username).first() or User(username=username)
        user.display_name, user.role, user.area_code, user.language = display_name, role, area_code, language
        if password:
            user.set_password(password)
        elif not user.pk:
            user.set_unusable_password()
        user.expires_at = expires_at or user.expires_at
        user.save()
        ends = {"expires_at": stamp(expires_at)} if expires_at else {}
        entry.about(user, role=role, area=area_code, **ends).keep_private(username=username, name=display_name)
    return user


def erase_ended_accounts(actor: Actor, *, at: datetime) -> int:
    """Erase the names of accounts that ended `NAMES_KEPT` ago, in table and journal; return how many.

    The account stays as a number without a name, so that what it did keeps its author; it can sign in no more.
    """
    actor.must("people.manage")
    users = list(User.objects.filter(expires_at__lte=at - NAMES_KEPT).exclude(display_name="")[:200])
    if not users:
        return 0
    with act(actor, "people.names_erased", at=at) as entry:
        entry.about("user:*", accounts=len(users)).processed("erased", records=users, classes=["staff"])
        refs = [f"user:{user.pk}" for user in users]
        parts = Private.objects.filter(entry__subject__in=refs, entry__verb="people.user_enrolled")
        erase_private(entry, parts.values_list("entry_id", "name"))
        for user in users:
            user.username, user.display_name, user.is_active = f"ended-{user.pk}", "", False
            user.first_name = user.last_name = user.email = ""
            user.set_unusable_password()
            user.save()
    return len(users)


def record_sign_in(actor: Actor, *, user: User, at: datetime) -> None:
    """Journal that a member of staff began a session. No address of theirs is kept."""
    with act(actor, "people.signed_in", at=at) as entry:
        entry.about(user, signed_in_at=stamp(at))


def issue_token(actor: Actor, *, user: User, days: int = 90, at: datetime) -> str:
    """Make a bearer token for a user and return its text, which is never shown again."""
    actor.must("people.manage")
    text = "mb_" + secrets.token_urlsafe(32)
    with act(actor, "people.token_issued", at=at) as entry:
        token = ApiToken.objects.create(
            user=user, digest=token_digest(text), made_at=at, expires_at=at + timedelta(days=days)
        )
        entry.about(token, user=f"user:{user.pk}", days=days)
    return text


def enlist_unit(
    actor: Actor,
    *,
    call_sign: str,
    kind: str,
    home: tuple[float, float],
    skills: list[str] | None = None,
    area_code: str = "",
    invented: bool = False,
    at: datetime,
) -> Unit:
    """Create a unit, or change the one with that call sign. `home` is (lon, lat). Raises BadInput."""
    actor.must("people.manage")
    if kind not in UNIT_KINDS:
        raise BadInput(
            "kind",
            _("There is no unit kind “%(kind)s”. Kinds: %(kinds)s.") % {"kind": kind, "kinds": ", ".join(UNIT_KINDS)},
        )
    if not valid_lonlat(*home):
        raise BadInput("home", _("The unit's home is not a place on Earth: give longitude, latitude in degrees."))
    values: dict[str, Any] = {
        "kind": kind,
        "skills": sorted(skills or []),
        "home_lon": home[0],
        "home_lat": home[1],
        "area_code": area_code,
        "active": True,
        "invented": invented,
    }
    with act(actor, "people.unit_enlisted", at=at) as entry:
        unit, _made = Unit.objects.update_or_create(call_sign=call_sign.upper(), defaults=values)
        entry.about(unit, call_sign=unit.call_sign, kind=kind, lon=home[0], lat=home[1])
    return unit


def open_shift(
    actor: Actor, *, unit: Unit, crew: list[User], starts_at: datetime, ends_at: datetime, at: datetime
) -> Shift:
    """Put a unit on duty with its crew from one moment to another; whoever is on the crew alone may, too."""
    _must_roster(actor, crew)
    if ends_at <= starts_at:
        raise BadInput("ends_at", _("The shift ends before it starts. Give an end after the start."))
    with act(actor, "people.shift_opened", at=at) as entry:
        shift = Shift.objects.create(unit=unit, starts_at=starts_at, ends_at=ends_at)
        shift.crew.set(crew)
        span = {"starts_at": stamp(starts_at), "ends_at": stamp(ends_at)}
        entry.about(shift, unit=f"unit:{unit.pk}", crew=[f"user:{user.pk}" for user in crew], **span)
    return shift


def end_shift(actor: Actor, *, shift: Shift, at: datetime) -> Shift:
    """End a shift now; one that has ended, or not begun, stays as it is. For who may open it, and for its crew."""
    _must_roster(actor, [user for user in shift.crew.all() if user.pk == actor.user_id] or None)
    with act(actor, "people.shift_ended", at=at) as entry:
        fresh = Shift.objects.select_for_update().get(pk=shift.pk)
        if fresh.starts_at <= at < fresh.ends_at:
            fresh.ends_at = max(at, fresh.starts_at + timedelta(milliseconds=1))  # a shift has a length
            fresh.save(update_fields=["ends_at"])
        entry.about(fresh, unit=f"unit:{fresh.unit_id}", ends_at=stamp(fresh.ends_at))
    return fresh


def _must_roster(actor: Actor, crew: list[User] | None) -> None:
    """Raise NotAllowed unless the actor manages people, speaks for every unit, or is the whole crew named."""
    if actor.may("people.manage") or actor.may("units.status"):
        return
    if actor.may("units.own") and crew and all(user.pk == actor.user_id for user in crew):
        return
    actor.must("people.manage")
