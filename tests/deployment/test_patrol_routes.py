"""Patrol routes: nothing is forgotten, no shift is too long, visits stay apart, and no two days are the same."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maplebridge.deployment.patrol_files import as_json, geojson, read_places
from maplebridge.deployment.patrol_routes import Base, Place, Shift, routes, unpredictability
from maplebridge.deployment.patrol_spans import Reason, spans
from maplebridge.kernel.refused import BadInput
from maplebridge.places.roads.network import Roads
from maplebridge.site.cli import main

STRAIGHT = Roads.load(None)
degrees = st.integers(0, 30).map(lambda step: step / 1_000)
few_places = (
    st.lists(st.tuples(degrees, degrees, st.integers(0, 4), st.integers(0, 1_200)), min_size=1, max_size=8)
    .map(lambda rows: [Place(f"p{n}", lon, lat, visits, s) for n, (lon, lat, visits, s) in enumerate(rows)])
    .filter(lambda places: any(place.visits for place in places))
)
shifts = st.builds(Shift, st.integers(600, 10 * 3_600), st.integers(0, 3_600))


def town(n=24, seed=3):
    """Places in a town of three kilometres, two visits each, and four units at two bases."""
    rng = np.random.default_rng(seed)
    places = [Place(f"p{at}", *rng.random(2) * 0.03, visits=2) for at in range(n)]
    return places, [Base(f"U{unit}", 0.01 + 0.01 * (unit % 2), 0.015) for unit in range(4)]


def planned(places, bases, shift, **more):
    return routes(places, bases, shift, roads=STRAIGHT, **more)


@settings(max_examples=25)
@given(few_places, st.integers(1, 3), shifts, st.integers(0, 99))
def test_every_visit_is_served_or_listed_no_shift_is_too_long_and_visits_stay_apart(places, units, shift, seed):
    bases = [Base(f"U{unit}", 0.015, 0.015) for unit in range(units)]
    plan = planned(places, bases, shift, seed=seed)
    stops = [stop for route in plan.routes for stop in route.stops]
    seen = sorted([(stop.place, stop.number) for stop in stops] + [(one.place, one.number) for one in plan.unserved])
    assert seen == sorted((place.name, n) for place in places for n in range(1, place.visits + 1))
    assert all(one.sentence() for one in plan.unserved)
    lasting = {place.name: place.seconds for place in places}
    for route in plan.routes:
        times = [route.leaves, *(at for stop in route.stops for at in (stop.begin, stop.end)), route.returns]
        assert times == sorted(times)
        assert 0 <= route.leaves <= route.returns <= shift.seconds
        assert route.seconds + route.standing <= route.returns - route.leaves
        assert all(stop.end - stop.begin == lasting[stop.place] for stop in route.stops)
    for place in places:
        visits = sorted((stop.begin, stop.end) for stop in stops if stop.place == place.name)
        assert all(after[0] - before[1] >= shift.apart for before, after in pairwise(visits))


@given(st.integers(0, 9), st.integers(0, 900), st.integers(0, 9_000), st.integers(0, 20_000), st.integers(0, 3_600),
       st.integers(0, 99))  # fmt: skip
def test_spans_keep_visits_apart_at_whatever_moment_they_begin(visits, seconds, earliest, latest, apart, seed):
    drawn = spans(0, visits, seconds, earliest=earliest, latest=latest, apart=apart, rng=np.random.default_rng(seed))
    assert len(drawn) <= visits
    assert all(earliest <= span.first <= span.last <= latest for span in drawn)
    assert all(after.first - (before.last + seconds) >= apart for before, after in pairwise(drawn))
    if len(drawn) < visits:
        assert earliest + len(drawn) * (seconds + apart) > latest


def test_all_units_stand_at_places_about_equally_long():
    plan = planned(*town(), Shift(8 * 3_600))
    assert not plan.unserved
    assert plan.imbalance() <= 0.25
    assert all(route.metres > 0 and route.seconds > 0 for route in plan.routes)


def test_the_same_seed_gives_the_same_plan_and_another_seed_other_times():
    one, again, other = (planned(*town(8), Shift(6 * 3_600), seed=seed) for seed in (5, 5, 6))
    assert one == again
    assert [route.stops for route in one.routes] != [route.stops for route in other.routes]


def test_plans_of_several_seeds_cannot_be_timed_and_one_plan_again_and_again_can():
    plans = [planned(*town(6), Shift(8 * 3_600), seed=seed) for seed in range(6)]
    assert unpredictability(plans) > 0.6
    assert unpredictability(plans[:1] * 6) == 0.0
    assert unpredictability(plans[:1]) == 0.0


def test_what_cannot_be_served_is_listed_with_its_reason():
    places = [Place("far", 3.0, 3.0), Place("often", 0.0, 0.001, visits=20), Place("long", 0.001, 0.0, 1, 5_000)]
    plan = planned([*places, Place("other", 0.0, 0.0, 1, 5_000)], [Base("U1", 0.0, 0.0)], Shift(7_200, 1_800))
    reasons = {one.place: one.reason for one in plan.unserved}
    assert reasons["far"] is Reason.NO_WAY
    assert reasons["often"] is Reason.TOO_MANY
    assert Reason.NO_UNIT in {reasons.get("long"), reasons.get("other")}


def test_a_search_that_is_told_to_stop_still_gives_a_plan_and_progress_is_told():
    places, bases = town()
    stopped = planned(places, bases, Shift(8 * 3_600), stop=lambda: True)
    assert len(stopped.routes) == len(bases)
    told = []
    planned(places[:4], bases[:1], Shift(8 * 3_600), tell=lambda done, of: told.append((done, of)))
    assert told[-1] == (1_000, 1_000)


def test_a_plan_is_drawn_as_lines_and_points():
    plan = planned(*town(5), Shift(8 * 3_600))
    kinds = [feature["geometry"]["type"] for feature in geojson(plan)["features"]]
    assert kinds.count("Point") == sum(len(route.stops) for route in plan.routes) == 10
    assert kinds.count("LineString") == sum(bool(route.stops) for route in plan.routes)
    assert set(as_json(plan)) == {"seed", "routes", "unserved", "imbalance", "is_estimate"}


def test_places_are_read_from_csv():
    places = read_places("place,lon,lat,visits,minutes\nGate,113.1,28.2,3,2.5\nSquare,113.2,28.3,,\n")
    assert places == [Place("Gate", 113.1, 28.2, 3, 150), Place("Square", 113.2, 28.3, 1, 300)]


@pytest.mark.parametrize("text", ["name,x,y\n", "place,lon,lat\nGate,east,1\n", "place,lon,lat\nA,1,1\nA,2,2\n"])
def test_a_file_that_is_wrong_is_refused_with_a_sentence(text):
    with pytest.raises(BadInput):
        read_places(text)


@pytest.mark.parametrize(("places", "bases", "shift", "field"), [
    ([Place("a", 0, 0)], [], Shift(3_600), "bases"),
    ([Place("a", 0, 0)], [Base("u", 0, 0)], Shift(0), "shift"),
    ([], [Base("u", 0, 0)], Shift(3_600), "places"),
    ([Place("a", 999, 0)], [Base("u", 0, 0)], Shift(3_600), "places"),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(places, bases, shift, field):
    with pytest.raises(BadInput) as refused:
        planned(places, bases, shift)
    assert refused.value.field == field


@pytest.mark.django_db
def test_the_command_prints_plans_and_writes_the_first_for_a_map(tmp_path, capsys):
    file, drawn = tmp_path / "places.csv", tmp_path / "routes.json"
    file.write_text("place,lon,lat,visits\nGate,113.1,28.2,2\nSquare,113.11,28.21,1\n", encoding="utf-8")
    asked = ["--places", file, "--units", 2, "--hours", 4, "--days", 2, "--base", "113.1,28.2", "--geojson", drawn]
    assert main(["deployment", "patrols", *map(str, asked)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [len(plan["routes"]) for plan in printed["plans"]] == [2, 2]
    assert 0 <= printed["unpredictability"] <= 1
    assert json.loads(drawn.read_text())["type"] == "FeatureCollection"
    assert main(["deployment", "patrols", *map(str, asked), "--mode", "broom"]) != 0
    assert main(["deployment", "patrols", *map(str, asked), "--base", "here"]) != 0
