"""The API of dispatch: shapes, and a sentence for everything that can't be."""

from datetime import timedelta

import pytest
from django.test import Client
from staff_for_tests import acting

from maplebridge.kernel import clock
from maplebridge.kernel.clock import stamp
from maplebridge.people.actions import enrol_user, issue_token, open_shift
from maplebridge.people.models import Unit

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

        def post(self, path, body=None, *, key=None):
            more = self.headers | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
            return Client().post(f"/api{path}", body or {}, content_type="application/json", **more)

        def put(self, path, body):
            return Client().put(f"/api{path}", body, content_type="application/json", **self.headers)

        def delete(self, path):
            return Client().delete(f"/api{path}", **self.headers)

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

    def make(type="noise", *, actor=machine, **more):
        return report_incident(actor, type=type, lon=24.94, lat=60.17, at=now - timedelta(minutes=1), **more).incident

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


@pytest.fixture
def sent(desk, on_duty, reported):
    """A unit sent to an incident."""
    unit, incident = on_duty("M21"), reported()
    desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk})
    return unit, incident


def test_a_unit_that_is_not_there_is_not_found(desk, reported):
    incident = reported()
    refusal(desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": 10**9}), 404)
    refusal(desk.post("/units/999999/status", {"status": "EnRoute"}), 404)
    refusal(desk.get("/units/999999/job"), 404)
    refusal(desk.get("/incidents/999999/recommendations"), 404)


def test_a_dead_unit_is_refused_with_a_sentence(desk, on_duty, reported):
    unit, incident = on_duty("M21"), reported()
    Unit.objects.update(active=False)
    body = refusal(desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk}), 409)
    assert (body["code"], "no longer in use" in body["refused"]) == ("cannot_assign_unit", True)
    refusal(desk.get(f"/units/{unit.pk}/job"), 404)


def test_a_unit_off_shift_is_refused_with_a_sentence(desk, make_unit, reported):
    unit, incident = make_unit("M21", shift=None), reported()
    sending, out = f"/incidents/{incident.pk}/assignments", {"status": "OutOfService"}
    for path, body in ((sending, {"unit_id": unit.pk}), (f"/units/{unit.pk}/status", out)):
        assert "not on shift" in refusal(desk.post(path, body), 409)["refused"]


def test_a_closed_incident_takes_no_unit(desk, on_duty, reported):
    unit, incident = on_duty("M21"), reported()
    desk.post(f"/incidents/{incident.pk}/close", {"disposition": "07"})
    body = refusal(desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk}), 409)
    assert "Reopen it first" in body["refused"]


def test_a_clock_ahead_is_bad_input_that_names_its_field(desk, sent, now):
    unit, _incident = sent
    ahead = stamp(now + timedelta(minutes=10))
    for path, body in (
        (f"/units/{unit.pk}/status", {"status": "OnScene", "at": ahead}),
        (f"/units/{unit.pk}/position", {"lon": 24.9, "lat": 60.1, "at": ahead}),
    ):
        assert refusal(desk.post(path, body), 422)["fields"][0]["field"] == "at"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("status", {"status": "Flying"}, "status"),
        ("status", {"status": "OnScene", "secondary": "Meal"}, "secondary"),
        ("status", {"status": "OnScene", "at": "2026-05-04T12:00:00"}, "at"),
        ("status", {"status": "OnScene", "at": "yesterday"}, "at"),
        ("status", {}, "status"),
        ("position", {"lon": 999, "lat": 60}, "lon"),
        ("position", {"lon": "here", "lat": 60}, "lon"),
        ("panic", {"on": True, "lon": 999, "lat": 60}, "lon"),
    ],
)
def test_unusable_input_is_422_with_the_field(desk, sent, path, body, field):
    unit, _incident = sent
    answer = refusal(desk.post(f"/units/{unit.pk}/{path}", body), 422)
    assert answer["fields"][0]["field"] == field


@pytest.mark.parametrize("seconds", ["", "x", "0", "1,2,3,4,5", "100000"])
def test_reach_wants_a_few_small_numbers(desk, seconds):
    assert refusal(desk.get(f"/reach?seconds={seconds}"), 422)["fields"][0]["field"] == "seconds"


def test_what_a_role_may_not_do_is_403(caller_of, on_duty, reported):
    auditor, unit, incident = caller_of("auditor"), on_duty("M21"), reported()
    refusal(auditor.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk}), 403)
    refusal(auditor.post(f"/units/{unit.pk}/status", {"status": "OutOfService"}), 403)
    refusal(auditor.post(f"/units/{unit.pk}/position", {"lon": 24.9, "lat": 60.1}), 403)
    assert auditor.get("/units").status_code == 200


def test_swap_stand_down_and_hold_answer_with_the_incident(desk, on_duty, sent):
    unit, incident = sent
    other = on_duty("M22")
    swapped = desk.post(f"/incidents/{incident.pk}/swap", {"out_unit_id": unit.pk, "in_unit_id": other.pk}).json()
    assert swapped["units"] == [other.pk]
    freed = desk.post(f"/incidents/{incident.pk}/stand_down", {"unit_id": other.pk, "reason": "solved"}).json()
    assert (freed["units"], freed["state"]) == ([], "Active")
    assert desk.post(f"/incidents/{incident.pk}/hold", {"held": True, "reason": "at six"}).json()["held"] is True
    refusal(desk.post(f"/incidents/{incident.pk}/hold", {"held": True}), 422)


def test_panic_welfare_position_and_route(desk, sent):
    unit, incident = sent
    here = {"lon": 24.941, "lat": 60.171}
    assert desk.post(f"/units/{unit.pk}/panic", {"on": True, **here}).json()["alarm"] == "panic"
    assert desk.post(f"/units/{unit.pk}/panic", {"on": False}).json()["alarm"] == ""
    row = desk.post(f"/units/{unit.pk}/welfare").json()
    assert row["amber_at"] < row["red_at"] < row["timer_at"]
    assert desk.post(f"/units/{unit.pk}/position", {"lon": 24.95, "lat": 60.17}).json() == {"kept": True}
    route = desk.get(f"/route?unit_id={unit.pk}&incident_id={incident.pk}").json()
    assert (route["estimate"], route["coordinates"][0]) == (True, [24.95, 60.17])


def test_the_timeline_tells_what_dispatch_did(desk, sent, on_duty):
    unit, incident = sent
    desk.post(f"/units/{unit.pk}/accept")
    desk.post(f"/units/{unit.pk}/status", {"status": "OnScene"})
    told = [row["sentence"] for row in desk.get(f"/incidents/{incident.pk}/timeline").json()]
    assert told[1:] == ["M21 sent.", "M21 accepted.", "M21 is on scene."]


def test_handled_at_the_post(caller_of, on_duty, reported):
    officer = caller_of("post_officer")
    unit, incident = on_duty("P1", kind="post", crew=[officer.user]), reported(actor=acting(officer.user))
    done = officer.post(f"/incidents/{incident.pk}/at_post", {"unit_id": unit.pk, "disposition": "02"})
    assert (done.status_code, done.json()["state"]) == (200, "Closed")
    body = {"unit_id": unit.pk, "disposition": "99"}
    own = reported(actor=acting(officer.user))
    refusal(officer.post(f"/incidents/{own.pk}/at_post", body), 422)
    refusal(officer.post(f"/incidents/{reported().pk}/at_post", body), 409)


def test_plans_are_listed_set_and_removed_by_the_chief_through_the_api(caller_of, desk, kinds):
    chief = caller_of("chief")
    body = {"type": "fight", "level": 2, "wants": [{"count": 2, "kinds": ["car"]}]}
    row = chief.put("/response-plans", body).json()
    assert row == {"id": row["id"], "type": "fight", "max_priority": 10, "level": 2,
                   "wants": [{"count": 2, "kinds": ["car"], "skills": []}]}  # fmt: skip
    assert desk.get("/response-plans").json() == [row]
    refusal(desk.put("/response-plans", body), 403)
    for wrong, field in (({"type": "frogs"}, "type"), ({"wants": [{"count": 99}]}, "wants"), ({"level": 9}, "level")):
        assert refusal(chief.put("/response-plans", body | wrong), 422)["fields"][0]["field"] == field
    assert chief.delete(f"/response-plans/{row['id']}").status_code == 204
    refusal(chief.delete(f"/response-plans/{row['id']}"), 404)
    assert desk.get("/response-plans").json() == []


def test_the_alarm_level_is_raised_and_read_through_the_api(caller_of, desk, on_duty, reported):
    for number in range(4):
        on_duty(f"M2{number}", steps=number)
    path = f"/incidents/{reported().pk}"
    assert desk.get(f"{path}/alarm_level").json() == {"level": 1}
    raised = desk.post(f"{path}/alarm_level", {"level": 2, "reason": "more came"})
    assert (raised.status_code, raised.json()["alarm_level"], raised.json()["state"]) == (200, 2, "Active")
    assert desk.get(f"{path}/alarm_level").json() == {"level": 2}
    plans = [[row["plan"] for row in desk.get(f"{path}/recommendations{q}").json()] for q in ("", "?level=1")]
    assert [sum(plan) for plan in plans] == [3, 1]
    for body, field in (({"level": 7, "reason": "x"}, "level"), ({"level": 3, "reason": " "}, "reason")):
        assert refusal(desk.post(f"{path}/alarm_level", body), 422)["fields"][0]["field"] == field
    refusal(caller_of("post_officer").post(f"{path}/alarm_level", {"level": 3, "reason": "x"}), 403)


def test_an_officer_goes_on_and_off_duty_through_the_api(caller_of, desk, make_unit, machine, now, reported):
    officer = caller_of("post_officer")
    unit = make_unit("F3", kind="foot", shift=None)
    span = {"starts_at": now - timedelta(hours=9), "ends_at": now - timedelta(hours=1)}
    open_shift(machine, unit=unit, crew=[officer.user], at=now, **span)
    until = stamp(now + timedelta(hours=6))
    for _again in range(2):
        row = officer.post(f"/units/{unit.pk}/duty", {"on": True, "until": until})
        assert (row.status_code, row.json()["on_shift"], row.json()["shift_ends_at"]) == (200, True, until)
    incident = reported()
    desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk})
    assert "is on" in refusal(officer.post(f"/units/{unit.pk}/duty", {"on": False}), 409)["refused"]
    desk.post(f"/incidents/{incident.pk}/stand_down", {"unit_id": unit.pk})
    assert officer.post(f"/units/{unit.pk}/duty", {"on": False}).json()["on_shift"] is False
    naive = officer.post(f"/units/{unit.pk}/duty", {"on": True, "until": "2030-01-01T00:00:00"})
    assert refusal(naive, 422)["fields"][0]["field"] == "until"
    refusal(caller_of("auditor").post(f"/units/{unit.pk}/duty", {"on": True}), 403)


def test_a_phones_close_and_note_sent_late_and_twice_through_the_api(caller_of, desk, on_duty, reported, now):
    officer = caller_of("post_officer")
    unit, incident = on_duty("F3", kind="foot", crew=[officer.user]), reported()
    desk.post(f"/incidents/{incident.pk}/assignments", {"unit_id": unit.pk})
    assert officer.post(f"/units/{unit.pk}/status", {"status": "OnScene"}).status_code == 200
    said = stamp(clock.now())
    for _again in range(2):
        note = {"text": "all quiet", "at": said}
        assert officer.post(f"/incidents/{incident.pk}/notes", note, key="n1").status_code == 200
        closed = officer.post(f"/units/{unit.pk}/close", {"disposition": "05", "at": said}, key="c1")
        assert (closed.status_code, closed.json()["closed_at"]) == (200, said)
    assert [row["at"] for row in desk.get(f"/incidents/{incident.pk}").json()["notes"]] == [said]
    at_post = reported(actor=acting(officer.user))
    for _again in range(2):
        body = {"unit_id": unit.pk, "disposition": "02", "at": stamp(clock.now())}
        done = officer.post(f"/incidents/{at_post.pk}/at_post", body, key="p1")
        assert (done.status_code, done.json()["state"]) == (200, "Closed")
