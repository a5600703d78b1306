"""The register on the map: tiles with uses for whoever may see premises, what is near, one address, the search."""

import pytest
from django.test import Client


@pytest.fixture
def tile(house):
    """The address of the tile that holds the house."""
    from maplebridge.places.register.rules.quads import tile_of

    x, y = tile_of(house[0].lon, house[0].lat, 16)
    return f"/register/tiles/16/{x}/{y}.mvt"


@pytest.mark.parametrize(
    ("role", "area", "told"),
    [("chief", "", True), ("chief", "330681101200", True), ("chief", "330681", True), ("chief", "330681101201", False),
     ("dispatcher", "", False)],
)  # fmt: skip
def test_a_tile_tells_uses_to_whoever_may_see_premises_there(house, enter, tile, signed_in, role, area, told):
    enter("premise", address=house[0].pk, use="lodging")
    data = signed_in(role, area).get(tile).content
    assert b"12" in data and (b"lodging" in data) is told


def test_a_tile_stays_private_and_is_not_sent_twice(house, tile, signed_in):
    client = signed_in()
    first = client.get(tile)
    assert "private" in first["Cache-Control"]
    again = client.get(tile, HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304 and not again.content
    assert Client().get(tile).status_code == 302 and signed_in("shop").get(tile).status_code == 403


def test_the_nearest_buildings_come_first_and_those_far_away_not_at_all(house, enter, signed_in):
    near = enter("address", street="建设路", number="14", lon=120.3052, lat=29.705)
    enter("address", street="建设路", number="99", lon=120.335, lat=29.705)
    found = signed_in("guard").get("/api/addresses", {"lon": 120.3053, "lat": 29.705}).json()
    assert [each["id"] for each in found] == [near.pk, house[0].pk]
    assert found[0]["distance_m"] == 10 and found[0]["area"] == "枫桥村"
    assert signed_in("guard").get("/api/addresses", {"lon": 200, "lat": 0}).status_code == 422


def test_an_address_tells_its_parts_and_sums_up_its_premises(house, enter, signed_in):
    building, unit, room = house
    enter("premise", address=room.pk, use="flat", residents=3, hazards=["gas"])
    enter("premise", address=building.pk, use="house", residents=2)
    enter("organisation", address=unit.pk, name="Maple Bakery", kind="food")
    told = signed_in().get(f"/api/addresses/{building.pk}").json()
    assert (told["units"], told["rooms"]) == (1, 0) and told["organisations"] == [
        {"name": "Maple Bakery", "kind": "food"}
    ]
    assert told["premises"]["residents"] == 5 and told["premises"]["premises"] == 2
    assert told["premises"]["hazards"] == "gas" and told["plates"].endswith(f"within={building.pk}")
    assert {"name": "Use", "value": "house"} in told["premises"]["facts"]
    above = signed_in().get(f"/api/addresses/{room.pk}").json()["above"]
    assert [each["id"] for each in above] == [building.pk, unit.pk]
    assert signed_in().get("/api/addresses/999999").status_code == 404


@pytest.mark.parametrize(("role", "area"), [("guard", ""), ("chief", "330681101201")])
def test_premises_are_told_to_nobody_without_the_permission(house, enter, signed_in, role, area):
    enter("premise", address=house[0].pk, use="flat", residents=97, hazards=["gas"])
    answer = signed_in(role, area).get(f"/api/addresses/{house[0].pk}")
    assert answer.json()["premises"] is None and answer.json()["plates"] is None and "97" not in answer.content.decode()


@pytest.mark.parametrize("typed", ["建设路12", "jianshelu 12", "jsl 12"])
def test_the_search_of_the_map_finds_registered_addresses(house, signed_in, typed):
    found = signed_in("guard").get("/api/search", {"q": typed}).json()
    assert (found[0]["name"], found[0]["id"], found[0]["kind"]) == ("建设路12号", house[0].pk, "address")


def test_the_search_leads_by_a_code_to_a_room(house, signed_in):
    found = signed_in("guard").get("/api/search", {"q": house[2].code}).json()
    assert [each["id"] for each in found] == [house[2].pk]


@pytest.mark.parametrize("typed", ["mill lane 1", "Mill Lane 77"])
def test_a_number_that_is_not_there_leads_to_the_street(house, enter, signed_in, typed):
    enter("address", street="Mill Lane", number="12")
    assert [each["name"] for each in signed_in("guard").get("/api/search", {"q": typed}).json()] == ["12 Mill Lane"]
