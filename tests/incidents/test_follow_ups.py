"""What was closed is looked at again: by the smallest post held there, once for each closing, as the agency set it."""

import tomllib
from datetime import timedelta

import pytest
from django.test import Client
from staff_for_tests import acting, make_staff

from maplebridge.fieldwork.actions import accept_task, install_forms
from maplebridge.fieldwork.models import Form, Task
from maplebridge.incidents import actions, tasks
from maplebridge.incidents.follow_ups import SHIPPED, shipped_follow_ups
from maplebridge.incidents.models import FollowUpRule, IncidentType
from maplebridge.incidents.rules.follow_ups import FollowUp, follow_up_from, has_follow_up
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.places.models import Area

HERE = {"lon": 24.92, "lat": 60.15}


@pytest.mark.parametrize(
    ("table", "field"),
    [({"days": -1}, "days"), ({"days": 366}, "days"), ({"days": 7, "post": "king", "title": "T"}, "post"),
     ({"days": 7}, "title"), ({"days": 7, "title": "x" * 121}, "title")],
)  # fmt: skip
def test_a_follow_up_that_cannot_be_is_told_by_field(table, field):
    with pytest.raises(ValueError, match=field):
        follow_up_from(table)


@pytest.mark.parametrize(
    ("days", "disposition", "follows"), [(7, "01", True), (7, "07", False), (7, "11", False), (0, "01", False)]
)
def test_nothing_follows_on_what_was_unfounded_or_has_no_days(days, disposition, follows):
    assert has_follow_up(FollowUp(days, title="T"), disposition=disposition) is follows


@pytest.mark.django_db
def test_what_is_shipped_names_types_and_forms_that_there_are_in_both_languages(types, machine, noon):
    install_forms(machine, at=noon)
    for code, table in tomllib.loads(SHIPPED.read_text("utf-8")).items():
        assert IncidentType.objects.filter(pk=code).exists()
        assert table["title"] and table["title_zh"]
        assert ("instructions" in table) == ("instructions_zh" in table)
        assert not table.get("form") or Form.objects.filter(pk=table["form"]).exists()
    assert shipped_follow_ups()["domestic"].kinds == {"township"}  # never for a neighbour


@pytest.fixture
def village(areas, city, types, machine, noon):
    """The district is a township with an officer, the beat a village in it with an auxiliary."""
    for area, kind, level in zip(areas, ("township", "village"), (0, 1), strict=True):
        path = "/district/" if level == 0 else "/district/beat/"
        Area.objects.filter(pk=area.pk).update(kind=kind, level=level, path=path)
    install_forms(machine, at=noon)
    return {"officer": make_staff("post_officer", area_code="district"),
            "auxiliary": make_staff("auxiliary", area_code="beat")}  # fmt: skip


def closed(desk, at, *, type="dispute_neighbours", disposition="03", **where):
    incident = actions.report_incident(desk, type=type, at=at, **(HERE | where)).incident
    return actions.close_incident(
        desk, incident=incident, disposition=disposition, at=at + timedelta(minutes=20, microseconds=123456)
    )


def follow(verb="incidents.closed", at=None, *, times=2):
    """React on what was closed, as the worker process does, twice."""
    reaction = tasks.give_follow_up if verb == "incidents.closed" else tasks.end_follow_up
    for _again in range(times):
        for entry in Entry.objects.filter(verb=verb).order_by("position"):
            reaction(entry, at or entry.at)


@pytest.mark.django_db
def test_the_post_of_the_village_looks_in_after_a_week_once(desk, village, noon):
    incident = closed(desk, noon)
    follow()
    task = Task.objects.get()
    assert (task.area_code, task.role, task.form_id) == ("beat", "auxiliary", "dispute")
    assert task.due_at == incident.closed_at + timedelta(days=7)
    assert incident.label in task.instructions


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "whose"),
    [({"type": "domestic"}, ("district", "post_officer")), ({"lon": 24.98}, ("district", "post_officer")),
     ({"type": "noise"}, None), ({"disposition": "07"}, None)],
)  # fmt: skip
def test_who_gets_it_goes_by_type_and_place(desk, village, noon, given, whose):
    closed(desk, noon, **given)
    follow()
    assert [(task.area_code, task.role) for task in Task.objects.all()] == ([whose] if whose else [])


@pytest.mark.django_db
def test_where_no_post_is_held_nobody_is_asked_and_an_officer_of_everywhere_will_do(desk, areas, city, types, noon):
    closed(desk, noon)
    follow()
    assert not Task.objects.exists()
    make_staff("post_officer")
    follow()
    assert Task.objects.get().role == "post_officer"


@pytest.mark.django_db
def test_opened_again_it_is_taken_back_and_closed_again_it_is_given_anew(desk, village, noon):
    incident = closed(desk, noon)
    follow()
    accept_task(acting(village["auxiliary"]), task=Task.objects.get(), at=noon + timedelta(hours=1))
    actions.reopen_incident(desk, incident=incident, reason="They quarrel again.", at=noon + timedelta(hours=2))
    follow("incidents.reopened")
    assert Task.objects.get().state == "withdrawn"
    actions.close_incident(desk, incident=incident, disposition="03", at=noon + timedelta(hours=3))
    follow()
    assert sorted(Task.objects.values_list("state", flat=True)) == ["offered", "withdrawn"]


@pytest.mark.django_db
def test_the_agency_says_what_follows_and_takes_away_what_is_shipped(desk, village, noon):
    chief = acting(make_staff("chief"))
    noise, dispute = (IncidentType.objects.get(pk=code) for code in ("noise", "dispute_neighbours"))
    rule = {"days": 2, "post": "village", "form": "patrol", "title": "Listen in the evening", "instructions": ""}
    actions.set_follow_up(chief, type=noise, rule=rule, at=noon)
    actions.set_follow_up(chief, type=dispute, rule={"days": 0}, at=noon)
    for type_ in ("noise", "dispute_neighbours"):
        closed(desk, noon, type=type_)
    follow()
    task = Task.objects.get()
    assert (task.title, task.form_id) == ("Listen in the evening", "patrol")
    for bad in ({**rule, "form": "song"}, {**rule, "title": ""}, {**rule, "days": 1000}):
        with pytest.raises(BadInput):
            actions.set_follow_up(chief, type=noise, rule=bad, at=noon)
    with pytest.raises(NotAllowed):
        actions.set_follow_up(desk, type=noise, rule=rule, at=noon)


@pytest.mark.django_db
def test_the_page_shows_sets_and_refuses(village):
    client = Client()
    client.force_login(make_staff("chief"))
    assert "Look in on the neighbours" in client.get("/workbook/follow-ups").content.decode()
    assert 'value="3" required' in client.get("/workbook/follow-ups?type=domestic").content.decode()
    said = {"type": "noise", "days": "2", "post": "village", "form": "", "title": "Listen in the evening"}
    answer = client.post("/workbook/follow-ups", {**said, "days": "x"})
    assert answer.status_code == 422
    assert "0 (never) to 365" in answer.content.decode()
    assert client.post("/workbook/follow-ups", {**said, "type": "song"}).status_code == 404
    client.post("/workbook/follow-ups", said)
    assert FollowUpRule.objects.get().title == "Listen in the evening"
