"""Any interleaving of what dispatchers, crews and call-takers do leaves the tables sound and equal to the journal."""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
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
from maplebridge.kernel.clock import stamp
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
_INCIDENT_STEPS = ("assigned_at", "enroute_at", "onscene_at", "closed_at")


def fold():
    """State of every subject as the journal tells it."""
    state = defaultdict(dict)
    for entry in Entry.objects.order_by("position"):
        state[entry.subject].update(entry.facts)
    return state


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
        said = self.now + timedelta(seconds=7 - late)
        self.attempt(dispatch.set_status, unit=self.units[unit], status=status, occurred_at=said)

    @rule(unit=unit_numbers)
    def close_by_unit(self, unit):
        self.attempt(dispatch.close_job, unit=self.units[unit], disposition="05")

    @rule(incident=incident_numbers, unit=unit_numbers)
    def at_post(self, incident, unit):
        how = {"incident": self.incident(incident), "unit": self.units[unit], "disposition": "05"}
        self.attempt(dispatch.handle_at_post, **how)

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
        left = Assignment.objects.active().exclude(incident__state__in=[s for s in STATES if is_open(s)])
        assert not left.exists()

    @invariant()
    def each_unit_has_at_most_one_job_and_its_status_fits(self):
        for unit in self.units:
            active = Assignment.objects.active().filter(unit=unit).count()
            assert active <= 1
            row = UnitStatus.objects.filter(unit=unit).first()
            assert (row is not None and row.status in ("Assigned", "EnRoute", "OnScene")) == bool(active)

    @invariant()
    def each_incident_is_in_a_declared_state_that_fits_its_units(self):
        for incident in Incident.objects.all():
            assert incident.state in STATES
            if is_open(incident.state):
                active = Assignment.objects.active().filter(incident=incident).exists()
                assert incident.state.startswith("Resources") == active

    @invariant()
    def steps_of_an_assignment_are_in_order(self):
        for a in Assignment.objects.all():
            steps = [s for s in (a.assigned_at, a.enroute_at, a.onscene_at, a.cleared_at) if s is not None]
            assert steps == sorted(steps)

    @invariant()
    def the_journal_tells_what_the_tables_say(self):
        told = fold()
        for row in UnitStatus.objects.all():
            facts = told[f"unit:{row.unit_id}"]
            job = Assignment.objects.active().filter(unit_id=row.unit_id).values_list("incident_id", flat=True).first()
            assert facts["incident"] == job
            assert facts["since_at"] == stamp(row.since_at)
            assert facts["timer_at"] == (stamp(row.timer_at) if row.timer_at else None)
            assert (facts["status"], facts["secondary"], facts["alarm"]) == (row.status, row.secondary, row.alarm)
        for incident in Incident.objects.all():
            facts = told[f"incident:{incident.pk}"]
            active = Assignment.objects.active().filter(incident=incident).order_by("assigned_at", "pk")
            assert facts.get("units", []) == list(active.values_list("unit_id", flat=True))
            for field in ("state", "held", "priority", "disposition"):
                assert facts[field] == getattr(incident, field), field
            assert facts["merged_into"] == incident.merged_into_id
            for step in _INCIDENT_STEPS:
                moment = getattr(incident, step)
                assert facts[step] == (stamp(moment) if moment else None), step


def test_any_interleaving_keeps_the_tables_sound_and_equal_to_the_journal():
    run_state_machine_as_test(
        Shift12,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],
            database=None,
        ),
    )
