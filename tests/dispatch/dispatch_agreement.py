"""What must hold of dispatch at every moment, whoever did what in whatever order."""

from collections import defaultdict

from maplebridge.dispatch.models import AlarmLevel, Assignment, UnitStatus
from maplebridge.dispatch.rules import AT_WORK
from maplebridge.incidents.models import Incident
from maplebridge.incidents.rules import STATES, is_open
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.people.models import Shift, Unit

_INCIDENT_STEPS = ("assigned_at", "enroute_at", "onscene_at", "closed_at")


def fold():
    """State of every subject as the journal tells it."""
    state = defaultdict(dict)
    for entry in Entry.objects.order_by("position"):
        state[entry.subject].update(entry.facts)
    return state


def active_jobs():
    """Active assignments by unit id, each a list of incident ids."""
    jobs = defaultdict(list)
    for unit, incident in (
        Assignment.objects.active().order_by("assigned_at", "pk").values_list("unit_id", "incident_id")
    ):
        jobs[unit].append(incident)
    return jobs


def each_unit_has_at_most_one_job_and_its_status_fits():
    jobs, rows = active_jobs(), UnitStatus.objects.in_bulk()
    for unit in Unit.objects.values_list("pk", flat=True):
        assert len(jobs[unit]) <= 1
        assert (unit in rows and rows[unit].status in AT_WORK) == bool(jobs[unit])


def each_incident_is_in_a_declared_state_that_fits_its_units(*, worker_has_run=False):
    """A reopened incident may still have units that had not left it, until the worker has seen to it."""
    busy = {incident for incidents in active_jobs().values() for incident in incidents}
    for incident in Incident.objects.all():
        assert incident.state in STATES
        if is_open(incident.state) and (worker_has_run or incident.state != "ReOpened"):
            assert incident.state.startswith("Resources") == (incident.pk in busy)


def steps_of_an_assignment_are_in_order():
    for a in Assignment.objects.all():
        steps = [s for s in (a.assigned_at, a.enroute_at, a.onscene_at, a.cleared_at) if s is not None]
        assert steps == sorted(steps)


def the_journal_tells_what_the_tables_say():
    told, jobs = fold(), active_jobs()
    for row in UnitStatus.objects.all():
        facts = told[f"unit:{row.unit_id}"]
        assert facts["incident"] == (jobs[row.unit_id] or [None])[0]
        assert facts["since_at"] == stamp(row.since_at)
        assert facts["timer_at"] == (stamp(row.timer_at) if row.timer_at else None)
        assert (facts["status"], facts["secondary"], facts["alarm"]) == (row.status, row.secondary, row.alarm)
    for raised in AlarmLevel.objects.all():
        facts = told[f"incident:{raised.incident_id}"]
        assert (facts["alarm_level"], facts["alarm_level_at"]) == (raised.level, stamp(raised.since_at))
    told_shifts = {key: facts for key, facts in told.items() if key.startswith("shift:")}
    assert {k: f["ends_at"] for k, f in told_shifts.items()} == {
        f"shift:{shift.pk}": stamp(shift.ends_at) for shift in Shift.objects.all()
    }
    units_of = defaultdict(list)
    for unit, incidents in jobs.items():
        for incident in incidents:
            units_of[incident].append(unit)
    for incident in Incident.objects.all():
        facts = told[f"incident:{incident.pk}"]
        assert sorted(facts.get("units", [])) == sorted(units_of[incident.pk])
        for field in ("state", "held", "priority", "disposition"):
            assert facts[field] == getattr(incident, field), field
        assert facts["merged_into"] == incident.merged_into_id
        for step in _INCIDENT_STEPS:
            moment = getattr(incident, step)
            assert facts[step] == (stamp(moment) if moment else None), step
