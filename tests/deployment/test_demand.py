"""Need by place and hour of the week, from incidents on record or a list of calls, and what it lets one expect."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from maplebridge.deployment import queries
from maplebridge.deployment.calls import calls_of, clock, parents, quarter_of, read_calls
from maplebridge.deployment.demand import demand_from, demand_of, smoothed
from maplebridge.deployment.kernels.gamma import quantile
from maplebridge.deployment.season import seasons
from maplebridge.deployment.smoothing import spread_of
from maplebridge.incidents.actions import install_types, report_incident
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.places.models import City

HELSINKI, UTC_ZONE = ZoneInfo("Europe/Helsinki"), ZoneInfo("UTC")
MONDAY = datetime(2026, 5, 4, tzinfo=HELSINKI)
WEEK = timedelta(days=7)
LON, LAT = 24.94, 60.17


@pytest.fixture
def record(db):
    """Write incidents: record(when, lon, lat, **more)."""
    City.objects.create(
        name="Testby", time_zone="Europe/Helsinki", west=24.9, south=60.1, east=25.0, north=60.2, edition="test"
    )
    kinds = {code: IncidentType.objects.create(code=code, family="x", name=code) for code in ("noise", "theft")}

    def write(when, lon=LON, lat=LAT, type="noise", **more):
        return Incident.objects.create(
            number=Incident.objects.count() + 1, type=kinds[type], priority=3, own_priority=3, source="phone", lon=lon,
            lat=lat, cell=cell_of(lon, lat), reported_at=when, **more,
        )  # fmt: skip

    return write


def test_an_incident_counts_at_its_place_in_its_hour_of_the_citys_week(record, dispatcher):
    record(datetime(2026, 5, 4, 21, 59, 59, tzinfo=UTC))  # Tuesday 00:59:59 in Helsinki
    record(datetime(2026, 5, 10, 20, 30, tzinfo=UTC), lon=24.96)  # Sunday 23:30 there
    demand = demand_of(dispatcher, begin=MONDAY, end=MONDAY + WEEK)
    at = {cell: number for number, cell in enumerate(demand.cells.tolist())}
    assert demand.counts.sum() == 2
    assert demand.counts[at[cell_of(LON, LAT, 9)], 24] == 1
    assert demand.counts[at[cell_of(24.96, LAT, 9)], 167] == 1
    assert demand.points[at[cell_of(LON, LAT, 9)]] == pytest.approx([LON, LAT])
    assert (demand.observed == 1).all()
    assert demand.first_day == MONDAY.date() and demand.daily.tolist() == [0, 1, 0, 0, 0, 0, 1]


def test_the_end_is_outside_and_a_merged_incident_counts_once(record, dispatcher):
    first = record(MONDAY)
    record(MONDAY + timedelta(minutes=1), merged_into=first)
    record(MONDAY + WEEK)
    assert demand_of(dispatcher, begin=MONDAY, end=MONDAY + WEEK).counts.sum() == 1


def test_only_wanted_types_areas_and_what_the_actor_may_see(record, dispatcher):
    record(MONDAY, area_path="/north/a/")
    record(MONDAY, type="theft", area_path="/south/b/")

    def count(actor, **more):
        return demand_of(actor, begin=MONDAY, end=MONDAY + WEEK, **more).counts.sum()

    bound = Actor(ref="user:2", name="South", role="dispatcher", area_code="south")
    assert [count(dispatcher), count(dispatcher, types=["theft"]), count(dispatcher, area="north")] == [2, 1, 1]
    assert [count(bound), count(bound, area="north"), count(Actor("user:3", "Analyst", "analyst"))] == [1, 0, 0]


@pytest.mark.parametrize(("begin", "end"), [(MONDAY, MONDAY), (MONDAY, MONDAY - WEEK), (MONDAY, MONDAY + 9999 * WEEK)])
def test_a_time_that_cannot_be_is_refused(begin, end):
    with pytest.raises(BadInput):
        clock(begin, end, HELSINKI)


def test_a_night_when_clocks_change_is_counted_as_it_was():
    autumn = clock(datetime(2026, 10, 19, tzinfo=HELSINKI), datetime(2026, 10, 26, tzinfo=HELSINKI), HELSINKI)
    spring = clock(datetime(2026, 3, 23, tzinfo=HELSINKI), datetime(2026, 3, 30, tzinfo=HELSINKI), HELSINKI)
    assert autumn.observed()[6 * 24 + 3] == 2 and autumn.observed().sum() == 169
    assert spring.observed()[6 * 24 + 3] == 0 and spring.observed().sum() == 167


@given(st.integers(0, 2_000_000_000), st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "America/New_York"]))
def test_hours_of_the_week_are_those_of_the_calendar(second, name):
    local = datetime.fromtimestamp(second // 900 * 900, ZoneInfo(name))
    time = clock(local, local + timedelta(hours=1), ZoneInfo(name))
    assert time.hours[0] == local.weekday() * 24 + local.hour
    assert time.days[0] == local.date().toordinal() - 719_163


@given(st.floats(-180, 180), st.floats(-89, 89), st.integers(5, 11))
def test_a_cell_is_found_in_its_parent_as_h3_says(lon, lat, resolution):
    cell = cell_of(lon, lat)
    assert parents(np.array([cell]), resolution)[0] == h3.cell_to_parent(cell, resolution)


def test_a_list_of_calls_is_read_by_the_citys_clocks_and_by_type():
    text = ["Time,Lon,Lat,Type", "2026-05-04T00:30,24.94,60.17,noise", "2026-05-03T22:30:00Z,24.94,60.17,theft"]
    assert read_calls(text, HELSINKI).quarters.tolist() == [quarter_of(MONDAY) + 2, quarter_of(MONDAY) + 6]
    assert len(read_calls(text, HELSINKI, types=["theft"]).cells) == 1


@pytest.mark.parametrize(
    "line", ["yesterday,24.9,60.1", "2026-05-04T00:30,east,60.1", "2026-05-04T00:30,24.9,160", "2026-05-04T00:30"]
)
def test_a_line_that_is_no_call_is_named(line):
    with pytest.raises(BadInput, match="2"):
        read_calls(["time,lon,lat", line], HELSINKI)
    with pytest.raises(BadInput):
        read_calls(["when,lon,lat", line], HELSINKI)


@given(st.floats(0.02, 1e5), st.sampled_from([0.025, 0.05, 0.5, 0.95, 0.975]))
def test_quantiles_are_those_of_the_gamma_distribution(shape, p):
    assert quantile(shape, p, stats.norm.ppf(p)) == pytest.approx(stats.gamma.ppf(p, shape), rel=1e-8, abs=1e-290)


def test_many_intervals_at_once_are_those_of_one_at_a_time():
    shapes = np.exp(np.random.default_rng(1).uniform(np.log(0.05), np.log(1e4), 5_000))
    low, high = spread_of(np.ones(5_000), shapes, 0.9)
    assert low == pytest.approx(stats.gamma.ppf(0.05, shapes) / shapes, abs=1e-5)
    assert high == pytest.approx(stats.gamma.ppf(0.95, shapes) / shapes, rel=1e-5)


def drawn(rates, weeks, seed=1):
    """Calls of `weeks` weeks over a disc of cells with so many a week each."""
    rng = np.random.default_rng(seed)
    cells = h3.grid_disk(cell_of(LON, LAT, 9), 7)[: len(rates)]
    quarters, points = [], []
    for cell, rate in zip(cells, rates, strict=True):
        lat, lon = h3.cell_to_latlng(cell)
        for at in rng.integers(0, weeks * 672, rng.poisson(rate * weeks)):
            quarters.append(quarter_of(MONDAY) + int(at))
            points.append((lon, lat))
    return calls_of(quarters, points), dict(zip(cells, rates, strict=True))


def test_smoothed_rates_are_nearer_the_truth_than_counts_and_their_intervals_hold_it():
    rates = np.random.default_rng(3).gamma(2.0, 0.5, 150)
    calls, truth = drawn(rates, weeks=10)
    demand = demand_from(calls, begin=MONDAY, end=MONDAY + 10 * WEEK, zone=HELSINKI)
    found = smoothed(demand)
    true = np.array([truth[cell] for cell in demand.cells.tolist()])
    assert ((found.place_mean - true) ** 2).mean() < 0.95 * ((demand.weights() - true) ** 2).mean()
    inside = ((found.place_low <= true) & (true <= found.place_high)).mean()
    assert 0.82 <= inside <= 0.98
    assert (found.low <= found.mean).all() and (found.mean <= found.high).all()
    assert found.mean.sum() == pytest.approx(found.place_mean.sum())
    assert found.mean.sum() == pytest.approx(demand.weights().sum(), rel=0.1)


def test_too_little_data_is_said_of_a_place_worth_less_than_twenty_calls():
    calls, _truth = drawn(np.r_[np.full(10, 30.0), np.full(10, 0.2)], weeks=4)
    demand = demand_from(calls, begin=MONDAY, end=MONDAY + 4 * WEEK, zone=HELSINKI)
    found = smoothed(demand)
    assert (found.enough == (found.place_shape >= 20)).all()
    assert found.enough[demand.counts.sum(axis=1) > 40].all()
    assert not found.enough.all() and not found.enough_hours.all()


def test_without_any_call_nothing_is_expected_and_nothing_breaks():
    demand = demand_from(calls_of([], []), begin=MONDAY, end=MONDAY + WEEK, zone=HELSINKI)
    found = smoothed(demand)
    assert found.mean.shape == (0, 168) and found.hour_mean.sum() == 0


def test_a_busy_month_and_a_quiet_weekday_stand_out_and_chance_does_not():
    rng = np.random.default_rng(4)
    begin, days = datetime(2026, 1, 1, tzinfo=HELSINKI), 181
    quarters = []
    for day in range(days):
        at = begin + timedelta(days=day)
        rate = 20.0 * (1.5 if at.month == 4 else 1.0) * (0.6 if at.weekday() == 6 else 1.0)
        quarters += [quarter_of(at) + 40] * rng.poisson(rate)
    calls = calls_of(quarters, [(LON, LAT)] * len(quarters))
    found = seasons(demand_from(calls, begin=begin, end=begin + timedelta(days=days), zone=HELSINKI))
    april, sunday = found.months[3], found.weekdays[6]
    assert april.name == "2026-04" and april.days == 30 and april.unusual and april.low > 1.2
    assert sunday.unusual and sunday.high < 0.8
    assert sum(part.unusual for part in found.weekdays[:6]) <= 2
    assert found.usual == pytest.approx(len(quarters) / days)


def test_a_month_of_few_days_is_not_called_unusual():
    calls, _truth = drawn(np.full(20, 5.0), weeks=5)  # four weeks of May and a week of June
    found = seasons(demand_from(calls, begin=MONDAY, end=MONDAY + 5 * WEEK, zone=HELSINKI))
    assert [part.enough for part in found.months] == [True, False]
    assert not found.months[1].unusual


@pytest.mark.parametrize("minute", [0, 7, 14, 15, 59])
def test_a_first_report_of_just_now_is_need_already(db, machine, noon, minute):
    install_types(machine, at=noon)
    at = noon + timedelta(minutes=minute)
    report_incident(machine, type="noise", lon=24.94, lat=60.17, at=at)
    chief = Actor(ref="user:7", name="Chief", role="chief")
    assert queries.need_of(chief, queries.first_choices(at=at)).counts.sum() == 1
