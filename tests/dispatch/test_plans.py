"""Response plans a city sets, those it starts with, and the alarm level of an incident."""

import pytest
from django.utils import translation

from maplebridge.dispatch.actions import (
    CannotRaiseAlarm,
    install_plans,
    raise_alarm_level,
    remove_response_plan,
    set_response_plan,
)
from maplebridge.dispatch.models import AlarmLevel, ResponsePlan
from maplebridge.dispatch.queries import recommendation_rows
from maplebridge.dispatch.recommend import level_of, plans
from maplebridge.dispatch.rules import Want, want_from, want_row, wants_of
from maplebridge.incidents.actions import close_incident, install_types, merge_incidents
from maplebridge.incidents.queries.timeline import timeline
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
CAR = {"count": 1, "kinds": ["car"]}


@pytest.fixture
def plan(machine, noon, kinds):
    def make(type_code="fight", *, max_priority=10, level=1, wants=(CAR,)):
        return set_response_plan(
            machine, type_code=type_code, max_priority=max_priority, level=level, wants=list(wants), at=noon
        )

    return make


def test_a_plan_is_set_once_changed_and_journaled_with_its_values(plan):
    first = plan()
    assert plan().pk == first.pk
    assert Entry.objects.filter(verb="dispatch.response_plan_set").count() == 1
    changed = plan(wants=[CAR, {"count": 2}])
    assert (changed.pk, len(changed.wants)) == (first.pk, 2)
    entry = Entry.objects.order_by("position").last()
    assert entry.subject == f"responseplan:{first.pk}"
    assert entry.facts == {"type": "fight", "max_priority": 10, "level": 1, "wants": changed.wants}


def test_a_plan_for_all_types_stands_once_too(plan):
    plan(None)
    plan(None, wants=[{"count": 3}])
    assert [p.wants[0]["count"] for p in ResponsePlan.objects.all()] == [3]


def test_a_removed_plan_leaves_the_next_one_in_force(plan, machine, noon):
    plan(None, wants=[{"count": 1}])
    plan("fight", wants=[{"count": 2}])
    assert wants_of(plans("fight"), type="fight", priority=5) == [Want(2)]
    remove_response_plan(machine, type_code="fight", max_priority=10, level=1, at=noon)
    assert wants_of(plans("fight"), type="fight", priority=5) == [Want(1)]
    with pytest.raises(NotFound, match="no such response plan"):
        remove_response_plan(machine, type_code="fight", max_priority=10, level=1, at=noon)


@pytest.mark.parametrize(
    ("how", "field", "says"),
    [
        ({"type_code": "frogs"}, "type", "frogs"),
        ({"max_priority": 11}, "max_priority", "0 .most urgent. to 10"),
        ({"level": 0}, "level", "1 to 5"),
        ({"level": 6}, "level", "1 to 5"),
        ({"wants": []}, "wants", "remove the plan"),
        ({"wants": [CAR] * 11}, "wants", "1 to 10 lines"),
        ({"wants": [CAR, {"count": 0}]}, "wants", "Line 2"),
        ({"wants": [{"kinds": ["zeppelin"]}]}, "wants", "Line 1.*motorbike"),
        ({"wants": ["a car"]}, "wants", "Line 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_its_field(plan, how, field, says):
    with pytest.raises(BadInput, match=says) as refused:
        plan(**how)
    assert refused.value.field == field
    assert not ResponsePlan.objects.exists()


@pytest.mark.parametrize(
    "row",
    [None, [], {"count": True}, {"count": 21}, {"count": "2"}, {"kinds": "car"}, {"kinds": [1]}, {"skills": [""]},
     {"skills": ["x" * 41]}, {"colour": "red"}],
)  # fmt: skip
def test_a_want_that_makes_no_sense_is_none(row):
    assert want_from(row) is None


def test_a_want_and_its_data_say_the_same():
    want = Want(2, frozenset({"car", "foot"}), frozenset({"mediation"}))
    assert want_from(want_row(want)) == want
    assert want_row(want) == {"count": 2, "kinds": ["car", "foot"], "skills": ["mediation"]}


def test_a_dispatcher_does_not_set_plans(dispatcher, kinds, noon):
    with pytest.raises(NotAllowed):
        set_response_plan(dispatcher, type_code=None, max_priority=10, level=1, wants=[CAR], at=noon)


def test_the_first_plans_are_installed_once_and_what_a_city_removed_stays_away(machine, noon):
    install_types(machine, at=noon)
    installed = install_plans(machine, at=noon)
    assert installed == ResponsePlan.objects.count() > 20
    set_response_plan(machine, type_code="dispute", max_priority=10, level=1, wants=[CAR], at=noon)
    remove_response_plan(machine, type_code="collision", max_priority=10, level=1, at=noon)
    assert install_plans(machine, at=noon) == 0
    assert ResponsePlan.objects.get(type="dispute", max_priority=10).wants == [want_row(Want(1, frozenset({"car"})))]
    assert not ResponsePlan.objects.filter(type="collision").exists()


def test_plans_of_types_that_are_not_there_wait_for_them(machine, noon, kinds):
    few = install_plans(machine, at=noon)
    assert {p.type_id for p in ResponsePlan.objects.all()} == {None, "fight", "noise"}
    install_types(machine, at=noon)
    assert install_plans(machine, at=noon) > few


@pytest.mark.parametrize(
    ("type", "priority", "level", "units"),
    [("weapon", 1, 1, 2), ("weapon", 1, 2, 5), ("collision", 4, 1, 1), ("dispute", 6, 1, 1), ("dispute", 1, 1, 2),
     ("other", 1, 1, 2), ("other", 6, 1, 1), ("other", 6, 2, 3)],
)  # fmt: skip
def test_what_the_first_plans_want(machine, noon, type, priority, level, units):
    install_types(machine, at=noon)
    install_plans(machine, at=noon)
    wants = wants_of(plans(type), type=type, priority=priority, level=level)
    assert sum(want.count for want in wants) == units
    if type in ("weapon", "collision"):
        assert all(want.kinds <= {"car", "motorbike", "foot", "bicycle"} and want.kinds for want in wants)


def raise_to(actor, incident, level, at, reason="three more came"):
    return raise_alarm_level(actor, incident=incident, level=level, reason=reason, at=at)


def test_a_raised_alarm_is_kept_journaled_and_wants_more(dispatcher, noon, plan, make_unit, make_incident):
    plan(wants=[{"count": 1}])
    plan(level=2, wants=[{"count": 2, "kinds": ["car"]}])
    for number in range(4):
        make_unit(f"C{number}", steps=number)
    incident = make_incident("fight")

    def wanted(**how):
        rows = recommendation_rows(dispatcher, incident=incident, at=noon, **how)
        return [row["call_sign"] for row in rows if row["plan"]]

    assert (level_of(incident), len(wanted()), len(wanted(level=2))) == (1, 1, 3)
    assert raise_to(dispatcher, incident, 2, noon) == 2
    assert (level_of(incident), len(wanted()), len(wanted(level=1))) == (2, 3, 1)
    raise_to(dispatcher, incident, 2, noon)
    entry = Entry.objects.get(verb="dispatch.alarm_level_set")
    assert (entry.subject, entry.facts["alarm_level"]) == (f"incident:{incident.pk}", 2)
    assert "three more" not in entry.body
    assert timeline(incident)[-1]["sentence"] == "Alarm level 2. three more came"
    with translation.override("zh-hans"):
        assert timeline(incident)[-1]["sentence"] == "警报级别 2。 three more came"


def test_an_alarm_raised_by_mistake_is_taken_back(dispatcher, noon, make_incident):
    incident = make_incident()
    raise_to(dispatcher, incident, 3, noon)
    assert raise_to(dispatcher, incident, 1, noon, "wrong incident") == 1
    assert level_of(incident) == 1


def test_an_alarm_needs_a_level_a_reason_and_an_open_incident(dispatcher, machine, noon, make_incident):
    incident, other = make_incident(), make_incident()
    for level, reason, field in ((0, "x", "level"), (6, "x", "level"), (2, "  ", "reason"), (2, "x" * 201, "reason")):
        with pytest.raises(BadInput) as refused:
            raise_to(dispatcher, incident, level, noon, reason)
        assert refused.value.field == field
    merge_incidents(dispatcher, incident=other, into=incident, at=noon)
    with pytest.raises(CannotRaiseAlarm, match="merged into"):
        raise_to(dispatcher, other, 2, noon)
    close_incident(dispatcher, incident=incident, disposition="05", at=noon)
    with pytest.raises(CannotRaiseAlarm, match="Reopen it first"):
        raise_to(dispatcher, incident, 2, noon)
    assert not AlarmLevel.objects.exists()
