"""Real cities: Helsinki with everything, Washington and its wards, Baltimore with its harbour, all of Porto."""

import pytest

from maplebridge.places import queries
from maplebridge.places.actions import import_city
from maplebridge.places.areas import AreaOptions, read_areas
from maplebridge.places.osm import read_map
from maplebridge.places.streets import crossing_spots, street_spots

db = pytest.mark.django_db(transaction=True)


@db
def test_helsinki_is_imported_and_found(helsinki, machine, noon):
    report = import_city(machine, roads=helsinki, at=noon)
    assert report.city.name == "Helsinki"
    assert report.counts["address"] > 500 and report.counts["crossing"] > 100 and report.counts["poi"] > 1000
    near = (24.9440, 60.1700)
    for typed, kind, name in (
        ("kalevankatu 14", "address", "Kalevankatu 14"),
        ("lonnrotinkatu", "street", "Lönnrotinkatu"),
        ("bulevardi & yrjönkatu", "crossing", "Corner of Bulevardi and Yrjönkatu"),
        ("stokmann", "poi", "Stockmann"),
        ("赫尔辛基", "poi", "Helsinki"),
        ("canyiyuan", "poi", "Senaatintori"),
    ):
        found = queries.search_places(typed, near)[0]
        assert (found.kind, found.name) == (kind, name)
    found = queries.locate("Kalevankatu 14")
    assert queries.address_at(found.lon, found.lat) == "Kalevankatu 14"


@pytest.mark.data
@db
def test_washington_is_imported_with_its_wards(data, machine, noon):
    report = import_city(
        machine,
        roads=data / "dc" / "washington-dc-nw.osm.pbf",
        areas=data / "dc" / "Wards_from_2022.geojson",
        name="Washington",
        time_zone="America/New_York",
        at=noon,
    )
    assert report.areas == {"areas": 8, "gone": 0}
    assert queries.area_at(-77.0365, 38.8977).name == "Ward 2"
    corner = queries.search_places("connecticut ave nw & k st nw")[0]
    assert corner.kind == "crossing" and "K Street Northwest" in corner.name
    assert queries.area_at(corner.lon, corner.lat).code == "2"


@pytest.mark.data
def test_chinese_counties_are_areas_under_their_official_codes(data):
    areas = read_areas(data / "guilin" / "guilin_counties.WGS84.geojson", AreaOptions(kind="district"))
    assert len(areas) == 17
    county = next(area for area in areas if area.code == "450381")
    assert (county.name, county.name_zh, county.kind, county.path) == ("荔浦市", "荔浦市", "district", "/450381/")


@pytest.mark.data
def test_baltimore_has_its_harbour_buildings_and_doors(data):
    city = read_map(data / "roads" / "vh_baltimore.osm.pbf")
    from maplebridge.places.coast import sea

    coast = [line for line, (layer, _kind) in zip(city.line_shapes, city.lines, strict=True) if layer == "coastline"]
    water = sea(coast, city.box)
    west, south, east, north = city.box
    assert 0.1 < sum(part.area for part in water) / ((east - west) * (north - south)) < 0.2
    assert sum(layer == "building" for layer, _kind in city.surfaces) > 1500
    assert sum(spot.kind == "address" for spot in city.spots) > 500


@pytest.mark.data
def test_all_of_porto_is_read_and_its_corners_are_found(data):
    city = read_map(data / "porto" / "porto_portugal.osm.pbf")
    streets, corners = street_spots(city), crossing_spots(city)
    assert len(city.streets) > 45_000 and len(streets) > 7_000 and len(corners) > 10_000
