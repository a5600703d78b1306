"""Positions: of our own units on shift alone, the newest fix alone, and gone soon after."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from staff_for_tests import acting, make_staff

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.positions.actions import forget_positions, record_position
from maplebridge.positions.models import LatestPosition
from maplebridge.positions.queries import latest_positions

NOW = st.datetimes().map(lambda moment: moment.replace(microsecond=0))


@pytest.fixture
def make_unit(machine, noon):
    def make(call_sign, *, crew=(), on_shift=True):
        unit = enlist_unit(machine, call_sign=call_sign, kind="car", home=(24.94, 60.17), at=noon)
        if on_shift:
            span = {"starts_at": noon - timedelta(hours=1), "ends_at": noon + timedelta(hours=1)}
            open_shift(machine, unit=unit, crew=list(crew), at=noon, **span)
        return unit

    return make


@pytest.fixture
def send(machine, noon):
    """Send a fix of a unit, `s` seconds after noon, received at once."""

    def at(unit, s=0, lon=24.95, lat=60.18, actor=machine):
        moment = noon + timedelta(seconds=s)
        return record_position(actor, unit=unit, lon=lon, lat=lat, at=moment)

    return at


@pytest.mark.django_db(transaction=True)
class TestStored:
    def test_the_newest_fix_of_a_unit_on_shift_is_kept_outside_the_journal(self, send, make_unit):
        unit = make_unit("M1")
        entries = Entry.objects.count()
        assert send(unit, 0)
        assert send(unit, 10, lon=24.96)
        assert latest_positions()[unit.pk].lon == 24.96
        assert (LatestPosition.objects.count(), Entry.objects.count()) == (1, entries)

    def test_an_older_fix_never_replaces_a_newer_one(self, machine, noon, make_unit):
        unit = make_unit("M1")
        for s, lon in ((10, 24.96), (5, 24.0), (10, 24.1)):
            fixed_at = noon + timedelta(seconds=s)
            record_position(machine, unit=unit, lon=lon, lat=60.2, at=noon + timedelta(seconds=20), fixed_at=fixed_at)
        assert latest_positions()[unit.pk].lon == 24.96

    def test_a_unit_off_shift_leaves_no_trace(self, send, make_unit):
        assert send(make_unit("M1", on_shift=False)) is False
        assert send(make_unit("M2"), 7200) is False
        assert not LatestPosition.objects.exists()

    @pytest.mark.parametrize(("lon", "lat"), [(181.0, 0.0), (0.0, 91.0), (float("nan"), 0.0), (0.0, float("inf"))])
    def test_a_point_outside_earth_is_bad_input(self, send, make_unit, lon, lat):
        with pytest.raises(BadInput, match="not a place on Earth"):
            send(make_unit("M1"), lon=lon, lat=lat)

    def test_a_fix_from_the_future_is_refused_but_a_fast_clock_is_not(self, machine, noon, make_unit):
        unit = make_unit("M1")
        assert record_position(machine, unit=unit, lon=1, lat=1, at=noon, fixed_at=noon + timedelta(seconds=8))
        with pytest.raises(BadInput, match="from the future") as refused:
            record_position(machine, unit=unit, lon=1, lat=1, at=noon, fixed_at=noon + timedelta(minutes=5))
        assert refused.value.field == "at"

    def test_a_crew_sends_its_own_position_alone(self, send, make_unit):
        user = make_staff(username="anna", role="post_officer")
        assert send(make_unit("M1", crew=[user]), actor=acting(user))
        with pytest.raises(NotAllowed, match="your own unit only"):
            send(make_unit("M2"), actor=acting(user))

    def test_an_hour_after_the_shift_the_last_fix_is_removed(self, machine, send, make_unit, noon):
        send(make_unit("M1"))
        assert forget_positions(machine, at=noon + timedelta(hours=1, minutes=59)) == 0
        assert forget_positions(machine, at=noon + timedelta(hours=2, minutes=1)) == 1
        assert latest_positions() == {}
