"""What a driver may do, on towns small enough to check by eye: 36 km/h, so a second is ten metres."""

from math import inf

import pytest
from roads_town import Town, lonlat

from maplebridge.places.roads.network import RoadNetwork


def cross() -> Town:
    """A crossing at 5 with arms 100 m long: west 1, north 2, east 3, south 4; the arms' ends joined by a ring road."""
    town = Town().node(1, -100, 0).node(2, 0, 100).node(3, 100, 0).node(4, 0, -100).node(5, 0, 0)
    for ref in (1, 2, 3, 4):
        town.way(ref, [ref, 5])
    return town.way(9, [1, 2, 3, 4, 1])


@pytest.mark.parametrize(
    ("oneway", "there", "back"),
    [("no", 10, 10), ("yes", 10, 30), ("-1", 30, 10), ("true", 10, 30), ("1", 10, 30)],
)
def test_a_one_way_street_is_driven_one_way_only(tmp_path, oneway, there, back):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 100, 100).node(4, 0, 100)
    town.way(1, [1, 2], oneway=oneway).way(2, [2, 3, 4, 1])
    network = town.network(tmp_path)
    assert town.seconds(network, (0, 0), (100, 0)) == pytest.approx(there, abs=0.02)
    assert town.seconds(network, (100, 0), (0, 0)) == pytest.approx(back, abs=0.02)


def test_walkers_and_riders_against_the_one_way_where_the_sign_says_so(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 100, 100).node(4, 0, 100)
    town.way(1, [1, 2], oneway="yes", oneway__bicycle="no").way(2, [2, 3, 4, 1])
    town.network(tmp_path)
    back = {
        mode: town.seconds(RoadNetwork.load(tmp_path / "roads", mode), (90, 0), (10, 0))
        for mode in ("foot", "bicycle", "car", "urgent")
    }
    assert back == pytest.approx({"foot": 8, "bicycle": 8, "car": 32, "urgent": 32}, abs=0.02)


def test_a_roundabout_goes_round_one_way_without_a_tag(tmp_path):
    town = Town().node(1, 100, 0).node(2, 0, 100).node(3, -100, 0).node(4, 0, -100).node(5, 300, 0).node(6, -300, 0)
    town.way(1, [1, 2, 3, 4, 1], junction="roundabout").way(2, [1, 5]).way(3, [3, 6])
    network = town.network(tmp_path)
    quarter = 2**0.5 * 100
    assert town.seconds(network, (50, 50), (-50, 50)) == pytest.approx(quarter / 10, abs=0.02)
    assert town.seconds(network, (-50, 50), (50, 50)) == pytest.approx(3 * quarter / 10, abs=0.02)


def test_no_left_turn_sends_the_driver_straight_on_and_round_the_ring(tmp_path):
    free = cross().network(tmp_path)
    assert cross().seconds(free, (0, -50), (-50, 0)) == pytest.approx(10, abs=0.02)
    town = cross().turn("no_left_turn", 4, 5, 1)
    network = town.network(tmp_path)
    arm = 2**0.5 * 100
    # back to the south end and along the ring is shorter than through the crossing
    assert town.seconds(network, (0, -50), (-50, 0)) == pytest.approx((50 + arm + 50) / 10, abs=0.02)
    # the same turn from the other side, and the other turns, stay free
    assert town.seconds(network, (-50, 0), (0, -50)) == pytest.approx(10, abs=0.02)
    assert town.seconds(network, (0, -50), (50, 0)) == pytest.approx(10, abs=0.02)


def test_who_may_not_turn_left_does_not_turn_round_at_the_next_corner_either(tmp_path):
    """One-way in from the south; behind the crossing a side street at 30 m, where turning round would be shortest."""
    town = Town().node(4, 0, -100).node(5, 0, 0).node(1, -400, 0).node(3, 30, 0).node(2, 30, 400).node(6, -400, -100)
    town.way(4, [4, 5], oneway="yes").way(1, [1, 5]).way(3, [5, 3]).way(2, [3, 2, 1]).way(6, [1, 6, 4])
    free = town.seconds(town.network(tmp_path), (0, -50), (-10, 0))
    assert free == pytest.approx(6, abs=0.02)
    town.turn("no_left_turn", 4, 5, 1)
    assert town.seconds(town.network(tmp_path), (0, -50), (-10, 0)) > 80


def test_only_straight_on_forbids_every_other_turn(tmp_path):
    town = cross().turn("only_straight_on", 4, 5, 2)
    network = town.network(tmp_path)
    assert town.seconds(network, (0, -10), (0, 10)) == pytest.approx(2, abs=0.02)
    assert town.seconds(network, (0, -10), (10, 0)) > 20
    assert town.seconds(network, (0, -10), (-10, 0)) > 20
    assert town.seconds(network, (10, 0), (-10, 0)) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(("tags", "mode", "bound"), [
    ({}, "car", True), ({}, "motorbike", True), ({}, "bicycle", True), ({}, "foot", False), ({}, "urgent", False),
    ({"except": "bicycle;psv"}, "bicycle", False), ({"except": "bicycle;psv"}, "car", True),
    ({"except": "motorcar"}, "car", False),
])  # fmt: skip
def test_a_turn_restriction_binds_those_it_names(tmp_path, tags, mode, bound):
    town = cross().turn("no_left_turn", 4, 5, 1, **tags)
    town.network(tmp_path)
    seconds = town.seconds(RoadNetwork.load(tmp_path / "roads", mode), (0, -50), (-50, 0))
    assert (seconds > 10.1) == bound


def test_a_restriction_for_lorries_does_not_concern_us(tmp_path):
    town = cross()
    town.turns.append(({"type": "restriction", "restriction:hgv": "no_left_turn"}, 4, 5, 1))
    assert town.seconds(town.network(tmp_path), (0, -50), (-50, 0)) == pytest.approx(10, abs=0.02)


def test_a_dead_end_is_left_by_turning_round(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 0, 100).node(4, 100, 100).node(5, 300, 0)
    town.way(1, [1, 2, 4, 3, 1]).way(2, [2, 5])
    network = town.network(tmp_path)
    assert town.seconds(network, (250, 0), (290, 0)) == pytest.approx(4, abs=0.02)
    assert town.seconds(network, (290, 0), (110, 0)) == pytest.approx(18, abs=0.02)


def test_source_and_target_on_one_street_go_straight_or_round_the_block(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 100, 100).node(4, 0, 100)
    town.way(1, [1, 2], oneway="yes").way(2, [2, 3, 4, 1])
    network = town.network(tmp_path)
    assert town.seconds(network, (20, 0), (70, 0)) == pytest.approx(5, abs=0.02)
    assert town.seconds(network, (70, 0), (20, 0)) == pytest.approx(35, abs=0.02)
    assert town.seconds(network, (50, 0), (50, 0)) == 0


def test_the_short_way_may_lead_off_the_street_and_back_on_to_it(tmp_path):
    """A long bow of a street, and a bridge between its feet."""
    town = Town().node(1, 0, 0).node(2, 0, 500).node(3, 100, 500).node(4, 100, 0).node(5, -50, 0).node(6, 150, 0)
    town.way(1, [1, 2, 3, 4]).way(2, [1, 4]).way(3, [5, 1]).way(4, [4, 6])
    network = town.network(tmp_path)
    assert town.seconds(network, (0, 50), (100, 50)) == pytest.approx(20, abs=0.02)


def test_two_streets_between_the_same_corners_and_a_loop_back_to_one(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 50, 80).node(4, 150, 50).node(5, 150, -50)
    town.way(1, [1, 2]).way(2, [1, 3, 2]).way(3, [2, 4, 5, 2])
    network = town.network(tmp_path)
    assert town.seconds(network, (10, 0), (90, 0)) == pytest.approx(8, abs=0.02)
    assert town.seconds(network, (150, 25), (150, -25)) == pytest.approx(5, abs=0.02)
    half = (50**2 + 80**2) ** 0.5
    assert town.seconds(network, (50, 80), (10, 0)) == pytest.approx((half + 10) / 10, abs=0.02)


def test_a_town_that_is_one_single_ring_works_too(tmp_path):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 100, 100).node(4, 0, 100)
    town.way(1, [1, 2, 3, 4, 1], oneway="yes")
    network = town.network(tmp_path)
    assert town.seconds(network, (50, 0), (0, 50)) == pytest.approx(30, abs=0.02)
    assert town.seconds(network, (0, 50), (50, 0)) == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize(("tags", "mode", "passes"), [
    ({"barrier": "bollard"}, "car", False), ({"barrier": "bollard"}, "bicycle", True),
    ({"barrier": "gate"}, "car", True), ({"barrier": "gate", "access": "no"}, "car", False),
    ({"barrier": "gate", "access": "no", "emergency": "yes"}, "urgent", True),
    ({"barrier": "bollard", "motor_vehicle": "yes"}, "car", True), ({"barrier": "stile"}, "foot", True),
    ({"barrier": "stile"}, "bicycle", False),
])  # fmt: skip
def test_a_barrier_stops_those_it_is_made_for(tmp_path, tags, mode, passes):
    town = Town().node(1, 0, 0).node(2, 100, 0).node(3, 100, 100).node(4, 0, 100).node(5, 50, 0, **tags)
    town.way(1, [1, 5, 2]).way(2, [2, 3, 4, 1])
    town.network(tmp_path)
    seconds = town.seconds(RoadNetwork.load(tmp_path / "roads", mode), (40, 0), (60, 0))
    assert seconds == pytest.approx(2 if passes else 38, abs=0.02)


def test_traffic_signals_cost_time_where_a_wait_is_given(tmp_path):
    town = Town().node(1, 0, 0).node(2, 50, 0, highway="traffic_signals").node(3, 100, 0)
    town.way(1, [1, 2, 3])
    network = town.network(tmp_path, signal_seconds=7.0)
    assert town.seconds(network, (0, 0), (100, 0)) == pytest.approx(17, abs=0.02)
    assert town.seconds(network, (100, 0), (0, 0)) == pytest.approx(17, abs=0.02)


def test_turning_costs_time_where_it_is_given_and_only_motor_vehicles(tmp_path):
    town = cross()
    network = town.network(tmp_path, turn_seconds={"left": 5, "right": 2, "round": 20})
    assert town.seconds(network, (-50, 0), (50, 0)) == pytest.approx(10, abs=0.02)
    assert town.seconds(network, (-50, 0), (0, 50)) == pytest.approx(15, abs=0.02)
    assert town.seconds(network, (-50, 0), (0, -50)) == pytest.approx(12, abs=0.02)
    walk = RoadNetwork.load(tmp_path / "roads", "foot")
    assert town.seconds(walk, (-50, 0), (0, 50)) == pytest.approx(10, abs=0.02)
    route = network.route(*lonlat(-50, 0), *lonlat(0, 50))
    assert route is not None
    assert route.at_seconds == pytest.approx([0, 5, 15], abs=0.02)
    with pytest.raises(ValueError, match="no delay"):
        town.network(tmp_path, turn_seconds={"sharp": 5})


def test_what_no_one_can_reach_is_cut_off_and_said(tmp_path):
    from maplebridge.places.roads.network import build

    town = cross().node(20, 500, 500).node(21, 600, 500).node(22, 700, 500).way(20, [20, 21, 22], name="Island Street")
    town.node(30, -300, 0).way(30, [1, 30], oneway="yes", name="No Return")
    report = build(town.write(tmp_path), tmp_path / "roads")
    cut = next(mode for mode in report.modes if mode.mode == "car").cut
    assert cut.parts == 2
    assert cut.metres == pytest.approx(400, abs=1)
    assert {name for name, _ in cut.largest} == {"Island Street", "No Return"}
    assert "Island Street" in next(line for line in report.sentences() if line.startswith("car"))
    network = RoadNetwork.load(tmp_path / "roads", "car")
    assert not network.snap(*[[c] for c in lonlat(600, 500)]).ok.any()
    assert town.seconds(network, (600, 500), (0, 0)) == inf


def test_k_nearest_come_in_order_with_metres_and_within_the_time_given(tmp_path):
    town = cross()
    network = town.network(tmp_path)
    lons, lats = zip(*(lonlat(x, 0) for x in (90, -50, 20, 5000)), strict=True)
    units = network.snap(lons, lats)
    assert units.ok.tolist() == [True, True, True, False]
    found = network.nearest(*lonlat(0, 0), units, 10)
    assert [reach.index for reach in found] == [2, 1, 0]
    assert [reach.seconds for reach in found] == pytest.approx([2, 5, 9], abs=0.02)
    assert [reach.metres for reach in found] == pytest.approx([20, 50, 90], abs=0.2)
    assert [reach.index for reach in network.nearest(*lonlat(0, 0), units, 10, max_seconds=6)] == [2, 1]
    assert [reach.index for reach in network.nearest(*lonlat(0, 0), units, 1)] == [2]
    assert network.nearest(*lonlat(0, 0), units, 0) == []
    assert network.nearest(*lonlat(0, 0), units.take([]), 3) == []
    assert network.nearest(*lonlat(9000, 9000), units, 3) == []
    assert network.nearest(float("nan"), 0.0, units, 3) == []


def test_a_route_has_its_corners_and_the_time_at_each(tmp_path):
    town = cross()
    network = town.network(tmp_path)
    route = network.route(*lonlat(-50, 0), *lonlat(0, 70))
    assert route is not None
    assert (route.seconds, route.metres) == (pytest.approx(12, abs=0.02), pytest.approx(120, abs=0.2))
    assert [pytest.approx(lonlat(x, y), abs=1e-6) for x, y in ((-50, 0), (0, 0), (0, 70))] == route.coordinates
    assert route.at_seconds == pytest.approx([0, 5, 12], abs=0.02)
    assert route.position(2.5) == pytest.approx(lonlat(-25, 0), abs=1e-6)
    assert route.position(99) == pytest.approx(lonlat(0, 70), abs=1e-6)
    assert network.route(*lonlat(-50, 0), *lonlat(9000, 70)) is None
