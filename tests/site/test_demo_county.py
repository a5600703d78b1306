"""The demo's county is whole at any size, the same each time, and has work in it."""

import random

import pytest

from maplebridge.fieldwork.actions import install_forms
from maplebridge.fieldwork.models import LedgerLine, Review, Submission, Task, TaskSchedule
from maplebridge.fieldwork.queries.coverage import counts, posts
from maplebridge.kernel import clock
from maplebridge.people.models import User
from maplebridge.places.models import Area
from maplebridge.site.demo.county import HAMLETS, TOWNSHIPS, VILLAGES, Size, divisions, roster, stock_county

SMALL = Size(townships=2, villages=4, hamlets=9, visits=3)


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


@pytest.mark.django_db
def test_the_county_is_made_once_with_tasks_and_visits(machine):
    at = clock.now()
    install_forms(machine, at=at)
    for _again in range(2):
        stock_county(machine, at=at, size=SMALL)
    assert Area.objects.count() == 16
    assert all(row["empty"] == 0 for row in counts(posts(machine, at=at)).values())
    assert Submission.objects.count() == Review.objects.count() == SMALL.visits
    assert LedgerLine.objects.filter(kind="task").count() == Task.objects.filter(state="settled").count()
    assert {"delivered", "settled"} <= set(Task.objects.values_list("state", flat=True))
    assert TaskSchedule.objects.count() == 1
    assert not any(user.has_usable_password() for user in User.objects.all())
