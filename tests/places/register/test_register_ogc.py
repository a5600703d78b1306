"""The requirements of OGC API - Features, Part 1: Core (17-069r4), one by one, as QGIS relies on them."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from maplebridge.people.actor import token_digest
from maplebridge.people.models import ApiToken, Grant, User
from maplebridge.places.models import Area
from maplebridge.places.register.models import RegisterCluster


@pytest.fixture
def lane(enter):
    """So many more buildings that there are forty with the house."""
    for number in range(1, 40):
        enter("address", street="Mill Lane", number=str(number), lon=120.3 + number / 2_500, lat=29.705)


@pytest.fixture
def qgis(house):
    """A client with a token as the password of Basic authentication."""
    user = User.objects.create_user(username="gis", password="x" * 12)
    Grant.objects.create(user=user, role="chief", starts_at="2020-01-01T00:00:00Z", reason="test")
    ApiToken.objects.create(
        user=user,
        name="QGIS",
        digest=token_digest("secret"),
        made_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return Client(headers={"Authorization": "Basic " + base64.b64encode(b"any:secret").decode()})


def got(client, path, **given):
    answer = client.get(path, given)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_the_landing_page_links_definition_conformance_and_data(qgis):  # /req/core/root-success
    links = {each["rel"]: each["href"] for each in got(qgis, "/ogc/")["links"]}
    assert {"service-desc", "conformance", "data", "self", "alternate"} <= set(links)
    for rel in ("service-desc", "conformance", "data"):
        assert qgis.get(links[rel].removeprefix("http://testserver")).status_code == 200


def test_the_definition_is_openapi_3_and_names_the_paths(qgis):  # /req/oas30/oas-definition-1
    answer = qgis.get("/ogc/api")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    made = json.loads(answer.content)
    assert made["openapi"].startswith("3.0") and "/collections/{name}/items" in made["paths"]


def test_the_classes_of_core_and_geojson_are_declared(qgis):  # /req/core/conformance-success
    classes = got(qgis, "/ogc/conformance")["conformsTo"]
    root = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert {f"{root}core", f"{root}geojson", f"{root}html", f"{root}oas30"} <= set(classes)


def test_each_collection_has_id_links_and_is_the_same_alone(qgis):  # /req/core/fc-md-success, sfc-md-success
    made = got(qgis, "/ogc/collections")
    assert [each["id"] for each in made["collections"]] == ["buildings", "rooms", "premises", "organisations"]
    for each in made["collections"]:
        assert {"self", "items"} <= {link["rel"] for link in each["links"]}
        assert got(qgis, f"/ogc/collections/{each['id']}") == each


@pytest.mark.parametrize("collection", ["buildings", "rooms", "premises", "organisations"])
def test_the_extent_holds_every_feature_and_little_more(qgis, lane, enter, collection):  # /req/core/rc-md-success
    enter("address", street="Far Lane", number="9", lon=121.5, lat=28.1, area=Area.objects.first().code)
    (box,) = got(qgis, f"/ogc/collections/{collection}")["extent"]["spatial"]["bbox"]
    found = got(qgis, "/ogc/collections/buildings/items", limit=100)["features"]
    points = [each["geometry"]["coordinates"] for each in found]
    assert all(box[0] <= lon <= box[2] and box[1] <= lat <= box[3] for lon, lat in points)
    assert box == pytest.approx([120.3, 28.1, 121.5, 29.705], abs=0.05)


def test_a_register_without_an_address_has_no_extent(qgis):
    RegisterCluster.objects.update(addresses=0, buildings=0)
    assert "extent" not in got(qgis, "/ogc/collections/buildings")


def test_items_are_features_with_number_and_time(qgis, lane):  # /req/core/fc-response, fc-timeStamp, fc-numberReturned
    answer = qgis.get("/ogc/collections/buildings/items", {"limit": 7})
    made = json.loads(answer.content)
    assert answer["Content-Type"] == "application/geo+json"
    assert made["type"] == "FeatureCollection" and len(made["features"]) == made["numberReturned"] == 7
    assert "timeStamp" in made
    feature = made["features"][0]
    assert (
        feature["type"] == "Feature" and feature["geometry"]["type"] == "Point" and "address" in feature["properties"]
    )
    alone = got(qgis, f"/ogc/collections/buildings/items/{feature['id']}")
    assert {"self", "collection"} <= {link["rel"] for link in alone.pop("links")}
    assert alone == feature


def test_next_links_lead_through_all_once(qgis, lane):  # /req/core/fc-links
    seen, path = [], "/ogc/collections/buildings/items?limit=11"
    while path:
        made = got(qgis, path)
        seen += [each["id"] for each in made["features"]]
        path = next((each["href"] for each in made["links"] if each["rel"] == "next"), "")
        path = path.removeprefix("http://testserver")
    assert len(seen) == len(set(seen)) == 40
    some = got(qgis, "/ogc/collections/buildings/items", limit=5, offset=38)
    assert [each["id"] for each in some["features"]] == seen[38:]


@pytest.mark.parametrize("collection", ["buildings", "rooms", "premises", "organisations"])
def test_a_box_gives_what_lies_in_it(qgis, lane, house, enter, collection):  # /req/core/fc-bbox-response
    enter("premise", address=house[2].pk, use="flat")
    enter("organisation", address=house[2].pk, name="A", kind="shop")
    inside = got(qgis, f"/ogc/collections/{collection}/items", bbox="120.3049,29.7049,120.3051,29.7051", limit=1000)
    assert len(inside["features"]) == {"buildings": 1, "rooms": 2, "premises": 1, "organisations": 1}[collection]
    assert all(abs(each["geometry"]["coordinates"][0] - 120.305) < 0.0001 for each in inside["features"])
    apart = got(qgis, f"/ogc/collections/{collection}/items", bbox="10,10,11,11")
    assert apart["features"] == []


def test_a_box_may_have_heights_and_may_cross_the_antimeridian(qgis, lane):
    path = "/ogc/collections/buildings/items"
    assert len(got(qgis, path, bbox="120,29,0,121,30,100", limit=1000)["features"]) == 40
    assert got(qgis, path, bbox="170,29,-170,30")["features"] == []


@pytest.mark.parametrize(
    ("interval", "number"),
    [
        ("2026-05-04T12:00:00Z", 40),
        ("2026-05-04T12:00:00Z/..", 40),
        ("../2026-05-04T11:59:59Z", 0),
        ("2027-01-01T00:00:00Z/", 0),
    ],
)
def test_an_interval_gives_what_changed_in_it(qgis, lane, interval, number):  # /req/core/fc-time-response
    made = got(qgis, "/ogc/collections/buildings/items", datetime=interval, limit=1000)
    assert made["numberReturned"] == number


@pytest.mark.parametrize(
    "given",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"offset": "-1"}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"},
        {"bbox": "0,10,1,9"}, {"bbox": "0,0,999,1"}, {"bbox": "nan,0,1,1"}, {"datetime": "yesterday"},
        {"datetime": "../.."},
        {"datetime": "2026-13-01T00:00:00Z"}, {"colour": "red"}, {"bbox": "0,0,1,1", "bbox-crs": "EPSG:3857"},
    ],
)  # fmt: skip
def test_a_bad_or_unknown_parameter_is_400(qgis, given):  # /req/core/query-param-invalid, query-param-unknown
    answer = qgis.get("/ogc/collections/buildings/items", given)
    assert answer.status_code == 400 and json.loads(answer.content)["description"]


def test_a_limit_over_the_most_is_answered_by_the_most(qgis, lane):  # /req/core/fc-limit-response-1
    assert got(qgis, "/ogc/collections/buildings/items", limit=999_999)["numberReturned"] == 40


@pytest.mark.parametrize(
    "path", ["collections/castles", "collections/castles/items", "collections/buildings/items/99999"]
)
def test_what_is_not_there_is_404(qgis, path):
    assert qgis.get(f"/ogc/{path}").status_code == 404


def test_browsers_get_a_page_and_f_decides(qgis):  # /req/html/content
    asked = {"Accept": "text/html,application/xhtml+xml"}
    assert b"<h1>" in qgis.get("/ogc/collections", headers=asked).content
    assert got(
        qgis,
        "/ogc/collections?f=json",
    )["collections"]
    assert qgis.get("/ogc/?f=html")["Content-Type"].startswith("text/html")


def test_nobody_reads_without_a_token_or_session(house):
    answer = Client().get("/ogc/collections/buildings/items")
    assert answer.status_code == 401 and "Basic" in answer["WWW-Authenticate"]
    for header in ("Bearer nothing", "Basic !!!", "Basic"):
        assert Client().get("/ogc/", headers={"Authorization": header}).status_code == 401
