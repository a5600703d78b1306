"""Sending units: every way it works and every way it is refused."""

from datetime import timedelta

import pytest

from maplebridge.dispatch.actions import (
    CannotAssignUnit,
    CannotStandDown,
    assign_unit,
    hold_incident,
    set_status,
    stand_down,
    swap_units,
)
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import NotAllowed, Refused
from maplebridge.people.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(incident):
    incident.refresh_from_db()
    return incident.state


def test_a_unit_is_sent_and_its_incident_says_so(dispatcher, noon, make_unit, make_incident):
    unit, incident = make_unit("M21"), make_incident()
    made = assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    assert (made.rank, made.eta_s) == (1, 0.0)
    assert state_of(incident) == "ResourcesAssigned"
    assert UnitStatus.objects.get(unit=unit).status == "Assigned"
    facts = Entry.objects.filter(subject=f"unit:{unit.pk}").last().facts
    assert (facts["status"], facts["incident"]) == ("Assigned", incident.pk)
    assert Entry.objects.filter(verb="dispatch.units_changed").last().facts["units"] == [unit.pk]


def test_sending_a_unit_again_to_the_same_incident_changes_nothing(dispatcher, noon, make_unit, make_incident):
    unit, incident = make_unit("M21"), make_incident()
    first = assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    entries = Entry.objects.count()
    assert assign_unit(dispatcher, incident=incident, unit=unit, at=noon + timedelta(seconds=1)) == first
    assert Entry.objects.count() == entries
