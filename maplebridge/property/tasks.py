"""What the registry does by itself: take up alarms, match what was seen before a report, forget in time."""

from datetime import datetime

from maplebridge.journal.models import Entry
from maplebridge.people.actor import system
from maplebridge.property.actions import erase_expired, forget_sightings, raise_late_alarms, take_up_alarm
from maplebridge.property.models import Alarm, TheftReport


def open_incident_of_alarm(entry: Entry, at: datetime) -> None:
    """Reaction to `property.alarm_raised`: give the alarm an incident to which a unit can be sent. Idempotent."""
    alarm = Alarm.objects.filter(pk=_key(entry), incident=None).first()
    if alarm is not None:
        take_up_alarm(system("property"), alarm=alarm, at=at)


def match_earlier_checks(entry: Entry, at: datetime) -> None:
    """Reaction to `property.reported_stolen` and `property.identifier_added`: match checks from before. Idempotent.

    The report does so itself; this is for one that was cut off between its commit and its matching.
    """
    about = {"item_id": _key(entry)} if entry.subject.startswith("item:") else {"pk": _key(entry)}
    for theft in TheftReport.objects.select_related("item").filter(state="open", **about):
        raise_late_alarms(system("property"), theft=theft, at=at)


def forget_clean_sightings(at: datetime) -> None:
    """Remove checks of items that are not stolen, when their days are over."""
    forget_sightings(system("worker"), at=at)


def erase_ended(at: datetime) -> None:
    """Erase owners, claims and thefts whose time is over, in portions, until none is left."""
    while erase_expired(system("worker"), at=at):
        pass


def _key(entry: Entry) -> int:
    return int(entry.subject.partition(":")[2])
