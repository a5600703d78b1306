"""The register in a browser: search, enter, change, side by side, import in parts, exports, plates, quality."""

import csv
import io
import json
import re
import sqlite3

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from maplebridge.places.register.models import Address, Premise
from maplebridge.places.register.pages import imports
from maplebridge.places.register.queries.quality import register_quality
from maplebridge.places.register.rules.quality import Counts, quality_of


def test_a_search_leads_to_an_address_with_its_tree_and_history(house, enter, signed_in):
    enter("premise", address=house[2].pk, use="flat", residents=2, hazards=["gas"])
    client = signed_in()
    assert "建设路12号3单元402室" in client.get("/register", {"q": "jsl 12-3-402"}).content.decode()
    assert client.get("/register", {"q": house[2].code})["Location"] == f"/register/addresses/{house[2].pk}"
    page = client.get(f"/register/addresses/{house[2].pk}").content.decode()
    assert all(words in page for words in ("建设路12号3单元", "Number of residents", "Premises entered", house[2].code))


def test_counts_of_residents_are_not_shown_without_the_permission(house, enter, signed_in):
    enter("premise", address=house[2].pk, use="flat", residents=97)
    client = signed_in("guard")
    page = client.get(f"/register/addresses/{house[2].pk}")
    assert page.status_code == 200
    assert not re.search(r"\b97\b", page.content.decode())  # as a word: digests of assets hold any digits
    assert client.get("/register/export/premises.csv").status_code == 403
    assert client.get("/register/new/address").status_code == 403


def test_a_building_is_entered_and_its_parts(village, signed_in):
    client = signed_in()
    sent = {"street": "建设路", "site": "", "number": "7", "lon": "120.305", "lat": "29.705", "area": ""}
    there = client.post("/register/new/address", sent)["Location"]
    building = Address.objects.get()
    assert there == f"/register/addresses/{building.pk}"
    client.post(f"/register/new/address?parent={building.pk}&kind=unit", {"label": "1"})
    assert Address.objects.get(kind="unit").text == "建设路7号1单元"
    wrong = client.post("/register/new/address", sent | {"lon": "east"})
    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.content.decode()


def test_two_people_at_one_form_see_both_and_choose(house, enter, signed_in):
    premise = enter("premise", address=house[2].pk, use="flat", residents=2)
    one, other = signed_in(), signed_in()
    where = f"/register/change/premise/{premise.pk}"
    sent = {"base": "1", "use": "flat", "residents": "3", "rooms": "", "rented": "", "hazards": ["gas"]}
    assert one.post(where, sent).status_code == 302
    both = other.post(where, sent | {"residents": "4", "rooms": "2"})
    assert both.status_code == 409
    assert all(words in both.content.decode() for words in ("changed meanwhile", 'name="seen" value="2"'))
    chosen = sent | {"residents": "4", "rooms": "2", "seen": "2", "take": ["residents", "rooms"]}
    assert other.post(where, chosen).status_code == 302
    premise.refresh_from_db()
    assert (premise.residents, premise.rooms, premise.hazards) == (4, 2, ["gas"])


def test_a_list_is_tried_entered_in_parts_and_its_errors_taken_home(village, signed_in, monkeypatch):
    monkeypatch.setattr(imports, "STEP", 2)
    monkeypatch.setattr(imports, "SLICE_S", -1.0)
    client = signed_in()
    lines = [
        "street,number,lon,lat,use",
        *(f"建设路,{n},120.305,29.705,house" for n in range(1, 6)),
        "建设路,9,here,29,",
    ]
    sent = SimpleUploadedFile("list.csv", "\n".join(lines).encode())
    run = client.post("/register/import", {"file": sent})["Location"]
    page = client.get(run).content.decode()
    assert "5 rows can be taken." in page and "Row 7" in page
    assert Address.objects.count() == 0
    for _part in range(3):
        client.post(run)
    assert "Done" in client.get(run).content.decode()
    assert (Address.objects.count(), Premise.objects.count()) == (5, 5)
    rows = list(csv.reader(io.StringIO(client.get(f"{run}/errors.csv").content.decode("utf-8-sig"))))
    assert rows[1][2] == "here" and "degrees" in rows[1][-1]
    assert signed_in().get(run).status_code == 404


def test_a_list_without_a_place_is_refused_at_once(village, signed_in):
    sent = SimpleUploadedFile("list.csv", "street,number\n建设路,1".encode())
    refused = signed_in().post("/register/import", {"file": sent})
    assert refused.status_code == 422 and "Longitude, Latitude" in refused.content.decode()


def test_exports_hold_every_row_as_csv_geojson_and_geopackage(house, enter, signed_in, tmp_path):
    enter("organisation", address=house[2].pk, name="=枫桥粮店", kind="shop")
    client = signed_in()
    text = b"".join(client.get("/register/export/organisations.csv").streaming_content).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text)))[0]["name"] == "'=枫桥粮店"
    made = json.loads(b"".join(client.get("/register/export/rooms.geojson").streaming_content))
    assert [each["properties"]["address"] for each in made["features"]] == ["建设路12号3单元", "建设路12号3单元402室"]
    file = tmp_path / "a.gpkg"
    file.write_bytes(b"".join(client.get("/register/export/buildings.gpkg").streaming_content))
    base = sqlite3.connect(file)
    assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert base.execute("SELECT address, substr(geom, 1, 2) FROM buildings").fetchall() == [("建设路12号", b"GP")]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []


def test_an_export_holds_ones_own_area_alone(house, signed_in):
    other = signed_in("auxiliary", "330681101201")
    made = json.loads(b"".join(other.get("/register/export/buildings.geojson").streaming_content))
    assert made["features"] == []


def test_a_plate_leads_anybody_to_the_address_and_no_further(house, enter, signed_in):
    enter("organisation", address=house[0].pk, name="枫桥粮店", kind="shop")
    client = signed_in()
    assert client.get("/register/plates.pdf", {"within": house[0].pk}).content.startswith(b"%PDF")
    assert client.get("/register/plates.pdf").status_code == 422
    where = f"/register/at/{house[0].code}"
    page = Client().get(where).content.decode()
    assert "建设路12号" in page and "枫桥粮店" not in page
    assert client.get(where)["Location"] == f"/register/addresses/{house[0].pk}"
    assert Client().get(f"/register/at/{house[0].code[:-1]}*").status_code == 404


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        (Counts(), None),
        (Counts(10, (10, 0, 0), 5, 5, 5, 5, 5), 100),
        (Counts(10, (0, 10, 0), 5, 5, 5, 5, 5), 88),
        (Counts(10, (0, 0, 0), 5, 5, 0, 0, 0), 17),
        (Counts(10, (0, 0, 0), 0, 0, 0, 0, 0), 0),
    ],
)
def test_the_score_is_half_freshness_half_completeness(counts, score):
    found = quality_of(counts)
    assert (found.score if found else None) == score


def test_quality_counts_what_is_in_an_area(house, enter, village, noon, signed_in):
    enter("premise", address=house[2].pk, use="flat", residents=2)
    row = register_quality(noon, areas=[village])[0]
    assert row.counts == Counts(3, (3, 0, 0), 1, 1, 1, 1, 1)
    assert "100" in signed_in().get("/register/quality").content.decode()


def test_tiles_are_for_those_who_see_the_map(house, signed_in):
    client = signed_in("guard")
    assert client.get("/register/tiles/0/0/0.mvt")["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert client.get("/register/tiles/16/0/0.mvt").status_code == 204
    assert client.get("/register/tiles/3/9/0.mvt").status_code == 404
    assert Client().get("/register/tiles/0/0/0.mvt").status_code == 302
