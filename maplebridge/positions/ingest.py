"""`/p/TOKEN`: the address to which every tracker sends. A bare ASGI application, dispatched ahead of Django.

What is acknowledged has been committed: requests gather for `GATHER_S`, go through the steps together, are kept in one
commit, and only then are answered. A known device always gets 200, also for what was dropped or cannot be read: apps
delete their message or block their queue on anything else. 503 says "not stored, keep it"; 404, "no such address".
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import close_old_connections

from maplebridge.people.actor import token_digest
from maplebridge.people.models import Shift
from maplebridge.positions import formats, steps
from maplebridge.positions.actions import keep_latest
from maplebridge.positions.models import Tracker
from maplebridge.positions.rules import Fix
from maplebridge.positions.steps import Point, State
from maplebridge.positions.tracks import Tracks

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

GATHER_S = 0.02  # what comes in within it is committed together
MOST_WAITING = 20_000  # points; beyond it nothing more is taken in until some are stored
MOST_BYTES = 1 << 20  # of one body
RELOAD_S = 5.0  # how old the known trackers and shifts may be
LATEST_S = 1.0  # how often the map's newest positions are written
BACK = steps.OLDEST_S

log = logging.getLogger(__name__)
_EMPTY = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
_LIST = [(b"content-type", b"application/json"), (b"content-length", b"2")]


@dataclass(frozen=True, slots=True)
class Known:
    """A tracker that may send: of which unit, and how it gives its speed."""

    unit: int
    speed_unit: str


@dataclass(slots=True)
class _Batch:
    """Points that wait to be committed together, and who waits for it."""

    points: list[Point] = field(default_factory=list)
    waiting: list["asyncio.Future[bool]"] = field(default_factory=list)


class Ingest:
    """Takes positions in. `now` gives seconds since 1970 UTC.

    Two threads touch databases: one commits the tracks, on which the answers wait; the other puts what is newest on the
    map and reads who may send. What the loop and the threads share is handed over whole, never changed by both.
    """

    def __init__(self, tracks: Callable[[], Tracks], *, now: Callable[[], float] = time.time) -> None:
        self._make_tracks, self._now = tracks, now
        self._tracks: Tracks | None = None
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="ingest")
        self._other = ThreadPoolExecutor(1, thread_name_prefix="ingest-map")
        self._known: dict[str, Known] = {}
        self._state = State()
        self._latest: dict[int, Fix] = {}
        self._loaded = self._told = 0.0
        self._batch = _Batch()
        self._flushing: asyncio.Task[None] | None = None
        self._later: asyncio.Task[None] | None = None
        self._loading: asyncio.Future[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to `/p/TOKEN`."""
        body = await _body(receive)
        known = await self._tracker(scope["path"][3:].strip("/"))
        if known is None:
            await _answer(send, 404, _EMPTY)
            return
        points = [] if body is None else self._points(known, scope, body)
        stored = not points or await self._store(points)
        await _answer(send, 200 if stored else 503, _LIST if body and b'"_type"' in body else _EMPTY)

    async def _tracker(self, token: str) -> Known | None:
        """Whose address this is; what nobody knows is looked up anew at most once in `RELOAD_S`."""
        digest = token_digest(token)
        known = self._known.get(digest)
        if self._now() - self._loaded > RELOAD_S:
            if self._loading is None or self._loading.done():  # one asks for all who wait
                self._loading = asyncio.ensure_future(_in_thread(self._other, self._load))
            if known is None:
                await self._loading
                known = self._known.get(digest)
        if known is None and self._now() - self._told > 60:
            self._told = self._now()
            log.warning("Positions come to an address that no tracker has. Is a device set up with an old one?")
        return known

    def _points(self, known: Known, scope: Scope, body: bytes) -> list[Point]:
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").decode("latin-1")
        try:
            samples = formats.read(
                scope.get("query_string", b""), kind, body, speed_unit=known.speed_unit, now=self._now()
            )
        except formats.Unreadable as reason:
            log.info("A tracker of unit %d sent %s.", known.unit, reason)
            return []
        return [Point(known.unit, s.lon, s.lat, s.at, s.speed, s.bearing, s.accuracy, s.battery) for s in samples]

    async def _store(self, points: list[Point]) -> bool:
        """Add points to the batch in the making and wait until it is committed; False where it is not."""
        batch = self._batch
        if len(batch.points) + len(points) > MOST_WAITING:
            return False
        done = asyncio.get_running_loop().create_future()
        batch.points += points
        batch.waiting.append(done)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return bool(await done)

    async def _flush(self) -> None:
        """Commit batch after batch until none waits."""
        await asyncio.sleep(GATHER_S)
        while self._batch.waiting:
            batch, self._batch = self._batch, _Batch()
            try:
                newest = await _in_thread(self._committer, self._commit, batch.points)
                self._latest |= newest
                stored = True
            except Exception:
                log.exception("Positions could not be stored; the devices keep them and send them again.")
                stored = False
            for waiting in batch.waiting:
                if not waiting.done():
                    waiting.set_result(stored)
            if self._latest and (self._later is None or self._later.done()):
                self._later = asyncio.create_task(self._put_on_map())

    async def _put_on_map(self) -> None:
        """Put the newest position of each unit on the map, a while after the first of them came in."""
        await asyncio.sleep(LATEST_S)
        latest, self._latest = self._latest, {}
        try:
            at = datetime.fromtimestamp(self._now(), UTC)
            await _in_thread(self._other, partial(keep_latest, list(latest.values()), at=at))
        except Exception:
            log.exception("The newest positions could not be put on the map; the next ones will be.")

    def _commit(self, points: list[Point]) -> dict[int, Fix]:
        """Through the steps and into the tracks; returns the newest of each unit, for the map."""
        self._state.now = self._now()
        kept = steps.run(points, self._state)
        if self._tracks is None:
            self._tracks = self._make_tracks()
        try:
            if kept:
                self._tracks.write(kept)
        except Exception:
            self._state.last.clear()  # nothing was kept, so nothing was seen
            raise
        return {
            point.unit: Fix(point.unit, point.lon, point.lat, datetime.fromtimestamp(point.at, UTC))
            for point in kept
            if not point.flag and not point.late
        }

    def _load(self) -> None:
        """Read anew which trackers may send, and when which unit is or was on shift."""
        now = self._now()
        rows = Tracker.objects.filter(revoked_at=None, unit__active=True)
        spans: dict[int, list[tuple[float, float]]] = {}
        recent = Shift.objects.filter(
            ends_at__gt=datetime.fromtimestamp(now - BACK, UTC), starts_at__lte=datetime.fromtimestamp(now + 60, UTC)
        )
        for unit, begin, end in recent.values_list("unit", "starts_at", "ends_at"):
            spans.setdefault(unit, []).append((begin.timestamp(), end.timestamp()))
        known = {digest: Known(unit, how) for digest, unit, how in rows.values_list("digest", "unit", "speed_unit")}
        self._state.shifts = spans  # before who may send: nobody is let in whose shifts are not known yet
        self._known, self._loaded = known, now


async def _in_thread(thread: ThreadPoolExecutor, work: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(thread, _connected, work, *args)


def _connected(work: Callable[..., Any], *args: Any) -> Any:
    close_old_connections()  # one that broke is opened anew
    return work(*args)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than anything that a tracker sends."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body"):
            return b"".join(parts) if size <= MOST_BYTES else None
        if size > MOST_BYTES:
            parts.clear()


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b"[]" if headers is _LIST else b""
    await send({"type": "http.response.body", "body": body, "more_body": False})
