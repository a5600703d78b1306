"""Links that say one thing once, holds that change something, and erasing just what has expired."""

from datetime import timedelta

import pytest

from maplebridge.incidents import actions
from maplebridge.incidents.models import Attachment, Link, Report
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.queries import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [("parent", "parent"), ("child", "child"), ("parent", "child"), ("child", "parent"), ("related", "related")],
)
def test_a_link_is_stored_once_and_never_both_ways(report, desk, noon, first, second):
    one, other = report(), report()
    actions.link_incidents(desk, incident=one, other=other, kind=first, at=noon)
    with pytest.raises(actions.CannotLink):
        actions.link_incidents(desk, incident=other, other=one, kind=second, at=noon)
    if first in ("parent", "child"):
        with pytest.raises(actions.CannotLink, match=f"{other.label if first == 'parent' else one.label} is part of"):
            kind = {"parent": "child", "child": "parent"}[first]
            actions.link_incidents(desk, incident=one, other=other, kind=kind, at=noon)
    assert Link.objects.count() == 1


def test_taking_off_hold_what_is_not_held_writes_nothing(report, desk, noon):
    incident, entries = report(), Entry.objects.count()
    assert not actions.hold_incident(desk, incident=incident, held=False, reason="", at=noon).held
    assert Entry.objects.count() == entries
    actions.hold_incident(desk, incident=incident, held=True, reason="later", at=noon)
    actions.hold_incident(desk, incident=incident, held=False, reason="", at=noon)
    assert Entry.objects.filter(verb="incidents.released").count() == 1


def test_only_the_parts_of_expired_reports_and_files_are_erased(report, desk, machine, noon):
    gone, kept = report(caller="A", phone="12345"), report(caller="B", phone="67890")
    for incident, name in ((gone, "old.txt"), (gone, "new.txt"), (kept, "old.txt")):
        actions.attach_file(desk, incident=incident, name=name, content=b"some words", at=noon)
    old = Attachment.objects.get(incident=gone, name="old.txt")
    for each in Attachment.objects.all():
        actions.open_file(desk, attachment=each, at=noon)
    later = noon + timedelta(hours=1)
    Report.objects.filter(incident=gone).update(expires_at=noon)
    Attachment.objects.filter(pk=old.pk).update(expires_at=noon)
    assert actions.erase_expired(machine, at=later) == 1
    left = Private.objects.filter(name__in=("caller", "phone")).values_list("content", flat=True)
    assert set(left) == {"B", "67890"}
    names = Private.objects.filter(name="name").values_list("entry__subject", "content")
    assert sorted(names) == sorted(2 * [(f"incident:{gone.pk}", "new.txt"), (f"incident:{kept.pk}", "old.txt")])
    assert verify().sound


def test_json_true_is_no_number_of_an_incident(report, client, user_of, machine, noon):
    from maplebridge.kernel import clock
    from maplebridge.people.actions import issue_token

    incident, other = report(), report()
    headers = {"Authorization": f"Bearer {issue_token(machine, user=user_of(), at=clock.now())}"}

    def post(path, body):
        return client.post(path, body, headers=headers, content_type="application/json").status_code

    assert post(f"/api/incidents/{other.pk}/merge", {"into": True}) == 422
    assert post(f"/api/incidents/{other.pk}/links", {"other": True, "kind": "related"}) == 422
    assert post(f"/api/incidents/{other.pk}/assignments", {"unit_id": True}) == 422
    assert post(f"/api/incidents/{other.pk}/merge", {"into": incident.pk}) == 200


def test_as_many_cards_are_printed_and_listed_as_are_reserved(client, user_of, city):
    client.force_login(user_of())
    page = client.post("/cards", {"count": "230"}, follow=True)
    assert len(page.context["cards"]) == len(page.context["waiting"]) == 230
