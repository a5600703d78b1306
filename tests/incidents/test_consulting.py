"""Names and numbers of callers: who may look, why, and what the journal keeps of it."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions, queries
from maplebridge.incidents.models import Report
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import issue_token

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"caller": "A. Caller", "phone": "+358 40-123 4567"}


def looks():
    return Entry.objects.filter(verb="incidents.consulted").order_by("position")


def test_whoever_works_on_an_open_incident_needs_no_reason(report, desk, noon):
    assert actions.consult_callers(desk, incident=report(**PHONE), at=noon)[0].caller == "A. Caller"
    assert '"purpose":"handling the incident"' in looks().get().body


def test_an_ended_incident_and_one_of_others_want_a_reason(report, desk, officer, noon):
    incident = report(**PHONE)
    with pytest.raises(BadInput, match="Say why"):
        actions.consult_callers(officer, incident=incident, at=noon)
    assert actions.consult_callers(officer, incident=incident, reason="lost phone found", at=noon)
    actions.close_incident(desk, incident=incident, disposition="05", at=noon)
    with pytest.raises(BadInput, match="Say why"):
        actions.consult_callers(desk, incident=incident, at=noon)
    look = looks().get()
    assert "lost phone" not in look.body
    assert look.private.get().content == "lost phone found"
    told = [row["sentence"] for row in queries.timeline(incident)]
    assert "Looked at the callers' names and numbers. lost phone found" in told


def test_the_callers_of_what_was_merged_in_are_looks_of_their_own(report, desk, noon):
    kept, named, unnamed = report(**PHONE), report(caller="B. Caller"), report()
    for each in (named, unnamed):
        actions.merge_incidents(desk, incident=each, into=kept, at=noon)
    shown = actions.consult_callers(desk, incident=kept, at=noon)
    assert {each.caller for each in shown} == {"A. Caller", "B. Caller", ""}
    assert [e.subject for e in looks()] == [f"incident:{kept.pk}", f"incident:{named.pk}"]


def test_the_reason_comes_with_the_question(report, client, user_of, machine, desk):
    now = clock.now()
    incident = report(at=now, **PHONE)
    actions.close_incident(desk, incident=incident, disposition="05", at=now)
    headers = {"Authorization": f"Bearer {issue_token(machine, user=user_of(), at=now)}"}
    path = f"/api/incidents/{incident.pk}"
    assert client.get(path, {"callers": 1}, headers=headers).status_code == 422
    answer = client.get(path, {"callers": 1, "reason": "complaint 12"}, headers=headers).json()
    assert answer["reports"][0]["caller"] == "A. Caller"
    last = client.get("/api/incidents/caller-last", {"phone": "0358401234567"[1:]}, headers=headers)
    assert last.json() == {"lon": incident.lon, "lat": incident.lat, "address": incident.address, "number": "0001"}
    assert client.get("/api/incidents/caller-last", {"phone": "99999999"}, headers=headers).json() is None


def test_a_callers_last_place_is_the_newest_of_the_same_digits_while_they_are_kept(report, desk, noon):
    report(**PHONE)
    newest = report(at=noon + timedelta(minutes=1), phone="358401234567")
    report(phone="358401234568")
    later = noon + timedelta(hours=1)
    assert actions.last_place_of_caller(desk, phone="(358) 40 1234567", at=later) == newest
    assert actions.last_place_of_caller(desk, phone="40 1234567", at=later) is None
    Report.objects.update(expires_at=noon)
    assert actions.last_place_of_caller(desk, phone=PHONE["phone"], at=later) is None
    assert [look.subject for look in looks()] == [f"incident:{newest.pk}", "report:*", "report:*"]
    assert all("caller's last place" in look.body and "401234567" not in look.body for look in looks())


def test_a_callers_last_place_wants_a_whole_number_and_the_permission(report, desk, stranger, noon):
    for phone in ("", "12", "9" * 50):
        with pytest.raises(BadInput):
            actions.last_place_of_caller(desk, phone=phone, at=noon)
    with pytest.raises(NotAllowed):
        actions.last_place_of_caller(stranger, phone=PHONE["phone"], at=noon)
