"""Forms for whoever writes them: uploaded, tried out, published, retired; and phones set up by a code."""

import base64
import html
import json
import re
import time
import zlib
from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from maplebridge.fieldwork.collect import settings_code
from maplebridge.fieldwork.models import FieldKey, FormVersion
from maplebridge.fieldwork.queries import offered_forms

pytestmark = pytest.mark.django_db
CENSUS = """
| survey |
| | type | name | label |
| | select_one_from_file villages.csv | v | Village |
| settings |
| | form_title | form_id | version |
| | Census | census | 1 |
"""
BROKEN = (
    "| survey |\n| | type | name | label |\n| | txt | a | A |\n| settings |\n| | form_id | version |\n| | b | 1 |\n"
)


@pytest.fixture
def chief(machine, noon):
    from maplebridge.people.actions import enrol_user

    user = enrol_user(machine, username="yu", display_name="Yu", role="chief", password="Bamboo bridge 7", at=noon)
    client = Client()
    client.force_login(user)
    return client


def upload(text, name="census.md"):
    return {"file": SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)}


def words(response):
    return html.unescape(response.content.decode())


def test_a_form_goes_from_the_spreadsheet_to_the_phones_it_is_for(chief, forms, worker):
    where = chief.post("/forms", upload(CENSUS))["Location"]
    version = FormVersion.objects.get(form_id="census")
    assert (where, version.state) == (f"/forms/{version.pk}", "draft")
    assert (
        chief.post(f"{where}/change", {"what": "file", **upload("name,label\na,Apricot\n", "villages.csv")}).status_code
        == 302
    )
    trial = chief.get(f"{where}/trial/form").json()
    assert "<label>Apricot</label>" in trial["external"][0]["xml"]
    assert chief.get(f"{where}/trial").status_code == 200
    assert chief.get(f"{where}/trial/files/villages.csv").content == b"name,label\na,Apricot\n"
    assert chief.get(f"{where}/source").content == CENSUS.encode()
    assert not any(each.form_id == "census" for each in offered_forms(worker))
    chief.post(f"{where}/change", {"what": "publish", "roles": ["auxiliary"]})
    assert any(each.form_id == "census" for each in offered_forms(worker))
    refused = chief.post(f"{where}/change", {"what": "file", **upload("a", "late.csv")})
    assert refused.status_code == 409
    assert "Add a new version instead" in words(refused)
    chief.post(f"{where}/change", {"what": "retire"})
    assert not any(each.form_id == "census" for each in offered_forms(worker))
    assert "Census" in words(chief.get("/forms"))


def test_a_form_that_is_sent_without_a_version_gets_the_day_and_the_second_of_the_day_a_number(chief):
    sent = upload(CENSUS.replace(" | version |", " |").replace(" | 1 |\n", " |\n"))
    places = []
    for _again in (1, 2):
        sent["file"].seek(0)
        places.append(chief.post("/forms", sent)["Location"])
    first, second = (FormVersion.objects.get(pk=place.rpartition("/")[2]) for place in places)
    assert second.version == f"{first.version}.2"
    assert date.fromisoformat(first.version)
    assert f'version="{second.version}"' in second.xform


def test_a_fault_is_said_with_its_cell_on_the_page(chief):
    refused = chief.post("/forms", upload(BROKEN))
    assert refused.status_code == 422
    assert "survey!" in words(refused)
    assert not FormVersion.objects.filter(form_id="b").exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file first."),
        (upload("x", "form.exe"), "A form comes as one of"),
        (upload("PK not a zip", "form.xlsx"), "cannot be read"),
    ],
)
def test_what_is_no_form_is_refused_with_a_sentence(chief, sent, said):
    refused = chief.post("/forms", sent)
    assert refused.status_code == 422
    assert said in words(refused)


def test_an_area_that_is_not_there_is_named(chief, forms):
    where = f"/forms/{forms['visit'].pk}/change"
    assert "“nowhere”" in words(chief.post(where, {"what": "publish", "areas": "nowhere"}))
    assert chief.post(where, {"what": "dance"}).status_code == 422


def test_forms_are_for_whoever_writes_them(auxiliary, forms):
    client = Client()
    client.force_login(auxiliary)
    number = forms["visit"].pk
    for where in ("/forms", f"/forms/{number}", f"/forms/{number}/trial", f"/forms/{number}/trial/form"):
        assert client.get(where).status_code == 403
    assert client.post(f"/forms/{number}/change", {"what": "retire"}).status_code == 403
    assert Client().get("/forms").status_code == 302


def decoded(code):
    return json.loads(zlib.decompress(base64.b64decode(code)))


def test_the_code_of_collect_is_its_settings_compressed():
    found = decoded(settings_code("https://post.example/key/abc", "枫桥"))
    assert found["general"]["server_url"] == "https://post.example/key/abc"
    assert found["general"]["form_update_mode"] == "match_exactly"
    assert found["project"]["name"] == "枫桥"
    assert set(found) == {"general", "admin", "project"}


def proven(user):
    """A browser in which the password was given just now."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_a_phone_is_set_up_by_a_code_that_is_shown_once_and_taken_away_again(auxiliary, forms):
    client = proven(auxiliary)
    shown = client.post("/field/phones/set-up", {"name": "Blue phone"})
    assert "no-store" in shown["Cache-Control"]
    address = re.search(r"<code>(http\S+)</code>", words(shown)).group(1)
    assert Client(headers={"X-OpenRosa-Version": "1.0"}).get(f"{address}/formList").status_code == 200
    page = words(client.get("/field/phones"))
    assert "Blue phone" in page
    assert address not in page
    client.post(f"/field/phones/{FieldKey.objects.get().pk}/take-away")
    assert Client().get(f"{address}/formList").status_code == 403


def test_who_is_signed_in_proves_once_more_who_they_are_before_a_code_is_shown(auxiliary):
    client = Client()
    client.force_login(auxiliary)
    assert client.post("/field/phones/set-up", {"name": "x"})["Location"].startswith("/account/reauthenticate/")
    assert not FieldKey.objects.exists()


def test_whoever_keeps_the_staff_sets_up_the_phone_of_another(chief, auxiliary):
    from maplebridge.people.models import User

    client = proven(User.objects.get(username="yu"))
    assert client.post("/field/phones/set-up", {"name": "x", "username": "wei"}).status_code == 200
    assert FieldKey.objects.get().user == auxiliary
    client.post("/field/phones/set-up", {"name": "x", "username": "nobody"})
    assert "“nobody”" in words(client.get("/field/phones"))


def test_a_worker_sets_up_only_their_own_phones_and_takes_away_only_theirs(auxiliary, machine, noon):
    from maplebridge.people.actions import enrol_user

    lan = enrol_user(
        machine, username="lan", display_name="Lan", role="hamlet_assistant", password="Bamboo bridge 7", at=noon
    )
    client = proven(auxiliary)
    assert client.post("/field/phones/set-up", {"name": "x", "username": "lan"}).status_code == 403
    client.post("/field/phones/set-up", {"name": "x"})
    other = Client()
    other.force_login(lan)
    assert other.post(f"/field/phones/{FieldKey.objects.get().pk}/take-away").status_code == 404
