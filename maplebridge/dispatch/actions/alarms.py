"""Panic, welfare, and the timers that nobody answered."""

from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.dispatch import rules
from maplebridge.dispatch.actions.parts import facts_of, lock_job, must_speak_for, status_row
from maplebridge.dispatch.models import Assignment, LoneWatch, UnitStatus
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.people.models import Unit
from maplebridge.positions.actions import record_position


class _Answered(Exception):
    """The crew answered while the alarm was being raised: undo it."""


def start_panic(
    actor: Actor, *, unit: Unit, at: datetime, lon: float | None = None, lat: float | None = None
) -> UnitStatus:
    """Raise a unit's panic alarm, with its own position while pressed; again, only the position is renewed."""
    must_speak_for(actor, unit, at=at)
    if (lon is None) != (lat is None) or (lon is not None and lat is not None and not valid_lonlat(lon, lat)):
        raise BadInput("lon", _("This is not a place on Earth: give longitude and latitude in degrees."))
    row = status_row(unit, at=at)
    if row.alarm != "panic":
        row = _set_alarm(actor, "dispatch.panic_raised", unit=unit, alarm="panic", at=at)
    if lon is not None and lat is not None:
        record_position(actor, unit=unit, lon=lon, lat=lat, at=at)
    return row


def stop_panic(actor: Actor, *, unit: Unit, at: datetime) -> UnitStatus:
    """End a panic alarm, by the unit itself or whoever may set its status."""
    must_speak_for(actor, unit, at=at)
    row = status_row(unit, at=at)
    return _set_alarm(actor, "dispatch.panic_ended", unit=unit, alarm="", at=at) if row.alarm == "panic" else row


def welfare_ok(actor: Actor, *, unit: Unit, at: datetime) -> UnitStatus:
    """Note that the crew is well: the timer of its status starts anew and a timer alarm ends. Panic stays."""
    must_speak_for(actor, unit, at=at)
    with act(actor, "dispatch.welfare_confirmed", at=at) as entry:
        unit, assignment = lock_job(unit)
        LoneWatch.objects.filter(unit=unit).update(heard_at=at)
        row = status_row(unit, at=at)
        eta_s = assignment.eta_s if assignment else None
        row.timer_at = rules.timer_at(row.status, unit.kind, at=at, eta_s=eta_s)
        row.alarm = row.alarm if row.alarm == "panic" else ""
        row.save()
        entry.about(unit, case=assignment.incident if assignment else "", **facts_of(row, _incident_id(assignment)))
    return row


def raise_timer_alarms(actor: Actor, *, at: datetime) -> list[UnitStatus]:
    """Raise the alarm of every timer that has run out, each once. Returns the units' statuses."""
    due = UnitStatus.objects.filter(timer_at__lte=at, alarm="").select_related("unit").order_by("timer_at")
    raised = []
    for row in list(due):
        timer = rules.timer_of(row.status, row.unit.kind)
        if timer:
            with suppress(_Answered):
                raised.append(_raise_timer(actor, unit=row.unit, alarm=timer.alarm, at=at))
    return raised


def _raise_timer(actor: Actor, *, unit: Unit, alarm: str, at: datetime) -> UnitStatus:
    with act(actor, "dispatch.alarm_raised", at=at) as entry:
        unit, assignment = lock_job(unit)
        row = status_row(unit, at=at)
        if row.alarm or row.timer_at is None or row.timer_at > at:
            raise _Answered
        _write_alarm(entry, unit, row, assignment, alarm=alarm)
    return row


def watch_lone(actor: Actor, *, unit: Unit, minutes: int, at: datetime) -> None:
    """Let silence of a unit raise an alarm after so many minutes; with 0 no more. By its crew or dispatch.

    Raises BadInput.
    """
    must_speak_for(actor, unit, at=at)
    if minutes and not rules.LONE_LEAST <= minutes <= rules.LONE_MOST:
        words = {"least": rules.LONE_LEAST, "most": rules.LONE_MOST}
        raise BadInput("minutes", _("Give %(least)d to %(most)d minutes, or 0 to end the watch.") % words)
    with act(actor, "dispatch.lone_watch_set" if minutes else "dispatch.lone_watch_ended", at=at) as entry:
        unit, _job = lock_job(unit)
        if minutes:
            now = {"every_s": minutes * 60, "heard_at": at}
            LoneWatch.objects.update_or_create(unit=unit, defaults=now)
        else:
            LoneWatch.objects.filter(unit=unit).delete()
        entry.about(unit, call_sign=unit.call_sign, lone_s=minutes * 60 or None)


def raise_silences(actor: Actor, *, at: datetime) -> list[UnitStatus]:
    """Raise, make louder or end the alarm of each lone worker by how long nothing was heard. Returns what changed."""
    watches = LoneWatch.objects.filter(unit__in=Unit.objects.on_shift(at)).select_related("unit__position")
    changed = []
    for watch in watches.order_by("pk"):
        position = getattr(watch.unit, "position", None)
        heard_at = max(watch.heard_at, position.received_at) if position else watch.heard_at
        before = status_row(watch.unit, at=at).alarm
        alarm = rules.lone_alarm(before, silent_s=(at - heard_at).total_seconds(), every_s=watch.every_s)
        if alarm == rules.SILENT != before:
            changed.append(_set_alarm(actor, "dispatch.alarm_raised", unit=watch.unit, alarm=alarm, at=at))
        elif alarm == rules.LOST != before:
            changed.append(_set_alarm(actor, "dispatch.alarm_escalated", unit=watch.unit, alarm=alarm, at=at))
        elif alarm != before:
            changed.append(_set_alarm(actor, "dispatch.heard_again", unit=watch.unit, alarm=alarm, at=at))
    return changed


def _set_alarm(actor: Actor, verb: str, *, unit: Unit, alarm: str, at: datetime) -> UnitStatus:
    with act(actor, verb, at=at) as entry:
        unit, assignment = lock_job(unit)
        row = status_row(unit, at=at)
        _write_alarm(entry, unit, row, assignment, alarm=alarm)
    return row


def _write_alarm(entry: Draft, unit: Unit, row: UnitStatus, assignment: Assignment | None, *, alarm: str) -> None:
    row.alarm = alarm
    row.save()
    entry.about(unit, case=assignment.incident if assignment else "", **facts_of(row, _incident_id(assignment)))


def _incident_id(assignment: Assignment | None) -> int | None:
    return assignment.incident_id if assignment else None
