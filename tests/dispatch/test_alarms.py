"""Panic, welfare, and timers that run out."""

from datetime import timedelta

import pytest

from maplebridge.dispatch.actions import (
    assign_unit,
    raise_timer_alarms,
    set_status,
    start_panic,
    stop_panic,
    welfare_ok,
)
from maplebridge.dispatch.models import UnitStatus
from maplebridge.dispatch.recommend import recommendations
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.positions.queries import latest_positions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(dispatcher, noon, make_unit, make_incident):
    unit = make_unit("M21")
    assign_unit(dispatcher, incident=make_incident(), unit=unit, at=noon)
    return unit


def alarm_of(unit):
    return UnitStatus.objects.get(unit=unit).alarm


def test_a_timer_alarms_once_when_it_has_run_out(machine, noon, sent):
    assert raise_timer_alarms(machine, at=noon + timedelta(seconds=179)) == []
    for late in (180, 185, 400):
        raise_timer_alarms(machine, at=noon + timedelta(seconds=late))
    assert alarm_of(sent) == "status"
    assert Entry.objects.filter(verb="dispatch.alarm_raised").count() == 1


def test_the_next_step_ends_the_alarm_and_starts_the_next_timer(machine, dispatcher, noon, sent):
    raise_timer_alarms(machine, at=noon + timedelta(minutes=5))
    set_status(dispatcher, unit=sent, status="OnScene", at=noon + timedelta(minutes=6))
    assert alarm_of(sent) == ""
    raise_timer_alarms(machine, at=noon + timedelta(minutes=37))
    assert alarm_of(sent) == "welfare"


def test_being_well_starts_the_timer_anew(machine, dispatcher, noon, sent):
    set_status(dispatcher, unit=sent, status="OnScene", at=noon)
    welfare_ok(dispatcher, unit=sent, at=noon + timedelta(minutes=25))
    assert raise_timer_alarms(machine, at=noon + timedelta(minutes=40)) == []
    raise_timer_alarms(machine, at=noon + timedelta(minutes=56))
    assert alarm_of(sent) == "welfare"
    welfare_ok(dispatcher, unit=sent, at=noon + timedelta(minutes=57))
    assert alarm_of(sent) == ""


def test_panic_carries_the_own_position_and_stays_until_it_is_ended(machine, dispatcher, noon, sent):
    start_panic(dispatcher, unit=sent, at=noon, lon=24.95, lat=60.18)
    start_panic(dispatcher, unit=sent, at=noon + timedelta(seconds=5), lon=24.96, lat=60.18)
    assert latest_positions()[sent.pk].lon == 24.96
    set_status(dispatcher, unit=sent, status="OnScene", at=noon + timedelta(seconds=6))
    welfare_ok(dispatcher, unit=sent, at=noon + timedelta(seconds=7))
    raise_timer_alarms(machine, at=noon + timedelta(hours=1))
    assert alarm_of(sent) == "panic"
    assert Entry.objects.filter(verb="dispatch.panic_raised").count() == 1
    stop_panic(dispatcher, unit=sent, at=noon + timedelta(hours=1))
    stop_panic(dispatcher, unit=sent, at=noon + timedelta(hours=1))
    assert alarm_of(sent) == ""
    assert Entry.objects.filter(verb="dispatch.panic_ended").count() == 1


def test_a_unit_in_panic_is_not_recommended(dispatcher, noon, make_unit, make_incident):
    unit, other = make_unit("M21"), make_unit("M22", steps=5)
    start_panic(dispatcher, unit=unit, at=noon)
    found = recommendations(dispatcher, incident=make_incident(), at=noon)
    assert [r.candidate.unit_id for r in found] == [other.pk]


def test_panic_of_somebody_elses_unit_and_from_nowhere_is_refused(noon, dispatcher, sent):
    officer = Actor(ref="user:9", name="Officer", role="post_officer", user_id=9)
    with pytest.raises(NotAllowed):
        start_panic(officer, unit=sent, at=noon)
    with pytest.raises(BadInput):
        start_panic(dispatcher, unit=sent, at=noon, lon=999.0, lat=0.0)
    with pytest.raises(BadInput):
        start_panic(dispatcher, unit=sent, at=noon, lon=24.9)
