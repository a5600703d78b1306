"""Care in emergencies: with consent, looked at with a reason, withdrawn by one tap, gone at its end."""

from datetime import timedelta

import pytest
from django.test import Client

from maplebridge.journal.models import Entry, Private
from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound
from maplebridge.people.actor import PUBLIC, Actor, system
from maplebridge.places.register.actions.care import (
    Wish,
    ask_for_care,
    consult_care,
    end_care,
    erase_expired_care,
    withdraw_care,
)
from maplebridge.places.register.models import CareRequest
from maplebridge.places.register.queries.features import COLLECTIONS

POST = Actor("user:3", "post", "post_officer")
WISH = Wish(name="王阿姨", needs=["alone", "device"], consent="person", phone="13500000000", words="三楼，氧气机")


@pytest.fixture
def asked(house, noon):
    return ask_for_care(POST, address_id=house[2].pk, wish=WISH, at=noon)


def test_the_journal_is_told_no_name_and_no_door(asked, house):
    entry = Entry.objects.get(verb="places.care_asked")
    assert all(each not in entry.body for each in ("王阿姨", house[2].code, "13500000000"))
    assert not Private.objects.filter(entry_id=entry.position).exists()


def test_a_look_has_a_reason_and_is_an_entry(asked, noon):
    with pytest.raises(BadInput, match="ten characters"):
        consult_care(POST, reason="why", at=noon)
    assert [row.name for row in consult_care(POST, reason="flood warning for tonight", at=noon)] == ["王阿姨"]
    entry = Entry.objects.get(operation="consulted")
    assert f"carerequest:{asked[0].pk}" in entry.body


def test_nobody_outside_the_area_sees_it(asked, noon):
    other = Actor("user:4", "other", "post_officer", "330681101201")
    assert consult_care(other, reason="flood warning for tonight", at=noon) == []
    for role in ("guard", "registrar", "analyst"):
        with pytest.raises(NotAllowed):
            consult_care(Actor("user:5", "x", role), reason="flood warning for tonight", at=noon)


def test_one_tap_withdraws_without_an_account(asked, noon):
    where = f"/care/{asked[1]}"
    page = Client().get(where).content.decode()
    assert "王阿姨" not in page
    assert CareRequest.objects.count() == 1  # looking is not withdrawing: a preview of the link must not
    assert "erased" in Client().post(where).content.decode()
    assert CareRequest.objects.count() == 0
    with pytest.raises(NotFound):
        withdraw_care(PUBLIC, code=asked[1], at=noon)


def test_it_ends_when_the_person_says_so_to_an_officer(asked, noon):
    end_care(POST, care_id=asked[0].pk, at=noon)
    assert CareRequest.objects.count() == 0


def test_it_is_erased_when_its_year_is_over(asked, noon):
    assert erase_expired_care(system("worker"), at=noon + timedelta(days=365)) == 0
    assert erase_expired_care(system("worker"), at=noon + timedelta(days=367)) == 1
    assert CareRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"needs": []}, "needs"),
        ({"needs": ["dangerous"]}, "needs"),
        ({"consent": ""}, "consent"),
        ({"words": "x" * 121}, "words"),
        ({"lasts": timedelta(days=400)}, "lasts"),
    ],
)
def test_without_consent_and_purpose_nothing_is_entered(house, noon, change, field):
    wish = Wish(**({name: getattr(WISH, name) for name in Wish.__slots__} | change))
    with pytest.raises(BadInput) as refused:
        ask_for_care(POST, address_id=house[2].pk, wish=wish, at=noon)
    assert refused.value.field == field
    assert CareRequest.objects.count() == 0


def test_no_collection_of_the_register_knows_of_it():
    columns = {name for each in COLLECTIONS.values() for name in each.fields()}
    assert not any("care" in name for name in columns)
