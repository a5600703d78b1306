"""The incidents API, as a program outside meets it."""

from datetime import timedelta

import pytest
from staff_for_tests import make_staff

from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.people.actions import issue_token

pytestmark = pytest.mark.django_db(transaction=True)
HERE = {"lon": 24.94, "lat": 60.17}


@pytest.fixture
def call(client, city, types, machine):
    """Call the API as a role: call("POST", "/incidents", {...}, role=..., key=...)."""
    tokens = {}

    def send(method, path, body=None, *, role="dispatcher", key="", **extra):
        if role not in tokens:
            user = make_staff(username=role, role=role, display_name=role.title())
            tokens[role] = issue_token(machine, user=user, at=clock.now())
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        headers |= {"Idempotency-Key": key} if key else {}
        options = {} if method == "GET" else {"content_type": "application/json"}
        return getattr(client, method.lower())(f"/api{path}", body, headers=headers, **options, **extra)

    return send


def test_a_report_is_taken_and_answers_with_number_area_and_duplicates(call):
    first = call("POST", "/incidents", {"type": "noise", **HERE, "narrative": "loud music on the square"})
    assert first.status_code == 201, first.content
    assert first.json()["number"] == "0001"
    assert first.json()["duplicates"] == []
    second = call("POST", "/incidents", {"type": "noise", **HERE, "narrative": "music very loud"}).json()
    assert [d["id"] for d in second["duplicates"]] == [first.json()["id"]]
    assert "same type" in second["duplicates"][0]["why"]


def test_a_repeated_key_gives_the_same_incident_and_another_body_is_refused(call):
    body = {"type": "noise", **HERE, "narrative": "loud"}
    first, again = (call("POST", "/incidents", body, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = call("POST", "/incidents", body | {"narrative": "quiet"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "cannot_reuse_key")
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"type": "noize"}, "type", "noise"),
        ({"lon": 10.0}, "lon", "Testby"),
        ({"lon": float("nan")}, "lon", "not a place on Earth"),
        ({"lon": None}, "lon", "Say where"),
        ({"narrative": "x" * 1_000_000}, "narrative", "at most 20000"),
        ({"at": "2999-01-01T00:00:00Z"}, "at", "future"),
        ({"at": "2026-01-01T00:00:00"}, "at", "offset"),
        ({"priority": 11}, "priority", "scale"),
        ({"source": "rumour"}, "source", "rumour"),
        ({"caller": "x" * 500}, "caller", "at most 120"),
    ],
)
def test_bad_input_is_answered_with_the_field_and_a_sentence(call, change, field, says):
    answer = call("POST", "/incidents", {"type": "noise", **HERE} | change)
    assert answer.status_code == 422, answer.content
    assert answer.json()["fields"][0]["field"] == field
    assert says in answer.json()["refused"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize("text", ["\x00 NUL", "\ud800 alone", "\u202e", "😀" * 100])
def test_no_character_makes_the_server_fall(call, text):
    answer = call("POST", "/incidents", {"type": "noise", **HERE, "narrative": text, "caller": text[:20]})
    assert answer.status_code == 201


def test_a_paper_number_that_was_not_reserved_is_refused(call):
    answer = call("POST", "/incidents", {"type": "noise", **HERE, "number": 10**12})
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_use_number")


@pytest.mark.parametrize("path", ["/incidents", "/incidents/1", "/types", "/incidents/1/timeline"])
def test_nobody_reads_without_signing_in(call, path):
    assert call("GET", path, role="").status_code == 401


def test_the_whole_life_by_api(call):
    made = call("POST", "/incidents", {"type": "dispute", **HERE, "narrative": "quarrel"}).json()
    path = f"/incidents/{made['id']}"
    assert call("POST", f"{path}/notes", {"text": "both calm"}).status_code == 200
    assert call("POST", f"{path}/priority", {"priority": 2, "reason": "a crowd"}).json()["priority"] == 2
    closed = call("POST", f"{path}/close", {"disposition": "03", "narrative": "shook hands", "at_post": True})
    assert closed.json()["state"] == "Closed"
    again = call("POST", f"{path}/close", {"disposition": "03"})
    assert (again.status_code, again.json()["code"]) == (409, "cannot_close")
    assert call("POST", f"{path}/reopen", {"reason": "they began again"}).json()["state"] == "ReOpened"
    assert call("POST", f"{path}/cancel", {"reason": "entered twice"}).json()["state"] == "Cancelled"
    sentences = [row["sentence"] for row in call("GET", f"{path}/timeline").json()]
    assert any("shook hands" in sentence for sentence in sentences)
    detail = call("GET", path).json()
    assert detail["intervals"]["total_s"] >= 0
    assert detail["closed_at_post"] is False


def test_lists_filter_by_state_box_time_and_words(call):
    for lon, words in ((24.92, "west"), (24.98, "east")):
        call("POST", "/incidents", {"type": "noise", "lon": lon, "lat": 60.15, "address": f"{words} street"})
    assert len(call("GET", "/incidents?state=open").json()) == 2
    assert [row["lon"] for row in call("GET", "/incidents?bbox=24.9,60.1,24.95,60.2").json()] == [24.92]
    assert [row["lon"] for row in call("GET", "/incidents?q=east").json()] == [24.98]
    since = clock.stamp(clock.now() + timedelta(hours=1))
    assert call("GET", f"/incidents?since={since}").json() == []
    for bad in ("state=Lost", "bbox=1,2,3", "bbox=a,b,c,d", "since=yesterday", "limit=0"):
        assert call("GET", f"/incidents?{bad}").status_code == 422, bad
