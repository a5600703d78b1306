"""Addresses, premises and organisations come and change by proposals, and nobody writes over another unseen."""

import json

import pytest
from django.db import IntegrityError

from maplebridge.journal.models import Entry, Private
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.people.actor import Actor
from maplebridge.places.register.actions import CannotApplyChange, apply_change, changes_of
from maplebridge.places.register.actions.addresses import CannotRemoveAddress
from maplebridge.places.register.models import Address, Premise, RegisterCluster
from maplebridge.places.register.rules.changes import Proposal
from maplebridge.places.register.rules.codes import read_code

WRONG = "91350100M000100Y44"


def facts():
    return json.loads(Entry.objects.order_by("-position").first().body)["facts"]


def counted(resolution):
    """Buildings and addresses in all cells of a resolution."""
    rows = RegisterCluster.objects.filter(resolution=resolution)
    return sum(row.buildings for row in rows), sum(row.addresses for row in rows)


def test_a_building_gets_a_code_of_its_area_and_a_text(house):
    building, unit, room = house
    assert [read_code(each.code) == each.code for each in house] == [True, True, True]
    assert [each.code[:19] for each in house] == ["330681101200-000001", "330681101200-000002", "330681101200-000003"]
    assert (unit.text, room.text) == ("建设路12号3单元", "建设路12号3单元402室")
    assert room.building_id == building.pk
    assert facts()["address"] == room.code


def test_the_same_address_entered_again_is_the_same_record(house, enter):
    building, _unit, room = house
    assert enter("address", street="建设路", number="12").pk == building.pk
    assert enter("address", kind="room", parent=room.parent_id, label="402").pk == room.pk
    assert Address.objects.count() == 3


def test_a_rename_reaches_every_part_and_the_code_stays(house, clerk, noon):
    building, _unit, room = house
    proposal = Proposal("address", {"street": "解放路", "lon": 120.306}, "form", building.pk)
    apply_change(clerk, proposal=proposal, take={"street", "lon"}, at=noon)
    fresh = Address.objects.get(pk=room.pk)
    assert (fresh.text, fresh.code, fresh.lon) == ("解放路12号3单元402室", room.code, 120.306)


def test_the_counts_of_the_map_follow_every_step(house, enter, clerk, noon):
    _building, _unit, room = house
    enter("address", street="建设路", number="14", lon=120.318, lat=29.718)
    assert [counted(resolution) for resolution in (5, 7, 9)] == [(2, 4)] * 3
    apply_change(clerk, proposal=Proposal("address", {"gone": True}, "form", room.pk), take={"gone"}, at=noon)
    assert [counted(resolution) for resolution in (5, 7, 9)] == [(2, 3)] * 3


def test_only_the_fields_taken_change_and_the_rest_counts_as_seen(house, enter, clerk, noon):
    premise = enter("premise", address=house[2].pk, use="flat", residents=2, hazards=["gas"])
    proposal = Proposal("premise", {"residents": 3, "hazards": []}, "submission:u", premise.pk, premise.version)
    assert [each.field for each in changes_of(proposal)] == ["residents", "hazards"]
    changed = apply_change(clerk, proposal=proposal, take={"residents"}, at=noon)
    assert (changed.residents, changed.hazards, changed.version, changed.touched) == (3, ["gas"], 2, {"residents": 2})
    assert facts()["fields"] == ["residents"]
    assert "3" not in json.dumps(facts()["fields"])  # counts are told in the erasable part alone
    kept = Private.objects.order_by("-entry_id").first()
    assert (kept.name, json.loads(kept.content)) == ("change", {"residents": [2, 3]})


def test_two_edits_from_one_version_are_shown_side_by_side(house, enter, clerk, noon):
    premise = enter("premise", address=house[2].pk, use="flat", residents=2)
    first, second = (
        Proposal("premise", {"residents": count, "rooms": 2}, f"submission:{count}", premise.pk, premise.version)
        for count in (3, 4)
    )
    apply_change(clerk, proposal=first, take={"residents", "rooms"}, at=noon)
    assert [(d.field, d.old, d.new, d.conflict) for d in changes_of(second)] == [("residents", 3, 4, True)]
    with pytest.raises(CannotApplyChange, match="side by side"):
        apply_change(clerk, proposal=second, take={"residents"}, at=noon)
    decided = apply_change(clerk, proposal=second, take={"residents"}, seen=2, at=noon)
    assert decided.residents == 4


def test_a_second_visit_to_premises_is_a_change_of_them(house, enter):
    enter("premise", address=house[2].pk, use="flat", residents=2)
    enter("premise", address=house[2].pk, use="rental", residents=2)
    assert Premise.objects.get().use == "rental"


def test_an_address_that_something_is_at_cannot_go(house, enter, clerk, noon):
    enter("organisation", address=house[2].pk, name="枫桥粮店", kind="shop")
    for record in (house[0], house[2]):
        with pytest.raises(CannotRemoveAddress):
            apply_change(clerk, proposal=Proposal("address", {"gone": True}, "form", record.pk), take={"gone"}, at=noon)
    assert not Address.objects.filter(gone=True).exists()


@pytest.mark.parametrize(
    ("subject", "fields", "field"),
    [
        ("address", {"street": "建设路", "lon": 300.0}, "lon"),
        ("address", {"number": "12"}, "street"),
        ("address", {"street": "建设路", "lon": 10.0}, "area"),
        ("address", {"kind": "room", "label": "1", "parent": 999}, "parent"),
        ("address", {"kind": "room", "label": "1"}, "parent"),
        ("premise", {"use": "flat"}, "address"),
        ("premise", {"use": "castle", "address": 1}, "use"),
        ("premise", {"use": "flat", "residents": -1, "address": 1}, "residents"),
        ("premise", {"use": "flat", "hazards": ["people"], "address": 1}, "hazards"),
        ("organisation", {"name": "", "kind": "shop", "address": 1}, "name"),
        ("organisation", {"name": "A", "kind": "shop", "credit_code": WRONG, "address": 1}, "credit_code"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(village, enter, subject, fields, field):
    with pytest.raises(BadInput) as refused:
        enter(subject, **fields)
    assert refused.value.field == field
    assert Address.objects.count() == 0


def test_nobody_changes_addresses_outside_their_area(house, noon):
    proposal = Proposal("address", {"number": "13"}, "form", house[0].pk)
    for role, area in (("auxiliary", "330681101201"), ("hamlet_assistant", "")):
        with pytest.raises(NotAllowed):
            apply_change(Actor("user:8", "x", role, area), proposal=proposal, take={"number"}, at=noon)
    assert apply_change(
        Actor("user:8", "x", "auxiliary", "330681101200"), proposal=proposal, take={"number"}, at=noon
    ).number == "13"  # fmt: skip


def test_a_record_that_is_not_there_is_not_found(village):
    with pytest.raises(NotFound):
        changes_of(Proposal("premise", {"residents": 3}, "form", 999))


def test_the_tables_themselves_hold_the_tree(house):
    with pytest.raises(IntegrityError):
        Address.objects.filter(pk=house[0].pk).update(parent=house[1])
