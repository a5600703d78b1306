"""What is at a point: addresses, corners, streets, premise notes, and the API over them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override
from handmade_town import point

from maplebridge.journal.models import Entry, Private
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.people.actions import enrol_user
from maplebridge.people.actor import PUBLIC
from maplebridge.people.models import User
from maplebridge.places import queries
from maplebridge.places.actions import CannotWithdrawNote, add_premise_note, withdraw_premise_note
from maplebridge.places.models import PremiseNote
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.rules.rows import Row

pytestmark = pytest.mark.django_db(transaction=True)
DOOR = point(2.5, 0.1)


@pytest.mark.parametrize(
    ("where", "called"),
    [
        (point(2.5, 0.12), "Maple Street 8"),
        (point(1.02, 0.03), "Corner of Maple Street and Ångström Street"),
        (point(1.0, 0.9), "Ångström Street"),
        (point(0.0, -0.35), "Maple Street"),
        (point(3.0, 3.0), "near Ångström Street"),
        ((24.0, 61.0), "61.00000, 24.00000"),
    ],
)
def test_a_point_is_called_after_what_it_is_at(city, where, called):
    assert queries.address_at(*where) == called


def test_in_chinese_a_point_has_its_chinese_name(city):
    with override("zh-hans"):
        assert queries.address_at(*point(0.0, -0.35)) == "枫树街"


def a_note(actor, at, **changes):
    values = {
        "kind": "access", "text": "Gate locked after 14:00", "reason": "caretaker asked for it", "lon": DOOR[0],
        "lat": DOOR[1], "expires_at": at + timedelta(days=30), "at": at,
    }  # fmt: skip
    return add_premise_note(actor, **values | changes)


def test_a_note_is_shown_near_its_place_until_it_ends(dispatcher, noon):
    note = a_note(dispatcher, noon)
    (near,) = queries.premise_notes_near(*DOOR, noon)
    assert (near.note, near.distance_m) == (note, 0.0)
    assert queries.premise_notes_near(*point(0, 0), noon) == []
    assert queries.premise_notes_near(*DOOR, noon + timedelta(days=31)) == []


def test_the_words_of_a_note_stay_out_of_the_clear_journal(dispatcher, noon):
    a_note(dispatcher, noon)
    entry = Entry.objects.get(verb="places.premise_note_added")
    assert "Gate" not in entry.body and "caretaker" not in entry.body
    assert set(Private.objects.values_list("content", flat=True)) == {
        "Gate locked after 14:00",
        "caretaker asked for it",
    }


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("reason", {"reason": "  "}),
        ("text", {"text": ""}),
        ("text", {"text": "x" * 401}),
        ("kind", {"kind": "person"}),
        ("expires_at", {"expires_at": None}),
        ("radius_m", {"radius_m": 0}),
        ("lon", {"lon": 999.0}),
    ],
)
def test_a_note_without_what_it_needs_is_refused_with_the_field(dispatcher, noon, field, changes):
    with pytest.raises(BadInput) as refused:
        a_note(dispatcher, noon, **changes)
    assert refused.value.field == field and PremiseNote.objects.count() == 0


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_note_ends_within_a_year(dispatcher, noon, days):
    with pytest.raises(BadInput, match="at most a year"):
        a_note(dispatcher, noon, expires_at=noon + timedelta(days=days))


def test_a_withdrawn_note_is_gone_and_withdrawn_once(dispatcher, noon):
    note = a_note(dispatcher, noon)
    with pytest.raises(BadInput):
        withdraw_premise_note(dispatcher, note_id=note.pk, reason="", at=noon)
    withdraw_premise_note(dispatcher, note_id=note.pk, reason="gate taken out", at=noon)
    assert queries.premise_notes_near(*DOOR, noon) == []
    with pytest.raises(CannotWithdrawNote):
        withdraw_premise_note(dispatcher, note_id=note.pk, reason="again", at=noon)
    with pytest.raises(NotFound):
        withdraw_premise_note(dispatcher, note_id=note.pk + 1, reason="none", at=noon)


def test_the_public_writes_no_notes(noon):
    with pytest.raises(NotAllowed):
        a_note(PUBLIC, noon)


@pytest.fixture
def browser(machine, noon):
    enrol_user(machine, username="desk", display_name="Desk", role="dispatcher", password=None, at=noon)
    client = Client()
    client.force_login(User.objects.get(username="desk"))
    return client


def test_another_number_of_the_register_does_not_go_before_the_number_that_the_map_has(city, browser, machine, noon):
    at = dict(zip(("lon", "lat"), DOOR, strict=True))
    listed = {0: Row(area="E", street="Maple Street", site="", number="99", unit="", room="", **at)}
    import_addresses(machine, rows=listed, source="list", at=noon)
    found = {q: browser.get("/api/search", {"q": f"maple street {q}"}).json() for q in ("8", "99")}
    assert [found[q][0]["id"] is None for q in found] == [True, False]
    assert [found[q][0]["name"] for q in found] == ["Maple Street 8", "99 Maple Street"]


def test_the_api_searches_and_names_points(city, browser):
    rows = browser.get("/api/search", {"q": "maple street 8", "lon": DOOR[0], "lat": DOOR[1]}).json()
    assert set(rows[0]) == {"kind", "name", "detail", "lon", "lat", "score", "id"}
    assert (rows[0]["kind"], rows[0]["id"]) == ("address", None)
    at = browser.get("/api/places/at", {"lon": DOOR[0], "lat": DOOR[1]}).json()
    assert at == {"address": "Maple Street 8", "area": {"code": "E", "name": "East beat"}, "in_city": True}
    assert browser.get("/api/places/at", {"lon": 0, "lat": 0}).json()["in_city"] is False
    assert browser.get("/api/places/at", {"lon": 0, "lat": 91}).status_code == 422
    assert browser.get("/api/search", {"q": "x", "lon": "east"}).status_code == 422


def test_the_api_keeps_premise_notes(browser):
    body = {"kind": "hazard", "text": "Loose dog", "reason": "bit a postman", "lon": DOOR[0], "lat": DOOR[1]}
    answer = browser.post("/api/premise-notes", body, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["fields"][0]["field"] == "expires_at"
    naive = body | {"expires_at": "2999-01-01T00:00:00"}
    assert browser.post("/api/premise-notes", naive, content_type="application/json").status_code == 422
    from maplebridge.kernel import clock

    body["expires_at"] = clock.stamp(clock.now() + timedelta(days=3))
    made = browser.post("/api/premise-notes", body, content_type="application/json")
    assert made.status_code == 201
    (row,) = browser.get("/api/premise-notes", {"lon": DOOR[0], "lat": DOOR[1]}).json()
    assert row["text"] == "Loose dog" and row["distance_m"] == 0
    done = browser.post(
        f"/api/premise-notes/{row['id']}/withdraw", {"reason": "moved"}, content_type="application/json"
    )
    assert done.status_code == 200 and browser.get("/api/premise-notes").json() == []


def test_the_api_gives_areas_as_geojson(city, browser):
    areas = browser.get("/api/areas").json()
    assert [f["properties"]["code"] for f in areas["features"]] == ["D", "E", "W"]
    assert areas["features"][0]["geometry"]["type"] == "Polygon"


def test_nobody_searches_without_signing_in(city):
    assert Client().get("/api/search", {"q": "maple"}).status_code == 401
