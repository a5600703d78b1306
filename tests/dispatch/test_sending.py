"""Sending units: every way it works and every way it is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from maplebridge.dispatch.actions import (
    CannotAssignUnit,
    CannotHold,
    CannotStandDown,
    assign_unit,
    hold_incident,
    set_status,
    stand_down,
    swap_units,
)
from maplebridge.dispatch.actions.parts import one_job_each
from maplebridge.dispatch.models import Assignment, UnitStatus
from maplebridge.incidents.actions import close_incident, merge_incidents
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import NotAllowed, Refused
from maplebridge.people.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(seconds=30)


def state_of(incident):
    incident.refresh_from_db()
    return incident.state


def status_of(unit):
    return UnitStatus.objects.get(unit=unit).status


def test_a_unit_is_sent_and_its_incident_says_so(dispatcher, noon, make_unit, make_incident):
    unit, incident = make_unit("M21"), make_incident()
    made = assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    assert (made.rank, made.eta_s) == (1, 0.0)
    assert (state_of(incident), status_of(unit)) == ("ResourcesAssigned", "Assigned")
    facts = Entry.objects.filter(subject=f"unit:{unit.pk}").last().facts
    assert (facts["status"], facts["incident"], facts["call_sign"]) == ("Assigned", incident.pk, "M21")
    assert Entry.objects.filter(verb="dispatch.units_changed").last().facts["units"] == [unit.pk]


def test_sending_a_unit_again_to_the_same_incident_changes_nothing(dispatcher, noon, make_unit, make_incident):
    unit, incident = make_unit("M21"), make_incident()
    first = assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    entries = Entry.objects.count()
    assert assign_unit(dispatcher, incident=incident, unit=unit, at=noon + LATER) == first
    assert Entry.objects.count() == entries


def test_an_override_keeps_its_rank_and_its_reason_out_of_the_clear(dispatcher, noon, make_unit, make_incident):
    make_unit("M1")
    unit, incident = make_unit("M2", steps=9), make_incident()
    made = assign_unit(dispatcher, incident=incident, unit=unit, at=noon, reason="knows the family")
    assert (made.rank, made.override_reason) == (2, "knows the family")
    entry = Entry.objects.get(verb="dispatch.unit_assigned")
    assert entry.facts["rank"] == 2
    assert "family" not in entry.body
    assert entry.private.get().content == "knows the family"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda unit, incident: unit.shifts.all().delete(), "M21 is not on shift now. Choose a unit on shift."),
        (lambda unit, incident: type(unit).objects.update(active=False), "M21 is no longer in use."),
        (lambda unit, incident: type(incident).objects.update(state="Closed"), "is closed. Reopen it first"),
        (lambda unit, incident: type(incident).objects.update(state="Cancelled"), "is closed. Reopen it first"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_leaves_no_trace(dispatcher, noon, make_unit, make_incident, spoil, says):
    unit, incident = make_unit("M21"), make_incident()
    spoil(unit, incident)
    entries = Entry.objects.count()
    with pytest.raises(CannotAssignUnit, match=says):
        assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    assert (Entry.objects.count(), Assignment.objects.count()) == (entries, 0)


def test_a_unit_out_of_service_is_not_sent(dispatcher, noon, make_unit, make_incident):
    unit = make_unit("M21")
    set_status(dispatcher, unit=unit, status="OutOfService", at=noon, secondary="Meal")
    with pytest.raises(CannotAssignUnit, match="out of service"):
        assign_unit(dispatcher, incident=make_incident(), unit=unit, at=noon)


def test_a_merged_incident_names_the_one_to_send_to(dispatcher, noon, make_unit, make_incident):
    unit, gone, kept = make_unit("M21"), make_incident(), make_incident()
    merge_incidents(dispatcher, incident=gone, into=kept, at=noon)
    with pytest.raises(CannotAssignUnit, match=f"was merged into {kept.label}. Send the unit to {kept.label}"):
        assign_unit(dispatcher, incident=gone, unit=unit, at=noon)


def test_a_busy_unit_is_refused_with_the_number_of_its_job(dispatcher, noon, make_unit, make_incident):
    unit, first = make_unit("M21"), make_incident()
    assign_unit(dispatcher, incident=first, unit=unit, at=noon)
    with pytest.raises(CannotAssignUnit, match=f"M21 is on {first.label}"):
        assign_unit(dispatcher, incident=make_incident(), unit=unit, at=noon)


def test_preemption_stands_the_unit_down_and_sends_it_in_one_act(dispatcher, noon, make_unit, make_incident):
    unit, quiet, urgent = make_unit("M21"), make_incident("noise"), make_incident("fight")
    assign_unit(dispatcher, incident=quiet, unit=unit, at=noon)
    before = Entry.objects.count()
    assign_unit(dispatcher, incident=urgent, unit=unit, at=noon + LATER, preempt=True, reason="knife seen")
    assert (state_of(quiet), state_of(urgent)) == ("Active", "ResourcesAssigned")
    assert Assignment.objects.get(incident=quiet).outcome == "preempted"
    acts = {e.body.split('"act":"')[1][:16] for e in Entry.objects.all()[before:]}
    assert len(acts) == 1


def test_preemption_for_something_no_more_urgent_is_refused(dispatcher, noon, make_unit, make_incident):
    unit, urgent, quiet = make_unit("M21"), make_incident("fight"), make_incident("noise")
    assign_unit(dispatcher, incident=urgent, unit=unit, at=noon)
    with pytest.raises(CannotAssignUnit, match="needed at"):
        assign_unit(dispatcher, incident=quiet, unit=unit, at=noon, preempt=True)
    assert Assignment.objects.active().get().incident == urgent


def test_a_unit_whose_incident_has_just_ended_is_free_to_send(dispatcher, noon, make_unit, make_incident):
    unit, first, second = make_unit("M21"), make_incident(), make_incident()
    assign_unit(dispatcher, incident=first, unit=unit, at=noon)
    close_incident(dispatcher, incident=first, disposition="05", at=noon + LATER)
    assign_unit(dispatcher, incident=second, unit=unit, at=noon + LATER)
    assert Assignment.objects.get(incident=first).outcome == "closed"


def test_standing_down_the_last_unit_lets_the_incident_wait_again(dispatcher, noon, make_unit, make_incident):
    one, two, incident = make_unit("M1"), make_unit("M2"), make_incident()
    for unit in (one, two):
        assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    set_status(dispatcher, unit=one, status="EnRoute", at=noon + LATER)
    assert state_of(incident) == "ResourcesEnroute"
    stand_down(dispatcher, incident=incident, unit=one, at=noon + LATER)
    assert state_of(incident) == "ResourcesAssigned"
    stand_down(dispatcher, incident=incident, unit=two, at=noon + LATER)
    assert (state_of(incident), status_of(two)) == ("Active", "Available")
    with pytest.raises(CannotStandDown, match="M2 is not on"):
        stand_down(dispatcher, incident=incident, unit=two, at=noon + LATER)


def test_a_swap_is_one_act_and_all_or_nothing(dispatcher, noon, make_unit, make_incident):
    out, into, off = make_unit("M1"), make_unit("M2"), make_unit("M3", shift=None)
    incident = make_incident()
    assign_unit(dispatcher, incident=incident, unit=out, at=noon)
    with pytest.raises(CannotAssignUnit, match="M3 is not on shift"):
        swap_units(dispatcher, incident=incident, out_unit=out, in_unit=off, at=noon + LATER)
    assert status_of(out) == "Assigned"
    swap_units(dispatcher, incident=incident, out_unit=out, in_unit=into, at=noon + LATER)
    assert (status_of(out), status_of(into), state_of(incident)) == ("Available", "Assigned", "ResourcesAssigned")
    with pytest.raises(CannotAssignUnit, match="two different"):
        swap_units(dispatcher, incident=incident, out_unit=into, in_unit=into, at=noon + LATER)


def test_holding_waits_and_sending_ends_the_hold(dispatcher, noon, make_unit, make_incident):
    unit, incident = make_unit("M21"), make_incident()
    hold_incident(dispatcher, incident=incident, held=True, reason="caller is away until six", at=noon)
    assign_unit(dispatcher, incident=incident, unit=unit, at=noon)
    incident.refresh_from_db()
    assert not incident.held
    with pytest.raises(CannotHold, match="Stand them down first"):
        hold_incident(dispatcher, incident=incident, held=True, reason="later", at=noon)


def test_only_who_dispatches_sends(noon, make_unit, make_incident):
    officer = Actor(ref="user:9", name="Officer", role="post_officer", user_id=9)
    with pytest.raises(NotAllowed):
        assign_unit(officer, incident=make_incident(), unit=make_unit("M21"), at=noon)


def test_two_dispatchers_at_the_same_moment_send_a_unit_once(dispatcher, noon, make_unit, make_incident):
    unit, incidents, answers = make_unit("M21"), [make_incident(), make_incident()], []
    ready = threading.Barrier(2)

    def send(incident):
        ready.wait()
        try:
            answers.append(assign_unit(dispatcher, incident=incident, unit=unit, at=noon))
        except Refused as refused:
            answers.append(refused.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(incident,)) for incident in incidents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Assignment.objects.active().count() == 1
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert len(answers) == 2


def test_the_databases_own_refusal_of_a_second_job_becomes_a_sentence(noon, make_unit, make_incident):
    unit = make_unit("M21")
    with pytest.raises(CannotAssignUnit, match="Somebody else sent this unit"), one_job_each(CannotAssignUnit):
        for _twice in range(2):
            Assignment.objects.create(incident=make_incident(), unit=unit, assigned_at=noon)
    assert Assignment.objects.active().count() == 1


def test_the_timeline_tells_each_act_once(dispatcher, noon, make_unit, make_incident):
    from maplebridge.dispatch import sentences  # noqa: F401  # as the server has them
    from maplebridge.incidents.queries import timeline

    incident = make_incident()
    assign_unit(dispatcher, incident=incident, unit=make_unit("F1"), at=noon)
    assert [row["verb"] for row in timeline(incident)] == ["incidents.reported", "dispatch.unit_assigned"]
