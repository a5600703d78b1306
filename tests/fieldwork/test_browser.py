"""The browser's own client: what it is given, and the door by which it sends."""

import json

import pytest
from django.test import Client
from lxml import etree, html
from phone_for_tests import parts, photo_of, record

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.actions import Whose
from maplebridge.fieldwork.enketo import list_as_xml, prepare
from maplebridge.fieldwork.models import Submission, Task
from maplebridge.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(auxiliary, forms):
    client = Client()
    client.force_login(auxiliary)
    return client


@pytest.fixture
def area(db):
    from maplebridge.places.models import Area

    box = {"west": 0.0, "south": 0.0, "east": 1.0, "north": 1.0, "geometry": {"type": "Polygon", "coordinates": []}}
    return Area.objects.create(code="v1", name="Willow village", path="/t/v1/", **box)


@pytest.fixture
def ref(worker):
    return worker.ref


def sending(xml, ref, files=None, **more):
    return parts(xml, files) | {"owner": ref} | more


def test_every_shipped_form_becomes_html_without_inline_style_or_script_and_a_model(forms):
    for version in forms.values():
        made = prepare(version.xform)
        form = html.fromstring(made.form)
        asked = [field.get("name") for field in form.iter("input", "select", "textarea") if field.get("name")]
        assert asked
        assert [len(form.xpath(f"//{level}")) for level in ("h1", "h3", "h4")] == [1, 0, 0]
        assert not form.xpath("//@style | //script | //*[@onclick or @onsubmit]")
        model = etree.fromstring(made.model)
        assert model.xpath("//*[local-name()='meta']/*[local-name()='instanceID']")


def test_choices_are_offered_in_both_languages_by_their_tags(forms):
    form = html.fromstring(prepare(forms["visit"].xform).form)
    said = {(span.get("lang"), span.text) for span in form.find_class("option-label")}
    assert {("en", "House"), ("zh", "独栋房屋")} <= said
    assert [option.get("value") for option in form.get_element_by_id("form-languages")] == ["en", "zh"]


def test_a_csv_list_becomes_the_xml_that_expressions_read():
    made = list_as_xml("\ufeffname,label,bad column\na,<A & co>,x\nb\n".encode(), "villages.csv")
    root = etree.fromstring(made)
    assert [[(cell.tag, cell.text) for cell in item] for item in root] == [
        [("name", "a"), ("label", "<A & co>")],
        [("name", "b")],
    ]


def test_the_client_is_for_whoever_fills_in_forms(browser, db):
    assert browser.get("/field").status_code == 200
    assert Client().get("/field").status_code == 302
    assert Client().get("/field/work").status_code == 401


def test_work_lists_forms_and_the_tasks_at_hand(browser, machine, auxiliary, forms, area, noon):
    task = actions.give_task(machine, title="Visit house 7", whose=Whose(area, user=auxiliary),
                             form=forms["visit"].form, at=noon)  # fmt: skip
    told = browser.get("/field/work").json()
    assert {row["code"] for row in told["forms"]} == set(forms)
    assert [(row["id"], row["title"], row["form"], row["edit"]) for row in told["tasks"]] == [
        (task.pk, "Visit house 7", "visit", None)
    ]


def test_a_form_and_its_lists_come_once_and_the_tasks_that_it_reads_with_the_list_of_work(
    browser, machine, auxiliary, area, noon
):
    text = "| survey |\n| | type | name | label |\n| | select_one_from_file tasks.csv | task | Task |\n"
    text += "| | select_one_from_file crops.csv | crop | Crop |\n"
    text += "| settings |\n| | form_id | version |\n| | report | 1 |\n"
    version = actions.add_form_version(machine, spreadsheet=text.encode(), kind="md", at=noon)
    actions.attach_form_file(machine, version=version, name="crops.csv", content=b"name,label\na,Apricot\n", at=noon)
    actions.publish_form(machine, version=version, at=noon)
    before = browser.get("/field/work").json()
    actions.give_task(machine, title="Clear the ditch", whose=Whose(area, user=auxiliary), at=noon)
    after = browser.get("/field/work").json()
    assert after["forms"] == before["forms"]
    assert "Clear the ditch" not in before["task_list"]
    assert "<label>Clear the ditch</label>" in after["task_list"]
    told = {each["id"]: each["xml"] for each in browser.get("/field/forms/report/1").json()["external"]}
    assert told.keys() == {"tasks", "crops"}
    assert told["tasks"] is None
    assert "<label>Apricot</label>" in told["crops"]


def test_what_is_sent_is_taken_once_and_its_files_in_as_many_sendings_as_it_takes(browser, ref):
    xml, instance = record(photo="1.jpg")
    first = browser.post("/field/submissions", sending(xml, ref))
    assert (first.status_code, first.json()["verdict"], first.json()["complete"]) == (200, "new", False)
    assert browser.get(f"/field/submissions/arrived?instance={instance}").json()["files"] == {}
    more = browser.post("/field/submissions", sending(xml, ref, {"1.jpg": photo_of(1)}))
    assert (more.json()["verdict"], more.json()["complete"]) == ("more", True)
    assert browser.post("/field/submissions", sending(xml, ref)).json()["verdict"] == "again"
    assert bytes(Submission.objects.get().xml) == xml


def test_what_somebody_else_filled_in_is_not_sent_under_ones_own_name(browser, ref):
    refused = browser.post("/field/submissions", sending(record()[0], "user:999"))
    assert (refused.status_code, refused.json()["code"]) == (403, "another_worker")
    assert not Submission.objects.exists()


def test_a_refusal_says_why(browser, ref):
    refused = browser.post("/field/submissions", sending(b"<data/>", ref))
    assert refused.status_code == 422
    assert "form" in refused.json()["refused"]
    assert browser.post("/field/submissions", {"owner": ref}).status_code == 422


def test_a_sending_needs_the_token_of_the_page(auxiliary, forms, ref):
    client = Client(enforce_csrf_checks=True)
    client.force_login(auxiliary)
    assert client.post("/field/submissions", sending(record()[0], ref)).status_code == 403


def test_a_submission_sent_with_a_task_delivers_it_and_comes_back_to_be_changed(
    browser, ref, machine, auxiliary, forms, area, noon
):
    task = actions.give_task(machine, title="Visit house 7", whose=Whose(area, user=auxiliary),
                             form=forms["visit"].form, at=noon)  # fmt: skip
    xml, instance = record(photo="1.jpg")
    browser.post("/field/submissions", sending(xml, ref, {"1.jpg": photo_of(1)}, task=task.pk))
    assert Task.objects.get().state == "delivered"
    actions.return_task(machine, task=Task.objects.get(), reason="The photo is dark.", at=clock.now())
    row = browser.get("/field/work").json()["tasks"][0]
    assert (row["edit"], row["reason"]) == (instance, "The photo is dark.")
    back = browser.get(f"/field/submissions/sent?instance={instance}").json()
    assert (back["xml"].encode(), list(back["files"])) == (xml, ["1.jpg"])
    photo = browser.get(f"/field/submissions/sent/files/1.jpg?instance={instance}")
    assert (photo.content, photo["Content-Type"]) == (photo_of(1), "image/jpeg")
    changed, _new = record(photo="1.jpg", residents=4, deprecated=instance)
    browser.post("/field/submissions", sending(changed, ref, {"1.jpg": photo_of(1)}, task=task.pk))
    assert Task.objects.get().state == "delivered"
    assert json.loads(browser.get("/field/work").content)["tasks"] == []


def test_what_another_sent_is_not_given_out(browser, ref, machine, noon):
    from maplebridge.people.actions import enrol_user

    xml, instance = record()
    browser.post("/field/submissions", sending(xml, ref))
    other = enrol_user(machine, username="lan", display_name="Lan", role="hamlet_assistant",
                       password="Bamboo bridge 7", at=noon)  # fmt: skip
    client = Client()
    client.force_login(other)
    assert client.get(f"/field/submissions/sent?instance={instance}").status_code == 404
