"""Panic, welfare, and timers that run out."""

from datetime import timedelta

import pytest

from maplebridge.dispatch.actions import (
    assign_unit,
    raise_silences,
    raise_timer_alarms,
    set_status,
    start_panic,
    stop_panic,
    watch_lone,
    welfare_ok,
)
from maplebridge.dispatch.models import LoneWatch, UnitStatus
from maplebridge.dispatch.recommend import recommendations
from maplebridge.dispatch.tasks import answer_call_for_help
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor
from maplebridge.positions.actions import record_calls, record_position
from maplebridge.positions.queries import latest_positions
from maplebridge.positions.steps import Point

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


@pytest.mark.parametrize(
    ("called", "shift", "raised"), [(5, 120, 1), (61, 120, 0), (5, 1, 0)], ids=["now", "long ago", "off shift"]
)
def test_a_call_by_its_tracker_raises_the_panic_alarm_of_a_unit_on_shift(
    machine, noon, make_unit, called, shift, raised
):
    unit = make_unit("M9")
    unit.shifts.update(ends_at=noon + timedelta(minutes=shift))
    record_calls(machine, points=[Point(unit.pk, 24.9, 60.1, noon.timestamp(), alarm=True)], at=noon)
    (entry,) = Entry.objects.filter(verb="positions.help_called")
    for _again in range(2):
        answer_call_for_help(entry, noon + timedelta(minutes=called))
    assert UnitStatus.objects.filter(unit=unit, alarm="panic").count() == raised
    assert Entry.objects.filter(verb="dispatch.panic_raised").count() == raised


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


class TestLoneWorkers:
    MINUTE = timedelta(minutes=1)

    @pytest.fixture
    def alone(self, dispatcher, noon, make_unit):
        unit = make_unit("F1")
        watch_lone(dispatcher, unit=unit, minutes=10, at=noon)
        return unit

    def verbs(self):
        found = Entry.objects.filter(
            verb__in=("dispatch.alarm_raised", "dispatch.alarm_escalated", "dispatch.heard_again")
        )
        return [verb.partition(".")[2] for verb in found.order_by("position").values_list("verb", flat=True)]

    def test_silence_raises_an_alarm_and_long_silence_a_louder_one(self, machine, noon, alone):
        assert raise_silences(machine, at=noon + 9 * self.MINUTE) == []
        for minutes in (10, 11, 15, 16, 40):
            raise_silences(machine, at=noon + minutes * self.MINUTE)
        assert alarm_of(alone) == "lost"
        assert self.verbs() == ["alarm_raised", "alarm_escalated"]

    def test_a_position_is_a_sign_of_life_and_ends_the_first_alarm(self, machine, noon, alone):
        raise_silences(machine, at=noon + 10 * self.MINUTE)
        assert alarm_of(alone) == "silent"
        record_position(machine, unit=alone, lon=24.94, lat=60.17, at=noon + 11 * self.MINUTE)
        raise_silences(machine, at=noon + 11 * self.MINUTE)
        assert alarm_of(alone) == ""
        assert self.verbs() == ["alarm_raised", "heard_again"]

    def test_who_was_lost_is_found_only_when_somebody_says_so(self, machine, dispatcher, noon, alone):
        for minutes in (10, 15):
            raise_silences(machine, at=noon + minutes * self.MINUTE)
        record_position(machine, unit=alone, lon=24.94, lat=60.17, at=noon + 16 * self.MINUTE)
        raise_silences(machine, at=noon + 16 * self.MINUTE)
        assert alarm_of(alone) == "lost"
        welfare_ok(dispatcher, unit=alone, at=noon + 17 * self.MINUTE)
        raise_silences(machine, at=noon + 20 * self.MINUTE)
        assert alarm_of(alone) == ""

    def test_the_watch_ends_when_it_is_ended_and_with_the_shift(self, machine, dispatcher, noon, alone):
        assert raise_silences(machine, at=noon + timedelta(hours=9)) == []
        watch_lone(dispatcher, unit=alone, minutes=0, at=noon)
        assert raise_silences(machine, at=noon + 30 * self.MINUTE) == []
        assert not LoneWatch.objects.exists()

    def test_a_call_for_help_stays_whatever_is_heard(self, machine, dispatcher, noon, alone):
        start_panic(dispatcher, unit=alone, at=noon)
        raise_silences(machine, at=noon + 30 * self.MINUTE)
        assert alarm_of(alone) == "panic"

    @pytest.mark.parametrize("minutes", [-1, 1, 121])
    def test_so_short_or_long_a_silence_is_refused(self, dispatcher, noon, make_unit, minutes):
        with pytest.raises(BadInput, match="2 to 120 minutes"):
            watch_lone(dispatcher, unit=make_unit("F1"), minutes=minutes, at=noon)

    def test_nobody_sets_it_for_a_unit_that_is_not_theirs(self, noon, make_unit):
        with pytest.raises(NotAllowed):
            watch_lone(Actor("user:1", "A", "auditor"), unit=make_unit("F1"), minutes=10, at=noon)
