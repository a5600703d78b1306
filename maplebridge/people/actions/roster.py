"""Writes about units and their shifts."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit, User
from maplebridge.people.rules import UNIT_KINDS


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


def extend_shift(actor: Actor, *, shift: Shift, until: datetime, at: datetime) -> Shift:
    """Let a shift end later. For who may open it, and for its crew. Raises BadInput for an end before its start."""
    _must_roster(actor, [user for user in shift.crew.all() if user.pk == actor.user_id] or None)
    if until <= shift.starts_at:
        raise BadInput("ends_at", _("The shift ends before it starts. Give an end after the start."))
    with act(actor, "people.shift_extended", at=at) as entry:
        fresh = Shift.objects.select_for_update().get(pk=shift.pk)
        fresh.ends_at = until
        fresh.save(update_fields=["ends_at"])
        entry.about(fresh, unit=f"unit:{fresh.unit_id}", ends_at=stamp(until))
    return fresh


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
