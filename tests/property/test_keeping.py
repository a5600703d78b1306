"""Everything about a person ends by itself, in the tables and in the journal, and the journal still verifies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maplebridge.incidents.models import Incident
from maplebridge.journal.models import Private
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import NotAllowed
from maplebridge.property import actions, queries, tasks
from maplebridge.property.actions import NewOwner
from maplebridge.property.models import Alarm, Dispute, Owner, Sighting, TheftReport

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=365)


def test_checks_of_clean_items_are_gone_after_their_days(world):
    code = world.code_of(world.register().item)
    world.check(code)
    world.check(code, at=world.later(days=6))
    tasks.forget_clean_sightings(world.later(days=7))
    assert [each.at for each in Sighting.objects.all()] == [world.later(days=6)]


def test_the_agency_may_keep_checks_for_a_shorter_time(world, settings):
    settings.CONFIG = replace(settings.CONFIG, sightings_days=1)
    world.check("KX900112")
    tasks.forget_clean_sightings(world.later(days=1))
    assert not Sighting.objects.exists()


def test_the_check_of_a_stolen_item_stays_with_its_theft_and_goes_with_it(world):
    theft = world.steal(world.register().item)
    world.check(world.code_of(theft.item))
    tasks.forget_clean_sightings(world.later(days=400))
    assert Sighting.objects.count() == 1
    tasks.erase_ended(world.noon + 10 * YEARS)
    assert Alarm.objects.count() == 1, "an open theft has no end"
    actions.close_theft(world.officer, theft=theft, reason="no trace of it", at=world.noon)
    tasks.erase_ended(world.noon + 3 * YEARS - timedelta(days=1))
    assert TheftReport.objects.count() == 1
    tasks.erase_ended(world.noon + 3 * YEARS)
    assert not (TheftReport.objects.exists() or Alarm.objects.exists() or Sighting.objects.exists())
    assert Incident.objects.count() == 1
    assert not Private.objects.filter(entry__verb="property.reported_stolen").exists()


def test_an_owner_is_erased_in_tables_and_journal_and_the_chain_stays_whole(world):
    made = world.register()
    tasks.erase_ended(world.noon + 5 * YEARS - timedelta(days=1))
    assert Owner.objects.get().name
    tasks.erase_ended(world.noon + 5 * YEARS)
    owner = Owner.objects.get()
    assert (owner.name, owner.phone, owner.document, owner.key) == ("", "", "", None)
    assert not Private.objects.filter(name__startswith="owner_").exists()
    assert queries.owner_of_code(made.owner_code) is None
    assert made.item.ownerships.get().owner == owner
    assert verify().sound


def test_confirming_an_item_keeps_its_owner_anew(world):
    made = world.register()
    actions.confirm_item(world.clerk, item=made.item, dealer=world.shop, at=world.noon + 4 * YEARS)
    assert Owner.objects.get().expires_at == world.noon + 9 * YEARS


def test_the_owner_of_a_stolen_or_impounded_thing_is_kept_until_it_is_back(world):
    made = world.register()
    theft = world.steal(made.item)
    tasks.erase_ended(world.noon + 6 * YEARS)
    actions.mark_recovered(world.officer, theft=theft, place="yard", at=world.noon + 6 * YEARS)
    tasks.erase_ended(world.noon + 6 * YEARS)
    assert Owner.objects.get().name
    actions.return_to_owner(
        world.officer, item=made.item, reason="showed the receipt", document="0001", at=world.noon + 6 * YEARS
    )
    tasks.erase_ended(world.noon + 7 * YEARS)
    assert Owner.objects.get().name == ""


def test_a_decided_claim_is_erased_with_its_words(world):
    made = world.register()
    dispute, _code = actions.raise_dispute(
        world.officer,
        item=made.item,
        claimant=NewOwner("Wang", "138 0013 8000"),
        words="mine, by the scratch",
        at=world.noon,
    )
    tasks.erase_ended(world.noon + 2 * YEARS)
    assert Dispute.objects.exists()
    actions.decide_dispute(world.officer, dispute=dispute, for_claimant=False, reason="no proof given", at=world.noon)
    tasks.erase_ended(world.noon + 2 * YEARS)
    assert not Dispute.objects.exists()
    assert not Private.objects.filter(name__in=("words", "reason")).exists()
    assert verify().sound


def test_an_owner_who_asks_is_erased_at_once_and_another_s_words_stay(world):
    made, other = world.register(), world.register()
    actions.end_owner(actions.owner_actor(made.owner), owner=made.owner, at=world.noon)
    tasks.erase_ended(world.noon)
    assert [each.name for each in Owner.objects.order_by("pk")] == ["", "Owner 2"]
    assert {part.content for part in Private.objects.filter(name="owner_name")} == {other.owner.name}


def test_nobody_else_ends_an_owner_s_record(world):
    made, other = world.register(), world.register()
    for actor in (world.officer, actions.owner_actor(other.owner)):
        with pytest.raises(NotAllowed):
            actions.end_owner(actor, owner=made.owner, at=world.noon)
    assert Owner.objects.get(pk=made.owner.pk).key
