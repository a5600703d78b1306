"""The page of the need: what it says of hours, seasons, spots and streets, and what it leaves unsaid."""

from dataclasses import replace
from datetime import timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
from access_world import client_of
from needs_for_tests import LAT, LON, drawn_need
from two_corners import CHIEF, REPORTS

from maplebridge.deployment import needs
from maplebridge.deployment.need_plots import hours_plot, hours_rows
from maplebridge.deployment.street_density import StreetDensity
from maplebridge.kernel import clock
from maplebridge.kernel.clock import parse_stamp
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import Actor


def test_two_days_of_calls_give_a_page_that_says_where_it_knows_too_little(town, choices):
    shown = needs.need_page(CHIEF, choices)
    assert (shown["calls"], shown["enough"]) == (REPORTS, True)
    assert all(row["says"] == "too little data" for row in shown["months"] + shown["weekdays"])
    assert all(cell == "…" for row in shown["table"] for cell in row["cells"])  # no hour has 20 calls
    assert not any(bar["enough"] for day in shown["hours"]["rows"] for bar in day["bars"])
    assert shown["streets"] == [] and "needs streets" in shown["streets_why"]


def test_what_is_asked_is_days_of_the_city_within_what_is_on_record(town, noon):
    day = f"{noon:%Y-%m-%d}"
    asked = needs.asked(CHIEF, day, day, ["noise"], at=town)
    assert asked.types == ("noise",)
    assert parse_stamp(asked.begin) == noon  # nobody could call before the first report
    assert parse_stamp(asked.end) == noon.replace(hour=0) + timedelta(days=1)
    whole = needs.asked(CHIEF, "", "", [], at=town)
    assert parse_stamp(whole.end) > town


@pytest.mark.parametrize(
    ("begin", "end", "field"), [("today", "", "begin"), ("", "31.1.", "end"), ("2026-02-01", "2026-01-01", "end")]
)
def test_days_that_cannot_be_are_refused_by_field(town, begin, end, field):
    with pytest.raises(BadInput) as refused:
        needs.asked(CHIEF, begin, end, [], at=town)
    assert refused.value.field == field


def test_without_calls_of_the_types_chosen_it_says_so(town, choices):
    with pytest.raises(BadInput, match="no calls in this time"):
        needs.need_page(CHIEF, replace(choices, types=("theft",)))


def test_who_may_not_see_studies_sees_no_need(town, choices):
    stranger = Actor(ref="user:9", name="Stranger", role="dispatcher")
    with pytest.raises(NotAllowed):
        needs.need_page(stranger, choices)
    with pytest.raises(NotAllowed):
        needs.asked(stranger, "", "", [], at=town)


def test_bars_stand_on_the_line_of_their_day_with_their_interval_about_their_top(town, choices):
    from maplebridge.deployment.shown import ground

    rates = ground(CHIEF, choices).rates
    rows = hours_rows(replace(rates, enough_hours=np.ones(168, bool)))
    assert len(rows) == 10 and rows[0].mean.sum() * 7 == pytest.approx(7 * REPORTS / 2, rel=0.01)
    for day in hours_plot([replace(row, enough=np.ones(24, bool)) for row in rows])["rows"]:
        for bar in day["bars"]:
            assert float(bar["y"]) + float(bar["height"]) == pytest.approx(float(day["base"]), abs=0.11)
            assert float(bar["high"]) <= float(bar["y"]) <= float(bar["low"]) <= float(day["base"]) + 0.1


def test_pieces_of_one_street_are_one_stretch_and_those_without_a_name_are_left_out(monkeypatch):
    lines = np.array([[24.90 + k / 1000, 60.1, 24.901 + k / 1000, 60.1] for k in range(20)])
    density = StreetDensity(lines, np.full(20, 50.0), np.array([40.0, 30.0] + [0.1] * 18), 0.0)
    names = {24.9005: "Long Street", 24.9015: "Long Street"}
    monkeypatch.setattr(needs, "street_at", lambda lon, _lat: names.get(round(lon, 4), ""))
    (stretch,) = needs._stretches(density).values()
    assert (stretch.name, stretch.metres, stretch.calls) == ("Long Street", 100.0, 70.0)
    assert stretch.per_km == pytest.approx(700)


def test_the_page_says_what_it_knows_and_why_it_does_not(town, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: town)
    chief = client_of("chief")
    page = chief.get("/studio/need").content.decode()
    assert f"<b>{REPORTS}</b>" in page and "too little data" in page
    assert "Write a day as 2026-01-31." in chief.get("/studio/need?begin=2026-13-01").content.decode()
    assert client_of("dispatcher").get("/studio/need").status_code == 403


def test_hot_cells_beside_each_other_are_one_spot_with_its_calls_and_its_chance(db):
    demand = drawn_need(rings=6, rate=3.0)
    counts = demand.counts.copy()
    middle = np.flatnonzero(np.isin(demand.cells, h3.grid_disk(cell_of(LON, LAT, 9), 1)))
    counts[middle] += 1
    found = needs.spot_rows(replace(demand, counts=counts), weeks=4.0)
    (spot,) = found["rows"]
    assert found["enough"] and spot["cells"] >= len(middle) - 1
    assert int(spot["calls"]) > 168 * (len(middle) - 1) and spot["q"] == "less than 1 in 1,000"
