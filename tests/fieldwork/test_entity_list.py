"""Each worker's tasks reach ODK Collect as an entity list: manifest, CSV, integrity, byte for byte."""

import csv
import hashlib
import random

import pytest
from collect_for_tests import Form, Network, Phone
from django.test import Client
from phone_for_tests import parts, photo_of, record

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.actions import Whose
from maplebridge.fieldwork.models import Task
from maplebridge.fieldwork.worklist import reads_tasks

pytestmark = pytest.mark.django_db
FORM = """
| survey |
| | type | name | label |
| | select_one_from_file tasks.csv | task | Which task is it? |
| settings |
| | form_id | version |
| | report | 1 |
"""
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="http://openrosa.org/xforms/xformsManifest">'
    '<mediaFile type="entityList"><filename>tasks.csv</filename><hash>md5:{md5}</hash>'
    "<downloadUrl>http://testserver/key/{key}/forms/report/1/files/tasks.csv</downloadUrl>"
    "<integrityUrl>http://testserver/key/{key}/forms/report/1/integrity</integrityUrl></mediaFile></manifest>"
)
HEAD = "name,label,__version,state,instructions,form,area,due,reason\n"


@pytest.fixture
def area(db):
    from maplebridge.places.models import Area

    box = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
    return Area.objects.create(code="V1", name="Willow village", path="/T/V1/", **box)


@pytest.fixture
def task(machine, auxiliary, forms, area, noon):
    version = actions.add_form_version(machine, spreadsheet=FORM.encode(), kind="md", at=noon)
    actions.publish_form(machine, version=version, at=noon)
    return actions.give_task(machine, title="Clear the ditch, all of it", whose=Whose(area, user=auxiliary), at=noon)


@pytest.fixture
def ask(key):
    client = Client(headers={"X-OpenRosa-Version": "1.0"})
    return lambda where: client.get(f"/key/{key}/{where}")


def test_the_manifest_names_the_list_as_an_entity_list_with_its_integrity_address(ask, key, task):
    csv = ask("forms/report/1/files/tasks.csv")
    digest = hashlib.md5(csv.content, usedforsecurity=False).hexdigest()
    assert ask("forms/report/1/manifest.xml").content.decode() == MANIFEST.format(md5=digest, key=key)


def test_the_list_has_one_row_for_each_task_at_hand(ask, task):
    row = f'{task.pk},"Clear the ditch, all of it",1,offered,,,V1,,\n'
    assert ask("forms/report/1/files/tasks.csv").content.decode() == HEAD + row


def test_its_version_grows_with_every_step_so_that_the_phone_takes_what_is_newer(ask, worker, task, noon):
    actions.accept_task(worker, task=task, at=noon)
    row = f'{task.pk},"Clear the ditch, all of it",2,accepted,,,V1,,\n'
    assert ask("forms/report/1/files/tasks.csv").content.decode() == HEAD + row


def test_a_task_that_was_taken_back_leaves_the_list_and_is_said_to_be_deleted(ask, machine, task, noon):
    def said(deleted):
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<data><entities><entity id="{task.pk}">'
            f'<deleted>{deleted}</deleted></entity><entity id="&lt;x"><deleted>true</deleted></entity>'
            "</entities></data>"
        )

    where = f"forms/report/1/integrity?id={task.pk},<x"
    assert ask(where).content.decode() == said("false")
    actions.withdraw_task(machine, task=task, reason="Done by the town.", at=noon)
    assert ask(where).content.decode() == said("true")
    assert ask("forms/report/1/files/tasks.csv").content.decode() == HEAD


def test_the_tasks_of_another_are_not_in_it(ask, machine, area, task, noon):
    from maplebridge.people.actions import enrol_user

    other = enrol_user(machine, username="lan", display_name="Lan", role="hamlet_assistant",
                       password="Bamboo bridge 7", at=noon)  # fmt: skip
    theirs = actions.give_task(machine, title="Theirs", whose=Whose(area, user=other), at=noon)
    assert "Theirs" not in ask("forms/report/1/files/tasks.csv").content.decode()
    assert f'id="{theirs.pk}"><deleted>true' in ask(f"forms/report/1/integrity?id={theirs.pk}").content.decode()


def test_a_form_that_reads_no_tasks_has_none_and_the_list_is_nowhere_else(ask, task):
    assert ask("forms/nothing/2026-11-27/files/tasks.csv").status_code == 404
    assert b"mediaFile" not in ask("forms/nothing/2026-11-27/manifest.xml").content


def test_every_shipped_form_but_the_shortest_asks_which_task_it_is_for(forms):
    asks = {code for code, version in forms.items() if reads_tasks(version)}
    assert asks == set(forms) - {"nothing"}
    for code in asks:
        assert f"instance('tasks')/root/item[form = '' or form = '{code}']" in forms[code].xform


def test_what_collect_sends_with_a_task_chosen_in_the_form_delivers_it(ask, key, task, forms):
    (row,) = csv.DictReader(ask(f"forms/visit/{forms['visit'].version}/files/tasks.csv").content.decode().splitlines())
    xml, instance_id = record(photo="1.jpg", inside=f"<task>{row['name']}</task>")
    client = Client()

    def post(xml, files, incomplete):
        return client.post(f"/key/{key}/submission", parts(xml, files, incomplete=incomplete)).status_code

    phone = Phone(post, Network(random.Random(4)), outbox=[Form(instance_id, xml, {"1.jpg": photo_of(1)})])
    while not phone.outbox[0].arrived:
        assert Task.objects.get(pk=task.pk).state in ("offered", "delivered")
        phone.flush()
    assert Task.objects.get(pk=task.pk).state == "delivered"
    assert "Clear the ditch" not in ask(f"forms/visit/{forms['visit'].version}/files/tasks.csv").content.decode()


def test_a_list_of_the_name_that_the_agency_attached_goes_before(ask, machine, task, noon):
    version = actions.add_form_version(machine, spreadsheet=FORM.replace("| 1 |", "| 2 |").encode(), kind="md", at=noon)
    actions.attach_form_file(machine, version=version, name="tasks.csv", content=b"name,label\na,A\n", at=noon)
    actions.publish_form(machine, version=version, at=noon)
    assert ask("forms/report/2/files/tasks.csv").content == b"name,label\na,A\n"
    assert b"entityList" not in ask("forms/report/2/manifest.xml").content


def test_a_record_that_names_a_task_of_its_list_delivers_it(ask, key, task):
    from phone_for_tests import parts

    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="report" version="1"><task>{task.pk}</task>'
        "<orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"
    )
    assert Client().post(f"/key/{key}/submission", parts(xml.encode())).status_code == 201
    assert Task.objects.get(pk=task.pk).state == "delivered"
