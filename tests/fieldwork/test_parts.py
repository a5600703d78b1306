"""The pages of field work beside each of them."""

from itertools import pairwise

import pytest
from django.test import Client
from work_for_tests import make_village

from maplebridge.fieldwork.parts import A_LINE_HOLDS, parts_for
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import actor_of

pytestmark = pytest.mark.django_db


def chief_since(machine, at):
    return enrol_user(
        machine, username="chief", display_name="Chief", role="chief", password="Bamboo bridge 7", at=at
    )  # fmt: skip


def test_whoever_has_few_pages_has_one_line_without_headings(machine, noon):
    _areas, who = make_village(machine, noon)
    (line,) = parts_for(who["one"], "own_tasks")
    assert line["name"] == ""
    assert 1 < len(line["pages"]) <= A_LINE_HOLDS
    assert [page["name"] for page in line["pages"] if page["current"]] == ["My tasks"]


def test_a_chief_has_headed_groups_and_each_page_once(machine, noon):
    groups = parts_for(actor_of(chief_since(machine, noon), at=noon), "sheets")
    assert all(group["name"] and group["pages"] for group in groups)
    hrefs = sorted(page["href"] for group in groups for page in group["pages"])
    assert len(hrefs) > A_LINE_HOLDS
    assert all(one != other for one, other in pairwise(hrefs))
    assert [page["name"] for group in groups for page in group["pages"] if page["current"]] == ["Stipends"]


def test_each_group_is_named_for_those_who_hear_the_page(machine):
    client = Client()
    client.force_login(chief_since(machine, clock.now()))
    page = client.get("/workbook/tasks").content.decode()
    assert page.count('role="group" aria-labelledby="parts-') == page.count('<p class="hint" id="parts-')
    assert page.count('aria-current="page">Tasks</a>') == 1
