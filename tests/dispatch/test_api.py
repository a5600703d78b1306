"""The API of dispatch: shapes, and a sentence for everything that can't be."""

from datetime import timedelta

import pytest
from django.test import Client

from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user, issue_token, open_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def caller_of(machine, now):
    """A client for somebody of a role, by bearer token."""

    class Caller:
        def __init__(self, role, **more):
            self.user = enrol_user(
                machine, username=f"{role}{len(more)}", display_name=role, role=role, password=None, at=now, **more
            )
            self.headers = {"HTTP_AUTHORIZATION": f"Bearer {issue_token(machine, user=self.user, at=now)}"}

        def get(self, path):
            return Client().get(f"/api{path}", **self.headers)

        def post(self, path, body=None):
            return Client().post(f"/api{path}", body or {}, content_type="application/json", **self.headers)

    return Caller


@pytest.fixture
def desk(caller_of):
    return caller_of("dispatcher")


@pytest.fixture
def on_duty(machine, now, make_unit):
    """A unit that is on shift by the real clock."""

    def make(call_sign, *, crew=(), **more):
        unit = make_unit(call_sign, shift=None, **more)
        span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=4)}
        open_shift(machine, unit=unit, crew=list(crew), at=now, **span)
        return unit

    return make


@pytest.fixture
def reported(machine, now, kinds):
    from maplebridge.incidents.actions import report_incident

    def make(type="noise", **more):
        return report_incident(machine, type=type, lon=24.94, lat=60.17, at=now - timedelta(minutes=1), **more).incident

    return make


def refusal(answer, status):
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["refused"].endswith(".")
    return body


def test_from_sent_to_clear_through_the_api(desk, on_duty, reported):
    unit, incident = on_duty("M21"), reported()
    offered = desk.get(f"/incidents/{incident.pk}/recommendations").json()
    assert [(row["unit_id"], row["rank"], row["estimate"]) for row in offered] == [(unit.pk, 1, True)]
    assert "estimated by straight line" in offered[0]["why"]
    sent = desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk})
    assert sent.status_code == 201
    assert desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk}).status_code == 200
    for status in ("EnRoute", "OnScene", "Available"):
        row = desk.post(f"/units/{unit.pk}/status", {"status": status})
        assert (row.status_code, row.json()["status"]) == (200, status)
    assert desk.get("/units").json()[0]["incident_id"] is None


def test_the_job_of_a_crew_with_its_way_and_its_close(caller_of, desk, on_duty, reported):
    officer = caller_of("post_officer")
    unit, incident = on_duty("F3", steps=3, kind="foot", crew=[officer.user]), reported()
    desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk})
    job = officer.get(f"/units/{unit.pk}/job").json()
    assert (job["incident"]["id"], job["next"]) == (incident.pk, ["EnRoute", "OnScene"])
    assert len(job["route"]) >= 2 and job["eta_s"] > 0
    refusal(officer.post(f"/units/{unit.pk}/close", {"disposition": "05"}), 409)
    assert officer.post(f"/units/{unit.pk}/accept").json()["secondary"] == "Accepted"
    officer.post(f"/units/{unit.pk}/status", {"status": "OnScene"})
    closed = officer.post(f"/units/{unit.pk}/close", {"disposition": "05", "narrative": "quiet now"})
    assert (closed.status_code, closed.json()["state"], closed.json()["units"]) == (200, "Closed", [])
    assert officer.get(f"/units/{unit.pk}/job").json()["unit"]["status"] == "Available"
