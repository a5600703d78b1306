"""The base map over HTTP: tiles, styles, boundaries."""

import gzip
import math
import re
from dataclasses import replace

import mapbox_vector_tile
import pytest
import shapely
from django.test import Client
from handmade_town import LAT, LON, write_town

from maplebridge.places.actions import import_city
from maplebridge.places.style import PALETTES, style_of
from maplebridge.places.tiles import MAX_ZOOM

pytestmark = pytest.mark.django_db(transaction=True)


def address(lon, lat, z=MAX_ZOOM):
    n = 2**z
    y = (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * n
    return f"/map/tiles/{z}/{int((lon + 180) / 360 * n)}/{int(y)}.mvt"


@pytest.fixture
def web():
    return Client()


def test_a_tile_holds_the_town(city, web):
    answer = web.get(address(LON + 0.001, LAT))
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    tile = mapbox_vector_tile.decode(gzip.decompress(answer.content))
    assert {"street", "street_name", "building", "green", "place", "address"} <= set(tile)
    names = {f["properties"].get("name"): f["properties"] for f in tile["street"]["features"]}
    assert names["Maple Street"]["name_zh"] == "枫树街" and names["Ångström Street"]["class"] == "medium"
    assert {f["properties"]["number"] for f in tile["address"]["features"]} == {"2", "4", "4A", "5", "8"}
    coast = mapbox_vector_tile.decode(gzip.decompress(web.get(address(LON, LAT - 0.0017)).content))
    assert [f["properties"]["kind"] for f in coast["water"]["features"]] == ["sea"]


def test_where_nothing_is_the_answer_is_empty(city, web):
    for path in ("/map/tiles/15/1/1.mvt", "/map/tiles/22/1/1.mvt", "/map/tiles/0/0/0.mvt", "/map/tiles/8/999/999.mvt"):
        assert web.get(path).status_code == 204


def test_a_tile_is_kept_by_browsers_until_the_map_changes(city, web, machine, noon, town):
    path = address(LON + 0.001, LAT)
    first = web.get(path)
    assert web.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert "immutable" in web.get(f"{path}?e={city.map_edition}")["Cache-Control"]
    import_city(machine, roads=write_town(town, shop="Bakery"), at=noon)
    again = web.get(path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200 and b"Bakery" in gzip.decompress(again.content)


def test_without_a_city_the_map_is_empty_but_answers(web):
    assert web.get("/map/tiles/15/1/1.mvt").status_code == 204
    assert web.get("/map/style/dark.json").status_code == 200
    assert web.get("/map/areas.json").json() == {"type": "FeatureCollection", "features": []}


def test_the_style_names_its_tiles_and_whose_data_they_are(city, web):
    style = web.get("/map/style/light.json").json()
    source = style["sources"]["base"]
    assert source["attribution"] == "© OpenStreetMap contributors"
    tile = source["tiles"][0].replace("http://testserver", "")
    assert tile == f"/map/tiles/{{z}}/{{x}}/{{y}}.mvt?e={city.map_edition}"
    assert "glyphs" not in style and "sprite" not in style


def test_a_style_in_chinese_prefers_chinese_names(web):
    assert "name_zh" in web.get("/map/style/dark.json?lang=zh").content.decode()
    assert "name_zh" not in web.get("/map/style/dark.json?lang=en").content.decode()


def test_there_are_two_styles(web):
    assert web.get("/map/style/sepia.json").status_code == 404
    assert set(PALETTES) == {"light", "dark"}


def test_an_online_style_takes_the_place_of_ours(web, settings):
    settings.CONFIG = replace(settings.CONFIG, style_url="https://tiles.example.org/style.json")
    answer = web.get("/map/style/dark.json")
    assert (answer.status_code, answer["Location"]) == (302, "https://tiles.example.org/style.json")


def test_boundaries_are_lines_and_names(city, web):
    features = web.get("/map/areas.json").json()["features"]
    assert {f["properties"]["code"] for f in features if f["geometry"]["type"] == "Point"} == {"D", "E", "W"}
    whole, divide = (shapely.geometry.shape(f["geometry"]) for f in features if f["geometry"]["type"] != "Point")
    assert divide.equals(shapely.LineString([(24.941, 60.16), (24.941, 60.18)])), "what both share is drawn once"
    assert whole.envelope.equals(shapely.box(24.93, 60.16, 24.95, 60.18))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_are_legible_on_their_halo_and_on_the_ground(theme):
    palette = PALETTES[theme]
    for colour in (palette.label, palette.faint, palette.water_label, palette.green_label):
        assert contrast(colour, palette.halo) >= 4.5 and contrast(colour, palette.ground) >= 4.0
    assert contrast(palette.label, palette.halo) >= 7


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_layer_draws_a_source_that_is_there_and_no_id_comes_twice(theme):
    style = style_of(theme, tiles="t", areas="a", attribution="©", chinese=False)
    ids = [layer["id"] for layer in style["layers"]]
    assert len(ids) == len(set(ids))
    assert {layer["source"] for layer in style["layers"] if "source" in layer} == set(style["sources"])
    colours = re.findall(r"#[0-9a-fA-F]+", str(style))
    assert all(len(colour) == 7 for colour in colours)
