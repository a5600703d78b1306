"""Reading the words of an incident is an entry: of whom, of what, with which part in it; refused looks are too."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions, queries
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotAllowed
from maplebridge.live.rules import Audience, hears, item_of
from maplebridge.people.actions import issue_token

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
    for actor, incident in ((desk, one), (officer, one), (desk, other)):
        actions.read_incident(actor, incident=incident, at=at)
    assert [entry.purpose for entry in reads()] == [
        "handling the incident", "reading without a part in it", "handling the incident",
    ]  # fmt: skip


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
    assert not hears(Audience("dispatcher"), item_of(entry.position, entry.body), {})


def test_a_refused_look_is_an_entry_and_shows_nothing(report, stranger, noon):
    incident = report(caller="A. Caller")
    with pytest.raises(NotAllowed):
        actions.consult_callers(stranger, incident=incident, at=noon)
    refused = Entry.objects.get(verb="incidents.look_refused")
    assert '"outcome":"denied"' in refused.body
    assert refused.actor == stranger.ref
    assert "refused" in queries.timeline(incident)[-1]["sentence"]
