"""Passing on: offered, accepted with the code, a chain that never forks; and what stands in its way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from maplebridge.kernel.refused import BadInput, NotAllowed, NotFound, Refused
from maplebridge.people.actor import PUBLIC
from maplebridge.property import actions
from maplebridge.property.actions import NewOwner
from maplebridge.property.models import Dispute, Owner, Ownership, Transfer

BUYER = NewOwner(name="Wang Fang", phone="138 0013 8000")


def offered(world, made, at=None):
    return actions.offer_transfer(actions.owner_actor(made.owner), item=made.item, at=at or world.noon)


@pytest.mark.django_db
class TestOffers:
    def test_the_buyer_accepts_with_the_code_and_the_chain_goes_on(self, world):
        made = world.register()
        offer = offered(world, made)
        taken = actions.accept_transfer(PUBLIC, code=offer.code.lower(), owner=BUYER, at=world.later(hours=1))
        links = list(Ownership.objects.filter(item=made.item))
        assert [(link.owner, link.previous, link.until_at) for link in links] == [
            (made.owner, None, world.later(hours=1)),
            (taken.owner, links[0], None),
        ]
        assert taken.owner_code
        assert (
            actions.consult_owner(world.officer, item=made.item, reason="proof of sale", at=world.noon) == taken.owner
        )

    def test_the_batteries_of_a_bike_come_along_and_a_stolen_one_stays(self, world):
        bike = world.register()
        batteries = [world.register("battery", owner=bike.owner).item for _each in range(3)]
        for each in batteries[:2]:
            actions.pair_battery(world.clerk, bike=bike.item, battery=each, at=world.noon)
        world.steal(batteries[1])
        taken = actions.accept_transfer(PUBLIC, code=offered(world, bike).code, owner=BUYER, at=world.noon)
        assert taken.batteries == (batteries[0],)
        held = {link.item_id: link.owner for link in Ownership.objects.filter(until_at=None)}
        assert [held[each.pk] for each in batteries] == [taken.owner, bike.owner, bike.owner]

    def test_a_code_counts_once_and_only_the_newest(self, world):
        made = world.register()
        first, second = offered(world, made), offered(world, made)
        with pytest.raises(NotFound, match="has ended"):
            actions.accept_transfer(PUBLIC, code=first.code, owner=BUYER, at=world.noon)
        actions.accept_transfer(PUBLIC, code=second.code, owner=BUYER, at=world.noon)
        with pytest.raises(NotFound, match="has ended"):
            actions.accept_transfer(PUBLIC, code=second.code, owner=BUYER, at=world.noon)
        with pytest.raises(NotFound, match="No offer has this code"):
            actions.accept_transfer(PUBLIC, code="ABCDE-FGHJK", owner=BUYER, at=world.noon)

    def test_an_offer_ends_after_a_week_or_when_it_is_taken_back(self, world):
        made = world.register()
        offer = offered(world, made)
        with pytest.raises(NotFound, match="has ended"):
            actions.accept_transfer(PUBLIC, code=offer.code, owner=BUYER, at=world.later(days=7))
        actions.withdraw_offer(actions.owner_actor(made.owner), item=made.item, at=world.noon)
        with pytest.raises(NotFound, match="has ended"):
            actions.accept_transfer(PUBLIC, code=offer.code, owner=BUYER, at=world.noon)
        with pytest.raises(actions.CannotPassOn, match="not on offer"):
            actions.withdraw_offer(actions.owner_actor(made.owner), item=made.item, at=world.noon)

    def test_a_stolen_item_passes_to_nobody_not_even_by_an_offer_from_before(self, world):
        made = world.register()
        offer = offered(world, made)
        world.steal(made.item)
        with pytest.raises(actions.CannotPassOn, match="reported stolen"):
            actions.accept_transfer(PUBLIC, code=offer.code, owner=BUYER, at=world.noon)
        with pytest.raises(actions.CannotPassOn, match="reported stolen"):
            offered(world, made)
        assert not Owner.objects.filter(name=BUYER.name).exists(), "nothing is kept of a buyer who bought nothing"

    def test_what_else_cannot_pass(self, world):
        pending = world.register(actor=PUBLIC, dealer=None)
        with pytest.raises(actions.CannotPassOn, match="confirmed"):
            offered(world, pending)
        impounded = world.register()
        actions.impound_item(world.officer, item=impounded.item, place="yard", at=world.noon)
        with pytest.raises(actions.CannotPassOn, match="in police custody"):
            offered(world, impounded)
        with pytest.raises(actions.CannotPassOn, match="No owner"):
            actions.offer_transfer(world.officer, item=world.register(owner=None).item, at=world.noon)

    def test_only_the_owner_offers_and_not_to_themselves(self, world):
        made, other = world.register(), world.register()
        with pytest.raises(NotAllowed):
            actions.offer_transfer(actions.owner_actor(other.owner), item=made.item, at=world.noon)
        with pytest.raises(NotAllowed):
            actions.offer_transfer(PUBLIC, item=made.item, at=world.noon)
        with pytest.raises(actions.CannotPassOn, match="yours already"):
            actions.accept_transfer(PUBLIC, code=offered(world, made).code, owner=made.owner, at=world.noon)

    def test_a_former_owner_is_forgotten_sooner(self, world):
        made = world.register()
        actions.accept_transfer(PUBLIC, code=offered(world, made).code, owner=BUYER, at=world.noon)
        assert Owner.objects.get(pk=made.owner.pk).expires_at == world.noon + timedelta(days=365)

    def test_the_database_itself_refuses_a_fork(self, world):
        made = world.register()
        link = made.item.ownerships.get()
        for fork in ({"previous": None, "until_at": world.noon}, {"previous": link}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Ownership.objects.create(item=made.item, owner=made.owner, since_at=world.noon, **fork)


@pytest.mark.django_db
class TestDisputes:
    def test_a_claim_keeps_an_item_where_it_is_until_it_is_decided(self, world):
        made = world.register()
        offer = offered(world, made)
        dispute, code = actions.raise_dispute(
            world.officer, item=made.item, claimant=BUYER, words="mine since May", at=world.noon
        )
        assert code
        for attempt in (
            lambda: actions.accept_transfer(PUBLIC, code=offer.code, owner=BUYER, at=world.noon),
            lambda: offered(world, made),
        ):
            with pytest.raises(actions.CannotPassOn, match="disputed"):
                attempt()
        actions.decide_dispute(
            world.officer, dispute=dispute, for_claimant=True, reason="receipt of May", at=world.noon
        )
        held = made.item.ownerships.get(until_at=None)
        assert (held.owner, held.how) == (dispute.claimant, "settled")

    def test_a_rejected_claim_changes_nothing(self, world):
        made = world.register()
        dispute, _code = actions.raise_dispute(
            world.officer, item=made.item, claimant=BUYER, words="mine", at=world.noon
        )
        actions.decide_dispute(
            world.officer, dispute=dispute, for_claimant=False, reason="no proof given", at=world.noon
        )
        assert made.item.ownerships.get(until_at=None).owner == made.owner
        with pytest.raises(actions.CannotDispute, match="decided already"):
            actions.withdraw_dispute(world.officer, dispute=dispute, at=world.noon)
        assert Dispute.objects.get().expires_at == world.noon + timedelta(days=365)

    def test_nobody_claims_unseen(self, world):
        made, other = world.register(), world.register()
        with pytest.raises(NotAllowed):
            actions.raise_dispute(PUBLIC, item=made.item, claimant=BUYER, words="mine", at=world.noon)
        me = actions.owner_actor(other.owner)
        with pytest.raises(NotAllowed):
            actions.raise_dispute(me, item=made.item, claimant=BUYER, words="mine", at=world.noon)
        assert actions.raise_dispute(me, item=made.item, claimant=other.owner, words="mine", at=world.noon)[0].pk

    def test_one_claim_at_a_time_and_not_of_the_own_item(self, world):
        made = world.register()
        with pytest.raises(actions.CannotDispute, match="registered to you"):
            actions.raise_dispute(world.officer, item=made.item, claimant=made.owner, words="mine", at=world.noon)
        dispute, _code = actions.raise_dispute(
            world.officer, item=made.item, claimant=BUYER, words="mine", at=world.noon
        )
        with pytest.raises(actions.CannotDispute, match="claimed this item already"):
            actions.raise_dispute(world.officer, item=made.item, claimant=BUYER, words="mine", at=world.noon)
        with pytest.raises(BadInput):
            actions.decide_dispute(world.officer, dispute=dispute, for_claimant=True, reason="so", at=world.noon)
        actions.withdraw_dispute(actions.owner_actor(dispute.claimant), dispute=dispute, at=world.noon)
        assert Dispute.objects.get().state == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_of_two_buyers_at_once_one_gets_it(world):
    made = world.register()
    offer = offered(world, made)

    def buy(name):
        try:
            return actions.accept_transfer(
                PUBLIC, code=offer.code, owner=NewOwner(name=name, phone="138 0013 8000"), at=world.noon
            ).owner.name
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(buy, [f"Buyer {n}" for n in range(8)]))
    winners = [name for name in came if name.startswith("Buyer")]
    assert len(winners) == 1
    assert came.count("not_found") == 7
    assert made.item.ownerships.get(until_at=None).owner.name == winners[0]
    assert made.item.ownerships.count() == 2
    assert Transfer.objects.get().accepted_at == world.noon
