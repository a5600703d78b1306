"""Every intention about an incident: what it does, what it journals, what it refuses."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident, IncidentType, Note, Numbering, Report
from maplebridge.incidents.queries import (
    incident_detail,
    incident_rows,
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
