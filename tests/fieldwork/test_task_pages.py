"""Pages of tasks: one's own, the board, the calendar and its feed."""

from datetime import timedelta

import pytest
from django.test import Client
from work_for_tests import make_village

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.icalendar import calendar_of
from maplebridge.fieldwork.models import Task, TaskSchedule
from maplebridge.fieldwork.queries.board import board
from maplebridge.kernel import clock
from maplebridge.people.models import User
from maplebridge.places.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(machine):
    areas, who = make_village(machine, clock.now() - timedelta(hours=1))
    for code, kind in (("T", "township"), ("V", "village"), ("H1", "hamlet"), ("H2", "hamlet")):
        Area.objects.filter(code=code).update(kind=kind)
    return {code: Area.objects.get(code=code) for code in areas}, who


def signed_in(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def shown(client, where):
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_task_is_given_to_every_hamlet_done_there_and_settled_at_once(village):
    officer, one = signed_in("officer"), signed_in("one")
    told = officer.post(
        "/workbook/tasks/give", {"title": "Look at wells", "area": "T", "whom": "each:hamlet"}, follow=True
    )
    assert "2" in told.content.decode()
    whole = Task.objects.get(parent=None)
    parts = list(whole.parts.order_by("area_code"))
    assert "Look at wells" in shown(one, "/workbook/mine")
    one.post("/workbook/mine/step", {"task": parts[0].pk, "what": "accept"})
    one.post("/workbook/mine/step", {"task": parts[0].pk, "what": "deliver"})
    page = shown(officer, f"/workbook/tasks?opened={whole.pk}")
    assert page.count("Look at wells") >= 3
    officer.post("/workbook/tasks/change", {"task": [part.pk for part in parts], "what": "settle"})
    assert sorted(Task.objects.filter(parent=whole).values_list("state", flat=True)) == ["offered", "settled"]


def test_an_auxiliary_splits_from_the_phone(village):
    areas, who = village
    task = actions.give_task(
        who["officer"], title="Wells", whose=actions.Whose(areas["V"], role="auxiliary"), at=clock.now()
    )
    auxiliary = signed_in("auxiliary")
    assert "split:hamlet" in shown(auxiliary, "/workbook/mine")
    auxiliary.post("/workbook/mine/step", {"task": task.pk, "what": "split:hamlet"})
    assert Task.objects.get(pk=task.pk).parts.count() == 2


def test_the_board_counts_what_is_below_and_shows_the_risen(village):
    areas, who = village
    at = clock.now()
    whole = actions.give_to_each(
        who["officer"], title="Wells", area=areas["T"], kind="hamlet", due_at=at + timedelta(hours=1), at=at
    )  # fmt: skip
    (line,) = board(who["officer"], view="open", at=at)
    assert (line.task, line.below["offered"], line.done) == (whole, 2, 0)
    assert len(board(who["officer"], view="open", opened=str(whole.pk), at=at)) == 3
    later = at + timedelta(days=2, hours=2)
    assert {line.told for line in board(who["officer"], view="risen", at=later)} == {"T"}
    assert board(who["officer"], view="delivered", at=at) == []
    assert board(who["one"], view="open", area="T", at=at)[0].task.area_code == "H1"


def test_a_plan_is_made_and_ended_on_the_board(village):
    officer = signed_in("officer")
    officer.post(
        "/workbook/tasks/give",
        {"title": "Patrol", "area": "V", "whom": "auxiliary", "repeat": "daily", "due_days": "2"},
    )
    plan = TaskSchedule.objects.get()
    assert (plan.rule, plan.due_days, plan.role) == ("FREQ=DAILY", 2, "auxiliary")
    assert "FREQ=DAILY" in shown(officer, "/workbook/tasks")
    officer.post("/workbook/tasks/change", {"plan": plan.pk, "what": "end"})
    assert TaskSchedule.objects.get().next_at is None


@pytest.mark.parametrize(
    "said",
    [{"area": "nowhere"}, {"whom": "king"}, {"whom": "each:county"}, {"due": "soon"}, {"rule": "now and then"},
     {"repeat": "daily", "due_days": "x"}, {"title": ""}],
)  # fmt: skip
def test_what_cannot_be_given_is_told_on_the_board(village, said):
    told = signed_in("officer").post(
        "/workbook/tasks/give", {"title": "T", "area": "V", "whom": "auxiliary", **said}, follow=True
    )  # fmt: skip
    assert told.status_code == 200
    assert not Task.objects.exists()
    assert not TaskSchedule.objects.exists()


def test_nobody_gives_tasks_on_the_page_of_another_area(village):
    one = signed_in("one")
    assert one.get("/workbook/tasks").status_code == 403
    assert one.post("/workbook/tasks/give", {"title": "T", "area": "V", "whom": "auxiliary"}).status_code == 403


def test_the_calendar_shows_a_month_and_its_feed_needs_the_key(village, machine):
    areas, who = village
    at = clock.now()
    user = User.objects.get(username="auxiliary")
    actions.give_task(
        who["officer"], title="Wells; all, of them", whose=actions.Whose(areas["V"], role="auxiliary"),
        due_at=at + timedelta(days=1), at=at,
    )  # fmt: skip
    month = f"{at + timedelta(days=1):%Y-%m}"
    assert "Wells" in shown(signed_in("auxiliary"), f"/workbook/calendar?month={month}")
    assert shown(signed_in("auxiliary"), "/workbook/calendar?month=never")
    key = actions.issue_field_key(machine, user=user, at=at)
    feed = Client().get(f"/key/{key}/tasks.ics")
    assert feed["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:Wells\\; all\\, of them" in feed.content
    assert Client().get("/key/wrong/tasks.ics").status_code == 403


def test_lines_of_a_feed_are_folded_between_letters(noon):
    task = Task(pk=1, title="枫桥" * 60, instructions="a\nb", due_at=noon, state="offered")
    body = calendar_of([task], name="T", at=noon)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert "枫桥" * 60 in body.decode().replace("\r\n ", "")
    assert "DESCRIPTION:a\\nb" in body.decode()


def test_a_board_of_a_hundred_tasks_asks_no_more_of_the_database_than_one(village, django_assert_max_num_queries):
    client = signed_in("officer")
    areas, who = village
    at = clock.now()
    due_at = at + timedelta(hours=1)
    actions.give_to_each(who["officer"], title="Wells", area=areas["T"], kind="hamlet", due_at=due_at, at=at)
    given = dict(Task.objects.filter(area_code="H1").values().get(), id=None, parent_id=None, source_key=None)
    Task.objects.bulk_create(Task(**given | {"title": f"Well {n}", "path": f"/{9_000 + n}/"}) for n in range(100))
    with django_assert_max_num_queries(30):
        page = shown(client, "/workbook/tasks")
    assert "Well 99" in page
