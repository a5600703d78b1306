"""What we hold about you: the reporter's own bundle by their code, signed, with who looked by role, and an entry."""

import io
import json
import zipfile
from hashlib import sha256

import pytest

from maplebridge.incidents import actions
from maplebridge.incidents.models import Report
from maplebridge.journal.checkpoints import verifier_key
from maplebridge.journal.models import Entry
from maplebridge.journal.notes import open_note
from maplebridge.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def followed(client, city, types):
    """The address of the follow-up page of a report from the public page."""
    page = client.get("/report")
    values = {"type": "noise", "lon": "24.94", "lat": "60.17", "narrative": "loud music", "caller": "A. Resident"}
    values |= {"phone": "0401234567", "form": page.context["form"]}
    answer = client.post("/report", values)
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def unpacked(client, url):
    answer = client.post(f"{url}/held")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    folder = zipfile.ZipFile(io.BytesIO(answer.content))
    return {name: folder.read(name) for name in folder.namelist()}


def test_the_bundle_holds_what_was_said_why_until_when_and_who_looked(client, followed, desk):
    report = Report.objects.get()
    actions.consult_callers(desk, incident=report.incident, at=clock.now())
    data = json.loads(unpacked(client, followed)["data.json"])
    assert (data["name"], data["telephone"], data["what_you_said"]) == ("A. Resident", "0401234567", "loud music")
    assert data["purpose"] == report.PERSONAL.purpose
    assert data["erased_at"] == clock.stamp(report.expires_at)
    (look,) = data["looked_at_by"]
    assert (look["role"], look["fields"]) == ("dispatcher", ["identity", "contact"])
    assert desk.name not in json.dumps(data)


def test_the_bundle_is_signed_by_the_journals_key(client, followed):
    parts = unpacked(client, followed)
    opened = open_note(parts["data.json.note"].decode(), [verifier_key()])
    assert sha256(parts["data.json"]).hexdigest() in opened.text


def test_giving_it_out_is_an_entry(client, followed):
    unpacked(client, followed)
    entry = Entry.objects.get(verb="incidents.disclosed_to_reporter")
    assert (entry.operation, entry.subject) == ("disclosed", f"report:{Report.objects.get().pk}")
    assert "A. Resident" not in entry.body


def test_a_wrong_code_gets_nothing_and_a_look_is_no_download(client, followed):
    assert client.post("/follow/0000-0000-0000/held").status_code == 404
    assert client.get(f"{followed}/held").status_code == 405
    assert not Entry.objects.filter(verb="incidents.disclosed_to_reporter").exists()


def test_after_erasure_the_code_opens_nothing_more(client, followed, machine):
    report = Report.objects.get()
    actions.erase_expired(machine, at=report.expires_at)
    assert client.post(f"{followed}/held").status_code == 404
