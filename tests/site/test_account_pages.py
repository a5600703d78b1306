"""The pages of accounts, people, roles and approvals, as a browser meets them."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from access_world import picture
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from staff_for_tests import acting, make_staff

from maplebridge.incidents import actions as incidents
from maplebridge.incidents.models import Report
from maplebridge.journal.checkpoints import verifier_key
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.notes import open_note
from maplebridge.journal.queries import verify
from maplebridge.kernel import clock
from maplebridge.people.actions import break_glass
from maplebridge.people.models import Approval, Device, Grant, User
from maplebridge.people.queries import needs_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
PASSWORD = "a long enough one"
WHY = "a good enough reason"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


def enter(role, **values):
    """A browser signed in by password that has just proven who it is; with its account."""
    user = make_staff(role, **values)
    user.set_password(PASSWORD)
    user.save()
    client = Client(HTTP_USER_AGENT="Test browser")
    assert client.post("/sign-in", {"username": user.username, "password": PASSWORD}).status_code == 302
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client, user


def said(answer):
    return [str(message) for message in answer.context["messages"]]


class TestAccount:
    def test_it_shows_roles_with_area_and_term_and_where_one_is_signed_in(self):
        client, user = enter("post_officer", area_code="north")
        text = client.get("/account/").content.decode()
        assert "post officer" in text
        assert "north" in text
        assert "Test browser" in text
        assert str(user.username) in text

    def test_a_session_elsewhere_is_ended_from_here(self):
        client, user = enter("dispatcher")
        other = Client(HTTP_USER_AGENT="A browser elsewhere")
        other.post("/sign-in", {"username": user.username, "password": PASSWORD})
        row = UserSession.objects.get(user_agent="A browser elsewhere")
        assert client.post(f"/account/sessions/{row.pk}/end").status_code == 302
        assert other.get("/console").headers["Location"].startswith("/sign-in")
        assert client.get("/console").status_code == 200
        assert Entry.objects.filter(verb="people.sign_in_changed", body__contains="sessions_ended").exists()

    def test_nobody_ends_the_session_of_another(self):
        _client, user = enter("dispatcher")
        stranger, _user = enter("dispatcher")
        row = UserSession.objects.get(user=user)
        assert stranger.post(f"/account/sessions/{row.pk}/end").status_code == 404

    def test_a_token_is_shown_once_and_works_within_its_scopes(self):
        client, _user = enter("chief")
        made = client.post("/account/tokens", {"name": "map", "days": "3", "scopes": ["places.view"]})
        text = re.search(r"mb_[\w-]+", made.content.decode())[0]
        assert made.headers["Cache-Control"] == "no-store"
        bearer = {"authorization": f"Bearer {text}"}
        assert Client().get("/api/areas", headers=bearer).status_code == 200
        assert Client().get("/api/board", headers=bearer).status_code == 403
        assert text not in client.get("/account/").content.decode()

    def test_a_refused_token_says_why_where_one_works(self):
        client, _user = enter("chief")
        answer = client.post("/account/tokens", {"name": "map", "days": "9999"}, follow=True)
        assert said(answer) == ["A token is valid for 1 to 366 days."]

    def test_a_phone_enrols_by_its_code_and_is_signed_out_for_good(self):
        client, _user = enter("post_officer")
        shown = client.post("/account/devices", {"name": "Pocket"})
        assert b"<svg" in shown.content
        path = "/enrol/" + re.search(r"/enrol/([\w-]+)", shown.content.decode())[1]
        phone = Client()
        assert "Pocket" in phone.get(path).content.decode()
        assert phone.get("/unit").status_code == 302  # looking at the code alone signs nobody in
        assert phone.post(path).headers["Location"] == "/"
        assert phone.get("/unit").status_code == 200
        assert Client().post(path).status_code == 409
        device = Device.objects.get()
        client.post(f"/account/devices/{device.pk}/end")
        assert phone.get("/unit").headers["Location"].startswith("/sign-in")
        assert phone.get("/api/me").status_code == 401

    def test_emergency_access_opens_says_so_on_every_page_and_is_reviewed(self):
        client, user = enter("post_officer", area_code="north")
        assert client.post("/account/emergency", {"reason": "now"}, follow=True).context["messages"]
        client.post("/account/emergency", {"reason": "a fire across the border"})
        assert "Emergency access until" in client.get("/account/").content.decode()
        auditor, _auditor = enter("auditor")
        page = auditor.get("/people/emergencies").content.decode()
        assert "a fire across the border" in page
        grant = needs_review(clock.now()).get()
        short = auditor.post("/people/emergencies", {"grant": grant.pk, "justified": "yes", "words": "ok"})
        assert short.status_code == 422
        auditor.post("/people/emergencies", {"grant": grant.pk, "justified": "yes", "words": "there was a fire"})
        assert not needs_review(clock.now()).exists()
        assert Grant.objects.get(user=user, role="break_glass").justified is True


class TestPeople:
    def test_somebody_is_enrolled_with_a_password_shown_once(self):
        client, _user = enter("administrator")
        made = client.post("/people/new", {"username": "an.li", "display_name": "An Li", "role": "guard"})
        password = re.findall(r"<code>([^<]+)</code>", made.content.decode())[1]
        theirs = Client()
        assert theirs.post("/sign-in", {"username": "an.li", "password": password}).status_code == 302
        assert theirs.get("/unit").headers["Location"] == "/account/password/"
        assert theirs.get("/api/me").json()["code"] == "own_password_needed"
        theirs.post("/account/reauthenticate/", {"password": password})
        own = {"oldpassword": password, "password1": "my own long phrase", "password2": "my own long phrase"}
        theirs.post("/account/password/", own)
        theirs.post("/sign-in", {"username": "an.li", "password": "my own long phrase"})
        assert theirs.get("/unit").status_code == 200
        assert "An Li" in client.get("/people/?q=an").content.decode()
        assert "An Li" not in client.get("/people/?q=nobody").content.decode()

    @pytest.mark.parametrize(
        "changes",
        [{"username": ""}, {"username": "two words"}, {"display_name": ""}, {"role": "system"}, {"ends": "soon"},
         {"username": "taken"}],
    )  # fmt: skip
    def test_a_form_that_makes_no_sense_keeps_what_was_typed(self, changes):
        client, _user = enter("administrator")
        make_staff("guard", username="taken")
        body = {"username": "an.li", "display_name": "An Li", "role": "guard"} | changes
        answer = client.post("/people/new", body)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert not User.objects.filter(username="an.li").exists()

    def test_a_role_is_given_for_a_term_and_taken_back(self):
        client, _user = enter("chief")
        them = make_staff("guard", username="them")
        day = f"{clock.now() + timedelta(days=5):%Y-%m-%d}"
        client.post(f"/people/{them.pk}/give", {"role": "mediator", "ends": day, "reason": WHY})
        grant = Grant.objects.get(user=them, role="mediator")
        assert f"{grant.ends_at:%Y-%m-%d}" == day
        client.post(f"/people/{them.pk}/take-back", {"grant": grant.pk, "reason": WHY})
        page = client.get(f"/people/{them.pk}")
        assert [row["stands"] for row in page.context["rows"]] == [False, True]

    def test_a_new_password_ends_their_sessions(self):
        client, _user = enter("chief")
        theirs, them = enter("guard")
        assert client.post(f"/people/{them.pk}/password").status_code == 200
        assert theirs.get("/account/").headers["Location"].startswith("/sign-in")

    def test_roles_are_shown_as_a_table_and_changed_by_who_may(self):
        client, _user = enter("administrator")
        assert "village auxiliary" in client.get("/people/roles").content.decode()
        assert "checked" in client.get("/people/roles/guard").content.decode()
        bad = client.post("/people/roles/new", {"code": "a b", "name": "N", "name_zh": "夜"})
        assert bad.status_code == 422
        assert 'value="a b"' in bad.content.decode()
        client.post("/people/roles/guard", {"name": "Guard", "name_zh": "保安", "permissions": ["places.view"]})
        assert acting(make_staff("guard")).permissions == {"places.view"}
        assert client.get("/people/roles/break_glass").headers["Location"] == "/people/roles"


@pytest.fixture
def incident(types, machine):
    at = clock.now()
    made = incidents.report_incident(
        machine, type="noise", lon=24.94, lat=60.17, caller="Caller Name", phone="0401234567",
        narrative="Said in confidence", at=at,
    ).incident  # fmt: skip
    incidents.attach_file(machine, incident=made, name="p.png", content=picture(), at=at)
    return made


@pytest.fixture
def types(db, machine, noon):
    incidents.install_types(machine, at=noon)


class TestApprovals:
    def ask(self, incident, kind):
        first, user = enter("chief")
        body = {"kind": kind, "number": incident.label, "reason": WHY, "recipient": "The prosecutor"}
        assert first.post("/approvals", body).status_code == 302
        second, _user = enter("chief")
        assert "waits for a second person" in first.get("/approvals").content.decode()
        asked = Approval.objects.get()
        second.post("/approvals/decide", {"approval": asked.pk, "approved": "yes"})
        return first, second, asked

    def test_a_disclosure_is_a_signed_bundle_for_its_recipient(self, incident):
        first, second, asked = self.ask(incident, "disclosure")
        assert second.post("/approvals/carry-out", {"approval": asked.pk}).status_code == 409
        answer = first.post("/approvals/carry-out", {"approval": asked.pk})
        folder = zipfile.ZipFile(io.BytesIO(answer.content))
        data = json.loads(folder.read("data.json"))
        assert (data["recipient"], data["reports"][0]["name"]) == ("The prosecutor", "Caller Name")
        assert folder.read("files/01-p.png")
        note = open_note(folder.read("data.json.note").decode(), [verifier_key()])
        assert note is not None
        entry = Entry.objects.get(verb="incidents.disclosed")
        assert (entry.operation, entry.case) == ("disclosed", f"incident:{incident.pk}")
        assert first.post("/approvals/carry-out", {"approval": asked.pk}).status_code == 409

    def test_an_erasure_takes_reporters_words_and_files_and_leaves_a_sound_journal(self, incident):
        first, _second, asked = self.ask(incident, "erasure")
        assert first.post("/approvals/carry-out", {"approval": asked.pk}).status_code == 302
        report = Report.objects.get()
        assert (report.caller, report.phone, report.narrative) == ("", "", "")
        assert not incident.attachments.exists()
        kept = " ".join(Private.objects.values_list("content", flat=True))
        assert not any(word in kept for word in ("Caller Name", "0401234567", "in confidence"))
        assert verify().sound
        assert Entry.objects.get(verb="incidents.erased_on_request").operation == "erased"

    def test_what_was_not_approved_is_not_carried_out(self, incident):
        first, user = enter("chief")
        first.post("/approvals", {"kind": "erasure", "number": incident.label, "reason": WHY})
        assert first.post("/approvals/carry-out", {"approval": Approval.objects.get().pk}).status_code == 409
        assert Report.objects.get().caller == "Caller Name"

    @pytest.mark.parametrize("changes", [{"number": "99999"}, {"number": "x"}, {"reason": "short"}, {"kind": ""}])
    def test_a_request_that_makes_no_sense_keeps_what_was_typed(self, incident, changes):
        first, _user = enter("chief")
        answer = first.post("/approvals", {"kind": "erasure", "number": incident.label, "reason": WHY} | changes)
        assert answer.status_code == 422
        assert not Approval.objects.exists()

    def test_who_only_looks_at_others_requests_sees_none(self, incident):
        self.ask(incident, "erasure")
        third, _user = enter("dispatcher")
        assert third.get("/approvals").status_code == 403


def test_an_emergency_is_told_to_whoever_reads_the_journal_on_the_stream(types, machine):
    from maplebridge.live.rules import Audience, chunk_for, item_of
    from maplebridge.people.rules import shipped

    user = make_staff("post_officer")
    break_glass(acting(user), user=user, reason="a fire across the border", at=clock.now())
    entry = Entry.objects.get(verb="people.glass_broken")
    item = item_of(entry.position, entry.body)
    assert b"people.glass_broken" in chunk_for(Audience((shipped("chief"),)), item, {})
    assert chunk_for(Audience((shipped("dispatcher"),)), item, {}) == b""


def test_looking_at_staff_is_an_entry_that_names_whom():
    client, user = enter("chief")
    them = make_staff("guard", username="them")
    client.get(f"/people/{them.pk}")
    look = Entry.objects.get(verb="journal.consulted")
    assert (look.operation, look.purpose, look.subject) == ("consulted", "managing staff", f"user:{them.pk}")
    client.get("/people/")
    assert Entry.objects.naming(f"user:{them.pk}").filter(operation="consulted").count() == 2
    client.get(f"/people/{user.pk}")
    assert Entry.objects.filter(verb="journal.consulted").count() == 2


def test_what_is_held_about_oneself_is_handed_out_signed_with_who_looked():
    client, user = enter("post_officer")
    chief, _chief = enter("chief")
    chief.get(f"/people/{user.pk}")
    folder = zipfile.ZipFile(io.BytesIO(client.post("/account/held").content))
    data = json.loads(folder.read("data.json"))
    assert (data["user_name"], data["grants"][0]["role"]) == (user.username, "post_officer")
    assert [(look["role"], look["purpose"]) for look in data["looked_at_by"]] == [("chief", "managing staff")]
    assert open_note(folder.read("data.json.note").decode(), [verifier_key()]) is not None
    assert Entry.objects.get(verb="people.disclosed_to_self").operation == "disclosed"
