"""Reading the words of an incident is an entry: of whom, of what, with which part in it; refused looks are too."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.incidents import actions, queries
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.live.rules import Audience, hears, item_of
from maplebridge.people.actions import issue_token
from maplebridge.people.rules import shipped

pytestmark = pytest.mark.django_db(transaction=True)


def reads():
    return Entry.objects.filter(verb="incidents.read").order_by("position")


@pytest.mark.parametrize("path", ["/api/incidents/{}", "/api/incidents/{}/timeline", "/incidents/{}/sheet"])
def test_each_way_to_read_an_incident_leaves_an_entry(report, client, user_of, machine, path):
    incident, user = report(narrative="loud music"), user_of()
    headers = {"authorization": f"Bearer {issue_token(machine, user=user, at=clock.now())}"}
    client.force_login(user)
    assert client.get(path.format(incident.pk), headers=headers if "api" in path else {}).status_code == 200
    read = reads().get()
    assert (read.subject, read.case, read.actor) == (f"incident:{incident.pk}",) * 2 + (f"user:{user.pk}",)
    assert (read.operation, read.purpose) == ("consulted", "handling the incident")
    assert '"classes":["narrative"]' in read.body


def test_what_stays_open_is_one_look_for_five_minutes_and_then_another(report, desk):
    incident, at = report(), clock.now()
    for minutes in (0, 1, 4):
        actions.read_incident(desk, incident=incident, at=at + timedelta(minutes=minutes))
    assert reads().count() == 1
    actions.read_incident(desk, incident=incident, at=at + timedelta(minutes=6))
    assert reads().count() == 2


def test_another_person_or_another_incident_is_another_look(report, desk, officer):
    one, other, at = report(), report(), clock.now()
    actions.state_purpose(officer, incident=one, purpose="linked_case", reason="same bicycle seen", at=at)
    for actor, incident in ((desk, one), (officer, one), (desk, other)):
        assert actions.read_incident(actor, incident=incident, at=at)
    assert [entry.purpose for entry in reads()] == ["linked_case", "handling the incident", "handling the incident"]


@pytest.mark.parametrize(
    ("purpose", "reason", "field"),
    [("", "long enough a reason", "purpose"), ("audit", "short", "reason"), ("audit", "", "reason")],
)
def test_without_a_part_in_it_the_words_wait_for_a_purpose_and_a_reason(report, officer, purpose, reason, field):
    incident, at = report(narrative="loud music"), clock.now()
    assert not actions.read_incident(officer, incident=incident, at=at)
    with pytest.raises(BadInput) as refused:
        actions.state_purpose(officer, incident=incident, purpose=purpose, reason=reason, at=at)
    assert refused.value.field == field
    assert not reads().exists()


def test_a_stated_purpose_lasts_an_hour_and_is_asked_for_anew(report, officer):
    incident, at = report(), clock.now()
    actions.state_purpose(officer, incident=incident, purpose="audit", reason="yearly sample", at=at)
    assert actions.read_incident(officer, incident=incident, at=at + timedelta(minutes=59))
    assert [entry.purpose for entry in reads()] == ["audit", "audit"]
    assert not actions.read_incident(officer, incident=incident, at=at + timedelta(hours=3))


def test_whoever_did_something_in_it_reads_it_for_that_after_its_close_too(report, desk, user_of, noon):
    incident = report()
    actions.close_incident(desk, incident=incident, disposition="05", at=noon)
    incident.refresh_from_db()
    assert actions.read_incident(desk, incident=incident, at=clock.now())
    assert not actions.read_incident(acting(user_of("dispatcher")), incident=incident, at=clock.now())


def test_what_is_withheld_shows_nowhere_until_the_purpose_is_said(report, client, user_of, noon, desk):
    incident, auditor = report(narrative="loud music"), user_of("auditor")
    actions.add_note(desk, incident=incident, text="seen by the neighbour", at=noon)
    client.force_login(auditor)
    paths = [
        f"/api/incidents/{incident.pk}",
        f"/api/incidents/{incident.pk}/timeline",
        f"/incidents/{incident.pk}/sheet",
    ]
    shown = "".join(client.get(path).content.decode() for path in paths)
    assert "loud music" not in shown
    assert "the neighbour" not in shown
    assert client.get(paths[0]).json()["withheld"] is True
    said = client.post(f"/incidents/{incident.pk}/sheet", {"purpose": "audit", "reason": "yearly sample of closes"})
    assert said.headers["Location"] == f"/incidents/{incident.pk}/sheet"
    for path in paths[:2]:
        assert "loud music" in client.get(path).content.decode() or "neighbour" in client.get(path).content.decode()
    assert client.get(paths[0]).json()["withheld"] is False
    assert reads().first().operation == "consulted"


def test_a_look_at_what_others_were_merged_into_names_them_all(report, desk, noon):
    one, other = report(), report()
    actions.merge_incidents(desk, incident=other, into=one, at=noon)
    actions.read_incident(desk, incident=one, at=clock.now())
    assert reads().get() in Entry.objects.naming(f"incident:{other.pk}")
    assert verify().sound


def test_a_look_moves_no_screen_and_fills_no_timeline(report, desk):
    incident = report()
    told = len(queries.timeline(incident))
    actions.read_incident(desk, incident=incident, at=clock.now())
    entry = reads().get()
    assert len(queries.timeline(incident)) == told
    assert not hears(Audience((shipped("dispatcher"),)), item_of(entry.position, entry.body), {})


def test_a_refused_look_is_an_entry_and_shows_nothing(report, stranger, noon):
    incident = report(caller="A. Caller")
    with pytest.raises(NotAllowed):
        actions.consult_callers(stranger, incident=incident, at=noon)
    refused = Entry.objects.get(verb="incidents.look_refused")
    assert '"outcome":"denied"' in refused.body
    assert refused.actor == stranger.ref
    assert "refused" in queries.timeline(incident)[-1]["sentence"]
