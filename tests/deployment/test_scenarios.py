"""Scenarios from the record: units and incidents as they are, the rules as tables, and a run from end to end."""

from datetime import timedelta

import numpy as np
import pytest
from needs_for_tests import LAT, LON

from maplebridge.deployment import scenario_building
from maplebridge.deployment.calibration import calibrated
from maplebridge.deployment.call_kinds import KIND_CODES, kinds_on_record, replayed
from maplebridge.deployment.demand import demand_of
from maplebridge.deployment.layout import Layout, Post
from maplebridge.deployment.scenario_building import rules_of, scenario_of
from maplebridge.deployment.simulation import simulate
from maplebridge.dispatch.models import ResponsePlan
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import Unit


@pytest.fixture
def no_areas(monkeypatch):
    monkeypatch.setattr(scenario_building, "area_of", lambda lon, lat: ("west" if lon < LON else "east", ""))


@pytest.fixture
def record(db, noon):
    """Forty incidents of two types in four weeks before noon."""
    types = [
        IncidentType.objects.create(
            code="fight", family="dispute", name="fight", name_zh="打架", priority=2, skills=["judo"]
        ),
        IncidentType.objects.create(code="noise", family="noise", name="noise", name_zh="噪声", priority=7),
    ]
    for n in range(40):
        at = noon - timedelta(hours=16 * n + 1)
        lon, type = LON + (n % 5 - 2) * 0.006, types[n % 4 == 0]
        Incident.objects.create(
            number=n + 1, type=type, priority=type.priority, own_priority=type.priority, source="import", lon=lon,
            lat=LAT, cell=cell_of(lon, LAT), reported_at=at, onscene_at=at + timedelta(seconds=240),
            closed_at=at + timedelta(seconds=1_240), state="Closed",
        )  # fmt: skip
    return {"begin": noon - timedelta(days=28), "end": noon}


LAYOUT = Layout(
    "today", (Post("car 1", "car", LON, LAT, unit="C1"), Post("corner", "post", LON + 0.006, LAT, ((8, 20),)))
)


def test_kinds_are_types_at_priorities_with_what_the_plans_want(record, machine):
    ResponsePlan.objects.create(
        type_id="fight", max_priority=5, wants=[{"count": 1}, {"count": 2, "kinds": ["car"], "skills": ["judo"]}]
    )
    kinds, mix = kinds_on_record(machine, **record)
    assert (kinds.types, kinds.priorities.tolist(), mix.tolist()) == (("fight", "noise"), [2, 7], [0.75, 0.25])
    assert kinds.wants.tolist() == [[2, 1 << KIND_CODES.index("car"), 1], [1, 0, 0], [1, 0, 0]]
    assert kinds.skills.tolist() == [1, 0]
    assert kinds.a[0] == pytest.approx(np.log(1_000), abs=0.01)


def test_a_layout_becomes_units_as_they_are_on_record(record, machine, no_areas):
    Unit.objects.create(call_sign="C1", kind="car", home_lon=LON, home_lat=LAT, skills=["judo"], area_code="west")
    demand = demand_of(machine, **record)
    kinds, mix = kinds_on_record(machine, **record)
    built = scenario_of(LAYOUT, demand, kinds=kinds, mix=mix)
    assert built.ground.modes == ("car", "foot", "urgent")
    assert built.units.skills.tolist() == [1, 0]
    assert [built.ground.area_codes[area] for area in built.units.areas] == ["west", "east"]
    assert built.units.goes.tolist()[0] == [True] * len(demand.cells)
    assert built.units.goes[1].sum() == 1  # a street post leaves its place no further than 250 m
    again = scenario_of(LAYOUT, demand, kinds=kinds, mix=mix, ground=built.ground)
    assert again.ground is built.ground
    outcome = simulate(built, replications=20)
    assert outcome.arrived.mean() == pytest.approx(10.0, abs=4.0)
    assert (outcome.served > 0).any()


def test_the_record_is_replayed_and_compared_with_itself(record, machine, no_areas):
    demand = demand_of(machine, **record)
    kinds, _mix = kinds_on_record(machine, **record)
    came = replayed(machine, demand, kinds, **record)
    assert (len(came.at_s), came.at_s[0], came.scene_s[0], came.response_s[0]) == (
        40,
        28 * 86_400 - 39 * 57_600 - 3_600,
        1_000.0,
        240.0,
    )
    assert (np.diff(came.at_s) > 0).all()
    terms = scenario_building.Terms(horizon_s=28 * 86_400.0)
    found = calibrated(scenario_of(LAYOUT, demand, kinds=kinds, replayed=came, terms=terms))
    assert found[0].calls == 40
    assert found[0].real.mean == 240.0


def test_the_rules_are_those_of_dispatch_as_tables():
    rules = rules_of(("car", "foot", "urgent"))
    car, post = KIND_CODES.index("car"), KIND_CODES.index("post")
    assert (rules.modes[car, 2], rules.modes[car, 3]) == (2, 0)
    assert (rules.suits[post, 2], rules.suits[post, 3]) == (False, True)
    assert rules.preempts[0, 5, 3] and not rules.preempts[1, 5, 3] and rules.preempts[1, 4, 1]


def test_what_has_no_posts_or_too_many_places_is_refused(record, machine, no_areas, monkeypatch):
    demand = demand_of(machine, **record)
    kinds, mix = kinds_on_record(machine, **record)
    with pytest.raises(BadInput, match="without posts"):
        scenario_of(Layout("none", ()), demand, kinds=kinds, mix=mix)
    monkeypatch.setattr(scenario_building, "MOST_PLACES", 1)
    with pytest.raises(BadInput, match="larger cells"):
        scenario_of(LAYOUT, demand, kinds=kinds, mix=mix)
