"""Positions taken in at `/p/TOKEN`: acknowledged after the commit, of units on shift alone, on both databases."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from door_for_tests import AT, query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maplebridge.journal.models import Entry
from maplebridge.kernel.asgi import MOST_BYTES
from maplebridge.people.actions import end_shift, enlist_unit, open_shift
from maplebridge.positions import intake, keeper, tasks
from maplebridge.positions.actions import issue_tracker, revoke_tracker
from maplebridge.positions.models import LatestPosition, Tracker
from maplebridge.positions.steps import Point
from maplebridge.positions.tracks import FULL_FOR, THINNED_FOR, expire

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = (0, 9_999_999_999_999)


def kept(tracks, unit):
    return tracks.of(unit.pk, *WIDE)


def test_a_fix_is_kept_on_the_map_and_in_the_track_before_it_is_acknowledged(door, tracks, unit, token):
    assert door.send((token, query())) == [(200, b"")]
    (row,) = kept(tracks, unit)
    assert row[:4] == (unit.pk, AT * 1000, 24.9384, 60.1699)
    assert row[4] == pytest.approx(5.14444)
    latest = LatestPosition.objects.get()
    assert (latest.lon, latest.lat, latest.at) == (24.9384, 60.1699, datetime.fromtimestamp(AT, UTC))


def test_owntracks_gets_the_list_that_it_waits_for(door, token):
    body = b'{"_type":"location","lat":60.1,"lon":24.9,"tst":1777896000}'
    assert door.send((token, b"", body, b"application/json")) == [(200, b"[]")]


def test_nobody_sends_to_an_address_that_was_never_given_or_was_closed(
    door, tracks, unit, token, machine, noon, caplog
):
    assert door.send(("made-up", query()))[0][0] == 404
    assert "no tracker has" in caplog.text
    assert "made-up" not in caplog.text
    revoke_tracker(machine, tracker=Tracker.objects.get(), at=noon)
    door.now += intake.RELOAD_S + 1
    assert [status for status, _body in door.send(("made-up", query()))] == [404]  # which reads anew who may send
    assert door.send((token, query()))[0][0] == 404
    assert kept(tracks, unit) == []


def test_a_device_that_has_just_been_set_up_is_known_at_once(door, tracks, unit, token, machine, noon):
    assert [status for status, _body in door.send((token, query()), ("made-up", query()))] == [200, 404]
    fresh = issue_tracker(machine, unit=unit, name="Phone 2", at=noon).token
    door.now += 1
    assert door.send((fresh, query(AT + 1))) == [(200, b"")]
    assert len(kept(tracks, unit)) == 2


def test_of_two_devices_set_up_at_once_neither_is_called_a_stranger(door, unit, token, machine, noon, caplog):
    door.send((token, query()))
    fresh = [issue_tracker(machine, unit=unit, name=f"Phone {n}", at=noon).token for n in (2, 3)]
    door.now += 1
    assert [status for status, _body in door.send(*((each, query(AT + 1)) for each in fresh))] == [200, 404]
    door.now += 1
    assert [status for status, _body in door.send((fresh[1], query(AT + 2)))] == [200]
    assert "no tracker has" not in caplog.text


def test_after_an_hour_of_silence_the_first_fix_is_judged_by_the_shifts_of_now(
    door, tracks, unit, token, machine, noon
):
    door.send((token, query()))
    hour = timedelta(hours=1)
    open_shift(machine, unit=unit, crew=[], starts_at=noon + hour, ends_at=noon + 2 * hour, at=noon)
    door.now = AT + 3700
    assert door.send((token, query(AT + 3700))) == [(200, b"")]
    assert [row[1] // 1000 for row in kept(tracks, unit)] == [AT, AT + 3700]
    shift = unit.shifts.order_by("ends_at").last()
    end_shift(machine, shift=shift, at=noon + timedelta(seconds=3800))
    door.now = AT + 3900
    assert door.send((token, query(AT + 3900))) == [(200, b"")]
    assert len(kept(tracks, unit)) == 2


def test_while_the_database_is_away_whoever_was_known_stays_known(door, tracks, unit, token, monkeypatch):
    door.send((token, query()))

    def away(**_at):
        raise OperationalError("the database is away")

    monkeypatch.setattr(intake, "known_trackers", away)
    door.now = AT + 60
    assert [status for status, _body in door.send((token, query(AT + 60)), ("unknown", query()))] == [200, 503]
    assert len(kept(tracks, unit)) == 2


@pytest.mark.parametrize("off", ["before", "after", "no shift", "another unit's shift"])
def test_off_shift_the_device_is_answered_and_not_a_byte_is_kept(
    door, tracks, unit, token, machine, noon, off, tmp_path
):
    at = {"before": AT - 3601, "after": AT + 3600}.get(off, AT)
    if off in ("no shift", "another unit's shift"):
        unit.shifts.all().delete()
    if off == "another unit's shift":
        other = enlist_unit(machine, call_sign="M22", kind="motorbike", home=(24.94, 60.17), at=noon)
        open_shift(machine, unit=other, crew=[], starts_at=noon, ends_at=noon + timedelta(hours=1), at=noon)
    door.now = AT + 3600
    assert door.send((token, query(at, lat=60.123456))) == [(200, b"")]
    assert kept(tracks, unit) == []
    assert not LatestPosition.objects.exists()
    assert not any(b"60.123456" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert not Entry.objects.filter(body__contains="60.123456").exists()


def test_bad_content_of_a_known_device_is_answered_200(door, tracks, unit, token):
    sent = [(token, b"", b"\xff\xfe"), (token, b"lat=x&lon=y"), (token, b"", b"{", b"application/json"), (token,)]
    assert [status for status, _body in door.send(*sent)] == [200] * 4
    assert kept(tracks, unit) == []


def test_a_body_beyond_all_measure_is_answered_and_left(door, tracks, unit, token):
    assert door.send((token, b"", b"x" * (MOST_BYTES + 1)))[0][0] == 200
    assert kept(tracks, unit) == []


def test_many_at_once_are_each_kept_and_sent_again_they_are_kept_once(door, tracks, unit, token):
    sent = [(token, query(AT - second)) for second in range(200)]
    for _again in range(2):
        assert {status for status, _body in door.send(*sent)} == {200}
    assert [row[1] for row in kept(tracks, unit)] == [(AT - second) * 1000 for second in reversed(range(200))]
    assert LatestPosition.objects.get().at == datetime.fromtimestamp(AT, UTC)


def test_an_old_queue_does_not_move_the_unit_back(door, unit, token):
    door.send((token, query(AT)))
    door.send((token, query(AT - 300, lat=60.2)))
    assert LatestPosition.objects.get().lat == 60.1699


def test_an_outlier_stands_in_the_track_with_its_reason_and_not_on_the_map(door, tracks, unit, token):
    door.send((token, query(AT - 10)))
    door.send((token, query(AT, lat=61.5)))
    assert [row[7] for row in kept(tracks, unit)] == ["", "too fast"]
    assert LatestPosition.objects.get().lat == 60.1699


def test_what_cannot_be_stored_is_refused_and_taken_when_it_is_sent_again(door, tracks, unit, token, monkeypatch):
    store = door.keeper._make_tracks()

    def fail(_points):
        raise OSError(28, "No space left on device")

    working, store.write = store.write, fail
    door.keeper._tracks = store
    assert door.send((token, query()))[0][0] == 503
    store.write = working
    assert door.send((token, query()))[0][0] == 200
    assert len(kept(tracks, unit)) == 1


def test_beyond_what_may_wait_nothing_more_is_taken_in(door, token, tracks, unit, monkeypatch):
    monkeypatch.setattr(door.intake._gathering, "_most", 5)
    found = [status for status, _body in door.send(*((token, query(AT - n)) for n in range(20)))]
    assert sorted(set(found)) == [200, 503]
    assert len(kept(tracks, unit)) == found.count(200)


def test_a_phone_that_sends_again_what_another_process_has_kept_doubles_nothing(door, tracks, unit, token):
    tracks.write([Point(unit.pk, 24.9384, 60.1699, AT - 5)])
    sent = [(token, query(AT - second)) for second in range(10)]
    assert {status for status, _body in door.send(*sent)} == {200}
    assert len(kept(tracks, unit)) == 10


pieces = st.sampled_from([b"lat=", b"lon=", b"&", b"60.1", b"timestamp=", b"1777896000", b"1e400", b"%", b"\xff",
                          b'"_type":"location"', b"}", b"[", b"]", b'"lat":', b",", b"NaN", b'"location":',
                          b'"coords":', b"{", b'"at":', b'"9999-99-99"', b"-1", b"true"])  # fmt: skip
bodies = st.one_of(st.binary(max_size=80), st.lists(pieces, max_size=20).map(b"".join))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(bodies, bodies, st.sampled_from([b"", b"application/json", b"\xff"])), max_size=8))
def test_whatever_a_known_device_sends_it_is_answered_200(door, token, sent):
    assert {status for status, _body in door.send(*((token, *each) for each in sent))} <= {200}


class TestCallsForHelp:
    """Traccar Client's SOS button."""

    def calls(self):
        return list(Entry.objects.filter(verb="positions.help_called").order_by("position"))

    def test_a_call_is_an_entry_once_however_often_it_is_sent(self, door, unit, token):
        door.send((token, query(AT - 5)), (token, query(AT, alarm="sos")))
        door.intake._state.last.clear()  # as after a restart
        door.send((token, query(AT, alarm="sos")), (token, query(AT + 1, alarm="lowBattery")))
        (call,) = self.calls()
        assert (call.subject, call.at) == (f"unit:{unit.pk}", datetime.fromtimestamp(AT, UTC))

    def test_it_counts_also_with_a_fix_that_was_sent_before(self, door, tracks, unit, token):
        door.send((token, query(AT)))
        door.send((token, query(AT, alarm="sos")))
        assert len(self.calls()) == len(kept(tracks, unit)) == 1

    def test_it_counts_also_where_the_place_is_not_believed_and_not_off_shift(self, door, unit, token):
        door.send((token, query(AT, accuracy=9000, alarm="sos")), (token, query(AT - 3601, alarm="sos")))
        assert len(self.calls()) == 1

    def test_what_could_not_be_written_at_once_is_written_with_the_next(self, door, unit, token, monkeypatch):
        def away(*_given, **_more):
            raise OperationalError("database is locked")

        with monkeypatch.context() as patch:
            patch.setattr(keeper, "record_calls", away)
            door.send((token, query(AT - 5, alarm="sos")))
        assert self.calls() == []
        door.send((token, query(AT)))
        assert len(self.calls()) == 1


class TestKeeping:
    def fill(self, tracks, days):
        points = [Point(1, 24.9, 60.1, AT - day * 86_400 + second) for day in days for second in range(0, 180, 20)]
        tracks.write(points)
        tracks.write(points)

    def test_a_track_goes_over_days_in_order(self, tracks):
        self.fill(tracks, (2, 0, 1))
        found = [row[1] for row in tracks.of(1, *WIDE)]
        assert len(found) == 27
        assert found == sorted(found)
        assert tracks.of(1, AT * 1000, (AT + 40) * 1000) == tracks.of(1, *WIDE)[-9:-7]
        assert tracks.of(2, *WIDE) == []

    def test_an_old_track_is_thinned_to_a_fix_a_minute_and_then_forgotten(self, tracks):
        today = datetime.fromtimestamp(AT, UTC).date()
        self.fill(tracks, (0, FULL_FOR.days, FULL_FOR.days + 1, THINNED_FOR.days, THINNED_FOR.days + 1))
        expire(tracks, today=today)
        left = dict.fromkeys(tracks.days(), 0)
        for row in tracks.of(1, *WIDE):
            left[datetime.fromtimestamp(row[1] / 1000, UTC).date()] += 1
        ages = {(today - day).days: count for day, count in left.items()}
        assert ages == {0: 9, 30: 9, 31: 3, 90: 3}
        assert [tracks.thin(today - timedelta(days=age)) for age in (31, 90)] == [0, 0]  # once for a day

    def test_an_installation_may_keep_less(self, tracks, settings, monkeypatch):
        settings.CONFIG = replace(settings.CONFIG, tracks_full_days=1, tracks_days=2)
        monkeypatch.setattr(tasks, "opened_tracks", lambda: nullcontext(tracks))
        self.fill(tracks, (0, 1, 2, 3))
        tasks.expire_tracks(datetime.fromtimestamp(AT, UTC))
        assert len(tracks.of(1, *WIDE)) == 9 + 9 + 3

    def test_a_thinned_day_still_takes_a_late_fix_once_and_tells_how_many_are_gone(self, tracks):
        self.fill(tracks, (31,))
        assert tracks.thin(datetime.fromtimestamp(AT, UTC).date() - timedelta(days=31)) == 6
        self.fill(tracks, (31,))
        assert len(tracks.of(1, *WIDE)) == 9
