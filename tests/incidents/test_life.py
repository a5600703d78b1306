"""The life of an incident and its bonds: states and their first times, close, reopening, merge, split, link."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries import (
    incident_detail,
    open_incidents,
)
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def last_entry(verb):
    return Entry.objects.filter(verb=verb).last()


# life


def test_units_bring_the_incident_through_its_states_and_first_times_stay(report, desk, noon):
    incident = report()
    for step, state in enumerate(("ResourcesAssigned", "ResourcesEnroute", "ResourcesOnscene", "ResourcesEnroute")):
        actions.mark_resources(desk, incident=incident, state=state, at=noon + step * MINUTE)
    incident.refresh_from_db()
    assert incident.state == "ResourcesEnroute"
    assert incident.enroute_at == noon + MINUTE
    assert incident.onscene_at == noon + 2 * MINUTE
    actions.mark_resources(desk, incident=incident, state="Active", at=noon + 9 * MINUTE)
    incident.refresh_from_db()
    assert incident.state == "Active"


def test_the_same_state_again_writes_nothing_but_an_earlier_first_time_does(report, desk, noon):
    incident = report(occurred_at=noon - 9 * MINUTE)
    actions.mark_resources(desk, incident=incident, state="ResourcesOnscene", at=noon)
    before = Entry.objects.count()
    actions.mark_resources(desk, incident=incident, state="ResourcesOnscene", at=noon + MINUTE)
    assert Entry.objects.count() == before
    actions.mark_resources(desk, incident=incident, state="ResourcesOnscene", at=noon - MINUTE)
    incident.refresh_from_db()
    assert incident.onscene_at == noon - MINUTE


def test_no_unit_can_be_sent_to_what_has_ended_and_leaving_it_changes_nothing(report, desk, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="01", at=noon)
    with pytest.raises(actions.CannotMark, match="Reopen"):
        actions.mark_resources(desk, incident=incident, state="ResourcesAssigned", at=noon)
    assert actions.mark_resources(desk, incident=incident, state="Active", at=noon).state == "Closed"
    with pytest.raises(BadInput, match="before"):
        actions.mark_resources(desk, incident=report(), state="ResourcesAssigned", at=noon - timedelta(hours=1))


def test_closing_needs_a_disposition_and_happens_once(report, desk, noon):
    incident = report()
    with pytest.raises(BadInput, match="01 report taken"):
        actions.close_incident(desk, incident=incident, disposition="", at=noon)
    with pytest.raises(BadInput, match="before"):
        actions.close_incident(desk, incident=incident, disposition="01", at=noon - timedelta(hours=1))
    closed = actions.close_incident(desk, incident=incident, disposition="03", at_post=True, at=noon + MINUTE)
    assert (closed.state, closed.closed_at_post, closed.closed_at) == ("Closed", True, noon + MINUTE)
    with pytest.raises(actions.CannotClose, match="already closed"):
        actions.close_incident(desk, incident=incident, disposition="03", at=noon)


def test_a_post_officer_closes_what_they_reported_themselves_and_nothing_else(report, officer, noon):
    own, other = report("help_resident", actor=officer), report("noise")
    assert actions.close_incident(officer, incident=own, disposition="05", at_post=True, at=noon).state == "Closed"
    with pytest.raises(actions.CannotClose, match="not yours"):
        actions.close_incident(officer, incident=other, disposition="05", at=noon)


def test_reopening_names_everyone_who_closed_it(report, desk, chief, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="01", at=noon)
    actions.reopen_incident(chief, incident=incident, reason="again", at=noon)
    actions.close_incident(chief, incident=incident, disposition="01", at=noon)
    opened = actions.reopen_incident(desk, incident=incident, reason="and again", at=noon)
    assert (opened.state, opened.closed_at, opened.disposition) == ("ReOpened", None, "")
    assert last_entry("incidents.reopened").facts["alert"] == sorted({desk.ref, chief.ref})
    with pytest.raises(actions.CannotReopen, match="still open"):
        actions.reopen_incident(desk, incident=incident, reason="once more", at=noon)


def test_cancelling_is_refused_with_a_unit_on_scene_and_twice(report, desk, noon):
    incident, ended = report(), report()
    actions.mark_resources(desk, incident=incident, state="ResourcesOnscene", at=noon)
    with pytest.raises(actions.CannotCancel, match="on scene"):
        actions.cancel_incident(desk, incident=incident, reason="mistake", at=noon)
    assert actions.cancel_incident(desk, incident=ended, reason="mistake", at=noon).state == "Cancelled"
    with pytest.raises(actions.CannotCancel, match="already"):
        actions.cancel_incident(desk, incident=ended, reason="mistake", at=noon)


def test_holding_needs_a_reason_and_an_open_incident(report, desk, noon):
    incident = report()
    with pytest.raises(BadInput, match="few words"):
        actions.hold_incident(desk, incident=incident, held=True, reason="", at=noon)
    assert actions.hold_incident(desk, incident=incident, held=True, reason="no unit free", at=noon).held
    assert not actions.close_incident(desk, incident=incident, disposition="01", at=noon).held
    with pytest.raises(actions.CannotHold):
        actions.hold_incident(desk, incident=incident, held=True, reason="x", at=noon)


# bonds


def test_a_merge_keeps_every_reporter_and_both_narratives(report, desk, noon):
    kept, gone = report(narrative="first caller"), report(narrative="second caller, he has a knife")
    merged = actions.merge_incidents(desk, incident=gone, into=kept, at=noon)
    assert (merged.priority, merged.priority_reason) == (1, f"=merged:{gone.label}")
    detail = incident_detail(desk, merged, at=noon)
    assert [each["narrative"][:12] for each in detail["reports"]] == ["first caller", "second calle"]
    assert detail["merged"] == [{"id": gone.pk, "number": gone.label}]
    assert list(open_incidents(desk)) == [kept]


def test_a_merge_taken_back_restores_both_exactly(report, desk, noon):
    kept, gone = report(), report(narrative="knife")
    before = list(Incident.objects.order_by("pk").values())
    actions.merge_incidents(desk, incident=gone, into=kept, at=noon)
    assert list(Incident.objects.order_by("pk").values()) != before
    actions.unmerge_incident(desk, incident=gone, at=noon)
    assert list(Incident.objects.order_by("pk").values()) == before
    with pytest.raises(actions.CannotUnmerge):
        actions.unmerge_incident(desk, incident=gone, at=noon)


def test_merging_is_refused_into_itself_into_merged_ones_in_circles_and_with_units(report, desk, noon):
    first, second, third, sent, ended = (report() for _ in range(5))
    actions.merge_incidents(desk, incident=second, into=first, at=noon)
    actions.mark_resources(desk, incident=sent, state="ResourcesAssigned", at=noon)
    actions.close_incident(desk, incident=ended, disposition="08", at=noon)
    for gone, into, says in (
        (first, first, "itself"),
        (second, third, "already"),
        (first, second, "part of"),
        (third, second, "itself been merged"),
        (sent, third, "Units are on"),
        (ended, third, "has ended"),
        (third, ended, "has ended"),
    ):
        with pytest.raises(actions.CannotMerge, match=says):
            actions.merge_incidents(desk, incident=gone, into=into, at=noon)
    for change in (
        lambda: actions.close_incident(desk, incident=second, disposition="08", at=noon),
        lambda: actions.set_priority(desk, incident=second, priority=1, reason="x", at=noon),
    ):
        with pytest.raises(actions.CannotChangeMerged, match=first.label):
            change()


def test_a_split_makes_a_linked_second_incident_reported_when_the_first_was(report, desk, noon):
    incident = report("noise", narrative="noise and a stolen bike", occurred_at=noon - 9 * MINUTE)
    new = actions.split_incident(desk, incident=incident, type="theft_ebike", narrative="the bike", at=noon)
    assert (new.lon, new.reported_at, new.type_id) == (incident.lon, incident.reported_at, "theft_ebike")
    assert incident_detail(desk, incident, at=noon)["links"][0]["number"] == new.label
    assert incident_detail(desk, new, at=noon)["links"][0] == {
        "kind": "split", "id": incident.pk, "number": incident.label, "name": {"en": "Noise", "zh": "噪音扰民"},
    }  # fmt: skip
    with pytest.raises(BadInput):
        actions.split_incident(desk, incident=incident, type="nonsense", narrative="x", at=noon)


def test_a_link_is_seen_from_both_sides_and_made_once(report, desk, noon):
    part, whole = report(), report()
    actions.link_incidents(desk, incident=part, other=whole, kind="child", at=noon)
    assert incident_detail(desk, whole, at=noon)["links"][0]["kind"] == "parent"
    with pytest.raises(actions.CannotLink, match="already"):
        actions.link_incidents(desk, incident=part, other=whole, kind="child", at=noon)
    with pytest.raises(actions.CannotLink, match="itself"):
        actions.link_incidents(desk, incident=part, other=part, kind="child", at=noon)
    with pytest.raises(BadInput, match="no link"):
        actions.link_incidents(desk, incident=part, other=whole, kind="cousin", at=noon)
