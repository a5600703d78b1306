"""The event stream of a real server: no gap, no double, whatever the client does."""

import http.client
import threading

import pytest
from live_client import Stream, report


@pytest.fixture
def kind(server):
    """A type that is installed."""
    return server.get("/api/types")[0]["code"]


def test_a_report_is_heard_on_an_open_stream_at_once(server, kind):
    stream = Stream(server)
    assert stream.status == 200
    stream.first("tick")
    status, taken = report(server, type=kind)
    assert status == 201
    (entry,) = stream.entries(1)
    assert entry["verb"] == "incidents.reported"
    assert entry["subject"] == f"incident:{taken['id']}"
    assert entry["facts"]["state"] == "Active"
    assert "loud music" not in str(entry)
    stream.close()


def test_a_console_that_slept_resumes_without_a_gap_or_a_double(server, kind):
    stream = Stream(server)
    stream.first("tick")
    for _number in range(3):
        report(server, type=kind)
    heard = [entry["position"] for entry in stream.entries(2)]
    stream.close()
    for _number in range(5):
        report(server, type=kind)
    again = Stream(server, last_event_id=heard[-1])
    heard += [entry["position"] for entry in again.entries(6)]
    again.close()
    assert heard == list(range(heard[0], heard[0] + 8))


def test_a_reconnect_amid_a_rush_of_reports_misses_nothing(server, kind):
    start = server.get("/api/me")["position"]
    rush = threading.Thread(target=lambda: [report(server, type=kind) for _number in range(30)])
    rush.start()
    heard = [start]
    while len(heard) < 31:
        stream = Stream(server, last_event_id=heard[-1])
        heard += [entry["position"] for entry in stream.entries(min(4, 31 - len(heard)))]
        stream.close()
    rush.join()
    assert heard == list(range(start, start + 31))


def test_the_board_and_the_stream_after_its_position_fit(server, kind):
    rush = threading.Thread(target=lambda: [report(server, type=kind) for _number in range(20)])
    rush.start()
    board = server.get("/api/board")
    rush.join()
    stream = Stream(server, after=board["position"])
    end = server.get("/api/me")["position"]
    later = stream.entries(end - board["position"]) if end > board["position"] else []
    stream.close()
    shown = {row["id"] for row in board["incidents"]} | {int(e["subject"].partition(":")[2]) for e in later}
    assert shown == {row["id"] for row in server.get("/api/board")["incidents"]}


def test_a_cursor_beyond_the_journal_is_told_to_load_the_board_again(server):
    stream = Stream(server, after=10_000_000)
    assert stream.first("reset") == {}
    stream.close()


@pytest.mark.parametrize(("path", "token", "status"), [("", "wrong", 401), ("?after=soon", None, 422)])
def test_bad_keys_and_bad_cursors_get_a_sentence(server, path, token, status):
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    link.request("GET", f"/api/stream{path}", headers={"Authorization": f"Bearer {token or server.token}"})
    answer = link.getresponse()
    body = answer.read().decode()
    assert answer.status == status
    assert '"refused"' in body


def test_two_hundred_streams_all_hear_the_same(server, kind):
    streams = [Stream(server) for _number in range(200)]
    for stream in streams:
        stream.first("tick")
    _status, taken = report(server, type=kind)
    for stream in streams:
        assert stream.entries(1)[0]["subject"] == f"incident:{taken['id']}"
        stream.close()


def test_me_tells_a_client_what_it_needs_first(server):
    me = server.get("/api/me")
    assert me["role"] == "chief"
    assert "incidents.view" in me["permissions"]
    assert set(me) == {
        "ref", "name", "role", "permissions", "area_code", "area", "language", "unit_ids", "city", "style", "demo",
        "position", "server_time",
    }  # fmt: skip


def test_a_long_body_passes_the_bridge_whole_and_is_refused_by_the_field(server, kind):
    status, body = report(server, type=kind, narrative="x" * 1_000_000)
    assert status == 422
    assert body["fields"][0]["field"] == "narrative"


def test_security_headers_are_on_every_answer(server):
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    link.request("GET", "/")
    answer = link.getresponse()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
