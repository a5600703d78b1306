"""What ODK Collect asks and is answered, by OpenRosa's rules."""

import base64
import hashlib

import pytest
from django.test import Client
from lxml import etree
from phone_for_tests import parts, photo_of, record

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import FieldKey, Submission
from maplebridge.kernel import clock

pytestmark = pytest.mark.django_db
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
OPENROSA = {"X-OpenRosa-Version": "1.0"}


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True, headers=OPENROSA)


def rows(response, each):
    root = etree.fromstring(response.content)
    return [{etree.QName(child).localname: child.text for child in row} for row in root.iter(each)]


def test_the_list_names_the_forms_of_the_worker_with_hash_and_address(phone, key, forms):
    response = phone.get(f"/key/{key}/formList")
    listed = {row["formID"]: row for row in rows(response, f"{LIST}xform")}
    assert response["X-OpenRosa-Version"] == "1.0"
    assert response["Content-Type"].startswith("text/xml")
    assert set(listed) == set(forms)
    visit = listed["visit"]
    assert visit["version"] == "2026-11-28"
    assert visit["hash"] == "md5:" + hashlib.md5(phone.get(visit["downloadUrl"]).content).hexdigest()
    assert "manifestUrl" in visit, "it reads the tasks of its worker"
    assert "manifestUrl" not in listed["nothing"]


def test_one_form_can_be_asked_for(phone, key, forms):
    assert [row["formID"] for row in rows(phone.get(f"/key/{key}/formList?formID=shop"), f"{LIST}xform")] == ["shop"]


def test_a_form_with_files_has_a_manifest(phone, key, forms, machine, noon):
    text = b"| survey |\n| | type | name | label |\n| | select_one_from_file villages.csv | v | Village |\n"
    text += b"| settings |\n| | form_id | version |\n| | census | 1.2 beta |\n"
    version = actions.add_form_version(machine, spreadsheet=text, kind="md", at=noon)
    actions.attach_form_file(machine, version=version, name="villages.csv", content=b"name,label\na,A\n", at=noon)
    actions.publish_form(machine, version=version, at=noon)
    row = rows(phone.get(f"/key/{key}/formList?formID=census"), f"{LIST}xform")[0]
    file = rows(phone.get(row["manifestUrl"]), f"{MANIFEST}mediaFile")[0]
    assert file["filename"] == "villages.csv"
    got = phone.get(file["downloadUrl"])
    assert got.content == b"name,label\na,A\n"
    assert file["hash"] == "md5:" + hashlib.md5(got.content).hexdigest()


def test_a_form_for_other_roles_is_neither_listed_nor_handed_out(phone, key, forms, machine, noon):
    actions.retire_form(machine, version=forms["shop"], at=noon)
    actions.publish_form(machine, version=forms["shop"], roles=["hamlet_assistant"], at=noon)
    assert rows(phone.get(f"/key/{key}/formList?formID=shop"), f"{LIST}xform") == []
    assert phone.get(f"/key/{key}/forms/shop/2026-11-28/form.xml").status_code == 404


@pytest.mark.parametrize("where", ["formList", "submission", "forms/visit/2026-11-28/form.xml"])
def test_a_bad_key_in_the_address_is_answered_403(phone, forms, where):
    assert phone.get(f"/key/{'x' * 43}/{where}").status_code == 403


def test_a_key_that_was_revoked_or_whose_owner_has_gone_opens_nothing(phone, key, forms, machine, auxiliary):
    assert phone.get(f"/key/{key}/formList").status_code == 200
    actions.revoke_field_key(machine, key=FieldKey.objects.get(), at=clock.now())
    assert phone.get(f"/key/{key}/formList").status_code == 403


def test_head_says_how_much_is_taken_at_once(phone, key):
    response = phone.head(f"/key/{key}/submission")
    assert response.status_code == 204
    assert int(response["X-OpenRosa-Accept-Content-Length"]) >= 10 * 2**20


def test_a_record_sent_once_is_201_and_again_202_and_changed_409(phone, key, forms):
    xml, instance_id = record()
    where = f"/key/{key}/submission"
    assert phone.post(where, parts(xml)).status_code == 201
    assert phone.post(where, parts(xml)).status_code == 202
    assert phone.post(where, parts(record(residents=9, instance_id=instance_id)[0])).status_code == 409
    assert Submission.objects.count() == 1


def test_batches_with_the_xml_sent_anew_bring_their_files_with_201(phone, key, forms):
    xml, instance_id = record(photo="1.jpg")
    where = f"/key/{key}/submission"
    assert phone.post(where, parts(xml, incomplete=True)).status_code == 201
    assert phone.get(f"{where}/arrived?instanceID={instance_id}").json()["complete"] is False
    assert phone.post(where, parts(xml, {"1.jpg": photo_of(1)})).status_code == 201
    assert phone.post(where, parts(xml, {"1.jpg": photo_of(1)})).status_code == 202
    told = phone.get(f"{where}/arrived?instanceID={instance_id}").json()
    assert told == {"instanceID": instance_id, "complete": True,
                    "files": {"1.jpg": hashlib.sha256(photo_of(1)).hexdigest()}}  # fmt: skip


def test_what_is_wrong_is_said_in_the_envelope_that_phones_show(phone, key, forms):
    response = phone.post(f"/key/{key}/submission", parts(b"<data/>"))
    assert response.status_code == 400
    message = etree.fromstring(response.content)[0]
    assert etree.QName(message).namespace == "http://openrosa.org/http/response"
    assert "form" in message.text
    assert phone.post(f"/key/{key}/submission", {}).status_code == 400
    assert phone.post(f"/key/{key}/submission", b"x" * 99, "application/octet-stream").status_code == 400


def test_basic_authentication_takes_the_user_name_and_a_key(phone, key, forms):
    def ask(name, text):
        said = base64.b64encode(f"{name}:{text}".encode()).decode()
        return phone.get("/openrosa/formList", headers={"Authorization": f"Basic {said}"}).status_code

    assert ask("wei", key) == 200
    assert [ask("wei", "Bamboo bridge 7"), ask("lan", key), ask("wei", "")] == [401, 401, 401]
    assert phone.get("/openrosa/formList", headers={"Authorization": "Basic !"}).status_code == 401


def digest_of(challenge, name, text, method, uri):
    nonce = challenge.partition('nonce="')[2].partition('"')[0]

    def md5(words):
        return hashlib.md5(words.encode()).hexdigest()

    secret, asked = md5(f"{name}:Maplebridge:{text}"), md5(f"{method}:{uri}")
    response = md5(f"{secret}:{nonce}:00000001:abc:auth:{asked}")
    return (f'Digest username="{name}", realm="Maplebridge", nonce="{nonce}", uri="{uri}", qop=auth, nc=00000001, '
            f'cnonce="abc", response="{response}"')  # fmt: skip


def test_digest_authentication_answers_a_challenge(phone, key, forms):
    refused = phone.get("/openrosa/formList")
    assert refused.status_code == 401
    challenge = refused["WWW-Authenticate"]
    assert challenge.startswith("Digest ")
    assert "Basic" in challenge
    good = digest_of(challenge, "wei", key, "GET", "/openrosa/formList")
    assert phone.get("/openrosa/formList", headers={"Authorization": good}).status_code == 200
    bad = [
        digest_of(challenge, "wei", "wrong", "GET", "/openrosa/formList"),
        digest_of(challenge, "lan", key, "GET", "/openrosa/formList"),
        digest_of(challenge, "wei", key, "GET", "/openrosa/submission"),
        digest_of('nonce="made:up"', "wei", key, "GET", "/openrosa/formList"),
        "Digest",
        "Digest x",
    ]
    assert {phone.get("/openrosa/formList", headers={"Authorization": words}).status_code for words in bad} == {401}
