"""An upgrade brings newer editions of the shipped forms; what an agency made of its own is never put aside."""

import pytest

from maplebridge.fieldwork.actions import add_form_version, install_forms, publish_form, retire_form
from maplebridge.fieldwork.actions import forms as actions
from maplebridge.fieldwork.models import Form, FormVersion
from maplebridge.journal.models import Entry
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import system

pytestmark = pytest.mark.django_db
INIT = system("init")
SHEET = """
| survey |      |      |       |
|        | type | name | label |
|        | text | a    | {label} |
| settings |            |         |         |
|          | form_title | form_id | version |
|          | {title} | round | {version} |
"""


def sheet(version, *, label="A", title="Round"):
    return SHEET.format(version=version, label=label, title=title)


@pytest.fixture
def ship(monkeypatch, tmp_path, noon):
    """Ship an edition of a form, as an upgrade does, and give what was published."""
    monkeypatch.setattr(actions, "SHIPPED", tmp_path)

    def shipped(version, **more):
        (tmp_path / "round.md").write_text(sheet(version, **more), "utf-8")
        return [each.version for each in install_forms(INIT, at=noon)]

    return shipped


def states():
    return dict(FormVersion.objects.values_list("version", "state"))


def test_a_newer_edition_takes_the_place_of_the_shipped_one_for_the_same_roles_and_areas(ship):
    assert ship("1") == ["1"]
    FormVersion.objects.update(roles=["auxiliary"], areas=["v1"])
    assert ship("2", title="Round anew") == ["2"]
    assert states() == {"1": "retired", "2": "published"}
    new = FormVersion.objects.get(version="2")
    assert (new.roles, new.areas, Form.objects.get().name) == (["auxiliary"], ["v1"], "Round anew")


def test_to_install_again_changes_nothing(ship):
    ship("1")
    ship("2")
    entries = Entry.objects.count()
    assert ship("2") == []
    assert Entry.objects.count() == entries


def test_a_form_that_the_agency_edited_stays_and_the_newer_one_is_a_draft(ship, machine, noon):
    ship("1")
    own = add_form_version(machine, spreadsheet=sheet("1.our", title="Our round").encode(), kind="md", at=noon)
    publish_form(machine, version=own, at=noon)
    assert ship("2") == []
    assert states() == {"1": "retired", "1.our": "published", "2": "draft"}
    assert Form.objects.get().name == "Our round"
    assert ship("2") == []


def test_a_draft_of_the_agency_does_not_keep_the_shipped_one_from_its_successor(ship, machine, noon):
    ship("1")
    add_form_version(machine, spreadsheet=sheet("1.our").encode(), kind="md", at=noon)
    assert ship("2") == ["2"]
    assert states() == {"1": "retired", "1.our": "draft", "2": "published"}


def test_a_form_that_was_retired_stays_so(ship, machine, noon):
    ship("1")
    retire_form(machine, version=FormVersion.objects.get(), at=noon)
    assert ship("2") == []
    assert states() == {"1": "retired", "2": "draft"}


def test_a_version_of_the_same_name_is_left_alone(ship):
    ship("1")
    assert ship("1", label="B") == []
    assert states() == {"1": "published"}


def test_the_page_says_that_a_newer_one_came_with_the_software(ship, machine, client, noon):
    ship("1")
    own = add_form_version(machine, spreadsheet=sheet("1.our").encode(), kind="md", at=noon)
    publish_form(machine, version=own, at=noon)
    add_form_version(machine, spreadsheet=sheet("1.draft").encode(), kind="md", at=noon)
    ship("2")
    client.force_login(
        enrol_user(machine, username="ada", display_name="Ada", role="chief", password="Bamboo bridge 7", at=noon)
    )
    assert client.get("/forms").content.decode().count("Came with the software") == 1
