"""What trackers send, byte for byte as their versions send it, good and bad."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.positions.formats import KMH, KNOT, Sample, Unreadable, read

NOW = 1_780_000_000.0
AT = 1_777_896_000.0  # 2026-05-04T12:00:00Z
FORM = "application/x-www-form-urlencoded"

V8 = (
    b"id=123456&timestamp=1777896000&lat=60.1699&lon=24.9384&speed=10.0&bearing=90.0"
    b"&altitude=12.0&accuracy=5.0&batt=87.0"
)
V9 = (
    b'{"location":{"timestamp":"2026-05-04T12:00:00.000Z","coords":{"latitude":60.1699,"longitude":24.9384,'
    b'"accuracy":5.0,"speed":5.1,"heading":90.0,"altitude":12.0},"is_moving":true,"odometer":1234.5,"event":"motionchange",'
    b'"battery":{"level":0.87,"is_charging":false},"activity":{"type":"in_vehicle"},"extras":{},"alarm":"sos",'
    b'"_":"&id=123456&lat=60.1699&lon=24.9384&timestamp=2026-05-04T12:00:00.000Z&"},"device_id":"123456"}'
)
V9_UNKNOWN = V9.replace(b'"speed":5.1', b'"speed":-1').replace(b'"heading":90.0', b'"heading":-1')
V10 = b"id=123456&timestamp=1777896000&lat=60.1699&lon=24.9384&speed=10.0&bearing=90.0&accuracy=5.0&batt=87&charge=true"
V10_JSON = (
    b'[{"id":"123456","lat":60.1699,"lon":24.9384,"timestamp":1777896000,"accuracy":5.0,"altitude":12.0,"speed":10.0,'
    b'"bearing":90.0,"batt":87,"charge":true,"battery_health":"good","battery_voltage":4100}]'
)
V10_TOKEN = b"id=123456&notificationToken=fGz0aB%3AAPA91bH"
OSMAND = b"lat=60.1699&lon=24.9384&timestamp=1777896000000&hdop=5.0&altitude=12.0&speed=5.1&bearing=90.0&batproc=87"
OWNTRACKS = (
    b'{"_type":"location","acc":5,"alt":12,"batt":87,"bs":1,"cog":90,"conn":"m","created_at":1777896001,'
    b'"lat":60.1699,"lon":24.9384,"m":1,"tid":"m2","topic":"owntracks/u/d","tst":1777896000,"vac":3,"vel":18}'
)
OWN = (
    b'[{"lat":60.1699,"lon":24.9384,"at":"2026-05-04T12:00:00Z","speed":5.1},{"lat":60.17,"lon":24.94,"at":1777896005}]'
)
EMPTY = {
    "OwnTracks transition": b'{"_type":"transition","event":"enter","tst":1777896000,"lat":60.1,"lon":24.9,"desc":"x"}',
    "OwnTracks waypoint": b'{"_type":"waypoint","desc":"home","lat":60.1,"lon":24.9,"rad":100,"tst":1777896000}',
    "OwnTracks waypoints": b'{"_type":"waypoints","waypoints":[]}',
    "OwnTracks last will": b'{"_type":"lwt","tst":1777896000}',
    "OwnTracks status": b'{"_type":"status","iOS":{"version":"19"}}',
    "OwnTracks card": b'{"_type":"card","name":"A"}',
    "a list of other things": b'[1,"two",{"three":3},null]',
}


def only(found):
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("query", "kind", "body", "speed"),
    [
        (V8, "", b"", 10 * KNOT),
        (b"", FORM, V10, 10 * KNOT),
        (b"", "application/json", V9, 5.1),
        (b"", "application/json", V10_JSON, 10 * KNOT),
        (b"", "application/json; charset=utf-8", OWNTRACKS, 18 * KMH),
    ],
    ids=["Traccar Client 8", "Traccar Client 10", "Traccar Client 9", "Traccar Client 10 in batches", "OwnTracks"],
)
def test_every_form_gives_the_same_fix_in_the_same_units(query, kind, body, speed):
    sample = only(read(query, kind, body, now=NOW))
    assert (sample.lat, sample.lon, sample.at) == (60.1699, 24.9384, AT)
    assert (sample.bearing, sample.accuracy) == (90, 5)
    assert sample.speed == pytest.approx(speed)
    assert sample.battery == pytest.approx(0.87)


def test_osmand_gives_milliseconds_and_the_units_of_its_profile():
    sample = only(read(OSMAND, "", b"", speed_unit="mps", now=NOW))
    assert (sample.at, sample.speed, sample.accuracy) == (AT, 5.1, 5)


def test_an_unknown_speed_and_heading_are_none_and_an_alarm_is_kept():
    sample = only(read(b"", "application/json", V9_UNKNOWN, now=NOW))
    assert (sample.speed, sample.bearing, sample.alarm) == (None, None, "sos")


@pytest.mark.parametrize(
    ("query", "body", "placed"),
    [
        (V8 + b"&alarm=sos", b"", True),
        (b"", V10 + b"&alarm=sos", True),
        (b"", V10_JSON.replace(b'"charge"', b'"alarm":"sos","charge"'), True),
        (b"", V9.replace(b'"extras":{},"alarm":"sos"', b'"extras":{"alarm":"sos"}'), True),
        (b"", b"id=123456&timestamp=1777896000&batt=87&alarm=sos", False),
        (b"", b'[{"id":"123456","timestamp":1777896000,"batt":87,"alarm":"sos"}]', False),
    ],
)
def test_a_call_for_help_is_heard_in_every_form_also_where_the_phone_knows_no_place(query, body, placed):
    sample = only(read(query, FORM, body, now=NOW))
    assert (sample.alarm, sample.at, bool(sample.lat)) == ("sos", AT, placed)


def test_our_own_batch_keeps_its_order_and_its_times():
    assert [(s.at, s.speed) for s in read(b"", "application/json", OWN, now=NOW)] == [(AT, 5.1), (AT + 5, None)]


def test_one_fix_of_a_batch_that_cannot_be_read_costs_no_other():
    batch = b'[{"lat":60.1,"lon":24.9,"at":5},{"lat":"x","lon":24.9,"at":6},{"lat":60.1,"lon":24.9,"at":"x"},7]'
    assert only(read(b"", "application/json", batch, now=NOW)).at == 5


def test_a_fix_without_a_time_is_of_now():
    assert only(read(b"lat=1&lon=2", "", b"", now=NOW)) == Sample(lon=2, lat=1, at=NOW)


@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY)
def test_what_carries_no_position_is_nothing_and_no_error(body):
    assert read(b"", "application/json", body, now=NOW) == []


@pytest.mark.parametrize("body", [b"", b"  ", V10_TOKEN], ids=["no bytes", "blank", "a token for notifications"])
def test_a_heartbeat_is_nothing_and_no_error(body):
    assert read(b"", FORM, body, now=NOW) == []


@pytest.mark.parametrize(
    ("query", "kind", "body"),
    [
        (b"lat=north&lon=24.9", "", b""),
        (b"lat=60.1", "", b""),
        (b"lat=nan&lon=24.9", "", b""),
        (b"lat=60.1&lon=24.9&timestamp=yesterday", "", b""),
        (b"", "application/json", b'{"location":{}}'),
        (b"", "application/json", b'{"location":{"coords":{"latitude":true,"longitude":1}}}'),
        (b"", "application/json", b'{"_type":"location"}'),
        (b"", "application/json", b'{"_type":"location","lat":1,'),
        (b"", "application/json", b"no json"),
        (b"", "application/json", b'{"_type":"encrypted","data":"AAAA"}'),
        (b"", "application/json", b"[" * 100_000),
    ],
)
def test_what_cannot_be_read_says_so_and_nothing_else(query, kind, body):
    with pytest.raises(Unreadable):
        read(query, kind, body, now=NOW)


@pytest.mark.parametrize("data", ["AAAA", "?", None, 7, "A" * 80])
def test_what_a_secret_does_not_open_cannot_be_read(data):
    with pytest.raises(Unreadable, match="its secret does not open"):
        read(b"", "application/json", json.dumps({"_type": "encrypted", "data": data}).encode(), secret="s", now=NOW)


@pytest.mark.parametrize(
    ("query", "body", "mock"),
    [(b"lat=1&lon=2&mock=true", b"", True), (b"lat=1&lon=2&mock=false", b"", False),
     (b"", b'{"location":{"mock":true,"coords":{"latitude":1,"longitude":2}}}', True)],
)  # fmt: skip
def test_a_place_that_the_device_calls_made_up_is_marked(query, body, mock):
    assert only(read(query, "", body, now=NOW)).mock is mock


pieces = st.sampled_from([b"lat=", b"lon=", b"&", b"60.1", b"24", b"timestamp=", b"1e400", b"-", b"%", b"\xff", b'{"',
                          b'_type":"location"', b"}", b"[", b"]", b'"lat":', b",", b"NaN", b"null"])  # fmt: skip
bodies = st.one_of(
    st.binary(max_size=200), st.lists(pieces, max_size=30).map(b"".join), st.just(V9), st.just(OWNTRACKS)
)


@given(bodies, bodies, st.sampled_from(["", FORM, "application/json", "text/plain"]), st.integers(0, 400))
def test_no_bytes_are_more_than_unreadable(query, body, kind, cut):
    for given_body in (body, body[:cut], body[cut:]):
        try:
            found = read(query, kind, given_body, now=NOW)
        except Unreadable:
            continue
        assert all(isinstance(sample.at, float) and sample.lat == sample.lat for sample in found)
