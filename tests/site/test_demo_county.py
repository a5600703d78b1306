"""The demo's county is whole at any size, the same each time, and has work in it."""

import random
from collections import Counter
from datetime import datetime

import pytest

from maplebridge.fieldwork.actions import install_forms
from maplebridge.fieldwork.models import (
    Deduction,
    LedgerLine,
    Review,
    StipendSheet,
    Submission,
    Task,
    TaskSchedule,
)
from maplebridge.fieldwork.queries.coverage import counts, posts
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address, CareRequest
from maplebridge.site.demo.county import HAMLETS, TOWNSHIPS, VILLAGES, Size, divisions, roster, stock_county
from maplebridge.site.demo.county_work import months_at

SMALL = Size(townships=2, villages=4, hamlets=9, visits=12, houses=3)


def test_the_county_has_its_full_size_and_every_name_once_in_both_scripts():
    areas = divisions(Size(), random.Random(1))
    kinds = [area.kind for area in areas]
    assert [kinds.count(kind) for kind in ("county", "township", "village", "hamlet")] == [
        1, TOWNSHIPS, VILLAGES, HAMLETS,
    ]  # fmt: skip
    assert len({area.code for area in areas}) == len(areas)
    assert len({area.name_zh for area in areas}) == len(areas)
    codes = {area.code for area in areas}
    assert all(area.parent in codes for area in areas[1:])
    assert divisions(Size(), random.Random(1)) == areas


def test_every_area_has_a_post():
    areas = divisions(SMALL, random.Random(1))
    rows = roster(areas, clock.now().date())
    assert [row.area for row in rows] == [area.code for area in areas[1:]]
    assert len({row.username for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("day", "last", "this"), [("2026-11-28", "2026-10-01", "2026-11-01"), ("2027-01-01", "2026-12-01", "2027-01-01")]
)
def test_its_story_begins_with_last_month(day, last, this):
    found = months_at(datetime.fromisoformat(f"{day}T00:30:00+00:00"))
    assert (f"{found.last}", f"{found.this}") == (last, this)
    assert found.begun.date() < found.last


@pytest.mark.django_db
@pytest.mark.parametrize("day", [1, 28])
def test_the_county_is_made_once_with_what_became_of_its_work(machine, day):
    at = clock.now().replace(day=day, hour=0, minute=30)
    install_forms(machine, at=at)
    enrol_user(machine, username="chief", display_name="Chief", role="chief", password=None, at=at)
    for _again in range(2):
        stock_county(machine, at=at, size=SMALL)
    assert Area.objects.count() == 16
    assert all(row["empty"] == 0 for row in counts(posts(machine, at=at)).values())
    states = Counter(Review.objects.values_list("state", flat=True))
    assert states.total() == Submission.objects.count() == SMALL.visits
    assert states["accepted"] and states["returned"] and states["received"]
    assert not Review.objects.exclude(hindered="").exists()
    assert Address.objects.filter(kind="building").count() >= 9 * SMALL.houses
    assert CareRequest.objects.count() == 3
    assert LedgerLine.objects.filter(kind="task").count() == Task.objects.filter(state="settled").count()
    assert {"delivered", "settled", "returned"} & set(Task.objects.values_list("state", flat=True))
    assert Task.objects.filter(due_at__lt=at, state="offered").exists()
    assert StipendSheet.objects.get().state == "frozen"
    assert Deduction.objects.get().state == "appealed"
    assert TaskSchedule.objects.count() == 1
