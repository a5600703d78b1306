"""Moments and words from outside: what no calendar or table can hold is refused with a sentence."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from staff_for_tests import acting

from maplebridge.incidents import actions
from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actions import issue_token

pytestmark = pytest.mark.django_db(transaction=True)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))
BEYOND = [datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST), datetime(1, 1, 1, tzinfo=UTC)]
UNSTORABLE = ["\ud800", "noi\x00se\ud83d", "\x00"]


@pytest.fixture
def get(client, user_of, machine):
    token = issue_token(machine, user=user_of(), at=clock.now())
    return lambda path, query: client.get(f"/api{path}", query, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("moment", BEYOND)
def test_a_moment_beyond_the_calendar_or_the_month_is_refused(report, moment):
    with pytest.raises(BadInput):
        report(occurred_at=moment)
    with pytest.raises(BadInput):
        report(answered_at=moment)
    assert not Incident.objects.exists()


def test_a_report_may_be_entered_thirty_days_late_and_no_later(report, noon):
    assert report(occurred_at=noon - timedelta(days=30)).reported_at == noon - timedelta(days=30)
    with pytest.raises(BadInput, match="more than 30 days ago"):
        report(occurred_at=noon - timedelta(days=30, seconds=1))


def test_what_was_reported_long_ago_can_still_be_split(report, desk, noon):
    old = report(at=noon - timedelta(days=90))
    new = actions.split_incident(desk, incident=old, type="noise", narrative="two things", at=noon)
    assert new.reported_at == old.reported_at


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_search_since_a_moment_beyond_the_calendar_is_refused(get, since):
    answer = get("/incidents", {"since": since})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "since")
    assert get("/incidents", {"since": "2026-05-04T12:00:00Z"}).status_code == 200


@pytest.mark.parametrize("type", UNSTORABLE)
def test_a_type_that_cannot_be_stored_is_refused_or_cleaned(report, desk, noon, type):
    incident = report()
    ways = [
        lambda code: report(type=code),
        lambda code: actions.edit_incident(desk, incident=incident, type=code, at=noon),
        lambda code: actions.split_incident(desk, incident=incident, type=code, narrative="x", at=noon),
    ]
    for way in ways:
        if "noi" in type:
            assert way(type).type_id == "noise"
        else:
            with pytest.raises(BadInput):
                way(type)


def test_the_crew_of_another_day_does_not_close_a_units_job(report, user_of, desk, machine, noon):
    from maplebridge.dispatch.actions import assign_unit
    from maplebridge.people.actions import enlist_unit, open_shift

    before, now = user_of("post_officer"), user_of("post_officer")
    unit = enlist_unit(machine, call_sign="F1", kind="foot", home=(24.94, 60.17), at=noon)
    day, hour = timedelta(days=1), timedelta(hours=1)
    open_shift(machine, unit=unit, crew=[before], starts_at=noon - day, ends_at=noon - day + hour, at=noon - day)
    open_shift(machine, unit=unit, crew=[now], starts_at=noon - hour, ends_at=noon + hour, at=noon)
    incident = report()
    assign_unit(desk, incident=incident, unit=unit, at=noon)
    with pytest.raises(actions.CannotClose):
        actions.close_incident(acting(before), incident=incident, disposition="05", at=noon)
    late = noon + 2 * hour  # its shift is over, its job is not
    assert actions.close_incident(acting(now), incident=incident, disposition="05", at=late).state == "Closed"
