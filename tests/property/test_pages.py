"""The registry's pages: what each person does there, without a browser."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from maplebridge.people.models import User
from maplebridge.property.actions import offer_transfer, owner_actor, report_stolen
from maplebridge.property.models import Alarm, Dealer, Item, Owner, TheftReport
from maplebridge.property.queries import owner_of_code

pytestmark = pytest.mark.django_db

BIKE = {
    "kind": "e_bike", "frame": "WMX123K90X7", "battery": "001CB240000003B3C0221953", "maker": "Yadea", "model": "DE3",
    "name": "王小明", "phone": "0400 123456", "document": "4711", "nonce": "n1",
}  # fmt: skip


@pytest.fixture
def clerk(world):
    client = Client()
    client.force_login(User.objects.get(username="clerk"))
    return client


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(User.objects.get(pk=world.officer.user_id))
    return client


@pytest.fixture
def registered(clerk):
    """A bike with its battery, registered at the desk: the item, and its owner's code."""
    answer = clerk.post("/property/desk/register", BIKE)
    code = re.search(r'<p class="code">([A-Z0-9-]+)</p>', answer.content.decode())
    assert code, answer.content.decode()[:3000]
    return Item.objects.get(kind="e_bike"), code[1]


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_desk_registers_a_bike_with_its_battery_pairs_them_and_shows_the_code_once(clerk, registered):
    bike, code = registered
    assert [pair.battery.kind for pair in bike.batteries.all()] == ["battery"]
    assert owner_of_code(code).name == "王小明"
    again = clerk.post("/property/desk/register", BIKE)
    assert Item.objects.count() == 2
    assert code not in again.content.decode()


@pytest.mark.parametrize(
    ("code", "state"), [("wmx 123-k90x7", "clear"), ("WMX123K90Y7", "not_registered"), ("WMX123K90X7", "clear")]
)
def test_the_public_check_answers_with_one_sentence_and_names_nobody(registered, code, state):
    answer = Client().post("/property", {"code": code})
    assert f'data-answer="{state}"' in answer.content.decode()
    assert "王小明" not in answer.content.decode()
    assert "0400" not in answer.content.decode()


@pytest.mark.parametrize("code", ["", "n/a", "不详", "0000"])
def test_what_is_no_number_is_said_to_be_none(registered, code):
    answer = Client().post("/property", {"code": code})
    assert answer.status_code == 422
    assert "data-answer" not in answer.content.decode()


def test_an_owner_opens_the_own_items_reports_one_stolen_and_a_shop_s_check_raises_the_alarm(clerk, registered, world):
    bike, code = registered
    mine = Client()
    assert mine.get(f"/property/mine/{bike.pk}").status_code == 302
    mine.post("/property/mine", {"code": code.lower().replace("-", " ")})
    assert "Yadea DE3" in said(mine.get("/property/mine"))
    with timezone.override("Europe/Helsinki"):
        here = timezone.localtime()
    hours = {"lost_from": 3, "lost_to": 1}
    moments = {name: f"{here - timedelta(hours=ago):%Y-%m-%dT%H:%M}" for name, ago in hours.items()}
    battery = bike.batteries.get().battery
    sent = {"address": "24.94, 60.17", "lon": "24.94", "lat": "60.17", f"with_{battery.pk}": "1"} | moments
    assert mine.post(f"/property/mine/{bike.pk}/stolen", sent).status_code == 302
    assert TheftReport.objects.filter(state="open").count() == 2
    answer = clerk.post("/property/desk/check", {"code": "001cb240000003b3c0221953"})
    assert 'data-answer="stolen"' in answer.content.decode()
    assert Alarm.objects.count() == 1
    assert clerk.post(f"/property/desk/answer/{Alarm.objects.get().pk}", {"answer": "here"}).status_code == 302
    assert mine.post(f"/property/mine/{bike.pk}/found", {"reason": "It stood behind the house."}).status_code == 302
    bike.refresh_from_db()
    assert bike.state == "registered"


def test_somebody_else_s_item_stays_closed(registered, world):
    bike, _code = registered
    other = world.register()
    client = Client()
    client.post("/property/mine", {"code": other.owner_code})
    assert client.get(f"/property/mine/{bike.pk}").status_code == 404
    assert client.get(f"/property/items/{bike.pk}/certificate.pdf").status_code in (302, 401, 403)


def test_an_owner_ends_the_own_record_with_the_code_given_once_more(registered):
    _bike, code = registered
    mine = Client()
    mine.post("/property/mine", {"code": code})
    for wrong in ("", "ABCDE-FGHJK"):
        assert "not the code" in said(mine.post("/property/mine/end", {"again": wrong}, follow=True))
    assert owner_of_code(code)
    assert "Your record is ended" in said(mine.post("/property/mine/end", {"again": code}, follow=True))
    assert owner_of_code(code) is None


def test_a_buyer_takes_over_with_the_code_and_gets_a_code_of_the_own(registered):
    bike, code = registered
    offered = offer_transfer(owner_actor(owner_of_code(code)), item=bike, at=timezone.now())
    buyer = Client()
    assert buyer.post("/property/accept", {"code": "ABCDE-FGHJK", "name": "Li"}).status_code == 404
    answer = buyer.post("/property/accept", {"code": offered.code, "name": "Li Na", "document": "0815"})
    assert "shown this once" in said(answer)
    assert "Yadea DE3" in said(buyer.get("/property/mine"))


def test_a_resident_registers_what_is_then_waiting_to_be_confirmed(world, clerk):
    public = Client()
    form = re.search(r'name="form" value="([^"]+)"', public.get("/property/register").content.decode())[1]
    sent = {
        "form": form,
        "kind": "bicycle",
        "frame": "KLX998877",
        "maker": "Flying Pigeon",
        "name": "Mei",
        "phone": "1",
    }
    answer = public.post("/property/register", sent | {"phone": "040 1234567"})
    assert answer.status_code == 200, said(answer)
    assert Item.objects.get().state == "pending"
    assert public.post("/property/register", sent | {"form": "old"}).status_code == 422


def test_certificates_and_stickers_are_printed(clerk, registered, officer):
    bike, code = registered
    first = clerk.post(f"/property/items/{bike.pk}/certificate.pdf", {"owner_code": code})
    assert first.content.startswith(b"%PDF")
    assert len(first.content) > len(clerk.get(f"/property/items/{bike.pk}/certificate.pdf").content)
    assert clerk.get(f"/property/stickers.pdf?item={bike.pk}&skip=3").content.startswith(b"%PDF")
    assert clerk.get("/property/stickers.pdf").status_code == 422


def test_a_list_of_numbers_is_checked_or_registered_at_once(clerk, registered):
    answer = clerk.post("/property/desk/batch", {"codes": "WMX123K90X7\nWMX123K90X7\nUNHEARD123", "what": "check"})
    assert said(answer).count("not in the registry") == 1
    answer = clerk.post(
        "/property/desk/batch", {"codes": "KX12345A\nKX12345B\nn/a", "what": "register", "kind": "bicycle"}
    )
    assert Item.objects.filter(kind="bicycle").count() >= 2, said(answer)
    assert clerk.post("/property/desk/batch", {"codes": "", "what": "check"}).status_code == 422


def test_the_desk_confirms_adds_a_number_and_pairs(clerk, registered, world):
    bike, _code = registered
    page = f"/property/desk/items/{bike.pk}"
    assert clerk.post(page, {"what": "confirm"}).status_code == 302
    assert clerk.post(page, {"what": "number", "kind": "motor", "code": "MOT998877"}).status_code == 302
    assert "MOT998877" in said(clerk.get(page))
    assert "Choose what to do" in said(clerk.post(page, {"what": "fly"}))


def test_an_investigator_recovers_and_returns_and_every_look_at_the_owner_is_an_entry(officer, registered, world):
    from maplebridge.journal.models import Entry

    bike, code = registered
    now = timezone.now()
    report_stolen(owner_actor(owner_of_code(code)), item=bike, lost_from=now - timedelta(hours=2), lost_to=now,
                  lon=24.94, lat=60.17, at=now)  # fmt: skip
    assert "Yadea DE3" in said(officer.get("/property/board"))
    case = f"/property/items/{bike.pk}"
    assert "王小明" not in officer.get(case).content.decode()
    assert officer.post(f"{case}/owner", {"reason": "short"}).status_code == 422
    assert "王小明" in officer.post(f"{case}/owner", {"reason": "to tell them it was found"}).content.decode()
    assert Entry.objects.filter(verb="property.owner_consulted").count() == 1
    officer.post(f"{case}/act", {"what": "recovered", "place": "Post 3, cage 2"})
    assert "not those on record" in said(
        officer.post(f"{case}/act", {"what": "return", "document": "9999", "reason": "showed a document"}, follow=True)
    )
    officer.post(f"{case}/act", {"what": "return", "document": "AB 4711", "reason": "showed the document"})
    bike.refresh_from_db()
    assert bike.state == "registered"


def test_the_desk_and_the_board_are_closed_to_whoever_has_no_part_in_them(clerk, registered):
    bike, _code = registered
    for path in ("/property/board", f"/property/items/{bike.pk}"):
        assert clerk.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    for path in ("/property/desk", "/property/desk/import", "/property/desk/register", "/property/desk/batch"):
        assert Client().get(path).status_code == 302


def test_whoever_works_nowhere_is_told_so(world):
    from staff_for_tests import make_staff

    client = Client()
    client.force_login(make_staff("dealer"))
    assert "not entered at any accredited place" in said(client.get("/property/desk"))
    assert client.post("/property/desk/check", {"code": "WMX1234567"}).status_code == 403
    assert Dealer.objects.count() == 2 and not Owner.objects.exists()


def test_the_figures_come_with_their_intervals(officer, registered):
    assert "0 of 0" not in said(officer.get("/property/figures"))
    assert officer.get("/property/figures?days=365").status_code == 200
    assert officer.get("/property/board?q=Yadea").status_code == 200


def test_a_chief_accredits_a_place_staffs_it_and_ends_it(world):
    from staff_for_tests import make_staff

    client = Client()
    client.force_login(make_staff("chief"))
    sent = {
        "what": "accredit",
        "name": "New Wheels",
        "kind": "repair",
        "address": "24.93, 60.16",
        "users": "clerk, nobody",
    }
    assert "There is no account “nobody”" in said(client.post("/property/places", sent))
    assert client.post("/property/places", sent | {"users": "clerk"}).status_code == 302
    place = Dealer.objects.get(name="New Wheels")
    client.post("/property/places", {"what": "staff", "place": place.pk, "users": "trader"})
    assert [user.username for user in place.users.all()] == ["trader"]
    client.post("/property/places", {"what": "end", "place": place.pk})
    assert "New Wheels" not in said(client.get("/property/places"))


def test_an_alarm_is_taken_up_when_the_case_of_the_theft_is_closed(world, machine):
    from maplebridge.incidents.actions import close_incident
    from maplebridge.property.actions import take_up_alarm

    bike = world.register().item
    theft = world.steal(bike)
    close_incident(machine, incident=theft.incident, disposition="01", at=world.later(minutes=20))
    seen = world.check(world.code_of(bike), at=world.later(minutes=30))
    incident = take_up_alarm(machine, alarm=seen.alarm, at=world.later(minutes=31))
    assert incident.pk != theft.incident_id


def test_a_lost_code_is_renewed_by_the_police_with_a_reason_and_the_old_one_opens_nothing(officer, registered):
    bike, old = registered
    where = f"/property/items/{bike.pk}/act"
    answer = officer.post(where, {"what": "renew", "reason": "Showed an identity card with the same last four."})
    fresh = re.search(r'<p class="code">([A-Z0-9-]+)</p>', answer.content.decode())[1]
    assert owner_of_code(old) is None
    assert owner_of_code(fresh).name == "王小明"
    assert 'code">' not in officer.post(where, {"what": "renew", "reason": "short"}, follow=True).content.decode()
    assert owner_of_code(fresh) is not None


def test_a_claim_holds_the_item_until_it_is_decided(officer, registered):
    bike, _code = registered
    where = f"/property/items/{bike.pk}/act"
    claim = {"what": "claim", "name": "B. Claimant", "phone": "0400 654321", "words": "The receipt is in my name."}
    assert "The owner's code" in said(officer.post(where, claim)).replace("&#x27;", "'")
    assert bike.disputes.get().state == "open"
    assert "Disputed" in said(officer.get(f"/property/items/{bike.pk}"))
    assert "already" in said(officer.post(where, claim, follow=True))
    officer.post(where, {"what": "reject", "reason": "The receipt names another frame number."})
    assert bike.disputes.get().state != "open"
