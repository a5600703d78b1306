"""Who hears what, and the fan-out to many: without a server."""

import json

import msgspec
import pytest

from maplebridge.live.hub import MAX_WAITING, RESET, Hub
from maplebridge.live.rules import Audience, chunk_for, event, fixes_for, item_of
from maplebridge.people.rules import SHIPPED, shipped

NORTH, EVERYWHERE = Audience((shipped("dispatcher", "north"),)), Audience((shipped("dispatcher"),))
PATHS = {"incident:1": "/city/north/", "incident:2": "/city/south/", "unit:7": "/city/north/", "unit:8": "/city/south/"}


def item(position=1, subject="incident:1", case="", verb="incidents.reported", **facts):
    body = {
        "verb": verb, "subject": subject, "case": case, "at": "2026-05-04T12:00:00.000Z",
        "entered_at": "2026-05-04T12:00:01.000Z", "facts": facts, "position": position, "actor": "user:1",
    }  # fmt: skip
    return item_of(position, msgspec.json.encode(body).decode())


def data_of(chunk):
    return json.loads(chunk.decode().split("data: ")[1]) if chunk else None


def test_an_entry_is_sent_without_its_actor():
    sent = data_of(chunk_for(EVERYWHERE, item(state="Active"), PATHS))
    assert set(sent) == {"position", "verb", "subject", "case", "at", "entered_at", "facts"}


@pytest.mark.parametrize(
    ("audience", "subject", "heard"),
    [
        (EVERYWHERE, "incident:1", True),
        (EVERYWHERE, "incident:2", True),
        (NORTH, "incident:1", True),
        (NORTH, "incident:2", False),
        (NORTH, "incident:99", False),
        (NORTH, "unit:7", True),
        (NORTH, "unit:8", False),
        (NORTH, "unit:9", True),
        (Audience((shipped("dispatcher", "north"),), frozenset({8})), "unit:8", True),
        (Audience((shipped("public"),)), "incident:1", False),
        (EVERYWHERE, "user:3", False),
        (Audience((shipped("auditor"),)), "user:3", True),
        (Audience((shipped("nonsense"),)), "incident:1", False),
    ],
)
def test_grant_and_area_decide_who_hears(audience, subject, heard):
    assert bool(chunk_for(audience, item(subject=subject), PATHS)) is heard


def test_a_unit_at_work_elsewhere_is_heard_without_its_incident():
    entry = item(subject="unit:7", case="incident:2", verb="dispatch.unit_assigned", status="Assigned", incident=2)
    assert data_of(chunk_for(EVERYWHERE, entry, PATHS))["facts"] == {"status": "Assigned", "incident": 2}
    hidden = data_of(chunk_for(NORTH, entry, PATHS))
    assert hidden["facts"] == {"status": "Assigned"}
    assert hidden["case"] == ""


def test_positions_are_cut_to_the_area_too():
    fixes = [(7, 1.0, 2.0, "t"), (8, 3.0, 4.0, "t")]
    assert data_of(fixes_for(NORTH, fixes, PATHS)) == [[7, 1.0, 2.0, "t"]]
    assert fixes_for(Audience((shipped("public"),)), fixes, PATHS) == b""


@pytest.mark.parametrize("role", SHIPPED)
def test_no_role_without_the_view_of_incidents_hears_of_one(role):
    heard = bool(chunk_for(Audience((shipped(role),)), item(), PATHS))
    assert heard is ("incidents.view" in SHIPPED[role].permissions)


class TestHub:
    """Fan-out on the event loop."""

    async def gathered(self, after, positions):
        hub = Hub()
        subscriber = hub.join(EVERYWHERE, after)
        hub.publish([item(position) for position in positions], PATHS)
        return hub, subscriber.take().decode().count("event: entry")

    def run(self, coroutine):
        import asyncio

        return asyncio.run(coroutine)

    def test_a_client_ahead_of_the_hub_gets_no_entry_twice(self):
        hub, count = self.run(self.gathered(5, range(4, 9)))
        assert count == 3
        assert hub.position == 8

    def test_a_client_that_left_is_forgotten(self):
        async def leave():
            hub = Hub()
            subscriber = hub.join(EVERYWHERE, 0)
            hub.leave(subscriber)
            hub.tell(event("tick", {}))
            return subscriber.take()

        assert self.run(leave()) == b""

    def test_a_slow_client_is_told_to_reload_and_keeps_a_bounded_queue(self):
        async def flood():
            hub = Hub()
            subscriber = hub.join(EVERYWHERE, 0)
            hub.publish([item(position) for position in range(1, MAX_WAITING + 10)], PATHS)
            assert len(subscriber.waiting) < MAX_WAITING
            return subscriber.take()

        assert self.run(flood()).startswith(RESET)

    def test_an_entry_is_encoded_once_for_each_audience(self, monkeypatch):
        calls = []
        monkeypatch.setattr(
            "maplebridge.live.hub.chunk_for", lambda audience, item, paths: calls.append(audience) or b"x"
        )

        async def many():
            hub = Hub()
            for _number in range(500):
                hub.join(EVERYWHERE, 0)
                hub.join(NORTH, 0)
            hub.publish([item()], PATHS)

        self.run(many())
        assert len(calls) == 2
