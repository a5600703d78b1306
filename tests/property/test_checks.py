"""Checks: a stolen item raises its alarm at once, a theft reported later raises it too, everything else soon goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from maplebridge.incidents.models import Incident, Link, Note
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.live.rules import Audience, hears, item_of
from maplebridge.people.actor import PUBLIC, system
from maplebridge.people.rules import shipped
from maplebridge.property import actions, queries, tasks
from maplebridge.property.actions import Code
from maplebridge.property.models import Alarm, Sighting, TheftReport

pytestmark = pytest.mark.django_db


def test_anybody_is_answered_clear_stolen_or_not_registered(world):
    item = world.register(codes=[Code("frame", "KX900112")]).item
    assert [queries.check(code) for code in ("kx 9001-12", "KX900113", "")] == [
        "clear",
        "not_registered",
        "not_registered",
    ]
    world.steal(item)
    assert queries.check("ＫＸ９００１１２") == "stolen"


def test_a_check_of_a_clean_item_is_a_sample_outside_the_journal_with_an_end(world):
    code = world.code_of(world.register().item)
    entries = Entry.objects.count()
    seen = world.check(code)
    assert (seen.answer, seen.alarm) == ("clear", None)
    assert world.check("QQ77").answer == "not_registered"
    assert Sighting.objects.count() == 2
    assert {each.expires_at for each in Sighting.objects.all()} == {world.noon + timedelta(days=7)}
    assert Entry.objects.count() == entries


def test_a_check_of_a_stolen_item_raises_its_alarm_in_the_same_act(world):
    item = world.register(codes=[Code("frame", "KX900112")]).item
    theft = world.steal(item)
    seen = world.check("kx-900112", at=world.later(hours=3))
    assert seen.answer == "stolen" and seen.alarm.theft == theft
    assert seen.alarm.sighting.expires_at is None, "it belongs to the theft from now on"
    entry = Entry.objects.get(verb="property.alarm_raised")
    assert (entry.subject, entry.case) == (f"alarm:{seen.alarm.pk}", f"incident:{theft.incident_id}")
    card = queries.alarm_card(seen.alarm)
    assert (card["dealer"]["name"], card["seen_at"]) == ("Old Market", "2026-05-04T15:00:00.000Z")
    assert "Compare the number" in card["what_to_do"][0]
    assert "Owner 1" not in str(card) and "KX900112" in str(card)


def test_the_same_place_again_is_the_same_alarm_and_another_place_is_another(world):
    theft = world.steal(world.register().item)
    code = world.code_of(theft.item)
    first, again = world.check(code), world.check(code, at=world.later(minutes=9))
    elsewhere = world.check(code, actor=world.clerk, dealer=world.shop)
    later = world.check(code, at=world.later(minutes=11))
    assert again.alarm == first.alarm
    assert len({first.alarm.pk, elsewhere.alarm.pk, later.alarm.pk}) == 3


@pytest.mark.parametrize("text", ["12", "12345678", "n/a"])
def test_a_code_that_many_things_may_bear_raises_nothing(world, text):
    world.steal(world.register(codes=[Code("frame", text)]).item)
    assert queries.check(text) != "stolen"
    if text != "n/a":
        assert world.check(text).alarm is None
    assert not Alarm.objects.exists()


def test_near_codes_raise_nothing(world):
    world.steal(world.register(codes=[Code("frame", "KX9OO112")]).item)
    assert world.check("KX900112").answer == "not_registered"


def test_two_batteries_a_digit_apart_are_two(world):
    made = [world.register("battery", codes=[Code("battery", c)]).item for c in BATTERIES]
    world.steal(made[0])
    assert [world.check(code).answer for code in BATTERIES] == ["stolen", "clear"]


BATTERIES = ("001CB24000000" + "3B" + "3C0221953", "001CB24000000" + "38" + "3C0221953")


def test_a_theft_reported_later_finds_what_was_checked_before(world):
    item = world.register().item
    code = world.code_of(item)
    world.check(code, at=world.later(hours=1))  # before it was stolen: its owner had it repaired
    world.check(code, at=world.later(hours=5))
    world.check(code, actor=world.clerk, dealer=world.shop, at=world.later(hours=6))
    theft = world.steal(item, at=world.later(hours=8), lost_from=world.later(hours=4), lost_to=world.later(hours=5))
    alarms = Alarm.objects.order_by("sighting__at")
    assert [(a.theft, a.late, a.sighting.dealer) for a in alarms] == [
        (theft, True, world.market),
        (theft, True, world.shop),
    ]
    assert "before the theft was reported" in queries.alarm_card(alarms[0])["what_to_do"][0]
    assert actions.raise_late_alarms(world.system, theft=theft, at=world.later(hours=9)) == []
    assert [a.sighting.dealer for a in queries.owed_answers(world.officer)] == [world.market, world.shop]


def test_what_was_checked_longer_ago_than_checks_are_kept_stays_unknown(world):
    item = world.register().item
    world.check(world.code_of(item))
    world.steal(item, at=world.later(days=8), lost_from=world.later(hours=-1), lost_to=world.later(days=8))
    assert not Alarm.objects.exists()


def test_a_day_s_list_is_answered_in_its_order(world):
    stolen, clean = world.register().item, world.register().item
    world.steal(stolen)
    codes = ["NEW-77-1", world.code_of(stolen), world.code_of(clean)]
    seen = actions.record_sightings(world.trader, codes=codes, dealer=world.market, at=world.noon)
    assert [each.answer for each in seen] == ["not_registered", "stolen", "clear"]
    assert actions.record_sightings(world.trader, codes=[], dealer=world.market, at=world.noon) == []
    with pytest.raises(BadInput, match="at most 5000"):
        actions.record_sightings(world.trader, codes=["X1"] * 5001, dealer=world.market, at=world.noon)


def test_of_a_reader_s_reads_only_those_of_stolen_items_leave_anything(world):
    reader, _token = actions.issue_reader(world.system, name="Gate", dealer=world.market, at=world.noon)
    stolen, clean = (world.register(codes=[Code("rfid", f"E280116060000208{n:08X}")]).item for n in (0xA17B, 0xA17C))
    world.steal(stolen)

    def read(text):
        return actions.record_sighting(
            system("reader:1"), code=text, channel="reader", reader=reader, at=world.later(hours=1)
        )

    def everything():
        with connection.cursor() as cursor:
            return {t: cursor.execute(f'SELECT count(*) FROM "{t}"') and None or cursor.fetchone()[0]
                    for t in connection.introspection.table_names()}  # fmt: skip

    before = everything()
    assert read(world.code_of(clean)).answer == "clear"
    assert read("E28011606000020800000001").answer == "not_registered"
    assert everything() == before
    assert read(world.code_of(stolen)).alarm.sighting.reader == reader
    assert Sighting.objects.count() == 1


def test_a_withdrawn_report_raises_nothing_any_more(world):
    theft = world.steal(world.register().item)
    actions.withdraw_report(world.officer, theft=theft, reason="it stood behind the house", at=world.noon)
    assert world.check(world.code_of(theft.item)).answer == "clear"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "不详"}, "code"),
        ({"code": "x" * 201}, "code"),
        ({"channel": "drone"}, "channel"),
        ({"channel": "reader"}, "channel"),
        ({"dealer": None, "channel": "patrol"}, "lon"),
        ({"dealer": None, "channel": "patrol", "lon": 300.0, "lat": 0.0}, "lon"),
    ],
)
def test_an_unusable_check_is_refused_by_field(world, values, field):
    with pytest.raises(BadInput) as refused:
        world.check(values.pop("code", "KX900112"), actor=world.officer, **values)
    assert refused.value.field == field


def test_a_check_from_the_future_is_refused(world):
    with pytest.raises(BadInput):
        world.check("KX900112", seen_at=world.later(minutes=3))


def test_a_shop_checks_at_its_own_place_only_and_the_public_not_at_all(world):
    with pytest.raises(NotAllowed):
        world.check("KX900112", dealer=world.shop)
    with pytest.raises(NotAllowed):
        world.check("KX900112", dealer=None, channel="patrol", lon=24.94, lat=60.17)
    with pytest.raises(NotAllowed):
        world.check("KX900112", actor=PUBLIC)


def test_the_console_hears_of_an_alarm_and_a_shop_does_not(world):
    theft = world.steal(world.register().item)
    world.check(world.code_of(theft.item))
    entry = Entry.objects.get(verb="property.alarm_raised")
    item, paths = item_of(entry.position, entry.body), {f"incident:{theft.incident_id}": theft.incident.area_path}
    heard = [hears(Audience((shipped(role, area),)), item, paths) for role, area in LISTENERS]
    assert heard == [True, True, False, False]


LISTENERS = [("dispatcher", ""), ("dispatcher", "district"), ("dispatcher", "elsewhere"), ("dealer", "")]


def take_up(world, alarm):
    entry = Entry.objects.get(verb="property.alarm_raised", subject=f"alarm:{alarm.pk}")
    tasks.open_incident_of_alarm(entry, world.noon)
    tasks.open_incident_of_alarm(entry, world.noon)
    alarm.refresh_from_db()
    return alarm.incident


def test_an_alarm_gets_an_incident_at_its_place_linked_with_the_theft(world):
    theft = world.steal(world.register(maker="Yadea").item)
    incident = take_up(world, world.check(world.code_of(theft.item)).alarm)
    assert (incident.type_id, incident.lon, incident.lat) == ("stolen_seen", world.market.lon, world.market.lat)
    assert Link.objects.get(incident=incident).other == theft.incident
    assert "Old Market" in incident.reports.get().narrative
    assert Incident.objects.count() == 2


def test_a_second_alarm_near_by_goes_to_the_incident_that_is_open_there(world):
    theft = world.steal(world.register().item)
    code = world.code_of(theft.item)
    first = take_up(world, world.check(code).alarm)
    second = take_up(world, world.check(code, at=world.later(minutes=20)).alarm)
    far = take_up(world, world.check(code, actor=world.clerk, dealer=world.shop).alarm)
    assert first == second != far


def test_a_late_alarm_belongs_to_the_theft_s_own_incident(world):
    item = world.register().item
    world.check(world.code_of(item))
    theft = world.steal(item, at=world.later(hours=1))
    assert take_up(world, Alarm.objects.get()) == theft.incident


def test_the_nearest_units_are_noted_on_the_incident_of_an_alarm(world):
    from maplebridge.dispatch.tasks import note_units_for_alarm
    from maplebridge.people.actions import enlist_unit, open_shift

    unit = enlist_unit(world.system, call_sign="M21", kind="motorbike", home=(24.96, 60.181), at=world.noon)
    open_shift(
        world.system, unit=unit, crew=[], starts_at=world.later(hours=-1), ends_at=world.later(hours=8), at=world.noon
    )
    theft = world.steal(world.register().item)
    incident = take_up(world, world.check(world.code_of(theft.item)).alarm)
    for _again in range(2):
        note_units_for_alarm(Entry.objects.get(verb="property.alarm_taken_up"), world.noon)
    assert "M21" in Note.objects.get(incident=incident).text


def test_the_place_answers_and_somebody_settles(world):
    theft = world.steal(world.register().item)
    alarm = world.check(world.code_of(theft.item)).alarm
    actions.answer_alarm(world.trader, alarm=alarm, answer="here", at=world.noon)
    with pytest.raises(NotAllowed):
        actions.answer_alarm(world.clerk, alarm=alarm, answer="left", at=world.noon)
    with pytest.raises(NotAllowed):
        actions.settle_alarm(world.trader, alarm=alarm, outcome="mistaken", at=world.noon)
    assert not queries.owed_answers(world.officer).exists()
    actions.settle_alarm(world.officer, alarm=alarm, outcome="mistaken", at=world.noon)
    with pytest.raises(actions.CannotSettle):
        actions.settle_alarm(world.officer, alarm=alarm, outcome="seized", at=world.noon)
    assert not queries.open_alarms(world.officer).exists()


def test_a_report_cut_off_before_its_matching_is_matched_by_the_worker(world, monkeypatch):
    item = world.register().item
    world.check(world.code_of(item))
    monkeypatch.setattr("maplebridge.property.actions.theft.raise_late_alarms", lambda *_a, **_k: [])
    world.steal(item, at=world.later(hours=1))
    assert not Alarm.objects.exists()
    tasks.match_earlier_checks(Entry.objects.get(verb="property.reported_stolen"), world.later(hours=1))
    assert Alarm.objects.get().late


@pytest.mark.django_db(transaction=True)
def test_checks_and_reports_at_the_same_time_never_miss_each_other(world):
    made = [world.register().item for _each in range(6)]
    codes = {item.pk: world.code_of(item) for item in made}

    def do(job):
        try:
            job[0](job[1])
        finally:
            connection.close()

    jobs = [job for item in made for job in ((world.steal, item), (lambda i: world.check(codes[i.pk]), item))]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(do, jobs))
    assert TheftReport.objects.count() == 6
    assert sorted(Alarm.objects.values_list("theft__item_id", flat=True)) == sorted(codes)
