"""The replay of past days: who is sent, what waits, and what the report says."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maplebridge.dispatch import simulation
from maplebridge.dispatch.pacing import Pace
from maplebridge.dispatch.replay_report import Call, ReplayReport, percentiles
from maplebridge.dispatch.simulation import run_replay
from maplebridge.incidents.models import Incident
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 5, 1)
BEGIN = datetime(2026, 5, 1, tzinfo=ZoneInfo("UTC"))


@pytest.fixture(autouse=True)
def no_areas(monkeypatch):
    monkeypatch.setattr(simulation, "area_of", lambda lon, lat: ("", ""))


@pytest.fixture
def on_record(kinds):
    """Put incidents on record at minutes from the start of the day."""

    def put(*minutes, type="noise"):
        known = Incident.objects.count()
        for number, minute in enumerate(minutes, known + 1):
            Incident.objects.create(
                number=number, type=kinds[type], priority=kinds[type].priority, own_priority=5, source="import",
                lon=24.94 + number / 1000, lat=60.17, cell=0, reported_at=BEGIN + timedelta(minutes=minute),
            )  # fmt: skip

    return put


def test_every_incident_of_the_window_is_dispatched_and_nothing_is_written(on_record):
    on_record(10, 200, 24 * 60 - 1, 24 * 60 + 1)
    entries = Entry.objects.count()
    report = run_replay(start=DAY, days=1, units=5, progress=lambda line: None)
    assert (report.incidents, report.dispatched, report.queued, report.queue_most) == (3, 3, 0, 0)
    assert Entry.objects.count() == entries
    assert report.estimated == 3


def test_with_one_unit_the_urgent_goes_first_and_the_others_wait(on_record):
    on_record(10, 11, 12)
    on_record(12.5, type="fight")
    report = run_replay(start=DAY, days=1, units=1, progress=lambda line: None)
    assert (report.dispatched, report.queued, report.queue_most) == (4, 3, 3)
    assert report.waited_most_s > 600
    urgent, quiet = report.response_by_priority[2], report.response_by_priority[7]
    assert urgent["p50"] < quiet["p99"]
    assert 0 < report.utilisation["car"] < 1


def test_the_same_chance_gives_the_same_report(on_record):
    on_record(*range(0, 600, 7))
    one, two = (run_replay(start=DAY, days=1, units=4, progress=lambda line: None) for _again in range(2))
    assert one.to_dict() == two.to_dict()


def test_more_units_never_wait_longer(on_record):
    on_record(*range(0, 600, 3))
    waits = [run_replay(start=DAY, days=1, units=n, progress=lambda line: None).queue_mean for n in (2, 6, 30)]
    assert waits == sorted(waits, reverse=True)


def test_ctrl_c_ends_it_with_the_report_so_far(on_record, monkeypatch):
    on_record(10, 200, 400)

    def stop(self, now_s, **_figures):
        if now_s > 100 * 60:
            raise KeyboardInterrupt

    monkeypatch.setattr(Pace, "reach", stop)
    report = run_replay(start=DAY, days=1, units=3, progress=lambda line: None)
    assert report.simulated_s < 86_400
    assert "stopped after" in str(report)


def test_the_pace_tells_how_far_it_is(monkeypatch):
    from maplebridge.dispatch import pacing

    clock, slept, told = [0.0], [], []
    monkeypatch.setattr(pacing.time, "monotonic", lambda: clock[0])

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(pacing.time, "sleep", sleep)
    Pace(60, told.append, BEGIN, 86_400.0).reach(6 * 3600.0, waiting=1, done=7, busy=3)
    assert sum(slept) == pytest.approx(6.0)  # an hour a second
    assert told == ["Fri 01 May 06:00 · 25 % · dispatched 7 · units busy 3 · waiting 1"]


@pytest.mark.parametrize(("how", "field"), [
    ({"days": 0}, "days"), ({"units": 0}, "units"), ({"units": 10**6}, "units"), ({"speed": -1.0}, "speed"),
])  # fmt: skip
def test_what_cannot_be_replayed_is_bad_input(how, field):
    with pytest.raises(BadInput) as refused:
        run_replay(**({"start": DAY, "days": 1, "units": 5} | how))
    assert refused.value.field == field


def test_an_empty_window_gives_an_empty_report():
    report = run_replay(start=DAY, days=1, units=5, progress=lambda line: None)
    assert (report.incidents, report.travel_s) == (0, {})
    assert "0 on record" in str(report)


def test_the_report_counts_time_and_not_events():
    report = ReplayReport(BEGIN, 1, 2, 1, seed=1, simulated_s=1000.0)
    call = Call(1, 5, 0.0, 120.0, 90.0, 300.0, 600.0, estimate=False)
    report.fill([call], [7], [(0.0, 0), (100.0, 2), (350.0, 0), (2000.0, 9)], [], left=0)
    assert (report.queue_mean, report.queue_most) == (0.5, 2)
    assert (report.travel_s["p90"], report.within_target) == (90.0, 1.0)
    assert "out of reach by any road: 0007" in str(report)


def test_percentiles_of_nothing_are_nothing():
    assert percentiles([]) == {}
    assert percentiles([1.0, 2.0, 3.0])["p50"] == 2.0
