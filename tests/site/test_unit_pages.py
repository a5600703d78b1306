"""The pages of units: how their devices fare, setting one up, looking at a track, fences."""

import json
import re
from datetime import timedelta

import pytest
from access_world import client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from staff_for_tests import acting, make_staff

from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.positions.actions import keep_latest
from maplebridge.positions.models import Fence, Tracker
from maplebridge.positions.steps import Point
from maplebridge.positions.tracks import opened_tracks

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def officer(db):
    return make_staff("post_officer", username="crew", display_name="Officer of the crew")


@pytest.fixture
def unit(machine, officer):
    at = clock.now()
    made = enlist_unit(machine, call_sign="M21", kind="motorbike", home=(24.94, 60.17), at=at)
    open_shift(machine, unit=made, crew=[officer], starts_at=at - HOUR, ends_at=at + HOUR, at=at)
    return made


@pytest.fixture
def track(unit):
    begin = clock.now().timestamp() - 900
    with opened_tracks() as tracks:
        tracks.write([Point(unit.pk, 24.94, 60.17 + n * 1e-4, begin + 10 * n) for n in range(60)])
        yield
        for day in tracks.days():
            tracks.forget(day)


def span(minutes=30):
    at = clock.now()
    return {"since": f"{at - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}", "until": f"{at + HOUR:%Y-%m-%dT%H:%M}"}


WHY = {"reason": "complaint 17 about this patrol"}


class TestTheBoard:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [({}, ""), ({"battery": 0.19}, "battery low"), ({"accuracy": 201.0}, "poor signal"), (None, "not heard from")],
    )
    def test_it_says_which_unit_needs_a_look_and_why(self, unit, changes, words):
        at = clock.now()
        if changes is not None:
            values = {"battery": 0.5, "accuracy": 5.0} | changes
            keep_latest([Point(unit.pk, 24.94, 60.17, at.timestamp(), **values)], at=at)
        page = client_of("chief").get("/units/").content.decode()
        assert "M21" in page
        found = [each for each in ("battery low", "poor signal", "not heard from") if each in page]
        assert found == ([words] if words else [])

    def test_a_unit_that_was_silent_for_long_is_shown_so(self, unit):
        at = clock.now()
        long_ago = at - timedelta(minutes=6)
        keep_latest([Point(unit.pk, 24.94, 60.17, long_ago.timestamp())], at=long_ago)
        assert "not heard from" in client_of("dispatcher").get("/units/").content.decode()


class TestDevices:
    def test_one_is_set_up_by_codes_that_are_shown_once_and_is_closed_again(self, unit):
        chief = client_of("chief")
        page = chief.post(f"/units/{unit.pk}/devices/add", {"name": "Phone 12", "encrypted": "yes"}).content.decode()
        address = re.search(r"http://testserver/p/[\w-]{32}", page)[0]
        assert page.count("<svg") == 2
        assert "owntracks:///config?inline=" in page
        listed = chief.get(f"/units/{unit.pk}/devices").content.decode()
        assert "<span>Phone 12</span>" in listed
        assert address not in listed
        tracker = Tracker.objects.get()
        chief.post(f"/units/{unit.pk}/devices/{tracker.pk}/end")
        assert "<span>Phone 12</span>" not in chief.get(f"/units/{unit.pk}/devices").content.decode()

    def test_a_unit_of_speed_that_nobody_uses_comes_back_as_a_sentence(self, unit):
        answer = client_of("chief").post(f"/units/{unit.pk}/devices/add", {"speed_unit": "furlongs"}, follow=True)
        assert "Speeds come in one of" in answer.content.decode()
        assert not Tracker.objects.exists()


class TestTracks:
    def test_without_a_reason_nothing_is_shown_and_what_was_written_stays(self, unit, track):
        answer = client_of("chief").post(f"/units/{unit.pk}/track", span() | {"reason": "short"})
        assert answer.status_code == 422
        assert 'value="short"' in answer.content.decode()
        assert "track-data" not in answer.content.decode()

    def test_with_one_the_track_is_shown_and_the_crew_reads_who_looked_and_why(self, unit, track, officer):
        page = client_of("chief").post(f"/units/{unit.pk}/track", span() | WHY).content.decode()
        data = json.loads(re.search(r'<script id="track-data" type="application/json">(.*?)</script>', page, re.S)[1])
        assert len(data["fixes"]) == 60
        assert "0.7 km" in page
        crew = client_of("")
        crew.force_login(officer)
        own = crew.get(f"/units/{unit.pk}/track").content.decode()
        assert WHY["reason"] in own
        assert "as.chief" in own

    @pytest.mark.parametrize(
        ("form", "kind", "begins"),
        [("gpx", "gpx+xml", b"<?xml"), ("geojson", "geo+json", b'{"type"'), ("csv", "text/csv", b"time,lon,lat")],
    )
    def test_it_goes_out_as_a_file_and_that_is_a_look_too(self, unit, track, form, kind, begins):
        answer = client_of("auditor").post(f"/units/{unit.pk}/track", span() | WHY | {"form": form})
        assert kind in answer["Content-Type"]
        assert answer.content.startswith(begins)
        assert Entry.objects.filter(verb="positions.track_consulted").count() == 1

    def test_the_crew_sees_its_own_patrol_and_brings_one_in(self, unit, track, officer):
        crew = client_of("")
        crew.force_login(officer)
        at = clock.now()
        inside = {"since": f"{at - timedelta(minutes=30):%Y-%m-%dT%H:%M}", "until": f"{at:%Y-%m-%dT%H:%M}"}
        assert "track-data" in crew.post(f"/units/{unit.pk}/track", inside).content.decode()
        file = SimpleUploadedFile("a.csv", f"time,lon,lat\n{at.timestamp() - 1000:.0f},24.9,60.1\n".encode())
        answer = crew.post(f"/units/{unit.pk}/track/bring", {"file": file}, follow=True)
        assert "1 of 1 fixes kept" in answer.content.decode()

    def test_a_file_that_is_none_comes_back_as_a_sentence(self, unit):
        file = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
        answer = client_of("integration").post(f"/units/{unit.pk}/track/bring", {"file": file})
        assert answer.status_code == 302
        answer = client_of("chief").post(f"/units/{unit.pk}/track/bring", {"file": file}, follow=True)
        assert "cannot be read" in answer.content.decode()

    def test_a_time_that_is_none_is_asked_for_again(self, unit):
        answer = client_of("chief").post(f"/units/{unit.pk}/track", {"since": "", "until": "", **WHY})
        assert "Choose from when to when" in answer.content.decode()


class TestFences:
    GIVEN = {"name": "Bridge", "lat": "60.17", "lon": "24.94", "radius_m": "150", "tells": "entered", "units": "m21"}

    def test_one_is_set_up_for_named_units_and_ended(self, unit):
        chief = client_of("chief")
        page = chief.post("/units/fences", self.GIVEN, follow=True).content.decode()
        assert "Bridge" in page
        fence = Fence.objects.get()
        assert (fence.radius_m, fence.tells, list(fence.units.all())) == (150, "entered", [unit])
        chief.post(f"/units/fences/{fence.pk}/end")
        assert "Bridge" not in chief.get("/units/fences").content.decode()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [({"units": "X9"}, "There is no unit X9"), ({"lat": "north"}, "Choose an area"), ({"radius_m": "5"}, "radius")],
    )
    def test_what_cannot_be_drawn_is_said_and_what_was_written_stays(self, unit, change, sentence):
        answer = client_of("chief").post("/units/fences", self.GIVEN | change)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert 'value="Bridge"' in answer.content.decode()


def test_the_api_gives_partners_where_units_are_and_nothing_of_incidents(unit, machine):
    at = clock.now()
    keep_latest([Point(unit.pk, 24.94, 60.17, at.timestamp(), speed=3.0)], at=at)
    partner = client_of("volunteer_coordinator")
    (feature,) = partner.get("/api/positions.geojson").json()["features"]
    assert feature["geometry"]["coordinates"] == [24.94, 60.17]
    assert feature["properties"]["call_sign"] == "M21"
    assert partner.get("/api/board").status_code == 403
    assert acting(make_staff("volunteer_coordinator")).may("units.view")
