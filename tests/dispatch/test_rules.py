"""Statuses, timers and response plans, by table."""

from datetime import timedelta

import pytest

from maplebridge.dispatch.rules import (
    SECONDARIES,
    STATUSES,
    Plan,
    Want,
    chosen,
    incident_state,
    may_follow,
    may_preempt,
    next_statuses,
    occurred,
    timer_at,
    timer_of,
    wants_of,
)


@pytest.mark.parametrize(
    ("status", "wanted", "allowed"),
    [
        ("Available", "Assigned", True),
        ("Available", "OutOfService", True),
        ("Available", "EnRoute", False),
        ("Available", "OnScene", False),
        ("Assigned", "EnRoute", True),
        ("Assigned", "OnScene", True),
        ("Assigned", "Available", False),
        ("Assigned", "OutOfService", False),
        ("EnRoute", "OnScene", True),
        ("EnRoute", "Available", False),
        ("EnRoute", "Assigned", False),
        ("OnScene", "Available", True),
        ("OnScene", "EnRoute", False),
        ("OutOfService", "Available", True),
        ("OutOfService", "Assigned", False),
    ],
)
def test_what_may_follow_a_status(status, wanted, allowed):
    assert may_follow(status, wanted) is allowed


@pytest.mark.parametrize("status", ["Assigned", "EnRoute"])
def test_a_unit_leaves_what_it_never_arrived_at_only_by_being_stood_down(status):
    assert not may_follow(status, "Available")
    assert may_follow(status, "Available", stood_down=True)


def test_the_phone_offers_only_what_may_follow():
    assert next_statuses("Assigned") == ["EnRoute", "OnScene"]
    assert next_statuses("OnScene") == ["Available"]
    assert next_statuses("Available") == ["OutOfService"]


def test_every_secondary_status_belongs_to_a_primary_one():
    assert set(SECONDARIES) == set(STATUSES)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (set(), "Active"),
        ({"Assigned"}, "ResourcesAssigned"),
        ({"Assigned", "EnRoute"}, "ResourcesEnroute"),
        ({"Assigned", "OnScene"}, "ResourcesOnscene"),
        ({"Available"}, "Active"),
    ],
)
def test_the_furthest_unit_gives_the_incident_its_state(steps, state):
    assert incident_state(steps) == state


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (None, 600),
        (300, 300),
        (0, 0),
        (-1, 0),  # people write whole seconds
        (-10, None),
        (600, 600),
        (603, 600),  # a telephone's clock is a little fast
        (620, None),
    ],
)
def test_a_late_entry_lies_between_the_last_step_and_now(noon, said, becomes):
    moment = None if said is None else noon + timedelta(seconds=said)
    found = occurred(moment, since_at=noon, now=noon + timedelta(seconds=600))
    assert found == (None if becomes is None else noon + timedelta(seconds=becomes))


@pytest.mark.parametrize("kind", ["foot", "car", "guard", "volunteers", "post", "station", "bicycle"])
def test_a_timer_turns_amber_then_red_then_alarms(kind):
    for status in ("Assigned", "EnRoute", "OnScene"):
        timer = timer_of(status, kind)
        assert timer.amber_s < timer.red_s < timer.alarm_s
    assert timer_of("Available", kind) is None
    assert timer_of("OutOfService", kind) is None


def test_a_long_way_stretches_the_timer_to_twice_the_time_expected(noon):
    assert timer_of("EnRoute", "car", eta_s=120).alarm_s == 600
    assert timer_of("EnRoute", "car", eta_s=900).alarm_s == 1800
    assert timer_at("EnRoute", "car", at=noon, eta_s=900) == noon + timedelta(minutes=30)
    assert timer_at("Available", "car", at=noon) is None


ANY = Want(1)
CARS = Want(2, frozenset({"car"}))
MEDIATOR = Want(1, skills=frozenset({"mediation"}))
PLANS = [
    Plan("", 2, 1, (CARS,)),
    Plan("", 10, 1, (ANY,)),
    Plan("dispute", 10, 1, (MEDIATOR,)),
    Plan("dispute", 10, 2, (CARS,)),
]


@pytest.mark.parametrize(
    ("type", "priority", "level", "wants"),
    [
        ("noise", 7, 1, [ANY]),
        ("noise", 1, 1, [CARS]),
        ("dispute", 1, 1, [MEDIATOR]),
        ("dispute", 7, 2, [MEDIATOR, CARS]),
        ("noise", 7, 3, [ANY, Want(2), Want(2)]),
    ],
)
def test_the_most_specific_plan_of_each_level_holds(type, priority, level, wants):
    assert wants_of(PLANS, type=type, priority=priority, level=level) == wants


@pytest.mark.parametrize(("priority", "count"), [(0, 2), (2, 2), (3, 1), (10, 1)])
def test_without_a_plan_urgent_work_gets_two(priority, count):
    assert wants_of([], type="noise", priority=priority) == [Want(count)]


def test_the_plan_takes_the_best_that_fits_and_counts_who_is_there():
    offered = [(1, "foot", ()), (2, "car", ()), (3, "car", ()), (4, "foot", ("mediation",)), (5, "car", ())]
    assert chosen([CARS], sent=[], offered=offered) == {2, 3}
    assert chosen([CARS], sent=[(9, "car", ())], offered=offered) == {2}
    assert chosen([ANY, MEDIATOR], sent=[], offered=offered) == {1, 4}
    assert chosen([ANY], sent=[(9, "foot", ())], offered=offered) == set()


@pytest.mark.parametrize(
    ("status", "taken", "wanted", "allowed"),
    [
        ("EnRoute", 7, 2, True),
        ("EnRoute", 2, 2, False),
        ("Assigned", 3, 7, False),
        ("OnScene", 7, 2, False),
        ("OnScene", 7, 1, True),
        ("OnScene", 3, 1, False),
    ],
)
def test_a_unit_is_taken_from_its_job_for_a_more_urgent_one_alone(status, taken, wanted, allowed):
    assert may_preempt(taken_status=status, taken_priority=taken, wanted_priority=wanted) is allowed
