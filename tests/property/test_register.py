"""Registration: what is kept of an item and of its owner, and what is refused with a sentence."""

import io

import pytest
from PIL import Image

from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.people.actor import PUBLIC, Actor
from maplebridge.property import actions, queries
from maplebridge.property.actions import Code, NewOwner
from maplebridge.property.models import Identifier, Item, Owner, Pairing, Sighting

pytestmark = pytest.mark.django_db
BATTERY = "001CB240000003B3C0221953"


def test_a_shop_registers_a_bike_and_its_battery_as_two_items_of_one_owner(world):
    bike = world.register(maker="Yadea", model="DE2", colour="red", year=2025)
    battery = world.register("battery", codes=[Code("battery", BATTERY)], owner=bike.owner)
    actions.pair_battery(world.clerk, bike=bike.item, battery=battery.item, at=world.noon)
    assert bike.item.state == battery.item.state == "registered"
    assert bike.owner_code and not battery.owner_code, "a known owner keeps the code"
    assert [link.owner_id for link in battery.item.ownerships.all()] == [bike.owner.pk]
    made = Identifier.objects.get(item=battery.item, kind="battery")
    assert (made.scheme, made.decoded["made_on"]) == ("gbt-34014", "2021-03-12")
    assert Pairing.objects.get(battery=battery.item).bike == bike.item
    assert verify().sound


def test_the_journal_has_no_name_no_number_and_no_code_in_clear(world):
    world.register(codes=[Code("frame", "WMX123K9001")])
    bodies = "".join(Entry.objects.values_list("body", flat=True))
    assert "Owner 1" not in bodies and "0400" not in bodies and "WMX123K9001" not in bodies
    private = {part.name: part.content for part in Entry.objects.get(verb="property.registered").private.all()}
    assert private["owner_name"] == "Owner 1" and private["codes"].startswith("WMX123K9001")


def test_of_a_document_only_the_last_digits_are_kept(world):
    owner = world.register(owner=NewOwner(name="Li Na", document="110101 1990 0307 391X")).owner
    assert Owner.objects.get(pk=owner.pk).document == "391X"


def test_the_sticker_is_a_code_like_any_other(world):
    made = world.register()
    assert queries.check(made.sticker.lower().replace("-", " ")) == "clear"
    assert actions.sticker_of(made.item) == made.sticker


def test_a_code_that_fits_no_scheme_is_kept_and_flagged(world):
    item = world.register("battery", codes=[Code("battery", "BT106002512NNTB211118182")]).item
    made = item.identifiers.get(kind="battery")
    assert (made.written, made.scheme, "unclassified" in made.flags) == ("BT106002512NNTB211118182", "", True)


@pytest.mark.parametrize("text", ["0000", "n/a", "不详"])
def test_what_is_no_number_is_kept_and_finds_nothing(world, text):
    item = world.register(codes=[Code("frame", text)]).item
    assert item.identifiers.get(kind="frame").canonical == ""
    assert queries.check(text) == "not_registered"


def test_an_owner_registers_online_and_a_shop_confirms(world):
    made = world.register(actor=PUBLIC, dealer=None)
    assert made.item.state == "pending" and made.owner_code
    assert queries.find_items(world.trader, q=world.code_of(made.item)) == [made.item], "any shop may confirm it"
    item = actions.confirm_item(world.clerk, item=made.item, dealer=world.shop, at=world.noon)
    assert (item.state, item.dealer, item.confirmed_at) == ("registered", world.shop, world.noon)


def test_the_same_key_registers_once(world):
    first = world.register(source_key="shop:17", codes=[Code("frame", "KX900112")])
    again = world.register(source_key="shop:17", codes=[Code("frame", "KX900112")])
    assert (again.item, again.new, again.sticker, again.owner) == (first.item, False, first.sticker, first.owner)
    assert Item.objects.count() == 1


def test_a_number_registered_already_is_refused_unless_it_is_said_to_be_another_item(world):
    code = [Code("frame", "KX-900112")]
    world.register(codes=code, maker="Aima")
    with pytest.raises(actions.CannotRegister, match="KX900112 is registered already"):
        world.register(codes=[Code("frame", "KX900112")], maker="aima")
    world.register(codes=code, maker="Tailg")  # makers number alike
    twin = world.register(codes=code, maker="Aima", twin=True)
    assert "twin" in twin.item.identifiers.get(kind="frame").flags


def test_a_stolen_number_cannot_be_registered(world):
    world.steal(world.register(codes=[Code("frame", "KX900112")]).item)
    with pytest.raises(actions.CannotRegister, match="reported stolen"):
        world.register(codes=[Code("frame", "kx 900112")], twin=True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "car"}, "kind"),
        ({"year": 1850}, "year"),
        ({"year": 2028}, "year"),
        ({"codes": [Code("engine", "X1")]}, "kind"),
        ({"codes": [Code("frame", "")]}, "code"),
        ({"codes": [Code("frame", "9" * 201)]}, "code"),
        ({"codes": [Code("frame", f"KX90011{n}") for n in range(9)]}, "codes"),
        ({"owner": NewOwner(name="")}, "name"),
        ({"owner": NewOwner(name="Li Na")}, "phone"),
        ({"owner": NewOwner(name="Li Na", phone="12")}, "phone"),
        ({"maker": "x" * 61}, "maker"),
    ],
)
def test_an_unusable_field_is_refused_by_name(world, values, field):
    with pytest.raises(BadInput) as refused:
        world.register(**values)
    assert refused.value.field == field
    assert not Item.objects.exists()
    assert not Owner.objects.exists()


def test_a_shop_registers_at_its_own_place_only(world):
    with pytest.raises(NotAllowed, match="You do not work at Old Market"):
        world.register(dealer=world.market)
    with pytest.raises(NotAllowed, match="at which accredited place"):
        world.register(dealer=None)
    actions.end_dealer(world.system, dealer=world.shop, at=world.noon)
    world.shop.refresh_from_db()
    with pytest.raises(NotAllowed, match="has ended"):
        world.register()


def test_a_photo_keeps_no_position(world):
    item = world.register().item
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG", exif=exif)
    kept = actions.attach_photo(world.clerk, item=item, content=picture.getvalue(), at=world.noon)
    assert b"secret" not in kept.photo.read()
    with pytest.raises(BadInput):
        actions.attach_photo(world.clerk, item=item, content=b"%PDF-1.7", at=world.noon)


def test_an_owner_corrects_the_own_item_and_nobody_elses(world):
    mine, other = world.register(), world.register()
    me = actions.owner_actor(mine.owner)
    assert actions.edit_item(me, item=mine.item, colour="blue", at=world.noon).colour == "blue"
    with pytest.raises(NotAllowed, match="registered to somebody else"):
        actions.edit_item(me, item=other.item, colour="blue", at=world.noon)
    assert list(queries.items_of(mine.owner)) == [mine.item]
    assert queries.visible_item(me, mine.item.pk) == mine.item
    with pytest.raises(NotFound):
        queries.visible_item(me, other.item.pk)


def test_a_number_is_added_once(world):
    item = world.register().item
    actions.add_identifier(world.clerk, item=item, code=Code("motor", "M-5521-A"), at=world.noon)
    with pytest.raises(BadInput, match="on the item already"):
        actions.add_identifier(world.clerk, item=item, code=Code("motor", "m5521a"), at=world.noon)


def test_a_battery_moves_from_bike_to_bike_and_its_history_stays(world):
    first = world.register()
    second = world.register(owner=first.owner)
    battery = world.register("battery", owner=first.owner).item
    for hour, bike in enumerate((first.item, second.item, second.item)):
        actions.pair_battery(world.clerk, bike=bike, battery=battery, at=world.later(hours=hour))
    spans = [(p.bike, p.until_at is None) for p in Pairing.objects.all()]
    assert spans == [(first.item, False), (second.item, True)]
    actions.part_battery(world.clerk, battery=battery, at=world.later(hours=4))
    with pytest.raises(actions.CannotPair, match="not paired"):
        actions.part_battery(world.clerk, battery=battery, at=world.later(hours=5))


def test_what_does_not_belong_together_is_not_paired(world):
    bike, other = world.register(), world.register("battery")
    with pytest.raises(actions.CannotPair, match="different owners"):
        actions.pair_battery(world.clerk, bike=bike.item, battery=other.item, at=world.noon)
    with pytest.raises(actions.CannotPair, match="which is which"):
        actions.pair_battery(world.clerk, bike=other.item, battery=bike.item, at=world.noon)
    gone = world.register("battery", owner=bike.owner).item
    world.steal(gone)
    with pytest.raises(actions.CannotPair, match="reported stolen"):
        actions.pair_battery(world.clerk, bike=bike.item, battery=gone, at=world.noon)


def test_every_look_at_an_owner_is_an_entry_with_its_reason(world):
    made = world.register()
    owner = actions.consult_owner(world.officer, item=made.item, reason="found without a lock", at=world.noon)
    assert owner.name == "Owner 1"
    look = Entry.objects.get(verb="property.owner_consulted")
    assert look.operation == "consulted" and look.private.get(name="reason").content == "found without a lock"
    with pytest.raises(BadInput):
        actions.consult_owner(world.officer, item=made.item, reason="because", at=world.noon)


def test_a_shop_may_not_look_at_owners_and_that_it_asked_is_an_entry(world):
    with pytest.raises(NotAllowed):
        actions.consult_owner(world.clerk, item=world.register().item, reason="a customer asks", at=world.noon)
    assert Entry.objects.filter(verb="property.look_refused").count() == 1


def test_owners_fetch_what_is_held_about_them(world):
    made = world.register(codes=[Code("frame", "KX900112")])
    me = actions.owner_actor(queries.owner_of_code(made.owner_code.lower()))
    held = actions.disclose_to_owner(me, owner=made.owner, at=world.noon)
    assert (held["name"], held["items"][0]["codes"][0]) == ("Owner 1", "KX900112")
    with pytest.raises(NotAllowed):
        actions.disclose_to_owner(actions.owner_actor(world.register().owner), owner=made.owner, at=world.noon)


def test_a_new_code_ends_the_one_before(world):
    made = world.register()
    me = actions.owner_actor(made.owner)
    code = actions.renew_owner_code(me, owner=made.owner, at=world.noon)
    assert queries.owner_of_code(made.owner_code) is None
    assert queries.owner_of_code(code) == made.owner
    actions.renew_owner_code(world.officer, owner=made.owner, reason="passport seen here", at=world.noon)
    assert queries.owner_of_code(code) is None


def test_no_shop_opens_an_owner_s_record_by_a_new_code(world):
    made = world.register()
    with pytest.raises(NotAllowed):
        actions.renew_owner_code(world.clerk, owner=made.owner, reason="the customer asks", at=world.noon)
    with pytest.raises(BadInput):
        actions.renew_owner_code(world.officer, owner=made.owner, at=world.noon)


def test_a_shop_changes_nothing_of_what_another_registered(world):
    made, battery = world.register(), world.register("battery")
    for attempt in (
        lambda: actions.edit_item(world.trader, item=made.item, colour="blue", at=world.noon),
        lambda: actions.add_identifier(world.trader, item=made.item, code=Code("motor", "M55219"), at=world.noon),
        lambda: actions.retire_item(world.trader, item=made.item, at=world.noon),
        lambda: actions.confirm_item(world.trader, item=made.item, dealer=world.market, at=world.noon),
        lambda: actions.pair_battery(world.trader, bike=made.item, battery=battery.item, at=world.noon),
    ):
        with pytest.raises(NotAllowed, match="another place"):
            attempt()


def test_nobody_without_a_role_registers_or_checks(world):
    stranger = Actor(ref="user:99", name="Nobody", role="")
    with pytest.raises(NotAllowed):
        world.register(actor=stranger)
    with pytest.raises(NotAllowed):
        world.check("KX900112", actor=stranger)
    assert not Sighting.objects.exists()
