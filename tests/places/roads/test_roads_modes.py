"""Who may use a street, in which direction, and how fast."""

import pytest

from maplebridge.places.roads.modes import (
    DEFAULT_SPEEDS,
    MODES,
    SpeedTable,
    access,
    directions,
    maxspeed_kmh,
    way_kmh,
)

TABLE = SpeedTable.of(None)


@pytest.mark.parametrize(("value", "kmh"), [
    ("50", 50), ("50 km/h", 50), ("30 mph", 48.28), ("30mph", 48.28), ("walk", 7), ("none", 130), ("PT:urban", 50),
    ("DE:zone:30", 30), ("DE:zone30", 30), ("50;30", 50), ("signals", None), ("", None), (None, None), ("0", None),
    ("9999", None), ("variable", None), ("PT:nonsense", None),
])  # fmt: skip
def test_signed_limits_are_read_in_the_forms_people_write(value, kmh):
    assert maxspeed_kmh(value) == (None if kmh is None else pytest.approx(kmh, abs=0.01))


@pytest.mark.parametrize(("tags", "open_to"), [
    ({"highway": "residential"}, set(MODES)),
    ({"highway": "footway"}, {"foot", "bicycle"}),
    ({"highway": "steps"}, {"foot"}),
    ({"highway": "motorway"}, {"car", "urgent"}),
    ({"highway": "cycleway"}, {"foot", "bicycle"}),
    ({"highway": "pedestrian"}, {"foot", "bicycle", "urgent"}),
    ({"highway": "pedestrian", "motor_vehicle": "destination"}, set(MODES)),
    ({"highway": "residential", "access": "no"}, set()),
    ({"highway": "residential", "access": "no", "foot": "yes"}, {"foot"}),
    ({"highway": "residential", "access": "no", "bus": "yes"}, {"urgent"}),
    ({"highway": "residential", "motor_vehicle": "no"}, {"foot", "bicycle"}),
    ({"highway": "residential", "motor_vehicle": "no", "emergency": "yes"}, {"foot", "bicycle", "urgent"}),
    ({"highway": "service", "access": "private"}, set(MODES)),
    ({"highway": "track", "motor_vehicle": "agricultural"}, {"foot", "bicycle"}),
    ({"highway": "primary", "motorroad": "yes"}, {"car", "urgent"}),
    ({"highway": "construction"}, set()), ({"highway": "proposed"}, set()), ({"highway": "bus_stop"}, set()),
])  # fmt: skip
def test_access_follows_the_class_and_the_most_specific_tag(tags, open_to):
    assert {mode for mode in MODES if any(way_kmh(tags, mode, TABLE))} == open_to


@pytest.mark.parametrize(("tags", "mode", "both"), [
    ({"oneway": "yes"}, "car", (True, False)), ({"oneway": "-1"}, "car", (False, True)),
    ({"oneway": "reversible"}, "car", (False, False)), ({"oneway": "no", "highway": "motorway"}, "car", (True, True)),
    ({"highway": "motorway"}, "car", (True, False)), ({"junction": "roundabout"}, "bicycle", (True, False)),
    ({"oneway": "yes"}, "foot", (True, True)), ({"oneway:foot": "yes"}, "foot", (True, False)),
    ({"conveying": "backward", "highway": "steps"}, "foot", (False, True)),
    ({"oneway": "yes", "oneway:bicycle": "no"}, "bicycle", (True, True)),
    ({"oneway": "yes", "cycleway": "opposite_lane"}, "bicycle", (True, True)),
    ({"oneway": "yes", "cycleway:left:oneway": "-1"}, "bicycle", (True, True)),
    ({"oneway": "yes", "oneway:bicycle": "no"}, "car", (True, False)),
    ({"oneway:bicycle": "yes"}, "bicycle", (True, False)),
    ({"motor_vehicle:backward": "no"}, "car", (True, False)), ({"vehicle:forward": "no"}, "bicycle", (False, True)),
])  # fmt: skip
def test_one_ways_hold_for_those_they_are_meant_for(tags, mode, both):
    assert directions({"highway": "residential"} | tags, mode) == both


@pytest.mark.parametrize(("tags", "mode", "kmh"), [
    ({"highway": "residential"}, "car", 25), ({"highway": "residential"}, "urgent", 31.25),
    ({"highway": "residential", "maxspeed": "50"}, "car", 40),
    ({"highway": "residential", "maxspeed": "50"}, "urgent", 50),
    ({"highway": "primary", "maxspeed": "90"}, "motorbike", 45),
    ({"highway": "primary", "maxspeed": "90"}, "bicycle", 15),
    ({"highway": "service", "access": "private"}, "car", 10),
    ({"highway": "service", "access": "private"}, "urgent", 18.75),
    ({"highway": "service", "service": "parking_aisle"}, "car", 8),
    ({"highway": "track", "tracktype": "grade5"}, "car", 8),
    ({"highway": "secondary", "surface": "cobblestone"}, "car", 30),
    ({"highway": "footway", "bicycle": "dismount"}, "bicycle", 4),
    ({"highway": "footway", "motor_vehicle": "yes"}, "car", 10),
])  # fmt: skip
def test_speeds_follow_class_sign_surface_and_run(tags, mode, kmh):
    assert way_kmh(tags, mode, TABLE)[0] == pytest.approx(kmh)


def test_a_limit_may_differ_by_direction():
    tags = {"highway": "secondary", "maxspeed:forward": "50", "maxspeed:backward": "30"}
    assert way_kmh(tags, "car", TABLE) == pytest.approx((40, 24))


def test_an_urgent_run_is_never_slower_than_a_drive_on_any_class():
    for name, kmh in DEFAULT_SPEEDS["car"].items():
        assert DEFAULT_SPEEDS["urgent"][name] >= kmh


def test_observed_runs_overrule_class_and_sign():
    table = SpeedTable.of({"residential": 18, "foot": {"steps": 2}})
    signed = {"highway": "residential", "maxspeed": "50"}
    assert way_kmh(signed, "car", table)[0] == 18
    assert way_kmh(signed, "urgent", table)[0] == 22.5
    assert way_kmh({"highway": "steps"}, "foot", table)[0] == 2
    assert way_kmh({"highway": "primary"}, "car", table)[0] == 65


@pytest.mark.parametrize("speeds", [{"boulevard": 30}, {"car": {"lane": 3}}, {"hovercraft": {"primary": 3}},
                                    {"primary": 0}, {"primary": -5}, {"fixed": 1000}])  # fmt: skip
def test_a_speed_table_that_makes_no_sense_is_refused_with_a_sentence(speeds):
    with pytest.raises(ValueError, match=r"\.$"):
        SpeedTable.of(speeds)


def test_silence_of_the_tags_is_told_apart_from_consent():
    assert access({}, "car") is None
    assert access({"motorcar": "yes", "access": "no"}, "car") == "open"
