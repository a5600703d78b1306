"""The demo's county is whole at any size, the same each time, and has work in it."""

import csv
import random
import runpy
from collections import Counter
from datetime import datetime
from pathlib import Path

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
from maplebridge.incidents.actions import install_types
from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries.quiet import field_figures
from maplebridge.incidents.rules.quiet import half_year_to
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address, CareRequest
from maplebridge.site.demo.county import COUNTY, HAMLETS, TOWNSHIPS, VILLAGES, Size, divisions, roster, stock_county
from maplebridge.site.demo.county_work import months_at
from maplebridge.site.demo.names import chosen, real_names, tables

SMALL = Size(townships=2, villages=4, hamlets=9, visits=12, houses=3, incidents=90)


def test_the_county_has_its_full_size_and_every_name_once_in_both_scripts():
    areas = divisions(Size(), random.Random(1), {})
    kinds = [area.kind for area in areas]
    assert [kinds.count(kind) for kind in ("county", "township", "village", "hamlet")] == [
        1, TOWNSHIPS, VILLAGES, HAMLETS,
    ]  # fmt: skip
    assert len({area.code for area in areas}) == len(areas)
    assert len({area.name_zh for area in areas}) == len(areas)
    codes = {area.code for area in areas}
    assert all(area.parent in codes for area in areas[1:])
    assert divisions(Size(), random.Random(1), {}) == areas


def test_every_area_has_a_post():
    areas = divisions(SMALL, random.Random(1), {})
    rows = roster(areas, clock.now().date())
    assert [row.area for row in rows] == [area.code for area in areas[1:]]
    assert len({row.username for row in rows}) == len(rows)


def tables_in(folder, villages):
    """A package's tables with a county of three townships and two of a neighbour's."""
    county, code = "枫桥县", chosen()[0]
    streets = [(f"{code}{n:03d}", f"镇{n}镇", code) for n in range(3)] + [("999999001", "别镇", "999999")]
    rows = [(f"{street}{n:03d}", f"村{n}{end}", street, area) for street, _name, area in streets
            for n in range(villages) for end in ("村委会", "社区居委会")]  # fmt: skip
    heads = {"areas": ("code", "name"), "streets": ("code", "name", "areaCode"),
             "villages": ("code", "name", "streetCode", "areaCode")}  # fmt: skip
    for name, found in (("areas", [(code, county)]), ("streets", streets), ("villages", rows)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([heads[name], *found])
    return folder


def test_real_names_come_from_the_tables_as_people_say_them(tmp_path):
    found = real_names(prefix=COUNTY, townships=2, villages=4, folder=tables_in(tmp_path, 2))
    assert list(found.values()) == ["枫桥县", "镇0镇", "村0村", "村1村", "镇1镇", "村0村", "村1村"]
    areas = {area.code: area.name_zh for area in divisions(SMALL, random.Random(1), found)}
    assert {code: areas[code] for code in found} == found


def test_real_names_are_looked_for_where_set_up_puts_them():
    assert tables() == runpy.run_path(str(Path(__file__).parents[2] / "tools" / "setup.py"))["NAMES_IN"]


@pytest.mark.parametrize("villages", [0, 1])
def test_without_tables_or_in_too_small_a_county_names_are_invented(tmp_path, villages):
    folder = tables_in(tmp_path, villages) if villages else tmp_path
    assert real_names(prefix=COUNTY, townships=2, villages=4, folder=folder) == {}


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
    install_types(machine, at=at)
    install_forms(machine, at=at)
    enrol_user(machine, username="chief", display_name="Chief", role="chief", password=None, at=at)
    for _again in range(2):
        stock_county(machine, at=at, size=SMALL)
    assert Area.objects.count() == 16
    assert all(row["empty"] == 0 for row in counts(posts(machine, at=at)).values())
    states = Counter(Review.objects.values_list("state", flat=True))
    assert states.total() == Submission.objects.count() >= SMALL.visits
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
    assert len(set(Review.objects.values_list("form", flat=True))) >= 3
    assert not Submission.objects.filter(complete=False).exists()
    assert Submission.objects.filter(files__media_type="image/jpeg").exists()
    assert_some_villages_are_quiet(machine, at)


def assert_some_villages_are_quiet(machine, at):
    """All incidents lie in villages and have ended; some villages had none, some follow-ups are done."""
    villages = list(Area.objects.filter(kind="village"))
    figures = field_figures(machine, places=villages, span=half_year_to(at.date()), at=at)
    assert 0 < figures.quiet_now.part < len(villages)
    assert Incident.objects.count() == SMALL.incidents == Incident.objects.filter(area_path__contains=COUNTY).count()
    assert not Incident.objects.open().exists()
    follow_ups = Task.objects.filter(source_key__startswith="follow_up:")
    assert follow_ups.filter(state="settled").exists()
