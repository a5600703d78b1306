"""Checks over the API: what anyone is told, what accredited places do, lists, prefixes, and the Bike Index's shape."""

import json
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maplebridge.kernel import clock
from maplebridge.people.actions import issue_token
from maplebridge.people.models import User
from maplebridge.property import actions, gate, prefix
from maplebridge.property.actions import Code
from maplebridge.property.codes import canonical
from maplebridge.property.index import stolen_index
from maplebridge.property.intake_list import read_list
from maplebridge.property.models import Alarm, Sighting
from maplebridge.property.prefix import K, digits_for
from maplebridge.property.turnstile import Turnstile

pytestmark = pytest.mark.django_db
BATTERY = "001CB240000003B3C0221953"


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    stolen_index().forget()
    monkeypatch.setattr(gate, "gate", Turnstile(1000))
    monkeypatch.setattr(prefix, "_counted", (0.0, 0))


@pytest.fixture
def bearer(world, machine):
    def of(username):
        user = User.objects.get(username=username)
        return {"Authorization": f"Bearer {issue_token(machine, user=user, days=1, at=clock.now())}"}

    return of


def stolen_bike(world, code="WTU123456", **values):
    item = world.register(codes=[Code("frame", code)], maker="Yadea", colour="red", **values).item
    world.steal(item)
    return item


def test_anyone_may_ask_and_is_told_nothing_about_persons_or_places(world, client):
    stolen_bike(world)
    world.register(codes=[Code("frame", "CLEAN12345")])
    for code, answer in (("wtu-123 456", "stolen"), ("CLEAN12345", "clear"), ("WTU123457", "not_registered")):
        said = client.get("/api/property/check", {"code": code}).json()
        assert said["answer"] == answer and set(said) == {"answer", "canonical", "sentence"}
    assert client.get("/api/property/check", {"code": "不详"}).status_code == 422
    assert not Sighting.objects.exists()


def test_one_address_may_not_ask_without_end_and_no_address_is_kept(client, world, monkeypatch):
    monkeypatch.setattr(gate, "gate", Turnstile(3))
    said = [client.get("/api/property/check", {"code": "ABC12345"}).status_code for _each in range(5)]
    assert said == [200, 200, 200, 429, 429]
    other = client.get("/api/property/check", {"code": "ABC12345"}, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 200


def test_the_turnstile_opens_again_and_takes_an_ipv6_network_as_one():
    moment = [0.0]
    gate = Turnstile(2, period_s=60, now=lambda: moment[0])
    assert [gate.admits(f"2001:db8:0:1::{n}") for n in range(3)] == [True, True, False]
    assert gate.admits("2001:db8:0:2::1")
    moment[0] = 61.0
    assert gate.admits("2001:db8:0:1::1")


def test_a_prefix_finds_a_stolen_code_that_the_server_does_not_learn(world, client):
    stolen_bike(world)
    digest = sha256(canonical("wtu 123456").encode()).hexdigest()
    said = client.get("/api/property/stolen", {"prefix": ""}).json()
    assert said["digits"] == 0 and digest in said["suffixes"], "of a few codes one fetches all"
    refused = client.get("/api/property/stolen", {"prefix": digest[:1]})
    assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "prefix"
    assert client.get("/api/property/stolen", {"prefix": "xyz"}).status_code == 422


def test_with_many_registered_a_prefix_hides_one_among_a_hundred(world, client, monkeypatch):
    stolen_bike(world)
    monkeypatch.setattr(prefix, "registered_codes", lambda: 2_000_000)
    digest = sha256(b"WTU123456").hexdigest()
    said = client.get("/api/property/stolen", {"prefix": digest[:3]}).json()
    assert said["k"] >= K and digest[3:] in said["suffixes"]
    assert client.get("/api/property/stolen", {"prefix": digest[:4]}).status_code == 422


@pytest.mark.parametrize("registered", [0, 99, 1_599, 1_600, 25_600, 2_000_000, 10**9])
def test_the_longest_prefix_leaves_at_least_k_alike(registered):
    digits = digits_for(registered)
    assert digits == 0 or registered / 16**digits >= K


def test_the_index_follows_thefts_and_their_ends(world):
    index = stolen_index()
    item = world.register(codes=[Code("frame", "WTU123456")]).item
    index.freshen()
    assert not index.is_stolen("WTU123456")
    theft = world.steal(item)
    index.freshen()
    assert index.is_stolen("wtu-123456") and index.thefts_of("WTU123456") == (theft.pk,)
    actions.add_identifier(world.clerk, item=item, code=Code("motor", "MOT998877"), at=world.noon)
    index.freshen()
    assert index.is_stolen("MOT998877")
    before = index.digests_with("")
    actions.withdraw_report(world.officer, theft=theft, reason="found in the cellar", at=world.later(hours=1))
    index.freshen()
    assert not index.is_stolen("WTU123456") and len(before) > 1 and index.digests_with("") == []


def test_an_accredited_check_raises_the_alarm_and_a_clean_one_is_kept_for_days(world, client, bearer):
    stolen_bike(world)
    world.register(codes=[Code("frame", "CLEAN12345")])
    send = {"content_type": "application/json", "headers": bearer("trader")}
    said = client.post("/api/property/checks", json.dumps({"code": "WTU 123 456"}), **send).json()
    assert said["answer"] == "stolen" and said["what_to_do"]
    assert Alarm.objects.get().pk == said["alarm"]
    assert client.post("/api/property/checks", json.dumps({"code": "CLEAN12345"}), **send).json()["answer"] == "clear"
    assert Sighting.objects.get(canonical="CLEAN12345").expires_at
    alarms = client.get("/api/property/alarms", headers=send["headers"]).json()
    assert [each["id"] for each in alarms] == [said["alarm"]]
    answered = client.post(f"/api/property/alarms/{said['alarm']}/answer", json.dumps({"answer": "here"}), **send)
    assert answered.status_code == 200 and Alarm.objects.get().answer == "here"


def test_a_list_of_the_day_is_answered_line_by_line(world, client, bearer):
    stolen_bike(world)
    file = SimpleUploadedFile("day.csv", "编号;车架号\r\n1;WTU-123456\r\n2;ABC12345\r\n3;不详\r\n".encode("gb18030"))
    body = {"file": file, "dealer": str(world.market.pk)}
    said = client.post("/api/property/checks/list", body, headers=bearer("trader")).json()
    assert [(row["line"], row["answer"]) for row in said] == [(2, "stolen"), (3, "not_registered"), (4, "no_code")]
    assert said[0]["alarm"] == Alarm.objects.get().pk
    file.seek(0)
    text = client.post("/api/property/checks/list", body | {"form": "csv"}, headers=bearer("trader")).content.decode()
    assert text.startswith("\ufeffline,code,answer") and "2,WTU-123456,stolen" in text
    elsewhere = body | {"file": SimpleUploadedFile("a.csv", b"A1234567"), "dealer": str(world.shop.pk)}
    assert client.post("/api/property/checks/list", elsewhere, headers=bearer("trader")).status_code == 404


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"WTU1\nWTU2\n\nWTU3", ["WTU1", "WTU2", "WTU3"]),
        (b"\xef\xbb\xbfdate,serial number\n2026-01-01,WTU1\n", ["WTU1"]),
        ("日期\t编码\n1月\tＷＴＵ１\n".encode("gb18030"), ["ＷＴＵ１"]),
    ],
)
def test_lists_are_read_in_any_usual_form(data, codes):
    assert [row.code for row in read_list(data)] == codes


def test_near_codes_are_for_investigators_and_raise_no_alarm(world, client, bearer):
    stolen_bike(world)
    world.register(codes=[Code("frame", "WTU123546")])
    assert client.get("/api/property/near", {"code": "WTU123465"}, headers=bearer("trader")).status_code == 403
    officer = User.objects.exclude(username__in=["clerk", "trader"]).get()
    said = client.get("/api/property/near", {"code": "WTUI23456"}, headers=bearer(officer.username)).json()
    assert [(each["written"], each["edits"], each["lookalike"]) for each in said] == [
        ("WTU123456", 1, True),
        ("WTU123546", 2, False),
    ]
    assert not Alarm.objects.exists()


def test_clients_of_the_bike_index_find_their_endpoints(world, client, bearer):
    item = stolen_bike(world, year=2024)
    clean = world.register(codes=[Code("frame", "CLEAN12345")], maker="Giant").item
    (found,) = client.get("/api/v3/search", {"serial": "wtu-123456"}).json()["bikes"]
    assert found["id"] == item.pk and found["stolen"] and found["title"] == "2024 Yadea"
    assert found["stolen_coordinates"] == [60.17, 24.94]
    assert client.get(f"/api/v3/bikes/{item.pk}").json()["bike"] == found
    assert client.get(f"/api/v3/bikes/{clean.pk}").status_code == 404, "what is not stolen is not shown by number"
    (near,) = client.get("/api/v3/search/close_serials", {"serial": "WTU12345"}).json()["bikes"]
    assert near["id"] == item.pk
    counts = client.get("/api/v3/search/count", {"location": "60.17,24.94", "distance": 1}).json()
    assert counts == {"stolen": 1, "non": 0, "proximity": 1}
    non = client.get("/api/v3/search", {"serial": "CLEAN12345", "stolenness": "non"}).json()["bikes"]
    assert [each["status"] for each in non] == ["with owner"]
    assert client.get("/api/v3/search", {"stolenness": "non"}).json()["bikes"] == [], "nobody lists what people own"
    send = {"content_type": "application/json", "headers": bearer("trader")}
    said = client.post("/api/v3/bikes/check_if_registered", json.dumps({"serial": "CLEAN12345"}), **send).json()
    assert said["registered"] and said["claimed"] and not said["stolen"]
    assert "Owner" not in json.dumps([found, near, non, said])
