"""Whatever happens in whatever order: chains never fork, states stay declared, and the journal tells the tables."""

import contextlib
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import PUBLIC
from maplebridge.property import actions
from maplebridge.property.actions import NewOwner
from maplebridge.property.models import Dispute, Impound, Item, Ownership, Pairing, TheftReport
from maplebridge.property.rules import ITEM_STATES, THEFT_STATES

pytestmark = pytest.mark.django_db
REASON = "as the script has it"
which = st.integers(0, 2)
STEPS = (
    "register", "own", "confirm", "offer", "accept", "steal", "withdraw", "recover", "return", "close", "impound",
    "dispose", "retire", "dispute", "uphold", "reject", "pair", "part", "check", "take_back",
)  # fmt: skip
scripts = st.lists(st.tuples(st.sampled_from(STEPS), which, which), max_size=14)


class Play:
    """Plays a script with items of its own; what is refused changes nothing."""

    def __init__(self, world):
        self.world, self.codes, self.at = world, {}, world.noon
        self.items = [world.register(kind).item.pk for kind in ("e_bike", "battery")]

    def run(self, script):
        for minute, (step, one, other) in enumerate(script, 1):
            self.at = self.world.later(minutes=minute)
            item = self.nth(one)
            with contextlib.suppress(Refused):
                getattr(self, f"do_{step}")(item, self.nth(other))
            self.holds()

    def nth(self, number):
        return Item.objects.get(pk=self.items[number % len(self.items)])

    def me(self, item):
        held = item.ownerships.filter(until_at=None).first()
        return actions.owner_actor(held.owner) if held else PUBLIC

    def theft(self, item):
        found = item.thefts.order_by("-pk").first()
        if found is None:
            raise actions.CannotEndTheft("there is no theft of it")
        return found

    def dispute_of(self, item):
        found = item.disputes.order_by("-pk").first()
        if found is None:
            raise actions.CannotDispute("there is no dispute of it")
        return found

    def do_register(self, _item, _other):
        if len(self.items) < 4:
            self.items.append(self.world.register(at=self.at).item.pk)

    def do_own(self, _item, _other):
        if len(self.items) < 4:
            made = self.world.register("battery", actor=PUBLIC, dealer=None, at=self.at)
            self.items.append(made.item.pk)

    def do_confirm(self, item, _other):
        actions.confirm_item(self.world.officer, item=item, at=self.at)

    def do_offer(self, item, _other):
        self.codes[item.pk] = actions.offer_transfer(self.me(item), item=item, at=self.at).code

    def do_accept(self, item, _other):
        buyer = NewOwner(name="Buyer", phone="0400 555555")
        actions.accept_transfer(PUBLIC, code=self.codes.get(item.pk, "NONE"), owner=buyer, at=self.at)

    def do_take_back(self, item, _other):
        actions.withdraw_offer(self.me(item), item=item, at=self.at)

    def do_steal(self, item, other):
        batteries = [other] if other.kind == "battery" and item.kind != "battery" else []
        self.world.steal(item, at=self.at, batteries=batteries)

    def do_withdraw(self, item, _other):
        actions.withdraw_report(self.world.officer, theft=self.theft(item), reason=REASON, at=self.at)

    def do_recover(self, item, _other):
        actions.mark_recovered(self.world.officer, theft=self.theft(item), place="yard", at=self.at)

    def do_return(self, item, _other):
        actions.return_to_owner(self.world.officer, item=item, reason=REASON, document=document_of(item), at=self.at)

    def do_close(self, item, _other):
        actions.close_theft(self.world.officer, theft=self.theft(item), reason=REASON, at=self.at)

    def do_impound(self, item, _other):
        actions.impound_item(self.world.officer, item=item, place="yard", at=self.at)

    def do_dispose(self, item, _other):
        actions.dispose_item(self.world.officer, item=item, reason=REASON, at=self.at)

    def do_retire(self, item, _other):
        actions.retire_item(self.world.officer, item=item, at=self.at)

    def do_dispute(self, item, _other):
        claimant = NewOwner(name="Claimant", phone="0400 666666")
        actions.raise_dispute(self.world.officer, item=item, claimant=claimant, words="mine", at=self.at)

    def do_uphold(self, item, _other):
        dispute = self.dispute_of(item)
        actions.decide_dispute(self.world.officer, dispute=dispute, for_claimant=True, reason=REASON, at=self.at)

    def do_reject(self, item, _other):
        dispute = self.dispute_of(item)
        actions.decide_dispute(self.world.officer, dispute=dispute, for_claimant=False, reason=REASON, at=self.at)

    def do_pair(self, item, other):
        actions.pair_battery(self.world.officer, bike=item, battery=other, at=self.at)

    def do_part(self, item, _other):
        actions.part_battery(self.world.officer, battery=item, at=self.at)

    def do_check(self, item, _other):
        self.world.check(self.world.code_of(item), at=self.at)

    def holds(self):
        """What is true after every step."""
        for item in Item.objects.filter(pk__in=self.items):
            chain = list(Ownership.objects.filter(item=item).order_by("pk"))
            assert [link.previous for link in chain] == [None, *chain[:-1]][: len(chain)], "one after the other"
            assert [link.until_at is None for link in chain] == [False] * (len(chain) - 1) + [True] * bool(chain)
            assert item.state in dict(ITEM_STATES)
            unended = list(item.thefts.filter(state__in=("open", "recovered")))
            assert len(unended) <= 1
            assert (item.state == "stolen") == any(theft.state == "open" for theft in unended)
            held = Impound.objects.filter(item=item, until_at=None).count()
            assert held == (item.state == "impounded")


def document_of(item):
    """The document that the owner of an item shows."""
    held = item.ownerships.filter(until_at=None).select_related("owner").first()
    return held.owner.document if held else ""


def told():
    """States of items and thefts, owners and pairings, as the journal's clear facts alone tell them."""
    items, thefts, owners, pairs, disputes = {}, {}, {}, {}, {}
    for entry in Entry.objects.filter(verb__startswith="property.").order_by("position"):
        kind, _colon, key = entry.subject.partition(":")
        facts = msgspec.json.decode(entry.body)["facts"]
        if kind == "theftreport":
            thefts[int(key)] = facts["state"]
            items[facts["item"]] = facts["item_state"]
        if kind != "item":
            continue
        number = int(key)
        items[number] = facts.get("state", items.get(number))
        if "theft" in facts:
            thefts[facts["theft"]] = facts["theft_state"]
        if "owner" in facts:
            for each in (number, *facts.get("batteries", ())):
                owners[each] = facts["owner"]
        if "bike" in facts:
            pairs[number] = facts["bike"]
        if "dispute" in facts:
            disputes[number] = facts["dispute"]
    return items, thefts, owners, pairs, disputes


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=scripts)
def test_chains_never_fork_and_states_stay_declared(script, world):
    Play(world).run(script)


def test_the_journal_tells_the_tables(world):
    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(script=scripts)
    def play(script):
        Play(world).run(script)

    play()
    items, thefts, owners, pairs, disputes = told()
    assert {each.pk: each.state for each in Item.objects.all()} == items
    assert {each.pk: each.state for each in TheftReport.objects.all()} == thefts
    assert set(thefts.values()) <= set(dict(THEFT_STATES))
    held = Ownership.objects.filter(until_at=None).values_list("item_id", "owner_id")
    assert dict(held) == owners
    assert {p.battery_id: p.bike_id for p in Pairing.objects.filter(until_at=None)} == {
        battery: bike for battery, bike in pairs.items() if bike
    }
    assert {d.item_id: d.pk for d in Dispute.objects.filter(state="open")} == {
        item: dispute for item, dispute in disputes.items() if dispute
    }
    assert verify().sound


def test_a_stolen_item_is_never_passed_on_by_any_road(world):
    made = world.register()
    play = Play(world)
    play.items = [made.item.pk]
    play.run([("offer", 0, 0), ("steal", 0, 0), ("accept", 0, 0), ("offer", 0, 0), ("dispute", 0, 0), ("uphold", 0, 0)])
    assert made.item.ownerships.count() == 1
    assert play.at == world.noon + timedelta(minutes=6)
