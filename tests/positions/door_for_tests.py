"""An ingest whose requests a test sends, and what devices send to it."""

import asyncio

from django.db import connections

from maplebridge.kernel.bus import LocalBus
from maplebridge.positions.ingest import Ingest
from maplebridge.positions.intake import SUBJECT, Intake
from maplebridge.positions.keeper import Keeper
from maplebridge.positions.steps import Point

AT = 1_777_896_000  # noon of these tests


def query(at=AT, lat=60.1699, lon=24.9384, **more):
    pairs = {"id": "x", "timestamp": at, "lat": lat, "lon": lon, "speed": 10} | more
    return "&".join(f"{name}={value}" for name, value in pairs.items()).encode()


class Door:
    """Sends requests to an ingest as a server hands them on, at a moment of the test's choosing."""

    def __init__(self, make_tracks, now=AT):
        self.now = now
        self.bus = LocalBus()
        self.keeper = Keeper(make_tracks, now=lambda: self.now)
        self.intake = Intake(lambda: self.bus, now=lambda: self.now)
        self.ingest = Ingest(self.intake)

    def send(self, *requests):
        """Send requests at once, each (token, query, body); returns their answers (status, body)."""
        return self.run(self._all(requests))

    def run(self, work):
        """Run something with the bus, until all is kept and on the map."""
        answers = asyncio.run(self._settled(work))
        for thread in (self.keeper._committer, self.keeper._other, self.intake._stepper, self.intake._reader):
            thread.submit(connections.close_all).result()
        return answers

    async def _settled(self, work):
        await self.bus.work(SUBJECT, "keeper", self.keeper.keep, list[Point])
        answers = await work
        await self.intake.settled()
        await self.keeper.settled()
        return answers

    async def _all(self, requests):
        return await asyncio.gather(*(self._one(*request) for request in requests))

    async def _one(self, token, query=b"", body=b"", kind=b""):
        told = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            told.append(message)

        scope = {"path": f"/p/{token}", "method": "POST", "query_string": query, "headers": [(b"content-type", kind)]}
        await self.ingest(scope, receive, send)
        return told[0]["status"], told[1]["body"]
