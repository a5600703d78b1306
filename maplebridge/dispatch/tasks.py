"""What the worker does for dispatch: raise timers that ran out, and answer the end of an incident."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.dispatch.actions import (
    raise_silences,
    raise_timer_alarms,
    release_units,
    resume_units,
    start_panic,
)
from maplebridge.dispatch.recommend import recommendations
from maplebridge.incidents.actions import add_note
from maplebridge.incidents.models import Incident, Note
from maplebridge.incidents.rules import is_open
from maplebridge.journal.models import Entry
from maplebridge.people.actor import system
from maplebridge.people.models import Unit
from maplebridge.positions.actions import forget_positions

CALLED_WITHIN = timedelta(hours=1)  # an older call for help, from a telephone without network, is history


def watch_timers(at: datetime) -> int:
    """Raise the alarm of every timer that ran out and of every silence; returns how many. Run it every few seconds."""
    return len(raise_timer_alarms(system("timers"), at=at)) + len(raise_silences(system("timers"), at=at))


def forget_old_positions(at: datetime) -> int:
    """Remove positions past the time they are kept; returns how many. Run it every ten minutes."""
    return forget_positions(system("positions"), at=at)


def free_units_of_ended(entry: Entry, at: datetime) -> None:
    """Reaction to `incidents.closed` and `incidents.cancelled`: free the units still on it. Idempotent."""
    incident = _incident_of(entry)
    if incident is not None:
        release_units(system("dispatch"), incident=incident, at=at)


def keep_units_of_reopened(entry: Entry, at: datetime) -> None:
    """Reaction to `incidents.reopened`: where units had not yet left, its state tells of them again. Idempotent."""
    incident = _incident_of(entry)
    if incident is not None:
        resume_units(system("dispatch"), incident=incident, at=at)


NAMED = 3  # units in a note


def note_units_for_alarm(entry: Entry, at: datetime) -> None:
    """Reaction to `property.alarm_taken_up`: note on its incident which units would be there first. Idempotent."""
    incident = Incident.objects.filter(pk=_case_of(entry) or 0).first()
    key = f"property.alarm:{entry.subject.partition(':')[2]}:units"
    if incident is None or not is_open(incident.state) or Note.objects.filter(source_key=key).exists():
        return
    actor = system("dispatch")
    ranked = recommendations(actor, incident=incident, at=at, limit=NAMED)
    units = [
        _("%(unit)s (%(minutes)d min)") % {"unit": r.candidate.call_sign, "minutes": round(r.candidate.eta_s / 60)}
        for r in ranked
    ]
    text = _("Nearest for this alarm: %(units)s.") % {"units": _(", ").join(units)} if units else _("No unit is free.")
    add_note(actor, incident=incident, text=text, source_key=key, at=at)


def _case_of(entry: Entry) -> int | None:
    """The incident that is an entry's case."""
    kind, _colon, key = entry.case.partition(":")
    return int(key) if kind == "incident" and key.isdigit() else None


def answer_call_for_help(entry: Entry, at: datetime) -> None:
    """Reaction to `positions.help_called`: raise the panic alarm of its unit while it is on shift. Idempotent."""
    unit = Unit.objects.on_shift(at).filter(pk=int(entry.subject.partition(":")[2])).first()
    if unit is not None and at - entry.at <= CALLED_WITHIN:
        start_panic(system("positions"), unit=unit, at=at)


def _incident_of(entry: Entry) -> Incident | None:
    return Incident.objects.filter(pk=int(entry.subject.partition(":")[2])).first()
