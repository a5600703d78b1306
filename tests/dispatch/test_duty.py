"""On duty and off: by dispatch, and by a unit's own crew for itself."""

from datetime import timedelta

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import (
    CannotGoOffDuty,
    CannotGoOnDuty,
    assign_unit,
    extend_duty,
    go_off_duty,
    go_on_duty,
    set_status,
    start_panic,
)
from maplebridge.dispatch.models import UnitStatus
from maplebridge.dispatch.queries import unit_rows
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.models import Shift
from maplebridge.positions.queries import own_units

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew(db):
    return [make_staff(username=f"o{n}", display_name=f"O {n}", role="post_officer") for n in range(2)]


@pytest.fixture
def rested(make_unit, crew):
    """A unit whose last turn ended an hour ago, with its crew of two."""
    return make_unit("F3", kind="foot", shift=(-9, -1), crew=crew)


def test_dispatch_puts_a_unit_on_duty_with_the_crew_it_last_had(dispatcher, noon, rested, crew):
    until = noon + timedelta(hours=5)
    shift = go_on_duty(dispatcher, unit=rested, until=until, at=noon)
    assert (set(shift.crew.all()), shift.starts_at, shift.ends_at) == (set(crew), noon, until)
    row = unit_rows(dispatcher, at=noon)[0]
    assert (row["call_sign"], row["on_shift"], row["shift_ends_at"]) == ("F3", True, stamp(until))
    entry = Entry.objects.get(verb="dispatch.unit_on_duty")
    assert (entry.subject, entry.facts["on_shift"], entry.facts["shift_ends_at"]) == (
        f"unit:{rested.pk}", True, stamp(until),
    )  # fmt: skip


def test_an_officer_goes_on_duty_alone_and_a_second_one_joins(noon, rested, crew):
    first, second = map(acting, crew)
    assert list(go_on_duty(first, unit=rested, at=noon).crew.all()) == [crew[0]]
    assert (own_units(first, at=noon), own_units(second, at=noon)) == ([rested.pk], [])
    later = noon + timedelta(minutes=10)
    joined = go_on_duty(second, unit=rested, until=noon + timedelta(hours=9), at=later)
    assert own_units(second, at=later) == [rested.pk]
    assert Entry.objects.filter(verb="dispatch.unit_on_duty").last().facts["shift_ends_at"] == stamp(joined.ends_at)


def test_on_duty_twice_is_one_turn_and_another_end_is_refused(dispatcher, noon, rested):
    until = noon + timedelta(hours=5)
    shift = go_on_duty(dispatcher, unit=rested, until=until, at=noon)
    later = noon + timedelta(minutes=1)
    assert go_on_duty(dispatcher, unit=rested, until=until, at=later) == shift
    assert go_on_duty(dispatcher, unit=rested, at=later) == shift
    with pytest.raises(CannotGoOnDuty, match="on duty already, until"):
        go_on_duty(dispatcher, unit=rested, until=until + timedelta(hours=1), at=later)
    assert Shift.objects.count() == 2


def test_off_duty_ends_every_present_turn_and_leaves_the_status(dispatcher, noon, rested, crew):
    mine = acting(crew[0])
    go_on_duty(mine, unit=rested, at=noon)
    set_status(mine, unit=rested, status="OutOfService", secondary="Meal", at=noon)
    end = noon + timedelta(hours=1)
    go_off_duty(mine, unit=rested, at=end)
    go_off_duty(dispatcher, unit=rested, at=end)
    assert not Shift.objects.filter(ends_at__gt=end).exists()
    assert UnitStatus.objects.get().status == "OutOfService"
    assert Entry.objects.get(verb="dispatch.unit_off_duty").facts["on_shift"] is False
    assert unit_rows(dispatcher, at=end) == []


def test_who_began_a_turn_of_their_own_stays_when_another_leaves(dispatcher, noon, rested, crew):
    first, second = map(acting, crew)
    go_on_duty(first, unit=rested, until=noon + timedelta(hours=8), at=noon)
    stays = go_on_duty(second, unit=rested, until=noon + timedelta(hours=4), at=noon)
    go_off_duty(first, unit=rested, at=noon + timedelta(hours=1))
    later = noon + timedelta(hours=1, minutes=1)
    assert (own_units(first, at=later), own_units(second, at=later)) == ([], [rested.pk])
    facts = Entry.objects.get(verb="dispatch.unit_off_duty").facts
    assert (facts["on_shift"], facts["shift_ends_at"]) == (True, stamp(stays.ends_at))
    with pytest.raises(NotAllowed):
        go_off_duty(first, unit=rested, at=later)
    go_off_duty(dispatcher, unit=rested, at=later)
    assert unit_rows(dispatcher, at=later) == []


def test_a_turn_ended_in_the_moment_it_began_is_over_at_once_after(dispatcher, noon, rested):
    go_on_duty(dispatcher, unit=rested, at=noon)
    go_off_duty(dispatcher, unit=rested, at=noon)
    assert unit_rows(dispatcher, at=noon + timedelta(seconds=1)) == []


def test_nobody_leaves_a_job_or_a_call_for_help_by_going_off_duty(dispatcher, noon, make_unit, make_incident):
    unit, other = make_unit("M21"), make_unit("M22", steps=1)
    assign_unit(dispatcher, incident=make_incident(), unit=unit, at=noon)
    with pytest.raises(CannotGoOffDuty, match="M21 is on 0001"):
        go_off_duty(dispatcher, unit=unit, at=noon)
    start_panic(dispatcher, unit=other, at=noon)
    with pytest.raises(CannotGoOffDuty, match="calls for help"):
        go_off_duty(dispatcher, unit=other, at=noon)
    assert Shift.objects.filter(ends_at__gt=noon).count() == 2


def test_an_officer_speaks_for_no_other_unit_and_an_auditor_for_none(noon, rested, crew, make_unit):
    other = make_unit("F4", kind="foot")
    with pytest.raises(NotAllowed, match="unit of your last turn"):
        go_on_duty(acting(crew[0]), unit=other, at=noon)
    with pytest.raises(NotAllowed):
        go_off_duty(acting(crew[0]), unit=other, at=noon)
    auditor = make_staff(username="a", display_name="A", role="auditor")
    with pytest.raises(NotAllowed):
        go_on_duty(acting(auditor), unit=rested, at=noon)


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_a_turn_ends_within_a_day(dispatcher, noon, rested, hours):
    with pytest.raises(BadInput, match="within 24 hours") as refused:
        go_on_duty(dispatcher, unit=rested, until=noon + timedelta(hours=hours), at=noon)
    assert refused.value.field == "until"


def test_a_unit_out_of_use_stays_off_duty(dispatcher, noon, rested):
    type(rested).objects.update(active=False)
    with pytest.raises(CannotGoOnDuty, match="no longer in use"):
        go_on_duty(dispatcher, unit=rested, at=noon)


def test_a_turn_can_last_longer_and_the_console_hears_of_it(dispatcher, noon, rested):
    go_on_duty(dispatcher, unit=rested, at=noon)
    extend_duty(dispatcher, unit=rested, until=noon + timedelta(hours=9), at=noon + timedelta(hours=7))
    assert Shift.objects.get(unit=rested, starts_at=noon).ends_at == noon + timedelta(hours=9)
    entry = Entry.objects.get(verb="dispatch.duty_extended")
    assert entry.facts["shift_ends_at"] == "2026-05-04T21:00:00.000Z"


def test_a_crew_lets_its_own_turn_last_longer_within_a_day(dispatcher, noon, rested, crew):
    go_on_duty(dispatcher, unit=rested, at=noon)
    with pytest.raises(BadInput, match="within 24 hours"):
        extend_duty(acting(crew[0]), unit=rested, until=noon + timedelta(hours=25), at=noon)
    extend_duty(acting(crew[0]), unit=rested, until=noon + timedelta(hours=10), at=noon)
    assert Shift.objects.filter(ends_at=noon + timedelta(hours=10)).exists()


def test_who_is_not_on_duty_has_no_turn_to_lengthen(dispatcher, noon, rested):
    with pytest.raises(CannotGoOnDuty, match="is not on duty"):
        extend_duty(dispatcher, unit=rested, until=noon + timedelta(hours=1), at=noon)
