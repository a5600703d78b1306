"""Every intention about an incident: what it does, what it journals, what it refuses."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident, IncidentType, Note, Numbering, Report
from maplebridge.incidents.queries import (
    incident_detail,
    incident_rows,
    open_incidents,
)
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import PUBLIC

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def last_entry(verb):
    return Entry.objects.filter(verb=verb).last()


# types


def test_types_are_installed_once_and_a_citys_own_changes_stay(machine, noon):
    assert actions.install_types(machine, at=noon) >= 40
    IncidentType.objects.filter(code="noise").update(priority=2)
    assert actions.install_types(machine, at=noon) == 0
    assert IncidentType.objects.get(code="noise").priority == 2
    assert Entry.objects.filter(verb="incidents.types_installed").count() == 1


def test_every_seed_type_is_complete_in_both_languages(types):
    for each in IncidentType.objects.all():
        assert each.name and each.name_zh and each.words, each.code
        assert 0 <= each.priority <= 10
        assert each.target_s >= 60


def test_a_target_for_a_type_shows_in_its_rows(report, chief, noon):
    incident = report("noise")
    actions.set_target(chief, measure="response", seconds=777, type="noise", at=noon)
    assert incident_rows(Incident.objects.filter(pk=incident.pk))[0]["target_s"] == 777
    with pytest.raises(BadInput, match="no measure"):
        actions.set_target(chief, measure="luck", seconds=5, at=noon)
    with pytest.raises(BadInput, match="864,000"):
        actions.set_target(chief, measure="answer", seconds=0, at=noon)


# report


def test_a_report_is_journaled_with_clear_facts_and_no_personal_word(report, noon):
    incident = report("dispute", narrative="the loud one is Smith", caller="A. Caller", phone="0401112222")
    entry = last_entry("incidents.reported")
    facts = entry.facts
    assert facts["number"] == incident.number
    assert (facts["state"], facts["type"], facts["priority"]) == ("Active", "dispute", 5)
    for word in ("Smith", "Caller", "0401112222"):
        assert word not in entry.body
    assert set(Private.objects.values_list("name", flat=True)) >= {"narrative", "caller", "phone"}
    assert verify().sound


def test_the_area_and_its_path_come_from_the_map(areas, report):
    inside, outside = report(lon=24.91, lat=60.15), report(lon=24.99, lat=60.15)
    assert (inside.area_code, inside.area_path) == ("beat", "/district/beat/")
    assert (outside.area_code, outside.area_path) == ("district", "/district/")


def test_the_priority_by_rule_gives_way_to_a_chosen_one(report):
    assert report("noise", narrative="he has a knife").priority == 1
    chosen = report("noise", narrative="he has a knife", priority=4, priority_reason="toy knife")
    assert (chosen.priority, chosen.priority_reason) == (4, "toy knife")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"type": "robery"}, "type", "robbery"),
        ({"lon": 0.0, "lat": 0.0}, "lon", "outside Testby"),
        ({"lon": 999.0}, "lon", "not a place on Earth"),
        ({"narrative": "x" * 20_001}, "narrative", "20001 characters"),
        ({"occurred_at": timedelta(minutes=3)}, "at", "future"),
        ({"answered_at": timedelta(minutes=3)}, "answered_at", "future"),
        ({"priority": -1}, "priority", "scale"),
        ({"source_key": "k" * 101}, "Idempotency-Key", "at most 100"),
        ({"source": "gossip"}, "source", "gossip"),
    ],
)
def test_an_unusable_report_is_refused_with_the_field_and_leaves_nothing(report, noon, change, field, says):
    change = {name: noon + value if isinstance(value, timedelta) else value for name, value in change.items()}
    with pytest.raises(BadInput, match=says) as fault:
        report(**{"type": "noise"} | change)
    assert fault.value.field == field
    assert not Incident.objects.exists()
    assert not Entry.objects.filter(verb="incidents.reported").exists()


def test_a_clock_two_minutes_ahead_is_forgiven(report, noon):
    assert report(occurred_at=noon + timedelta(seconds=119)).reported_at > noon


def test_a_report_of_this_morning_keeps_its_own_time(report, noon):
    early = noon - timedelta(hours=3)
    assert report(occurred_at=early).reported_at == early
    assert last_entry("incidents.reported").at == early


def test_a_key_stands_for_one_report(report, desk, noon):
    first = report("noise", source_key="k", lon=24.94, narrative="a")
    again = report("noise", source_key="k", lon=24.94, narrative="a")
    assert first.pk == again.pk
    with pytest.raises(actions.CannotReuseKey, match=first.label):
        report("noise", source_key="k", lon=24.94, narrative="b")
    assert Incident.objects.count() == 1


def test_numbers_follow_each_other_and_survive_a_refusal(report):
    first = report()
    with pytest.raises(BadInput):
        report("nonsense")
    assert report().number == first.number + 1
    assert Numbering.objects.get().next_number == first.number + 2


def test_the_public_may_report_as_public_only(city, types, stranger, noon):
    done = actions.report_incident(PUBLIC, type="noise", lon=24.94, lat=60.17, source="public", at=noon)
    assert done.new
    for actor, source in ((PUBLIC, "call"), (stranger, "call"), (stranger, "public")):
        with pytest.raises(NotAllowed):
            actions.report_incident(actor, type="noise", lon=24.94, lat=60.17, source=source, at=noon)


# change


def test_a_note_is_kept_also_after_the_close(report, desk, officer, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="01", at=noon)
    actions.add_note(officer, incident=incident, text="  found the owner\r\nlater ", at=noon)
    assert Note.objects.get().text == "found the owner\nlater"
    with pytest.raises(BadInput, match="few words"):
        actions.add_note(desk, incident=incident, text=" \x00 ", at=noon)


def test_an_overridden_priority_keeps_its_reason_and_is_not_undone_by_a_new_type(report, desk, noon):
    incident = report("noise")
    actions.set_priority(desk, incident=incident, priority=2, reason="crowd", at=noon)
    changed = actions.edit_incident(desk, incident=incident, type="weapon", at=noon)
    assert (changed.priority, changed.priority_reason, changed.type_id) == (2, "crowd", "weapon")
    with pytest.raises(BadInput, match="few words"):
        actions.set_priority(desk, incident=incident, priority=3, reason=" ", at=noon)
    with pytest.raises(BadInput, match="scale"):
        actions.set_priority(desk, incident=incident, priority=11, reason="x", at=noon)


def test_a_priority_by_rule_follows_the_type(report, desk, noon):
    incident = report("noise", narrative="an old man, elderly")
    assert incident.priority == 4
    assert actions.edit_incident(desk, incident=incident, type="weapon", at=noon).priority == 1


def test_a_corrected_place_brings_its_area(areas, report, desk, noon):
    incident = report(lon=24.99, lat=60.15, address="wrong")
    moved = actions.edit_incident(desk, incident=incident, lon=24.91, lat=60.15, at=noon)
    assert (moved.area_code, moved.cell != incident.cell) == ("beat", True)
    assert last_entry("incidents.edited").facts["area"] == "beat"
    with pytest.raises(BadInput, match="together"):
        actions.edit_incident(desk, incident=incident, lon=24.91, at=noon)
    with pytest.raises(BadInput, match="outside"):
        actions.edit_incident(desk, incident=incident, lon=0, lat=0, at=noon)
    with pytest.raises(BadInput, match="what to change"):
        actions.edit_incident(desk, incident=incident, at=noon)


def test_an_ended_incident_is_not_edited(report, desk, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="01", at=noon)
    for change in (
        lambda: actions.set_priority(desk, incident=incident, priority=1, reason="late", at=noon),
        lambda: actions.edit_incident(desk, incident=incident, type="theft", at=noon),
    ):
        with pytest.raises(actions.CannotChangeEnded, match="reopen"):
            change()


def test_callers_are_shown_only_by_a_journaled_look(report, desk, stranger, noon):
    incident = report(caller="A. Caller", phone="123")
    plain = incident_detail(desk, incident, at=noon)["reports"][0]
    assert (plain["caller"], plain["phone"], plain["has_caller"]) == (None, None, True)
    assert actions.consult_callers(desk, incident=incident, at=noon)[0].caller == "A. Caller"
    assert last_entry("incidents.consulted").actor == desk.ref
    with pytest.raises(NotAllowed):
        actions.consult_callers(stranger, incident=incident, at=noon)


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


# files and erasure


def test_files_are_held_to_kind_and_size(report, desk, noon, stranger):
    incident = report()
    kept = actions.attach_file(desk, incident=incident, name="../../etc/passwd", content=b"words", at=noon)
    assert (kept.media_type, "/" in kept.name) == ("text/plain", False)
    for content, says in ((b"MZ\x00", "not taken"), (b"x" * (actions.FILE_MAX + 1), "20 MB"), (b"", "not taken")):
        with pytest.raises(BadInput, match=says):
            actions.attach_file(desk, incident=incident, name="x", content=content, at=noon)
    with pytest.raises(NotAllowed):
        actions.attach_file(stranger, incident=incident, name="x", content=b"words", at=noon)


def test_what_has_expired_is_erased_and_the_journal_still_verifies(report, machine, desk, noon):
    incident = report(caller="A. Caller", phone="0401112222", narrative="stays")
    file = actions.attach_file(desk, incident=incident, name="x.txt", content=b"words", at=noon)
    path = file.file.path
    later = noon + timedelta(days=400)
    assert actions.erase_expired(machine, at=noon) == 0
    assert actions.erase_expired(machine, at=later) == 1
    assert actions.erase_expired(machine, at=later) == 0
    left = Report.objects.get()
    assert (left.caller, left.phone, left.narrative) == ("", "", "stays")
    assert not Private.objects.filter(name__in=("caller", "phone")).exists()
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: SIM115
    assert verify().sound
