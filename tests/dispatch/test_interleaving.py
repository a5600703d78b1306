"""Any interleaving of what dispatchers, crews and call-takers do leaves the tables sound and equal to the journal."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from dispatch_agreement import (
    each_incident_is_in_a_declared_state_that_fits_its_units,
    each_unit_has_at_most_one_job_and_its_status_fits,
    steps_of_an_assignment_are_in_order,
    the_journal_tells_what_the_tables_say,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from maplebridge.dispatch import actions as dispatch
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.dispatch.rules import STATUSES
from maplebridge.incidents import actions as incidents
from maplebridge.incidents.models import Incident, IncidentType, Numbering
from maplebridge.incidents.rules import STATES, is_open
from maplebridge.journal.models import Cursor, Entry, Head, Private
from maplebridge.kernel.refused import Refused
from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.people.actor import Actor, system
from maplebridge.people.models import Shift, Unit

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DISPATCHER = Actor(ref="user:1", name="Dispatcher", role="dispatcher")
UNITS, INCIDENTS = 3, 3
unit_numbers = st.integers(0, UNITS - 1)
incident_numbers = st.integers(0, INCIDENTS - 1)


class Shift12(RuleBasedStateMachine):
    """Three units and three incidents, and everything that can happen to them."""

    def __init__(self):
        super().__init__()
        Incident.objects.update(merged_into=None)
        for model in (Assignment, UnitStatus, Shift, Incident, Unit, Private, Entry, Head, Cursor, Numbering):
            model.objects.all().delete()
        IncidentType.objects.get_or_create(
            code="noise", defaults={"family": "noise", "name": "noise", "name_zh": "噪声", "priority": 7}
        )
        self.now = NOON
        machine = system("test")
        self.units, self.incidents = [], []
        for number in range(UNITS):
            home = (24.94 + number / 500, 60.17)
            unit = enlist_unit(machine, call_sign=f"M{number}", kind="car", home=home, at=NOON)
            span = {"starts_at": NOON - timedelta(hours=1), "ends_at": NOON + timedelta(hours=9)}
            open_shift(machine, unit=unit, crew=[], at=NOON, **span)
            self.units.append(unit)
        for number in range(INCIDENTS):
            reported = incidents.report_incident(
                machine, type="noise", lon=24.94, lat=60.17, narrative="", priority=3 * number, at=NOON
            )
            self.incidents.append(reported.incident)

    def attempt(self, action, **how):
        """Do it as a person would: a refusal is an answer."""
        self.now += timedelta(seconds=7)
        with suppress(Refused):
            action(DISPATCHER, at=self.now, **how)

    def said(self, late):
        """A moment as a telephone tells it: so many seconds before what it does is entered."""
        return None if late is None else self.now + timedelta(seconds=7 - late)

    def incident(self, number):
        return Incident.objects.get(pk=self.incidents[number].pk)

    @rule(incident=incident_numbers, unit=unit_numbers, preempt=st.booleans())
    def assign(self, incident, unit, preempt):
        how = {"incident": self.incident(incident), "unit": self.units[unit]}
        self.attempt(dispatch.assign_unit, preempt=preempt, **how)

    @rule(incident=incident_numbers, unit=unit_numbers)
    def stand_down(self, incident, unit):
        self.attempt(dispatch.stand_down, incident=self.incident(incident), unit=self.units[unit])

    @rule(incident=incident_numbers, out=unit_numbers, into=unit_numbers)
    def swap(self, incident, out, into):
        how = {"out_unit": self.units[out], "in_unit": self.units[into]}
        self.attempt(dispatch.swap_units, incident=self.incident(incident), **how)

    @rule(incident=incident_numbers, held=st.booleans())
    def hold(self, incident, held):
        self.attempt(dispatch.hold_incident, incident=self.incident(incident), held=held, reason="later")

    @rule(unit=unit_numbers)
    def accept(self, unit):
        self.attempt(dispatch.accept_job, unit=self.units[unit])

    @rule(unit=unit_numbers, status=st.sampled_from(sorted(STATUSES)), late=st.integers(-3, 20))
    def step(self, unit, status, late):
        self.attempt(dispatch.set_status, unit=self.units[unit], status=status, occurred_at=self.said(late))

    @rule(unit=unit_numbers, late=st.none() | st.integers(-3, 20))
    def close_by_unit(self, unit, late):
        how = {"unit": self.units[unit], "occurred_at": self.said(late)}
        self.attempt(dispatch.close_job, disposition="05", **how)

    @rule(incident=incident_numbers, unit=unit_numbers, late=st.none() | st.integers(-3, 20))
    def at_post(self, incident, unit, late):
        how = {"incident": self.incident(incident), "unit": self.units[unit], "occurred_at": self.said(late)}
        self.attempt(dispatch.handle_at_post, disposition="05", **how)

    @rule(incident=incident_numbers)
    def close(self, incident):
        self.attempt(incidents.close_incident, incident=self.incident(incident), disposition="05")

    @rule(incident=incident_numbers)
    def cancel(self, incident):
        self.attempt(incidents.cancel_incident, incident=self.incident(incident), reason="nobody there")

    @rule(incident=incident_numbers)
    def reopen(self, incident):
        self.attempt(incidents.reopen_incident, incident=self.incident(incident), reason="again")

    @rule(incident=incident_numbers, into=incident_numbers)
    def merge(self, incident, into):
        self.attempt(incidents.merge_incidents, incident=self.incident(incident), into=self.incident(into))

    @rule(incident=incident_numbers)
    def unmerge(self, incident):
        self.attempt(incidents.unmerge_incident, incident=self.incident(incident))

    @rule(unit=unit_numbers, on=st.booleans())
    def panic(self, unit, on):
        self.attempt(dispatch.start_panic if on else dispatch.stop_panic, unit=self.units[unit])

    @rule(incident=incident_numbers, level=st.integers(1, 3))
    def raise_alarm(self, incident, level):
        self.attempt(dispatch.raise_alarm_level, incident=self.incident(incident), level=level, reason="it grows")

    @rule(unit=unit_numbers, on=st.booleans())
    def duty(self, unit, on):
        self.attempt(dispatch.go_on_duty if on else dispatch.go_off_duty, unit=self.units[unit])

    @rule(unit=unit_numbers)
    def welfare(self, unit):
        self.attempt(dispatch.welfare_ok, unit=self.units[unit])

    @rule(minutes=st.sampled_from([1, 5, 40]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        dispatch.raise_timer_alarms(system("timers"), at=self.now)

    @precondition(lambda self: self.now > NOON)
    @rule()
    def worker_frees_units(self):
        for incident in self.incidents:
            dispatch.release_units(system("dispatch"), incident=incident, at=self.now)
            dispatch.resume_units(system("dispatch"), incident=incident, at=self.now)
        left = Assignment.objects.active().exclude(incident__state__in=[s for s in STATES if is_open(s)])
        assert not left.exists()
        each_incident_is_in_a_declared_state_that_fits_its_units(worker_has_run=True)

    @invariant()
    def each_unit_has_at_most_one_job_and_its_status_fits(self):
        each_unit_has_at_most_one_job_and_its_status_fits()

    @invariant()
    def each_incident_is_in_a_declared_state_that_fits_its_units(self):
        each_incident_is_in_a_declared_state_that_fits_its_units()

    @invariant()
    def steps_of_an_assignment_are_in_order(self):
        steps_of_an_assignment_are_in_order()

    @invariant()
    def the_journal_tells_what_the_tables_say(self):
        the_journal_tells_what_the_tables_say()


def test_any_interleaving_keeps_the_tables_sound_and_equal_to_the_journal():
    run_state_machine_as_test(
        Shift12,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],
            database=None,
        ),
    )
