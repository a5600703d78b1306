"""The demo's chance, stories and ground, without a database."""

import random
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from maplebridge.incidents.rules.states import DISPOSITIONS, SOURCES
from maplebridge.kernel.geometry import distance_m
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.roads.places import Route
from maplebridge.site.demo import stories
from maplebridge.site.demo.cast import DEMO_UNITS, OFFICERS_UNIT
from maplebridge.site.demo.city import map_file, quarters
from maplebridge.site.demo.rules import Spot, Teller, Walk, arrivals, from_beside, hour_weight

TYPES = tomllib.loads((Path(stories.__file__).parents[2] / "incidents" / "types.toml").read_text(encoding="utf-8"))
SPOTS = {kind: [Spot(kind, f"{kind} 1", 24.94, 60.17)] for kind in ("address", "poi", "crossing")}


def teller(seed: int = 1) -> Teller:
    return Teller(random.Random(seed), SPOTS, frozenset(TYPES), [Spot("poi", "post", 24.95, 60.168)])


@pytest.fixture(scope="module")
def ground():
    return quarters(map_file())["features"]


def test_every_story_is_of_a_type_that_a_new_city_has_and_ends_as_incidents_end():
    for story in stories.STORIES:
        assert story.type in TYPES
        assert {code for code, _words in story.closings} <= {code for code, _words in DISPOSITIONS}
        assert story.place in SPOTS
        assert len(story.hours) == 4


def test_every_source_is_one_that_incidents_know():
    assert {name for name, _weight in stories.SOURCES} <= {name for name, _words in SOURCES}


def test_a_story_is_told_in_english_chinese_and_finnish_somewhere():
    assert {telling[0] for story in stories.STORIES for telling in story.tellings} == {"en", "fi", "zh"}


@given(st.integers(0, 2**32), st.datetimes(timezones=st.just(UTC)))
def test_every_tale_can_be_reported(seed, moment):
    tale = teller(seed).tell(moment)
    assert tale.type in TYPES
    assert tale.narrative != tale.second
    assert not tale.phone or tale.source == "call"


def test_the_same_seed_tells_the_same_tales():
    moment = datetime(2026, 5, 4, 20, tzinfo=UTC)
    one, other = teller(7), teller(7)
    assert [one.tell(moment) for _ in range(20)] == [other.tell(moment) for _ in range(20)]


def test_noise_is_a_thing_of_the_night():
    def share(hour: int) -> float:
        t = teller(3)
        tales = [t.tell(datetime(2026, 5, 4, hour, tzinfo=UTC)) for _ in range(400)]
        return sum(tale.type == "noise" for tale in tales) / 400

    assert share(2) > 3 * share(9)


def test_reports_arrive_at_the_rate_expected():
    rng = random.Random(5)
    assert sum(arrivals(rng, expected=0.4) for _ in range(10_000)) == pytest.approx(4000, rel=0.05)


def test_the_hours_of_a_day_weigh_one_on_average():
    day = [hour_weight(datetime(2026, 5, 4, hour, tzinfo=UTC)) for hour in range(24)]
    assert sum(day) / 24 == pytest.approx(1)
    assert max(day) == day[17]


def test_a_walk_starts_and_ends_where_its_route_does():
    start = datetime(2026, 5, 4, 12, tzinfo=UTC)
    walk = Walk(Route(10.0, 100.0, [(24.94, 60.17), (24.95, 60.17)], [0.0, 10.0]), start)
    assert walk.position(start - timedelta(seconds=5)) == (24.94, 60.17)
    assert walk.position(start + timedelta(seconds=5)) == pytest.approx((24.945, 60.17))
    assert walk.position(walk.ends_at + timedelta(hours=1)) == (24.95, 60.17)


def test_whoever_stands_beside_the_road_goes_to_it_no_faster_than_along_it():
    road = Route(10.0, 100.0, [(24.94, 60.17), (24.9418, 60.17)], [0.0, 10.0])
    way = from_beside(road, 24.94, 60.171)
    assert way.position(0) == (24.94, 60.171)
    assert way.position(way.seconds) == (24.9418, 60.17)
    assert way.metres == pytest.approx(road.metres + distance_m(24.94, 60.171, 24.94, 60.17))
    steps = [distance_m(*way.position(second), *way.position(second + 1)) for second in range(int(way.seconds))]
    assert max(steps) == pytest.approx(road.metres / road.seconds, rel=0.01)


def test_the_quarters_are_the_real_ones_and_tile_the_map(ground):
    names = [feature["properties"]["name"] for feature in ground]
    assert names[0] == "Keskusta"
    assert {"Kamppi", "Kluuvi", "Kaartinkaupunki", "Kruununhaka", "Punavuori", "Kallio"} == set(names[1:])
    whole, *beats = (shape(feature["geometry"]) for feature in ground)
    assert sum(beat.area for beat in beats) == pytest.approx(whole.area)


@pytest.mark.parametrize(
    ("lon", "lat", "quarter"),
    [
        (24.9414, 60.1719, "Kluuvi"),  # the central railway station
        (24.9523, 60.1695, "Kruununhaka"),  # the Senate Square's east side
        (24.9386, 60.1680, "Kamppi"),  # the shopping centre's side of Mannerheimintie
        (24.9473, 60.1652, "Kaartinkaupunki"),
    ],
)
def test_well_known_corners_lie_in_their_quarter(ground, lon, lat, quarter):
    found = [f["properties"]["name"] for f in ground[1:] if shape(f["geometry"]).contains(Point(lon, lat))]
    assert found == [quarter]


def test_every_demo_unit_has_a_kind_a_beat_and_a_call_sign_of_its_letter(ground):
    names = {feature["properties"]["name"] for feature in ground}
    assert len({unit.call_sign for unit in DEMO_UNITS}) == len(DEMO_UNITS) == 24
    for unit in DEMO_UNITS:
        assert unit.quarter in names
        assert unit.call_sign[0] == UNIT_KINDS[unit.kind].letter
    assert OFFICERS_UNIT in {unit.call_sign for unit in DEMO_UNITS}
