"""Clones and leads: one code in two places, codes that contradict their item, places where stolen things turn up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.property import actions
from maplebridge.property.actions import Code
from maplebridge.property.clones import contradictions, impossible
from maplebridge.property.queries.clones import contradicting_codes, impossible_jumps
from maplebridge.property.queries.leads import chain_row, chains_by_place

TODAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("apart_s", "way_s", "is_so"), [(0, 1_800, True), (600, 1_800, True), (900, 1_800, False), (0, 300, False)]
)
def test_nothing_is_at_two_places_sooner_than_an_urgent_run(apart_s, way_s, is_so):
    assert impossible(apart_s, way_s) is is_so


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_time_never_makes_it_less_possible(apart_s, way_s, more_s):
    assert not (impossible(apart_s + more_s, way_s) and not impossible(apart_s, way_s))


@pytest.mark.parametrize(
    ("decoded", "kind", "year", "what"),
    [
        ({"vehicle": "bicycle", "made_in": 2024}, "e_bike", 2024, ("other_kind",)),
        ({"vehicle": "e-bike", "made_in": 2024}, "e_bike", 2025, ()),
        ({"vehicle": "e-bike", "made_in": 2019}, "e_bike", 2025, ("other_year",)),
        ({"made_on": "2026-05-05", "specification": "24", "product": "pack"}, "battery", None, ("made_later",)),
        ({"made_on": "2021-03-12", "specification": "24", "product": "cell"}, "battery", None, ("cell",)),
        ({}, "e_bike", 2020, ()),
    ],
)
def test_what_a_code_tells_is_held_against_its_item(decoded, kind, year, what):
    assert contradictions(decoded, item_kind=kind, item_year=year, registered_on=TODAY) == what


@pytest.mark.django_db
def test_a_code_at_two_ends_of_the_city_within_minutes_is_shown(world):
    far = {"dealer": None, "channel": "patrol", "actor": world.officer}
    world.check("TWICE12345", dealer=None, channel="patrol", actor=world.officer, lon=24.92, lat=60.15)
    world.check("TWICE12345", **far, lon=25.30, lat=60.40, at=world.later(minutes=10))
    world.check("SLOWLY1234", **far, lon=24.92, lat=60.15)
    world.check("SLOWLY1234", **far, lon=25.30, lat=60.40, at=world.later(hours=5))
    world.check("ATHOME1234", **far, lon=24.92, lat=60.15)
    world.check("ATHOME1234", **far, lon=24.9201, lat=60.1501, at=world.later(minutes=1))
    (jump,) = impossible_jumps(since=world.noon - timedelta(days=1))
    assert jump.canonical == "TWICE12345" and jump.apart_s == 600 and jump.way_s > 1_500


@pytest.mark.django_db
def test_a_bicycles_number_on_an_e_bike_is_shown(world):
    world.register(codes=[Code("frame", "175711525069087")])
    world.register(codes=[Code("frame", "175721525069087")])
    (found,) = contradicting_codes(since=world.noon - timedelta(days=1))
    assert found.identifier.written == "175711525069087" and found.what == ("other_kind",)


@pytest.mark.django_db
def test_places_where_stolen_things_turn_up_are_chained_and_mistakes_are_not(world):
    items = [world.register().item for _each in range(4)]
    for number, item in enumerate(items):
        world.steal(item)
        dealer, actor = (world.market, world.trader) if number else (world.shop, world.clerk)
        done = world.check(world.code_of(item), dealer=dealer, actor=actor, at=world.later(hours=1))
        if number == 3:
            actions.settle_alarm(world.officer, alarm=done.alarm, outcome="mistaken", at=world.later(hours=2))
    (chain,) = chains_by_place(world.officer, since=world.noon - timedelta(days=1))
    row = chain_row(chain)
    assert (row["place"], row["items"], row["owed"]) == ("Old Market", 2, 2)
    assert {link["item"] for link in row["links"]} == {items[1].pk, items[2].pk}
    assert "owner" not in str(row).lower()
