"""Several machines on one bus: ingest in one process, keeping in another, the console hears of both at once."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections
from door_for_tests import AT, query

from maplebridge.journal.act import act
from maplebridge.journal.queries import last_position
from maplebridge.kernel.nats_bus import NatsBus
from maplebridge.live.hub import Hub
from maplebridge.live.rules import Audience
from maplebridge.live.tail import JOURNAL, Passed, Tail
from maplebridge.people.rules import shipped
from maplebridge.positions.ingest import Ingest
from maplebridge.positions.intake import Intake
from maplebridge.positions.models import LatestPosition
from maplebridge.positions.steps import Point
from maplebridge.site.duties import Relay, keep_positions

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from engines import nats

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def servers():
    with nats() as (addresses, _servers):
        yield addresses


async def until(condition):
    for _try in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


async def answer_of(ingest, token, query):
    told = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        told.append(message)

    scope = {"path": f"/p/{token}", "method": "POST", "query_string": query, "headers": []}
    await ingest(scope, receive, send)
    return told[0]["status"]


def test_what_one_process_takes_in_another_keeps_and_a_third_shows(servers, tracks, unit, token, door, monkeypatch):
    monkeypatch.setattr("maplebridge.site.duties.tracks_here", lambda: tracks_of(tracks))
    monkeypatch.setattr("maplebridge.positions.keeper.time.time", lambda: AT)
    shown = []

    async def work():
        taking, keeping, showing = [await NatsBus.connected(servers, prefix="three") for _n in range(3)]
        tail = Tail(Hub(), showing)
        await showing.follow("positions", tail._heard, list[Point])
        keeper = await keep_positions(keeping)
        intake = Intake(lambda: taking, now=lambda: AT)
        assert await answer_of(Ingest(intake), token, query()) == 200
        await until(lambda: tail._passing)
        shown.extend(tail._newest([]))
        await until(lambda: keeper._latest or keeper._later)
        await keeper.settled()
        for bus in (taking, keeping, showing):
            await bus.close()
        for thread in (keeper._committer, keeper._other, intake._stepper, intake._reader):
            thread.submit(connections.close_all).result()

    asyncio.run(work())
    assert [row[1] for row in tracks.of(unit.pk, 0, 10**13)] == [AT * 1000]
    assert LatestPosition.objects.get().at == datetime.fromtimestamp(AT, UTC)
    assert [fix[:3] for fix in shown] == [(unit.pk, 24.9384, 60.1699)]


def tracks_of(tracks):
    from maplebridge.positions.tracks import DayFiles

    return DayFiles(tracks.folder) if isinstance(tracks, DayFiles) else tracks


def test_the_journal_is_passed_on_entry_by_entry_once(servers, machine, noon):
    heard = []

    def note(number):
        with act(machine, "things.noted", at=noon) as entry:
            entry.about(f"thing:{number}")

    async def work():
        bus = await NatsBus.connected(servers, prefix="relay")
        await bus.follow(JOURNAL, heard.append, Passed)
        relay = Relay(bus)
        await asyncio.to_thread(relay._reader.position)  # begins at the journal's end
        first = last_position_in_thread = await asyncio.to_thread(last_position)
        running = [asyncio.create_task(each.run()) for each in (relay, Relay(bus))]  # two by mistake
        for number in range(5):
            await asyncio.to_thread(in_thread, note, number)
        await until(lambda: {each.position for each in heard} >= set(range(first + 1, first + 6)))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        stream = await bus._stream.stream_info("relay-journal")
        assert stream.state.messages == 5
        assert last_position_in_thread == first
        relay._thread.submit(connections.close_all).result()
        await bus.close()

    asyncio.run(work())
    assert all("things.noted" in each.body for each in heard)


def in_thread(work, *args):
    try:
        return work(*args)
    finally:
        connections.close_all()


def test_a_listener_of_units_alone_hears_of_positions_and_of_no_incident():
    partner = Audience((shipped("volunteer_coordinator"),))
    assert partner.may("units.view")
    assert not partner.may("incidents.view")
