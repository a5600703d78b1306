"""The bus within a process and over real NATS: the same promises; and over NATS what a killed server must not lose."""

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest

from maplebridge.kernel import nats_bus
from maplebridge.kernel.bus import CannotPublish, LocalBus
from maplebridge.kernel.nats_bus import NatsBus

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from engines import nats


class Note(msgspec.Struct):
    text: str


@pytest.fixture(scope="module")
def one_server():
    with nats() as (addresses, _servers):
        yield addresses


@pytest.fixture(params=["local", "nats"])
def on_bus(request):
    """Runs a test's steps with a bus that is empty."""

    def run(steps):
        async def whole():
            if request.param == "local":
                bus = LocalBus()
            else:
                addresses = request.getfixturevalue("one_server")
                bus = await NatsBus.connected(addresses, prefix=f"t{abs(hash(request.node.name)) % 10**9}")
            try:
                return await asyncio.wait_for(steps(bus), 60)
            finally:
                await bus.close()

        if request.param == "nats":
            request.getfixturevalue("one_server")
        return asyncio.run(whole())

    return run


async def until(condition):
    for _try in range(3000):  # a new leader for a consumer may take a while on a busy machine
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


def test_a_worker_gets_every_message_and_a_follower_hears_of_it(on_bus):
    worked, heard = [], []

    async def keep(notes):
        worked.extend(note.text for note in notes)

    async def steps(bus):
        await bus.follow("notes", lambda notes: heard.extend(note.text for note in notes), list[Note])
        await bus.work("notes", "keeper", keep, list[Note])
        for number in range(20):
            await bus.publish("notes", [Note(str(number))], key=str(number))
        await until(lambda: len(worked) == 20 and len(heard) == 20)

    on_bus(steps)
    assert sorted(worked, key=int) == sorted(heard, key=int) == [str(number) for number in range(20)]


def test_two_subjects_do_not_mix(on_bus):
    seen = []

    async def steps(bus):
        await bus.follow("a", lambda note: seen.append(("a", note.text)), Note)
        await bus.follow("b", lambda note: seen.append(("b", note.text)), Note)
        await bus.publish("b", Note("only b"), key="1")
        await until(lambda: seen)

    on_bus(steps)
    assert seen == [("b", "only b")]


def test_within_a_process_who_hands_over_hears_that_it_was_not_kept():
    async def fail(_note):
        raise OSError(28, "No space left on device")

    async def steps():
        bus = LocalBus()
        await bus.work("notes", "keeper", fail, Note)
        await bus.publish("notes", Note("x"), key="1")

    with pytest.raises(CannotPublish):
        asyncio.run(steps())


class TestNats:
    def run(self, steps, servers, **more):
        async def whole():
            bus = await NatsBus.connected(servers, **more)
            try:
                return await asyncio.wait_for(steps(bus), 90)
            finally:
                await bus.close()

        return asyncio.run(whole())

    def test_the_same_key_again_is_stored_once(self, one_server):
        worked = []

        async def keep(note):
            worked.append(note.text)

        async def steps(bus):
            for _again in range(3):
                await bus.publish("notes", Note("once"), key="a")
            await bus.publish("notes", Note("last"), key="b")
            await bus.work("notes", "keeper", keep, Note)
            await until(lambda: "last" in worked)

        self.run(steps, one_server, prefix="once")
        assert worked == ["once", "last"]

    def test_what_a_worker_could_not_handle_comes_again(self, one_server):
        worked = []

        async def keep(note):
            worked.append(note.text)
            if len(worked) < 3:
                raise OSError("the database is away")

        async def steps(bus):
            await bus.work("notes", "keeper", keep, Note)
            await bus.publish("notes", Note("patient"), key="a")
            await until(lambda: len(worked) == 3)
            await asyncio.sleep(1)

        self.run(steps, one_server, prefix="again")
        assert worked == ["patient"] * 3

    def test_a_worker_that_was_away_gets_what_came_meanwhile(self, one_server):
        worked = []

        async def keep(note):
            worked.append(note.text)

        async def first(bus):
            await bus.work("notes", "keeper", keep, Note)
            await bus.publish("notes", Note("one"), key="1")
            await until(lambda: worked == ["one"])

        async def between(bus):
            await bus.publish("notes", Note("two"), key="2")

        async def back(bus):
            await bus.work("notes", "keeper", keep, Note)
            await until(lambda: worked[-1] == "two")

        for steps in (first, between, back):
            self.run(steps, one_server, prefix="away")
        assert worked == ["one", "two"]

    def test_without_a_server_nothing_is_taken_for_kept(self, monkeypatch):
        monkeypatch.setattr(nats_bus, "GIVE_UP_S", 0.5)
        with nats() as (addresses, servers):

            async def steps(bus):
                await bus.publish("notes", Note("kept"), key="1")
                servers[0].kill()
                await bus.publish("notes", Note("not kept"), key="2")

            with pytest.raises(CannotPublish):
                self.run(steps, addresses)

    def test_of_three_servers_one_is_killed_and_nothing_is_lost_or_doubled(self):
        worked = []

        async def keep(note):
            worked.append(note.text)

        async def steps(bus):
            await bus.work("notes", "keeper", keep, Note)
            for number in range(300):
                if number == 100:
                    leader = (await bus._stream.stream_info("maplebridge-notes")).cluster.leader
                    servers[int(leader.removeprefix("node"))].kill()
                await bus.publish("notes", Note(str(number)), key=f"k{number}")
            await until(lambda: len(set(worked)) == 300)

        with nats(nodes=3) as (addresses, servers):
            self.run(steps, addresses)
        assert sorted(set(worked), key=int) == [str(number) for number in range(300)]
        assert len(worked) - len(set(worked)) <= 128  # a worker may see again what it had not acknowledged; never more
