"""The phones of the demo's units: what they send is what Traccar Client sends, and they keep their addresses."""

from datetime import timedelta

import pytest
from door_for_tests import AT

from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.people.models import Unit
from maplebridge.positions import formats
from maplebridge.positions.models import Tracker
from maplebridge.positions.rules import Fix
from maplebridge.site.demo.phones import FILE, Phones, set_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invented(machine, noon):
    unit = enlist_unit(machine, call_sign="C11", kind="car", home=(24.94, 60.17), at=noon)
    Unit.objects.filter(pk=unit.pk).update(invented=True)
    hour = timedelta(hours=1)
    open_shift(machine, unit=unit, crew=[], starts_at=noon - hour, ends_at=noon + hour, at=noon)
    return unit


def test_each_invented_unit_is_given_one_phone_for_good(machine, noon, invented, tmp_path):
    enlist_unit(machine, call_sign="M1", kind="motorbike", home=(24.94, 60.17), at=noon)
    first = set_up(machine, tmp_path, at=noon)
    assert list(first) == [invented.pk]
    assert set_up(machine, tmp_path, at=noon) == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    Tracker.objects.all().delete()
    assert set_up(machine, tmp_path, at=noon) != first


def test_what_it_sends_is_read_as_the_fix_with_its_speed_and_bearing(noon, invented):
    phones = Phones("http://127.0.0.1:9/", {invented.pk: "x"})
    phones._last[invented.pk] = Fix(invented.pk, 24.94, 60.17, noon - timedelta(seconds=10))
    form = phones._form(Fix(invented.pk, 24.94, 60.171, noon))
    query = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    (sample,) = formats.read(query, "", b"", now=AT)
    assert (sample.lon, sample.lat, sample.at, sample.bearing) == (24.94, 60.171, AT, 0)
    assert sample.speed == pytest.approx(11.1, abs=0.1)
    assert 0 < sample.battery <= 1


def test_a_server_that_is_away_stops_nobody(noon, invented):
    phones = Phones("http://127.0.0.1:9/", {invented.pk: "x"})
    stranger = Fix(10**6, 24.94, 60.17, noon)
    assert phones.tell([Fix(invented.pk, 24.94, 60.17, noon), stranger], noon) == 0
