"""Tracks as files: what is written can be read again, and what is no track is refused with its reason."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.positions.files import KINDS, read_file, stamp_of, written
from maplebridge.positions.formats import Unreadable

ROWS = [
    (7, 1_777_896_000_000, 24.9384, 60.1699, 1.5, 90.0, 5.0, ""),
    (7, 1_777_896_010_500, 24.9390, 60.1700, None, None, None, ""),
    (7, 1_777_896_020_000, 25.9390, 61.1700, None, None, None, "too fast"),
]


@pytest.mark.parametrize(("kind", "fixes"), [("gpx", 2), ("csv", 3)])
def test_what_is_written_is_read_again(kind, fixes):
    found = read_file(written(kind, ROWS, name='M21 <&> "x"'))
    assert [(s.lon, s.lat, s.at) for s in found] == [(r[2], r[3], r[1] / 1000) for r in ROWS[:fixes]]


def test_geojson_is_a_line_with_the_times_of_its_corners():
    import json

    (feature,) = json.loads(written("geojson", ROWS, name="M21"))["features"]
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[24.9384, 60.1699], [24.939, 60.17]]}
    assert feature["properties"]["coordTimes"] == ["2026-05-04T12:00:00Z", "2026-05-04T12:00:10.500Z"]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_track_without_a_fix_is_a_file_too(kind):
    assert written(kind, [], name="M21")


def test_a_gpx_of_another_program_is_read_with_its_speed_and_in_order():
    data = b"""<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:g="http://example.org/g">
<wpt lat="1" lon="2"><name>no fix of the track</name><time>2020-01-01T00:00:00Z</time></wpt>
<trk><trkseg><trkpt lon="24.2" lat="60.2"><ele>3</ele><time>2026-05-04T12:00:20+00:00</time></trkpt>
<trkpt lon="24.1" lat="60.1"><time>2026-05-04T15:00:10+03:00</time><extensions><g:speed>2.5</g:speed></extensions>
</trkpt></trkseg></trk></gpx>"""
    found = read_file(data)
    assert [(s.lon, s.at, s.speed) for s in found] == [(24.1, 1_777_896_010.0, 2.5), (24.2, 1_777_896_020.0, None)]


@pytest.mark.parametrize(
    "table",
    [
        "time,lon,lat\n2026-05-04T12:00:00Z,24.1,60.1\n\n",
        "Latitude;Longitude;Timestamp\n60.1;24.1;1777896000\n",
        "时间\t经度\t纬度\r\n2026-05-04 12:00:00\t24.1\t60.1\r\n",
    ],
)
def test_a_table_is_read_by_the_names_of_its_columns(table):
    (found,) = read_file(table.encode("utf-8-sig"))
    assert (found.lon, found.lat, found.at) == (24.1, 60.1, 1_777_896_000.0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<gpx><trk>", "line 1 is no XML"),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "document type"),
        (b'<gpx><trkpt lon="1" lat="2"/></gpx>', "lacks its place or its time"),
        (b"a,b\n1,2\n", "lon, lat, time"),
        (b"time,lon,lat\n2026-05-04,x,1\n", "line 2 lacks"),
        (b"time,lon,lat\n2026-05-04,1\n", "line 2 lacks"),
        (b"\xff\xfe\x00", "neither GPX nor a table"),
        (b"", "lon, lat, time"),
    ],
)
def test_what_is_no_track_is_refused_with_its_reason(data, why):
    with pytest.raises(Unreadable, match=why):
        read_file(data)


def test_more_fixes_than_anybody_records_are_refused(monkeypatch):
    monkeypatch.setattr("maplebridge.positions.files.MOST_FIXES", 1)
    with pytest.raises(Unreadable, match="more than 1 fixes"):
        read_file(b"time,lon,lat\n1,1,1\n2,1,1\n")


@given(st.binary(max_size=400))
def test_no_file_brings_it_down(data):
    with suppress(Unreadable):
        read_file(data)


def test_whole_seconds_are_written_without_a_fraction():
    assert stamp_of(0) == "1970-01-01T00:00:00Z"
