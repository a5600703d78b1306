"""An address is found as people type it, and drawn on the map where it lies."""

import mapbox_vector_tile
import pytest

from maplebridge.places.register.queries.search import likely_addresses, search_addresses, search_organisations
from maplebridge.places.register.queries.tiles import register_size, register_tile
from maplebridge.places.register.rules.quads import tile_of


@pytest.fixture
def lanes(house, enter):
    for number in ("2", "10", "14", "16A", "20", "120"):
        enter("address", street="建设路", number=number)
    enter("address", street="枫桥村5组", number="12", lon=120.307)
    enter("address", site="枫桥小区", number="5")
    enter("address", street="Mill Lane", number="12A", site="The Maples")
    return house


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("建设路12号", ["建设路12号"]),
        ("建设路12", ["建设路12号"]),
        ("诸暨市枫桥镇建设路12号", ["建设路12号"]),
        ("设路12", ["建设路12号"]),
        ("jianshelu 12", ["建设路12号"]),
        ("jian she lu 12 hao", ["建设路12号"]),
        ("jsl12", ["建设路12号"]),
        ("建设路12号3单元402", ["建设路12号3单元402室"]),
        ("jsl 12-3-402", ["建设路12号3单元402室"]),
        ("建设路12号3单元", ["建设路12号3单元"]),
        ("建设路10~14号", ["建设路10号", "建设路12号", "建设路14号"]),
        ("jsl 16-20", ["建设路16A号", "建设路20号"]),
        ("枫桥村5组12号", ["枫桥村5组12号"]),
        ("fqxq 5", ["枫桥小区5号楼"]),
        ("mill ln 12a", ["12A Mill Lane, The Maples"]),
        ("12A Mill Lane", ["12A Mill Lane, The Maples"]),
        ("12a mill", ["12A Mill Lane, The Maples"]),
        ("the maples", ["12A Mill Lane, The Maples"]),
        ("建设路13", []),
        ("", []),
        ("号", []),
        ("12", []),
    ],
)
def test_an_address_is_found_as_people_type_it(lanes, typed, found):
    assert [each.text for each in search_addresses(typed)] == found


def test_a_street_alone_gives_its_houses_in_order(lanes):
    assert [each.number for each in search_addresses("jsl")] == ["2", "10", "12", "14", "16A", "20", "120"]


def test_a_code_is_found_however_it_is_written(lanes):
    room = lanes[2]
    assert [each.pk for each in search_addresses(room.code.replace("-", " ").lower())] == [room.pk]


def test_organisations_are_found_by_the_beginning_of_their_name(lanes, enter):
    enter("organisation", address=lanes[2].pk, name="枫桥粮店", kind="shop", credit_code="91350100M000100Y43")
    assert [each.name for each in search_organisations("枫桥")] == ["枫桥粮店"]
    assert [each.name for each in search_organisations("91350100m000100y43")] == ["枫桥粮店"]
    assert search_organisations(" ") == []


def test_of_two_equal_texts_the_near_one_is_meant(village, enter):
    enter("address", street="建设路", number="1", lon=120.301)
    far = enter("address", street="建设路", number="1", site="东区", lon=120.318)
    assert [each.pk for each in likely_addresses("建设路1号", lon=120.3181, lat=29.705)] == [far.pk]


@pytest.mark.parametrize("zoom", [0, 6, 10, 13, 15, 18])
def test_a_tile_holds_counts_below_and_buildings_above(lanes, zoom):
    x, y = tile_of(120.305, 29.705, zoom)
    layer = mapbox_vector_tile.decode(register_tile(zoom, x, y))["register"]
    if zoom >= 15:
        assert {"number": "12", "id": lanes[0].pk} in [each["properties"] for each in layer["features"]]
    else:
        assert sum(each["properties"]["addresses"] for each in layer["features"]) == 12
    assert register_size() == (10, 12)


def test_a_tile_where_nothing_is_is_empty(lanes):
    assert register_tile(16, 0, 0) == register_tile(3, 0, 0) == b""
