"""Tasks cascade: an officer gives, an auxiliary splits, hamlet assistants deliver, and it comes back up."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Task
from maplebridge.fieldwork.rules import tasks as rules
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed

pytestmark = pytest.mark.django_db
LONG = "A reason in words"


@pytest.fixture
def country(machine, noon):
    """One township of one village with two hamlets, and who holds the posts there."""
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import actor_of
    from maplebridge.places.models import Area

    box = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
    paths = {"T": "/T/", "V": "/T/V/", "H1": "/T/V/H1/", "H2": "/T/V/H2/"}
    areas = {code: Area.objects.create(code=code, name=code, path=path, **box) for code, path in paths.items()}
    posts = {"officer": ("post_officer", "T"), "auxiliary": ("auxiliary", "V"),
             "one": ("hamlet_assistant", "H1"), "two": ("hamlet_assistant", "H2")}  # fmt: skip
    actors = {}
    for name, (role, area) in posts.items():
        user = enrol_user(
            machine, username=name, display_name=name, role=role, area_code=area, password="Bamboo bridge 7", at=noon
        )  # fmt: skip
        actors[name] = actor_of(user, at=noon)
    return areas, actors


def given_to_the_village(country, noon, **more):
    areas, actors = country
    whose = actions.Whose(areas["V"], role="auxiliary")
    return actions.give_task(actors["officer"], title="Look at every well", whose=whose, at=noon, **more)


def hamlets(country):
    areas, _actors = country
    return [actions.Whose(areas[code], role="hamlet_assistant") for code in ("H1", "H2")]


def state(task):
    return Task.objects.get(pk=task.pk).state


def test_a_task_goes_down_to_the_hamlets_and_comes_back_settled(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon)
    assert list(Task.objects.all().of(who["auxiliary"])) == [task]
    actions.accept_task(who["auxiliary"], task=task, at=noon)
    one, two = actions.split_task(who["auxiliary"], task=task, among=hamlets(country), at=noon)
    assert state(task) == "delegated"
    assert list(Task.objects.all().of(who["one"])) == [one]
    for part, name in ((one, "one"), (two, "two")):
        actions.deliver_task(who[name], task=part, at=noon)
    actions.settle_task(who["auxiliary"], task=one, at=noon)
    assert state(task) == "delegated"
    actions.return_task(who["auxiliary"], task=two, reason="The photo is dark.", at=noon)
    actions.deliver_task(who["two"], task=two, at=noon)
    actions.settle_task(who["auxiliary"], task=two, at=noon)
    assert state(task) == "delivered"
    actions.settle_task(who["officer"], task=task, at=noon)
    assert [state(each) for each in (task, one, two)] == ["settled"] * 3
    verbs = set(Entry.objects.filter(verb__startswith="fieldwork.task").values_list("verb", flat=True))
    assert verbs >= {"fieldwork.task_given", "fieldwork.task_split", "fieldwork.task_parts_ended"}


def test_all_below_a_task_is_seen_by_whoever_gave_it(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon)
    parts = actions.split_task(who["auxiliary"], task=task, among=hamlets(country), at=noon)
    assert set(Task.objects.filter(path__startswith=task.path)) == {task, *parts}
    assert set(Task.objects.all().visible_to(who["officer"])) == {task, *parts}
    assert set(Task.objects.all().visible_to(who["one"])) == {parts[0]}


def test_nobody_works_on_the_task_of_another_or_gives_outside_their_area(country, noon):
    areas, who = country
    task = given_to_the_village(country, noon)
    with pytest.raises(NotAllowed):
        actions.accept_task(who["one"], task=task, at=noon)
    with pytest.raises(NotAllowed):
        actions.give_task(
            who["auxiliary"], title="For the township", whose=actions.Whose(areas["T"], role="post_officer"), at=noon
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.give_task(
            who["one"], title="For the other", whose=actions.Whose(areas["H2"], role="hamlet_assistant"), at=noon
        )  # fmt: skip
    assert Task.objects.count() == 1


def test_nobody_settles_what_they_delivered_themselves(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon)
    actions.deliver_task(who["auxiliary"], task=task, at=noon)
    for judge in (actions.settle_task, lambda actor, **more: actions.return_task(actor, reason=LONG, **more)):
        with pytest.raises(NotAllowed):
            judge(who["auxiliary"], task=task, at=noon)


def test_a_task_with_evidence_is_not_delivered_without_it(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon, evidence=["photo"])
    with pytest.raises(BadInput):
        actions.deliver_task(who["auxiliary"], task=task, at=noon)
    assert actions.deliver_task(who["auxiliary"], task=task, given=["photo"], at=noon).state == "delivered"


def test_withdrawing_takes_the_parts_along_and_leaves_what_is_settled(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon)
    one, two = actions.split_task(who["auxiliary"], task=task, among=hamlets(country), at=noon)
    actions.deliver_task(who["one"], task=one, at=noon)
    actions.settle_task(who["auxiliary"], task=one, at=noon)
    actions.withdraw_task(who["officer"], task=task, reason="The wells were closed.", at=noon)
    assert [state(each) for each in (task, one, two)] == ["withdrawn", "settled", "withdrawn"]


def test_when_every_part_is_withdrawn_the_task_is_at_hand_again(country, noon):
    _areas, who = country
    task = given_to_the_village(country, noon)
    for part in actions.split_task(who["auxiliary"], task=task, among=hamlets(country), at=noon):
        actions.withdraw_task(who["auxiliary"], task=part, reason=LONG, at=noon)
    assert state(task) == "accepted"


def test_a_key_of_the_source_gives_the_same_task_twice(country, noon):
    first, second = (given_to_the_village(country, noon, source_key="incident:7") for _ in range(2))
    assert first == second
    assert Task.objects.count() == 1


@pytest.mark.parametrize("more", [{"title": ""}, {"title": "x" * 121}, {"evidence": ["song"]}, {"due_at": "past"}])
def test_bad_input_is_told_by_field(more, country, noon):
    areas, who = country
    if "due_at" in more:
        more = {"due_at": noon}
    whose = actions.Whose(areas["V"], role="auxiliary")
    with pytest.raises(BadInput) as refused:
        actions.give_task(who["officer"], **{"title": "Wells", "whose": whose, "at": noon, **more})
    assert refused.value.field in more


def test_the_overdue_are_told_once_a_day(country, machine, noon):
    task = given_to_the_village(country, noon, due_at=noon + timedelta(hours=1))
    hours = [0, 2, 3, 25, 27]
    assert [actions.remind_of_overdue(machine, at=noon + timedelta(hours=h)) for h in hours] == [0, 1, 0, 0, 1]
    assert Entry.objects.filter(verb="fieldwork.task_overdue", subject=f"task:{task.pk}").count() == 2


STEPS = {
    "accept": lambda who, task, at: actions.accept_task(who["auxiliary"], task=task, at=at),
    "deliver": lambda who, task, at: actions.deliver_task(who["auxiliary"], task=task, at=at),
    "return": lambda who, task, at: actions.return_task(who["officer"], task=task, reason=LONG, at=at),
    "settle": lambda who, task, at: actions.settle_task(who["officer"], task=task, at=at),
    "withdraw": lambda who, task, at: actions.withdraw_task(who["officer"], task=task, reason=LONG, at=at),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*STEPS, "split", "part_deliver", "part_settle", "part_withdraw"]), max_size=10))
def test_any_interleaving_leaves_every_task_in_a_state_that_its_parts_allow(country, noon, steps):
    _areas, who = country
    task = given_to_the_village(country, noon)
    for step in steps:
        part = Task.objects.filter(parent=task).exclude(state__in=rules.ENDED).first()
        try:
            if step == "split":
                actions.split_task(who["auxiliary"], task=task, among=hamlets(country), at=noon)
            elif step.startswith("part_") and part:
                doer = who["one"] if part.area_code == "H1" else who["two"]
                STEPS[step[5:]]({"auxiliary": doer, "officer": who["auxiliary"]}, part, noon)
            elif step in STEPS:
                STEPS[step](who, task, noon)
        except (actions.CannotStep, NotAllowed):
            continue
    now, parts = state(task), list(Task.objects.filter(parent=task).values_list("state", flat=True))
    assert {now, *parts} <= set(rules.STATES)
    unended = [each for each in parts if each not in rules.ENDED]
    assert not (unended and now != "delegated")  # nothing is left to do below what is not split any more
    entries = Entry.objects.filter(subject=f"task:{task.pk}").order_by("position")
    assert entries.exists()


def test_a_submission_that_names_a_task_delivers_it_once_it_is_whole(country, forms, noon):
    from phone_for_tests import photo_of, record

    from maplebridge.people.models import User

    _areas, who = country
    user = User.objects.get(username="auxiliary")
    task = given_to_the_village(country, noon, evidence=["photo", "place"], form=forms["visit"].form)
    xml, _id = record(photo="1.jpg", inside=f"<task>{task.pk}</task>")
    actions.receive_submission(who["auxiliary"], user=user, xml=xml, files={}, at=noon)
    assert state(task) == "offered"
    actions.receive_submission(who["auxiliary"], user=user, xml=xml, files={"1.jpg": photo_of(1)}, at=noon)
    assert state(task) == "delivered"
    actions.settle_task(who["officer"], task=task, at=noon)
    again, _id = record(inside=f"<task>{task.pk}</task>")
    done = actions.receive_submission(who["auxiliary"], user=user, xml=again, files={}, at=noon)
    assert done.submission.late
    assert state(task) == "settled"


def test_a_submission_does_not_touch_the_task_of_another(country, forms, noon):
    from phone_for_tests import record

    from maplebridge.people.models import User

    _areas, who = country
    task = given_to_the_village(country, noon)
    xml, _id = record(inside=f"<task>{task.pk}</task>")
    user = User.objects.get(username="one")
    done = actions.receive_submission(who["one"], user=user, xml=xml, files={}, at=noon)
    assert done.submission.task is None
    assert state(task) == "offered"
