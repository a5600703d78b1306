"""The demo as it is prepared and as it lives: through the real actions, on the real map."""

import random
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from staff_for_tests import acting

from maplebridge.kernel import clock
from maplebridge.kernel.geometry import distance_m

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The city without a past, made once: what a test does to it is undone after the test."""
    from maplebridge.site.demo.prepare import prepare

    with django_db_blocker.unblock(), transaction.atomic():
        prepare(Path(settings.HOME), lambda _sentence: None, history=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def life(city):
    from maplebridge.site.demo.simulate import live

    return live(pace=4.0, seed=11, tell=put_on_map)


def put_on_map(fixes, at):
    """Where the phones' fixes come out in the end; how they get there, the tests of ingest show."""
    from maplebridge.positions.actions import keep_latest
    from maplebridge.positions.steps import Point

    if fixes:
        keep_latest([Point(fix.unit_id, fix.lon, fix.lat, fix.at.timestamp()) for fix in fixes], at=at)


def live_through(life, *, minutes: float, start=None, step_s: float = 2.0):
    """Tick through a stretch of time that begins now."""
    at = start or clock.now()
    end = at + timedelta(minutes=minutes)
    while at < end:
        life.tick(at)
        at += timedelta(seconds=step_s)
    return at


def test_preparing_again_writes_nothing(city):
    from maplebridge.journal.queries import last_position
    from maplebridge.site.demo.prepare import prepare

    before = last_position()
    said = []
    prepare(Path(settings.HOME), said.append, history=False)
    assert last_position() == before
    assert said == []


def test_the_city_has_its_people_units_on_duty_and_notes(city):
    from maplebridge.people.models import Unit, User
    from maplebridge.places.models import Area, PremiseNote

    assert set(User.objects.values_list("username", flat=True)) >= {"dispatcher", "officer", "chief", "auditor"}
    assert Unit.objects.on_shift(clock.now()).count() == Unit.objects.filter(invented=True).count() == 24
    assert Area.objects.filter(kind="beat").count() == 6
    assert PremiseNote.objects.count() >= 4
    officer = User.objects.get(username="officer")
    assert set(Unit.objects.on_shift(clock.now()).filter(shifts__crew=officer).values_list("call_sign", flat=True)) == {
        "M21"
    }


def test_somebody_is_on_duty_at_every_hour_of_the_next_two_days(city):
    from maplebridge.people.actor import system
    from maplebridge.people.models import Unit
    from maplebridge.site.demo.shifts import roll_shifts

    at = clock.now()
    for hour in range(48):
        roll_shifts(system("demo"), at=at + timedelta(hours=hour))
        assert Unit.objects.on_shift(at + timedelta(hours=hour)).count() == 24


def test_the_day_before_is_told_in_order_and_leaves_something_to_do(city):
    from maplebridge.dispatch.models import Assignment
    from maplebridge.incidents.models import Incident
    from maplebridge.journal.models import Entry
    from maplebridge.journal.queries import last_position, verify
    from maplebridge.people.models import Shift
    from maplebridge.site.demo.prepare import tell

    until = clock.now()
    Shift.objects.update(starts_at=until - timedelta(hours=25))
    before = last_position()
    reports = tell(until - timedelta(hours=24), until=until, seed=2026)
    assert 110 <= reports <= 210
    assert 4 <= Incident.objects.open().count() <= 16
    assert not Incident.objects.filter(invented=False).exists()
    assert (
        Assignment.objects.filter(cleared_at=None).values("unit").annotate(n=Count("id")).filter(n__gt=1).count() == 0
    )
    moments = list(Entry.objects.after(before).filter(verb="incidents.reported").values_list("at", flat=True))
    assert all(later > earlier - timedelta(minutes=1) for earlier, later in pairwise(moments))
    assert set(Entry.objects.after(before).values_list("actor", flat=True)) == {"system:demo"}
    assert verify().sound


def test_the_same_seed_tells_the_same_day(city):
    from maplebridge.site.demo.history import report_moments

    until = clock.now()
    draws = [
        report_moments(
            random.Random(4), since=until - timedelta(hours=24), until=until, zone=ZoneInfo("Europe/Helsinki")
        )
        for _ in range(2)
    ]
    assert draws[0] == draws[1]


def test_the_living_city_reports_sends_and_closes_by_itself(life):
    from maplebridge.incidents.models import Incident

    live_through(life, minutes=15)
    assert Incident.objects.count() >= 10
    closed = Incident.objects.filter(state="Closed", merged_into=None)
    assert closed.count() >= 4
    by_unit = closed.filter(closed_at_post=False).exclude(onscene_at=None)
    assert by_unit.exists()
    for incident in by_unit:
        assert incident.reported_at <= incident.assigned_at <= incident.enroute_at <= incident.onscene_at
        assert incident.onscene_at <= incident.closed_at
        assert incident.disposition


def test_units_really_move_and_never_faster_than_a_car_on_an_urgent_run(life):
    from maplebridge.positions.models import LatestPosition

    at = live_through(life, minutes=3)
    track = {}
    for _second in range(60):
        at = live_through(life, minutes=1 / 60, start=at, step_s=1)
        for unit, lon, lat in LatestPosition.objects.values_list("unit_id", "lon", "lat"):
            track.setdefault(unit, []).append((lon, lat))
    steps = [distance_m(*a, *b) for way in track.values() for a, b in zip(way, way[1:], strict=False)]
    assert max(steps) < 40
    assert sum(any(way[0] != place for place in way) for way in track.values()) >= 8


def test_a_fix_beside_a_street_is_shown_on_it_and_one_on_the_water_where_it_is(city):
    from maplebridge.people.models import Unit
    from maplebridge.positions.known import the_ground

    unit = Unit.objects.get(call_sign="C11")
    snap = the_ground().streets[unit.pk]
    near, sea = snap([24.9414, 24.965], [60.1700, 60.140], 90.0)
    assert near is not None
    assert 0 < distance_m(24.9414, 60.1700, *near) <= 90
    assert sea is None
    assert Unit.objects.get(call_sign="P01").pk not in the_ground().streets


def test_a_report_waits_for_a_person_before_it_is_sent(city):
    from maplebridge.dispatch.models import Assignment
    from maplebridge.incidents.actions import report_incident
    from maplebridge.people.actor import system
    from maplebridge.site.demo.simulate import live

    at = clock.now()
    life = live(pace=1.0, seed=3, tell=put_on_map)
    life.teller.rng.random = lambda: 0.0  # nothing else is reported
    incident = report_incident(system("test"), type="noise", lon=24.9414, lat=60.1700, at=at).incident
    live_through(life, minutes=1.45, start=at, step_s=5)
    assert not Assignment.objects.filter(incident=incident).exists()
    live_through(life, minutes=2.2, start=at + timedelta(minutes=1.5), step_s=5)
    assert Assignment.objects.filter(incident=incident).exists()


def test_a_unit_driven_by_a_person_is_left_to_them(life):
    from maplebridge.dispatch.models import Assignment
    from maplebridge.people.actions import record_sign_in
    from maplebridge.people.models import Unit, User
    from maplebridge.positions.models import LatestPosition
    from maplebridge.site.demo.life import driven_by_people

    officer, unit = User.objects.get(username="officer"), Unit.objects.get(call_sign="M21")
    record_sign_in(acting(officer), user=officer, at=clock.now())
    assert driven_by_people(clock.now()) == {unit.pk}
    live_through(life, minutes=6)
    assert not LatestPosition.objects.filter(unit=unit).exists()
    assert LatestPosition.objects.count() == 23
    assert not Assignment.objects.filter(unit=unit).exists()
    assert driven_by_people(clock.now() + timedelta(minutes=31)) == set()


def test_an_incident_that_a_person_sent_to_is_answered_by_the_unit(life):
    from maplebridge.dispatch.actions import assign_unit
    from maplebridge.incidents.actions import report_incident
    from maplebridge.people.models import Unit, User

    dispatcher = acting(User.objects.get(username="dispatcher"))
    at = clock.now()
    incident = report_incident(dispatcher, type="noise", lon=24.9414, lat=60.1700, at=at).incident
    assign_unit(dispatcher, incident=incident, unit=Unit.objects.get(call_sign="C11"), at=at)
    live_through(life, minutes=6, start=at + timedelta(seconds=1))
    incident.refresh_from_db()
    assert incident.onscene_at is not None


def test_after_a_pause_the_leftovers_are_ended_and_the_gap_is_told(city):
    from maplebridge.incidents.actions import report_incident
    from maplebridge.incidents.models import Incident
    from maplebridge.people.actor import system
    from maplebridge.people.models import Shift
    from maplebridge.site.demo.prepare import prepare

    long_ago = clock.now() - timedelta(hours=30)
    Shift.objects.update(starts_at=long_ago - timedelta(hours=2), ends_at=long_ago + timedelta(hours=1))
    left = report_incident(system("demo"), type="noise", lon=24.9414, lat=60.17, invented=True, at=long_ago).incident
    prepare(Path(settings.HOME), lambda _sentence: None)
    left.refresh_from_db()
    assert left.state == "Closed"
    assert Incident.objects.filter(reported_at__gt=clock.now() - timedelta(hours=5)).count() > 10
