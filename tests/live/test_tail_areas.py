"""Whoever is bound to an area misses nothing, at whatever moment they join."""

import asyncio
import json
from datetime import UTC, datetime

import msgspec
import pytest

from maplebridge.live import tail as tail_module
from maplebridge.live.hub import Hub
from maplebridge.live.rules import Audience, chunk_for, item_of
from maplebridge.live.tail import Tail
from maplebridge.people.rules import shipped

NORTH, EVERYWHERE = Audience((shipped("dispatcher", "north"),)), Audience((shipped("dispatcher"),))


def item(position, verb="incidents.reported", **facts):
    body = {
        "verb": verb, "subject": "incident:1", "case": "", "at": "2026-05-04T12:00:00.000Z",
        "entered_at": "2026-05-04T12:00:01.000Z", "facts": facts,
    }  # fmt: skip
    return item_of(position, msgspec.json.encode(body).decode())


@pytest.fixture
def hub():
    hub = Hub()
    hub.join(EVERYWHERE, 0)
    return hub


def joining_while(monkeypatch, hub, loop, name, answer):
    """Let somebody bound to the north join while the tail reads."""
    joined = []

    def read(*_asked):
        ready = asyncio.run_coroutine_threadsafe(_join(), loop)
        ready.result(5)
        return answer

    async def _join():
        joined.append(hub.join(NORTH, 0))

    monkeypatch.setattr(tail_module, name, read)
    return joined


def test_an_entry_read_while_they_join_reaches_them(monkeypatch, hub):
    async def run():
        joined = joining_while(monkeypatch, hub, asyncio.get_running_loop(), "read_after", [item(1)])
        monkeypatch.setattr(tail_module, "paths_of", lambda *_asked: {"incident:1": "/city/north/"})
        await Tail(hub)._entries()
        return joined[0].take()

    assert b"incidents.reported" in asyncio.run(run())


def test_positions_read_while_they_join_are_theirs_alone(monkeypatch, hub):
    async def run():
        tail, loop = Tail(hub), asyncio.get_running_loop()
        at = datetime(2026, 5, 4, 12, tzinfo=UTC)
        fixes = [(7, 1.0, 2.0, at), (8, 3.0, 4.0, at)]
        joined = joining_while(monkeypatch, hub, loop, "last_position", fixes)
        monkeypatch.setattr(tail, "_moved", lambda: tail_module.last_position())
        monkeypatch.setattr(
            tail_module, "paths_of", lambda *_asked: {"unit:7": "/city/north/", "unit:8": "/city/south/"}
        )
        await tail._positions()
        return joined[0].take()

    chunk = asyncio.run(run())
    assert json.loads(chunk.decode().split("data: ")[1]) == [[7, 1.0, 2.0, "2026-05-04T12:00:00.000Z"]]


@pytest.mark.parametrize("path", ["/city/north/", "/city/south/"])
def test_an_incident_that_was_moved_makes_the_bound_load_the_board_again(path):
    moved = item(1, "incidents.edited", lon=1.0, lat=2.0)
    assert chunk_for(NORTH, moved, {"incident:1": path}).startswith(b"event: reset")
    assert b"incidents.edited" in chunk_for(EVERYWHERE, moved, {})


def test_an_edit_that_moves_nothing_is_an_entry_as_ever():
    edited = item(1, "incidents.edited", priority=3)
    assert b"event: entry" in chunk_for(NORTH, edited, {"incident:1": "/city/north/"})
    assert chunk_for(NORTH, edited, {"incident:1": "/city/south/"}) == b""


def test_those_who_may_see_no_incidents_hear_nothing_of_a_move():
    assert chunk_for(Audience((shipped("public", "north"),)), item(1, "incidents.edited", lon=1.0), {}) == b""
