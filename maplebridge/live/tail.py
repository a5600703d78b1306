"""One reader of the journal per process: woken by our own commits, and polling for those of other processes."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import close_old_connections

from maplebridge.incidents.models import Incident
from maplebridge.journal.act import on_commit_wake
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.kernel.bus import Bus
from maplebridge.live.hub import Hub
from maplebridge.live.rules import Fix, Item, event, item_of
from maplebridge.people.models import Unit
from maplebridge.places.models import Area
from maplebridge.positions.intake import SUBJECT
from maplebridge.positions.models import LatestPosition
from maplebridge.positions.steps import Point

JOURNAL = "journal"  # of the bus
POLL_S = 0.1
GATHER_S = 0.01  # what commits within it is read at once
TICK_S = 2.0
POSITIONS_S = 1.0
BATCH = 500
OVERLAP = timedelta(seconds=3)  # fixes are read again for so long: their writers commit out of order

log = logging.getLogger(__name__)


def read_after(position: int, *, limit: int = BATCH) -> list[Item]:
    """Entries beyond a position, oldest first."""
    rows = Entry.objects.after(position).values_list("position", "body")[:limit]
    return [item_of(number, body) for number, body in rows]


def paths_of(items: list[Item], units: Iterable[int] = ()) -> dict[str, str]:
    """Path of areas ("/a/b/") of each incident and unit that the entries touch, and of more units."""
    incidents = {item.incident_id for item in items if item.incident_id is not None}
    ids = {int(item.subject[5:]) for item in items if item.subject.startswith("unit:")} | set(units)
    rows = Incident.objects.filter(pk__in=incidents).values_list("pk", "area_path") if incidents else ()
    paths = {f"incident:{key}": path for key, path in rows}
    if ids:
        codes = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "area_code"))
        areas = dict(Area.objects.filter(code__in=set(codes.values())).values_list("code", "path"))
        paths |= {f"unit:{key}": code and (areas.get(code) or f"/{code}/") for key, code in codes.items()}
    return paths


class Passed(NamedTuple):
    """An entry of the journal as the bus carries it."""

    position: int
    body: str


class Tail:
    """Feed a hub from the journal until stopped; over a bus it hears at once of what other processes did."""

    def __init__(self, hub: Hub, bus: Bus | None = None) -> None:
        self.hub, self._bus = hub, bus
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tail")
        self._woken = asyncio.Event()
        self._read_at = clock.now()
        self._fixes: dict[int, datetime] = {}
        self._passing: dict[int, Point] = {}  # newest of each unit that the bus carried by
        self._tasks: list[asyncio.Task[None]] = []
        self._unhook: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin at the journal's present end."""
        loop = asyncio.get_running_loop()
        self.hub.position = await loop.run_in_executor(self._reader, last_position)
        self._unhook = on_commit_wake(lambda: _signal(loop, self._woken))
        if self._bus:
            await self._bus.follow(JOURNAL, lambda _passed: self._woken.set(), Passed)
            await self._bus.follow(SUBJECT, self._heard, list[Point])
        self._tasks = [
            loop.create_task(self._forever(step, seconds))
            for step, seconds in ((self._entries, POLL_S), (self._tick, TICK_S), (self._positions, POSITIONS_S))
        ]

    async def stop(self) -> None:
        """End the reading and every stream."""
        self._unhook()
        for task in self._tasks:
            task.cancel()
        self.hub.close()
        self._reader.shutdown(wait=False)

    async def _forever(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
            except Exception:
                log.exception("The live stream could not read; it tries again in a second.")
                await asyncio.get_running_loop().run_in_executor(self._reader, close_old_connections)
                await asyncio.sleep(1)
            await self._pause(seconds, wakeable=step == self._entries)

    async def _pause(self, seconds: float, *, wakeable: bool) -> None:
        if not wakeable:
            await asyncio.sleep(seconds)
            return
        if self.hub.subscribers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
        await asyncio.sleep(GATHER_S if self.hub.subscribers else seconds)

    async def _entries(self) -> None:
        self._woken.clear()
        loop = asyncio.get_running_loop()
        if not self.hub.subscribers:  # nobody listens: keep up with the position alone
            position = await loop.run_in_executor(self._reader, last_position)
            if not self.hub.subscribers:
                self.hub.position = position
                return
        full = True
        while full:
            items = await loop.run_in_executor(self._reader, read_after, self.hub.position)
            bound = self.hub.areas_matter()
            paths = await loop.run_in_executor(self._reader, paths_of, items) if bound else {}
            self.hub.publish(items, paths)
            full = len(items) == BATCH

    async def _tick(self) -> None:
        self.hub.tell(event("tick", {"at": clock.stamp(clock.now()), "position": self.hub.position}))

    async def _positions(self) -> None:
        if not self.hub.subscribers:
            return
        loop = asyncio.get_running_loop()
        if news := self._newest(await loop.run_in_executor(self._reader, self._moved)):
            units = [fix[0] for fix in news]
            bound = self.hub.areas_matter()
            paths = await loop.run_in_executor(self._reader, paths_of, [], units) if bound else {}
            self.hub.tell_fixes(news, paths)

    def _heard(self, points: list[Point]) -> None:
        for point in points:
            if not point.flag and not point.late:
                self._passing[point.unit] = point

    def _moved(self) -> list[tuple[int, float, float, datetime]]:
        begun = clock.now()
        rows = LatestPosition.objects.filter(received_at__gt=self._read_at).values_list("unit_id", "lon", "lat", "at")
        found = list(rows)
        self._read_at = begun - OVERLAP
        return found

    def _newest(self, rows: list[tuple[int, float, float, datetime]]) -> list[Fix]:
        """Of what the database and the bus tell, what has not been handed out yet."""
        passing, self._passing = self._passing, {}
        for point in passing.values():
            lon, lat = point.road or (point.lon, point.lat)
            rows.append((point.unit, lon, lat, datetime.fromtimestamp(point.at, UTC)))
        news: dict[int, Fix] = {}
        for unit, lon, lat, at in rows:
            if unit not in self._fixes or self._fixes[unit] < at:
                self._fixes[unit] = at
                news[unit] = (unit, round(lon, 6), round(lat, 6), clock.stamp(at))
        return list(news.values())


def _signal(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(woken.set)
