"""The steps of a job, in and out of order, on time and late; closing it; handled at the post."""

from datetime import timedelta

import pytest
from staff_for_tests import acting, make_staff

from maplebridge.dispatch.actions import (
    CannotAcceptJob,
    CannotAssignUnit,
    CannotCloseJob,
    CannotSetStatus,
    accept_job,
    assign_unit,
    close_job,
    handle_at_post,
    release_units,
    set_status,
)
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.dispatch.tasks import free_units_of_ended
from maplebridge.incidents.actions import close_incident
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def after(noon):
    return lambda seconds: noon + timedelta(seconds=seconds)


@pytest.fixture
def sent(dispatcher, noon, make_unit, make_incident):
    """A unit sent at noon, and its incident."""
    unit, incident = make_unit("M21"), make_incident()
    assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    return unit, incident


@pytest.fixture
def officer(db):
    user = make_staff(username="anna", role="post_officer", display_name="Anna")
    return user, acting(user)


def test_a_job_from_accepted_to_clear_keeps_every_moment(dispatcher, sent, after):
    unit, incident = sent
    accept_job(dispatcher, unit=unit, at=after(20))
    for step, (status, state) in enumerate(
        [("EnRoute", "ResourcesEnroute"), ("OnScene", "ResourcesOnscene"), ("Available", "Active")], 1
    ):
        set_status(dispatcher, unit=unit, status=status, at=after(60 * step))
        incident.refresh_from_db()
        assert incident.state == state
    made = Assignment.objects.get()
    assert [made.accepted_at, made.enroute_at, made.onscene_at, made.cleared_at] == [
        after(20), after(60), after(120), after(180)
    ]  # fmt: skip
    assert (incident.enroute_at, incident.onscene_at) == (after(60), after(120))


def test_a_job_accepted_while_cut_off_keeps_its_moment_before_the_later_steps(dispatcher, sent, after):
    unit, _incident = sent
    accept_job(dispatcher, unit=unit, at=after(90), occurred_at=after(20))
    set_status(dispatcher, unit=unit, status="EnRoute", at=after(91), occurred_at=after(40))
    made = Assignment.objects.get()
    assert (made.accepted_at, made.enroute_at) == (after(20), after(40))
    assert Entry.objects.get(verb="dispatch.job_accepted").at == after(20)


def test_the_same_status_again_changes_nothing(dispatcher, sent, after):
    unit, _incident = sent
    set_status(dispatcher, unit=unit, status="EnRoute", at=after(10))
    entries = Entry.objects.count()
    set_status(dispatcher, unit=unit, status="EnRoute", at=after(20))
    accept_job(dispatcher, unit=unit, at=after(21))
    accept_job(dispatcher, unit=unit, at=after(22))
    assert Entry.objects.count() == entries + 1
    set_status(dispatcher, unit=unit, status="EnRoute", secondary="Delayed", at=after(30))
    row = UnitStatus.objects.get()
    assert (row.secondary, row.since_at) == ("Delayed", after(10))


@pytest.mark.parametrize(
    ("steps", "status", "says"),
    [
        ([], "Available", "has not arrived at .*, so it can't clear it. Set it on scene, or stand it down"),
        (["EnRoute"], "Available", "has not arrived"),
        (["OnScene"], "EnRoute", "M21 is on scene; en route can't follow that"),
        (["OnScene"], "OutOfService", "Clear that first"),
        (["OnScene", "Available"], "OnScene", "M21 has no job. Send it to an incident first"),
        (["OnScene", "Available"], "Assigned", "Send M21 to an incident"),
    ],
)
def test_a_step_out_of_order_is_refused_with_what_to_do(dispatcher, sent, after, steps, status, says):
    unit, _incident = sent
    for number, step in enumerate(steps, 1):
        set_status(dispatcher, unit=unit, status=step, at=after(number))
    entries = Entry.objects.count()
    with pytest.raises(CannotSetStatus, match=says):
        set_status(dispatcher, unit=unit, status=status, at=after(60))
    assert Entry.objects.count() == entries


def test_a_late_entry_keeps_when_it_happened_and_when_it_was_entered(dispatcher, sent, after):
    unit, incident = sent
    set_status(dispatcher, unit=unit, status="OnScene", at=after(900), occurred_at=after(300))
    incident.refresh_from_db()
    assert (Assignment.objects.get().onscene_at, incident.onscene_at) == (after(300), after(300))
    entry = Entry.objects.get(verb="dispatch.unit_onscene")
    assert entry.at == after(300)
    assert entry.facts["since_at"] == stamp(after(300))


def test_a_late_entry_before_the_last_step_is_refused(dispatcher, sent, after):
    unit, _incident = sent
    with pytest.raises(CannotSetStatus, match="give a time after its last step, at 12:00:00"):
        set_status(dispatcher, unit=unit, status="OnScene", at=after(900), occurred_at=after(-300))


def test_a_time_in_the_future_is_bad_input(dispatcher, sent, after):
    unit, _incident = sent
    with pytest.raises(BadInput, match="lies in the future") as refused:
        set_status(dispatcher, unit=unit, status="OnScene", at=after(10), occurred_at=after(300))
    assert refused.value.field == "at"


@pytest.mark.parametrize(
    ("how", "field"),
    [({"status": "Flying"}, "status"), ({"status": "OnScene", "secondary": "Meal"}, "secondary")],
)
def test_unknown_words_are_bad_input(dispatcher, sent, noon, how, field):
    unit, _incident = sent
    with pytest.raises(BadInput) as refused:
        set_status(dispatcher, unit=unit, at=noon, **how)
    assert refused.value.field == field


def test_a_unit_off_shift_has_no_status_to_set_unless_it_is_still_at_work(dispatcher, sent, after, make_unit):
    unit, _incident = sent
    unit.shifts.all().delete()
    set_status(dispatcher, unit=unit, status="OnScene", at=after(10))
    set_status(dispatcher, unit=unit, status="Available", at=after(20))
    with pytest.raises(CannotSetStatus, match="not on shift"):
        set_status(dispatcher, unit=unit, status="OutOfService", at=after(30))


def test_a_crew_speaks_for_its_own_unit_alone(noon, make_unit, officer):
    user, actor = officer
    own, other = make_unit("F1", crew=[user]), make_unit("F2")
    set_status(actor, unit=own, status="OutOfService", secondary="Meal", at=noon)
    with pytest.raises(NotAllowed, match="your own unit only"):
        set_status(actor, unit=other, status="OutOfService", at=noon)
    with pytest.raises(NotAllowed):
        set_status(actor, unit=own, status="Available", at=noon + timedelta(days=1))


def test_without_a_job_there_is_nothing_to_accept_or_close(dispatcher, noon, make_unit):
    unit = make_unit("M21")
    with pytest.raises(CannotAcceptJob, match="Wait for the next one"):
        accept_job(dispatcher, unit=unit, at=noon)
    with pytest.raises(CannotCloseJob, match="no job to close"):
        close_job(dispatcher, unit=unit, disposition="05", at=noon)


def test_closing_the_job_frees_every_unit_on_it(dispatcher, sent, after, make_unit):
    unit, incident = sent
    assign_unit(dispatcher, incident=incident, unit=make_unit("M22"), at=after(5))
    with pytest.raises(CannotCloseJob, match="has not arrived"):
        close_job(dispatcher, unit=unit, disposition="05", at=after(10))
    set_status(dispatcher, unit=unit, status="OnScene", at=after(20))
    closed = close_job(dispatcher, unit=unit, disposition="05", narrative="quiet now", at=after(30))
    assert closed.state == "Closed"
    assert not Assignment.objects.active().exists()
    assert set(UnitStatus.objects.values_list("status", flat=True)) == {"Available"}


def test_the_worker_frees_the_units_of_an_incident_closed_elsewhere_once(dispatcher, sent, after):
    unit, incident = sent
    assert release_units(dispatcher, incident=incident, at=after(5)) == []
    close_incident(dispatcher, incident=incident, disposition="07", at=after(10))
    entry = Entry.objects.get(verb="incidents.closed")
    for _again in range(2):
        free_units_of_ended(entry, after(11))
    assert UnitStatus.objects.get(unit=unit).status == "Available"
    assert Assignment.objects.get().outcome == "closed"
    assert Entry.objects.filter(verb="dispatch.unit_cleared").count() == 1


def test_what_comes_to_the_post_is_sent_met_and_closed_in_one_act(noon, make_unit, make_incident, officer):
    user, actor = officer
    unit, incident = make_unit("P1", kind="post", crew=[user]), make_incident(actor=actor)
    closed = handle_at_post(actor, incident=incident, unit=unit, disposition="02", at=noon)
    assert (closed.state, closed.closed_at_post, closed.onscene_at) == ("Closed", True, noon)
    assert UnitStatus.objects.get(unit=unit).status == "Available"
    done = Entry.objects.filter(actor=actor.ref).exclude(verb="incidents.reported")
    assert len({e.body.split('"act":"')[1][:16] for e in done}) == 1
    with pytest.raises(CannotAssignUnit, match="closed"):
        handle_at_post(actor, incident=incident, unit=unit, disposition="07", at=noon)
