"""A theft from its report to its end, and the item in the police's hands on its way back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from maplebridge.incidents.models import Report
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actor import PUBLIC
from maplebridge.property import actions, queries
from maplebridge.property.actions import Code, NewOwner
from maplebridge.property.models import Impound, Item, TheftReport, Transfer

pytestmark = pytest.mark.django_db
REASON = "told at the counter"


def test_an_owner_reports_online_and_is_the_reporter_of_the_incident(world):
    made = world.register(codes=[Code("frame", "KX900112")], maker="Yadea")
    theft = world.steal(made.item, actor=actions.owner_actor(made.owner), words="from the cellar")
    incident = theft.incident
    assert (incident.type_id, incident.source, theft.area_code) == ("theft_ebike", "public", "district")
    said = Report.objects.get(incident=incident)
    assert (said.caller, said.phone) == ("Owner 1", "0400 123451")
    assert "from the cellar" in said.narrative and "KX900112" in said.narrative
    assert Item.objects.get().state == "stolen"


def test_batteries_go_with_the_bike_each_as_a_theft_of_its_own(world):
    bike = world.register()
    battery = world.register("battery", owner=bike.owner).item
    theft = world.steal(bike.item, batteries=[battery])
    assert TheftReport.objects.filter(incident=theft.incident).count() == 2
    assert [queries.check(world.code_of(each)) for each in (bike.item, battery)] == ["stolen", "stolen"]


def test_a_theft_is_tied_to_an_incident_that_is_there(world):
    first = world.steal(world.register().item)
    assert world.steal(world.register().item, incident=first.incident).incident == first.incident


def test_nobody_reports_somebody_else_s_item_but_whoever_takes_reports(world):
    made, other = world.register(), world.register()
    for actor in (actions.owner_actor(other.owner), PUBLIC, world.trader):
        with pytest.raises(NotAllowed):
            world.steal(made.item, actor=actor)


def test_an_item_is_stolen_once_at_a_time(world):
    item = world.register().item
    theft = world.steal(item)
    with pytest.raises(actions.CannotReportStolen, match="already"):
        world.steal(item)
    with pytest.raises(IntegrityError), transaction.atomic():
        TheftReport.objects.create(
            item=item, incident=theft.incident, lon=0, lat=0, lost_from=world.noon, lost_to=world.noon,
            reported_at=world.noon,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("span", "field"),
    [((1, -1), "lost_to"), ((-1, 1), "lost_to")],
)
def test_the_times_of_a_theft_lie_in_order_and_behind_us(world, span, field):
    with pytest.raises(BadInput) as refused:
        world.steal(world.register().item, lost_from=world.later(hours=span[0]), lost_to=world.later(hours=span[1]))
    assert refused.value.field == field


def test_a_report_ends_an_offer(world):
    made = world.register()
    actions.offer_transfer(actions.owner_actor(made.owner), item=made.item, at=world.noon)
    world.steal(made.item)
    assert Transfer.objects.get().withdrawn_at == world.noon


def test_a_report_taken_back_leaves_the_item_as_it_was(world):
    for made in (world.register(), world.register(actor=PUBLIC, dealer=None)):
        before = made.item.state
        theft = world.steal(made.item)
        actions.withdraw_report(actions.owner_actor(made.owner), theft=theft, reason=REASON, at=world.noon)
        made.item.refresh_from_db()
        assert made.item.state == before
        with pytest.raises(actions.CannotEndTheft, match="withdrawn"):
            actions.withdraw_report(world.officer, theft=theft, reason=REASON, at=world.noon)
        world.steal(made.item)


def test_recovered_kept_and_returned_to_whoever_shows_the_document(world):
    made = world.register()
    theft = world.steal(made.item)
    alarm = world.check(world.code_of(made.item)).alarm
    held = actions.mark_recovered(world.officer, theft=theft, place="shelf 12", alarm=alarm, at=world.later(hours=5))
    made.item.refresh_from_db()
    alarm.refresh_from_db()
    assert (made.item.state, held.place, alarm.outcome) == ("impounded", "shelf 12", "seized")
    with pytest.raises(BadInput, match="Hand nothing out"):
        actions.return_to_owner(world.officer, item=made.item, reason=REASON, document="9999", at=world.noon)
    actions.return_to_owner(world.officer, item=made.item, reason=REASON, document="AB 12 0001", at=world.later(days=1))
    theft.refresh_from_db()
    made.item.refresh_from_db()
    assert (made.item.state, theft.state, theft.recovered_at) == ("registered", "returned", world.later(hours=5))
    assert theft.expires_at == world.later(days=1) + timedelta(days=3 * 365)
    assert Impound.objects.get().outcome == "returned"
    look = Entry.objects.get(verb="property.returned")
    assert (look.operation, look.case) == ("consulted", f"incident:{theft.incident_id}")
    assert [step.what for step in queries.timeline_of(made.item)] == [
        "lost", "registered", "owned", "reported", "seen", "recovered", "impounded", "ended", "released",
    ]  # fmt: skip
    assert verify().sound


def test_given_back_on_the_spot(world):
    made = world.register(owner=NewOwner(name="Li Na", phone="0400 123456"))
    theft = world.steal(made.item)
    actions.return_to_owner(world.officer, item=made.item, reason="opened the lock with the key", at=world.noon)
    theft.refresh_from_db()
    assert (theft.state, theft.recovered_at) == ("returned", world.noon)


def test_what_is_not_held_contested_or_nobody_s_is_not_returned(world):
    made = world.register()
    with pytest.raises(actions.CannotReturn, match="not in custody"):
        actions.return_to_owner(world.officer, item=made.item, reason=REASON, document="0001", at=world.noon)
    actions.impound_item(world.officer, item=made.item, place="yard", at=world.noon)
    actions.raise_dispute(
        world.officer, item=made.item, claimant=NewOwner("Wang", "138 0013"), words="mine", at=world.noon
    )
    with pytest.raises(actions.CannotReturn, match="disputed"):
        actions.return_to_owner(world.officer, item=made.item, reason=REASON, document="0001", at=world.noon)
    with pytest.raises(actions.CannotReturn, match="disputed"):
        actions.dispose_item(world.officer, item=made.item, reason=REASON, at=world.noon)
    nobodys = world.register(owner=None).item
    actions.impound_item(world.officer, item=nobodys, place="yard", at=world.noon)
    with pytest.raises(actions.CannotReturn, match="No owner"):
        actions.return_to_owner(world.officer, item=nobodys, reason=REASON, at=world.noon)
    assert actions.dispose_item(world.officer, item=nobodys, reason=REASON, at=world.noon).state == "retired"


def test_a_theft_closed_without_the_item_counts_it_as_gone(world):
    theft = world.steal(world.register().item)
    closed = actions.close_theft(world.officer, theft=theft, reason="three years without a trace", at=world.noon)
    assert (closed.state, Item.objects.get().state, queries.check(world.code_of(theft.item))) == (
        "closed", "retired", "clear",
    )  # fmt: skip


def test_custody_takes_what_is_free_and_says_what_is_stolen(world):
    made = world.register()
    world.steal(made.item)
    with pytest.raises(actions.CannotImpound, match="was recovered"):
        actions.impound_item(world.officer, item=made.item, place="yard", at=world.noon)
    other = world.register()
    actions.retire_item(actions.owner_actor(other.owner), item=other.item, at=world.noon)
    with pytest.raises(actions.CannotImpound):
        actions.impound_item(world.officer, item=other.item, place="yard", at=world.noon)
    with pytest.raises(actions.CannotReturn):
        actions.retire_item(world.clerk, item=made.item, at=world.noon)


@pytest.mark.parametrize("doing", ["mark_recovered", "close_theft"])
def test_a_shop_follows_no_theft(world, doing):
    theft = world.steal(world.register().item)
    how = {"place": "shop"} if doing == "mark_recovered" else {"reason": REASON}
    with pytest.raises(NotAllowed):
        getattr(actions, doing)(world.clerk, theft=theft, at=world.noon, **how)


def test_the_board_shows_thefts_of_the_officer_s_area_alone(world):
    from staff_for_tests import acting, make_staff

    theft = world.steal(world.register().item)
    assert list(queries.visible_thefts(world.officer)) == [theft]
    assert list(queries.visible_thefts(acting(make_staff("post_officer", area_code="district")))) == [theft]
    assert not queries.visible_thefts(acting(make_staff("post_officer", area_code="elsewhere"))).exists()
    assert not queries.visible_thefts(world.clerk).exists()
    assert list(queries.find_items(world.officer, q=world.code_of(theft.item))) == [theft.item]
    assert queries.find_items(world.trader, q="WMX") == []
