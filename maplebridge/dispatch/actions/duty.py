"""On and off duty: a unit's own crew begins and ends its turn, or dispatch does so for it."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.parts import facts_of, lock_job, must_speak_for, status_row
from maplebridge.dispatch.models import UnitStatus
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.people.actions import end_shift, extend_shift, open_shift
from maplebridge.people.actor import Actor
from maplebridge.people.models import Shift, Unit, User


class CannotGoOnDuty(Refused):
    """The unit is on duty already, or no longer in use."""


class CannotGoOffDuty(Refused):
    """The unit is on a job, or calls for help."""


def go_on_duty(actor: Actor, *, unit: Unit, until: datetime | None = None, at: datetime) -> Shift:
    """Put a unit on duty from now to `until` (default 8 hours, at most 24), with the crew it last had.

    For dispatch, and for whoever's own last turn was on this unit: they go on duty themselves, alone; also when the
    rest of the crew is on duty already. The status stays. Who is on duty already stays so, and another end of it is
    refused: CannotGoOnDuty.
    """
    mine = _whose(actor, unit)
    ends_at = _checked_until(until, at=at)
    with act(actor, "dispatch.unit_on_duty", at=at) as entry:
        unit, assignment = lock_job(unit)
        if not unit.active:
            raise CannotGoOnDuty(_("%(unit)s is no longer in use. Choose another unit.") % {"unit": unit})
        now = _current(unit, at=at)
        shift = next((s for s in now if mine is None or mine in s.crew.all()), None)
        if shift and until not in (None, shift.ends_at):
            words = {"unit": unit, "time": f"{timezone.localtime(shift.ends_at):%H:%M}"}
            raise CannotGoOnDuty(_("%(unit)s is on duty already, until %(time)s. Go off duty first.") % words)
        if shift is None:
            crew = [mine] if mine else _last_crew(unit)
            shift = open_shift(actor, unit=unit, crew=crew, starts_at=at, ends_at=ends_at, at=at)
        ends_at = max(s.ends_at for s in (shift, *now))
        _tell(entry, unit, incident_id=assignment.incident_id if assignment else None, at=at, ends_at=ends_at)
    return shift


def go_off_duty(actor: Actor, *, unit: Unit, at: datetime) -> None:
    """End the present turns of a unit; for its crew, those they share. One that is off duty stays so.

    Whoever of the crew began a turn of their own stays on duty, and so does the unit. Raises CannotGoOffDuty on a job.
    """
    if not _current(unit, at=at):
        _whose(actor, unit)
        return
    must_speak_for(actor, unit, at=at)
    with act(actor, "dispatch.unit_off_duty", at=at) as entry:
        unit, assignment = lock_job(unit)
        if assignment:
            words = {"unit": unit.call_sign, "number": assignment.incident.label}
            raise CannotGoOffDuty(_("%(unit)s is on %(number)s. Close or clear that first, then go off duty.") % words)
        if status_row(unit, at=at).alarm == "panic":
            raise CannotGoOffDuty(_("%(unit)s calls for help. End the panic alarm first.") % {"unit": unit})
        left = []
        for shift in _current(unit, at=at):
            if actor.may("units.status") or actor.user_id in {user.pk for user in shift.crew.all()}:
                end_shift(actor, shift=shift, at=at)
            else:
                left.append(shift.ends_at)
        _tell(entry, unit, incident_id=None, at=at, ends_at=max(left, default=None))


def extend_duty(actor: Actor, *, unit: Unit, until: datetime, at: datetime) -> None:
    """Let the present turns of a unit last longer; for its crew, those they share. Raises BadInput, CannotGoOnDuty."""
    must_speak_for(actor, unit, at=at)
    with act(actor, "dispatch.duty_extended", at=at) as entry:
        unit, assignment = lock_job(unit)
        turns = [
            shift
            for shift in _current(unit, at=at)
            if actor.may("units.status") or actor.user_id in {user.pk for user in shift.crew.all()}
        ]
        if not turns:
            raise CannotGoOnDuty(_("%(unit)s is not on duty. Go on duty first.") % {"unit": unit})
        if not at < until or any(until > shift.starts_at + rules.DUTY_MOST for shift in turns):
            raise BadInput("until", _("A turn of duty ends after now and within 24 hours of its beginning."))
        for shift in turns:
            extend_shift(actor, shift=shift, until=until, at=at)
        ends_at = max(shift.ends_at for shift in _current(unit, at=at))
        _tell(entry, unit, incident_id=assignment.incident_id if assignment else None, at=at, ends_at=ends_at)


def _whose(actor: Actor, unit: Unit) -> User | None:
    """None for who may speak for every unit, else the actor's own account. Raises NotAllowed."""
    if actor.may("units.status"):
        return None
    if actor.may("units.own") and actor.user_id is not None:
        last = Shift.objects.filter(crew=actor.user_id).order_by("-starts_at", "-pk").first()
        if last and last.unit_id == unit.pk:
            return User.objects.get(pk=actor.user_id)
    raise NotAllowed(_("You may put only the unit of your last turn on or off duty. For another, ask dispatch."))


def _checked_until(until: datetime | None, *, at: datetime) -> datetime:
    ends_at = until or at + rules.DUTY
    if not at < ends_at <= at + rules.DUTY_MOST:
        raise BadInput("until", _("Give an end of duty after now and within 24 hours."))
    return ends_at


def _current(unit: Unit, *, at: datetime) -> list[Shift]:
    return list(Shift.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at).order_by("pk"))


def _last_crew(unit: Unit) -> list[User]:
    last = Shift.objects.filter(unit=unit).order_by("-starts_at", "-pk").first()
    return list(last.crew.filter(is_active=True)) if last else []


def _tell(entry: Draft, unit: Unit, *, incident_id: int | None, at: datetime, ends_at: datetime | None) -> None:
    """Write the unit's facts: a console that does not know it asks, one that does shows or drops it."""
    row: UnitStatus = status_row(unit, at=at)
    turn: dict[str, Any] = {"on_shift": ends_at is not None, "shift_ends_at": stamp(ends_at) if ends_at else None}
    entry.about(unit, kind=unit.kind, area=unit.area_code, **facts_of(row, incident_id), **turn)
