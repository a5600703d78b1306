"""Tasks that come again: by the city's clocks, once each, for one post or for every hamlet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from work_for_tests import make_village

from maplebridge.fieldwork import actions, tasks
from maplebridge.fieldwork.models import Task, TaskSchedule
from maplebridge.fieldwork.rules.recurrence import checked_rule, last_until, next_after
from maplebridge.fieldwork.rules.tasks import told_area
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.places.models import Area, City

HELSINKI = ZoneInfo("Europe/Helsinki")
MORNING = datetime(2026, 3, 27, 8, 0, tzinfo=HELSINKI)  # a Friday; the clocks go forward on the 29th


def times(rule, start, count, zone=HELSINKI):
    out, after = [], start - timedelta(seconds=1)
    for _each in range(count):
        after = next_after(rule, starts_at=start, zone=zone, after=after)
        out.append(after and f"{after.astimezone(zone):%a %d %H:%M}")
    return out


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("FREQ=DAILY", ["Fri 27 08:00", "Sat 28 08:00", "Sun 29 08:00", "Mon 30 08:00"]),
     ("FREQ=WEEKLY;BYDAY=MO", ["Mon 30 08:00", "Mon 06 08:00"]),
     ("FREQ=MONTHLY;BYDAY=-1FR", ["Fri 27 08:00", "Fri 24 08:00"]),
     ("FREQ=DAILY;COUNT=1", ["Fri 27 08:00"]), ("FREQ=DAILY;UNTIL=20260328", ["Fri 27 08:00"])],
)  # fmt: skip
def test_a_rule_keeps_its_hour_when_the_clocks_change(rule, expected):
    assert times(rule, MORNING, len(expected)) == expected


def test_an_hour_that_the_clocks_leave_out_or_show_twice_comes_once():
    spring = datetime(2026, 3, 28, 3, 30, tzinfo=HELSINKI)
    assert times("FREQ=DAILY", spring, 3) == ["Sat 28 03:30", "Sun 29 04:30", "Mon 30 03:30"]
    autumn = datetime(2026, 10, 24, 3, 30, tzinfo=HELSINKI)
    assert times("FREQ=DAILY", autumn, 3) == ["Sat 24 03:30", "Sun 25 03:30", "Mon 26 03:30"]


@pytest.mark.parametrize(
    "rule",
    ["", "every day", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
     "FREQ=DAILY;UNTIL=20261231T000000Z", "FREQ=DAILY;UNTIL=20200101", "FREQ=DAILY;INTERVAL=0", "INTERVAL=2",
     "FREQ=DAILY\nRRULE:FREQ=DAILY"],
)  # fmt: skip
def test_a_rule_that_is_none_or_never_comes_is_refused(rule):
    with pytest.raises(BadInput):
        checked_rule(rule, starts_at=MORNING, zone=HELSINKI)


def test_after_a_standstill_the_latest_counts():
    last = last_until("FREQ=DAILY", starts_at=MORNING, zone=HELSINKI, first=MORNING, at=MORNING + timedelta(days=5))
    assert last == datetime(2026, 4, 1, 8, 0, tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("days", "area"), [(-1, "H"), (0, "H"), (1, "V"), (2, "T"), (9, "T")],
)  # fmt: skip
def test_what_is_overdue_rises_one_area_a_day(days, area, noon):
    assert told_area("/T/V/H/", noon, at=noon + timedelta(days=days, hours=1)) == area


@pytest.fixture
def village(machine, noon):
    areas, who = make_village(machine, noon)
    Area.objects.filter(code__startswith="H").update(kind="hamlet")
    Area.objects.filter(code="V").update(kind="village")
    return {code: Area.objects.get(code=code) for code in areas}, who


@pytest.mark.django_db
def test_a_task_for_every_hamlet_is_one_task_with_a_part_for_each(village, noon):
    areas, who = village
    task = actions.give_to_each(who["officer"], title="Look at wells", area=areas["T"], kind="hamlet", at=noon)
    assert (task.state, task.role) == ("delegated", "post_officer")
    assert {(part.area_code, part.role) for part in task.parts.all()} == {
        ("H1", "hamlet_assistant"), ("H2", "hamlet_assistant"),
    }  # fmt: skip
    for name, part in zip(("one", "two"), task.parts.order_by("area_code"), strict=True):
        actions.deliver_task(who[name], task=part, at=noon)
        actions.settle_task(who["officer"], task=part, at=noon)
    assert Task.objects.get(pk=task.pk).state == "delivered"
    assert actions.settle_task(who["officer"], task=task, at=noon).state == "settled"


@pytest.mark.django_db
def test_nobody_gives_to_each_outside_their_areas_or_where_there_is_none(village, noon):
    areas, who = village
    with pytest.raises(NotAllowed):
        actions.give_to_each(who["auxiliary"], title="Wells", area=areas["T"], kind="hamlet", at=noon)
    with pytest.raises(BadInput):
        actions.give_to_each(who["officer"], title="Wells", area=areas["T"], kind="county", at=noon)
    with pytest.raises(BadInput):
        actions.give_to_each(who["officer"], title="Wells", area=areas["H1"], kind="hamlet", at=noon)
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_the_timer_gives_each_occurrence_once_and_only_the_latest_that_was_missed(village, noon):
    areas, who = village
    schedule = actions.set_schedule(
        who["officer"], title="Patrol", area=areas["T"], each_kind="hamlet", rule="RRULE:FREQ=DAILY",
        starts_at=noon, at=noon,
    )  # fmt: skip
    assert schedule.next_at == noon + timedelta(days=1)
    for hours in (1, 24, 24, 25, 24 * 5, 24 * 5 + 1):
        tasks.turn_schedules(noon + timedelta(hours=hours))
    given = Task.objects.filter(parent=None).order_by("pk")
    days = [task.source_key.partition("T")[0] for task in given]
    assert days == [f"schedule:{schedule.pk}:2026-05-{day}" for day in ("05", "09")]
    assert Task.objects.exclude(parent=None).count() == 4
    actions.end_schedule(who["officer"], schedule=schedule, at=noon)
    tasks.turn_schedules(noon + timedelta(days=30))
    assert Task.objects.filter(parent=None).count() == 2
    with pytest.raises(actions.CannotStep):
        actions.end_schedule(who["officer"], schedule=schedule, at=noon)


@pytest.mark.django_db
def test_a_plan_that_is_over_gives_no_more(village, noon):
    areas, who = village
    actions.set_schedule(
        who["officer"], title="Once", area=areas["V"], role="auxiliary", rule="FREQ=DAILY;COUNT=2",
        starts_at=noon, at=noon,
    )  # fmt: skip
    tasks.turn_schedules(noon + timedelta(days=1))
    assert TaskSchedule.objects.get().next_at is None
    assert Task.objects.get().role == "auxiliary"


@pytest.mark.django_db
def test_a_hazard_that_was_noted_becomes_a_task_of_the_village_once(village, noon):
    from maplebridge.places.actions import add_premise_note

    _areas, who = village
    City.objects.create(name="T", time_zone="UTC", west=0, south=0, east=1, north=1, edition="hazard")  # its own map
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    Area.objects.filter(code="V").update(geometry=square)
    Area.objects.exclude(code="V").update(geometry=None)
    note = add_premise_note(
        who["officer"].__class__("system:x", "x", "system"), kind="hazard", text="Loose bricks", reason="Seen", lon=0.5,
        lat=0.5, expires_at=noon + timedelta(days=90), at=noon,
    )  # fmt: skip
    entry = Entry.objects.get(verb="places.premise_note_added")
    for _again in range(2):
        tasks.look_at_hazard(entry, noon)
    task = Task.objects.get()
    assert (task.area_code, task.role, task.instructions) == ("V", "auxiliary", note.text)


def test_moments_are_told_in_utc():
    assert next_after("FREQ=DAILY", starts_at=MORNING, zone=HELSINKI, after=MORNING).tzinfo is UTC
