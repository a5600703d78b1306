"""Many tasks at once on the board: each by itself, a sentence for each that is left, and handing on can be undone."""

from datetime import timedelta

import pytest
from django.test import Client
from work_for_tests import make_village

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Task
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotAllowed
from maplebridge.people.models import User
from maplebridge.places.models import Area

pytestmark = pytest.mark.django_db
KINDS = {"T": "township", "V": "village", "H1": "hamlet", "H2": "hamlet"}


@pytest.fixture
def village(machine):
    areas, who = make_village(machine, clock.now() - timedelta(hours=1))
    for level, (code, kind) in enumerate(KINDS.items()):
        Area.objects.filter(code=code).update(kind=kind, level=level)
    return {code: Area.objects.get(code=code) for code in areas}, who


@pytest.fixture
def three(village):
    """Three tasks of the auxiliary; the last has been delivered already."""
    areas, who = village
    whose = actions.Whose(areas["V"], role="auxiliary")
    made = [actions.give_task(who["officer"], title=f"Wells {n}", whose=whose, at=clock.now()) for n in range(3)]
    actions.deliver_task(who["auxiliary"], task=made[2], at=clock.now())
    return made


def changed(name, tasks, **said):
    """What the board says after a step with these tasks."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    answer = client.post("/workbook/tasks/change", {"task": [t.pk for t in tasks], **said}, follow=True)
    assert answer.status_code == 200
    return client, answer.content.decode()


def held(tasks):
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks]).order_by("pk")
    return [(row.area_code, row.role or row.user.username, row.state) for row in rows]


HERE, DONE = ("V", "auxiliary", "offered"), ("V", "auxiliary", "delivered")


@pytest.mark.parametrize(
    ("said", "there"),
    [({"what": "pass_on:post", "post": "H1"}, ("H1", "hamlet_assistant", "offered")),
     ({"what": "pass_on:person", "person": "Two"}, ("V", "two", "offered")),
     ({"what": "pass_on:up"}, ("T", "post_officer", "offered")),
     ({"what": "split:hamlet"}, ("V", "auxiliary", "delegated")),
     ({"what": "withdraw", "reason": "The wells are dry."}, ("V", "auxiliary", "withdrawn"))],
)  # fmt: skip
def test_what_can_be_done_is_done_and_what_cannot_is_told_at_its_row(three, said, there):
    client, page = changed("officer", three, **said)
    if said["what"] == "withdraw":
        assert held(three) == [there] * 3
        return
    assert held(three) == [there, there, DONE]
    assert page.count('<span class="left"') == 1
    assert "This task is delivered now" in page
    assert page.count(" checked>") == 1
    assert '<span class="left"' not in client.get("/workbook/tasks").content.decode()


@pytest.mark.parametrize("what", [{"what": "pass_on:post", "post": "H1"}, {"what": "split:hamlet"}])
def test_handing_on_is_undone_by_one_button_while_nobody_has_begun(three, what):
    client, page = changed("officer", three[:2], **what)
    assert 'value="take_back">Undo' in page
    client.post("/workbook/tasks/change", {"task": [task.pk for task in three[:2]], "what": "take_back"})
    assert [(area, role) for area, role, _state in held(three[:2])] == [("V", "auxiliary")] * 2
    assert not Task.objects.filter(parent__in=three).exclude(state="withdrawn").exists()
    assert {state for _area, _role, state in held(three[:2])} <= {"offered", "accepted"}


def test_what_was_taken_on_since_or_never_handed_on_is_not_taken_back(three, village):
    _areas, who = village
    changed("officer", three[:1], what="pass_on:post", post="H1")
    actions.accept_task(who["one"], task=three[0], at=clock.now())
    _client, page = changed("officer", three[:2], what="take_back")
    assert held(three[:2]) == [("H1", "one", "accepted"), HERE]
    assert page.count("There is nothing to take back") == 3  # once above, once at each row


def test_a_task_that_somebody_had_taken_on_comes_back_to_them(three, village):
    _areas, who = village
    actions.accept_task(who["auxiliary"], task=three[0], at=clock.now())
    before = held(three[:1])
    changed("officer", three[:1], what="pass_on:person", person="one")
    assert held(three[:1]) == [("V", "one", "offered")]
    changed("officer", three[:1], what="take_back")
    assert held(three[:1]) == before


@pytest.mark.parametrize(
    "said",
    [{"what": "sing"}, {"what": "split:county"}, {"what": "split:village"}, {"what": "pass_on:post", "post": "X"},
     {"what": "pass_on:person", "person": "nobody"}, {"what": "pass_on:person"}, {"what": "return", "reason": "?"},
     {"what": "pass_on:post", "post": "V"}],
)  # fmt: skip
def test_a_step_that_is_not_possible_changes_nothing_and_says_so(three, said):
    _client, page = changed("officer", three[:2], **said)
    assert held(three) == [HERE, HERE, DONE]
    assert 'class="message error"' in page


def test_nobody_hands_on_outside_their_area(three, village):
    areas, who = village
    with pytest.raises(NotAllowed):
        actions.pass_on_task(
            who["one"], task=three[0], whose=actions.Whose(areas["H1"], role="hamlet_assistant"), at=clock.now()
        )  # fmt: skip
    _client, page = changed("auxiliary", three[:1], what="pass_on:up")
    assert held(three[:1]) == [HERE]
    assert "outside your area" in page
