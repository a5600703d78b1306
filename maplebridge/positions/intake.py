"""Taking positions in, whatever way they came: who may send, through the steps, kept, and only then acknowledged.

Points gather for `GATHER_S`, go through the steps together, and are published on the bus; what keeps them is
`keeper.Keeper`, in this process or in another. The bus returns when they are kept, and so the answer waits for it.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django.db import close_old_connections

from maplebridge.kernel.bus import Bus
from maplebridge.kernel.gathering import Gathering, TooMuch
from maplebridge.people.actor import token_digest
from maplebridge.positions import formats, steps
from maplebridge.positions.known import Known, fences_standing, known_trackers, presences, shift_spans, the_ground
from maplebridge.positions.steps import Last, Point, State, point_of

SUBJECT = "positions"
GATHER_S = 0.02  # what comes in within it is kept together
MOST_WAITING = 20_000  # points; beyond it nothing more is taken in until some are kept
RELOAD_S = 5.0  # how old the known trackers and shifts may be
ASK_S = 0.05  # an address given since then is asked for singly, however many guess: not more often than so
STALE_S = 2 * RELOAD_S  # after a silence they are read anew before anything is judged by them
GROUND_S = 30.0  # how old the streets, and which unit has which fence, may be
TOLD_EVERY_S = 60.0

log = logging.getLogger(__name__)


class Intake:
    """Takes positions in. `now` gives seconds since 1970 UTC.

    One thread takes the points through the steps, another reads who may send. What the loop and the threads share is
    handed over whole, never changed by both.
    """

    def __init__(self, bus: Callable[[], Bus], *, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._bus = bus
        self._node, self._number = secrets.token_hex(6), 0
        self._stepper = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="intake-known")
        self._known: dict[str, Known] = {}
        self._state = State()
        self._loaded = self._unread = self._asked = self._grounded = self._told = 0.0
        self._fences: frozenset[int] = frozenset()
        self._gathering = Gathering(self._hand_on, wait_s=GATHER_S, most=MOST_WAITING)
        self._loading: asyncio.Future[None] | None = None

    async def ready(self) -> None:
        """Read who may send before anybody waits for it; where the database is away, the first who sends asks again."""
        try:
            await in_thread(self._reader, self._load)
        except Exception as error:
            log.warning("Who may send positions cannot be read yet: %r", error)

    async def tracker(self, token: str) -> Known | None:
        """Whose address this is, by what was read a few seconds ago; nobody is turned away by what is older."""
        digest = token_digest(token)
        known, age, sure = self._known.get(digest), self.now() - self._loaded, True
        if age > RELOAD_S:
            if self._loading is None or self._loading.done():  # one asks for all who wait
                self._loading = asyncio.ensure_future(in_thread(self._reader, self._load))
                self._loading.add_done_callback(_heard)
            if known is None or (age > STALE_S and self.now() - self._unread > STALE_S):
                await self._read_anew(known)
                known = self._known.get(digest)
        elif known is None and self.now() - self._asked > ASK_S:
            self._asked = self.now()
            known = await in_thread(self._reader, self._ask, digest)
        else:
            sure = known is not None  # another was asked for a moment ago: its device tries again
        if known is None and sure and self.now() - self._told > TOLD_EVERY_S:
            self._told = self.now()
            log.warning("Positions come to an address that no tracker has. Is a device set up with an old one?")
        return known

    async def _read_anew(self, known: Known | None) -> None:
        """Wait for what is being read. Where the database is away, whoever was known before stays so."""
        try:
            await asyncio.shield(self._loading)  # type: ignore[arg-type]  # the caller has just begun it
        except Exception:
            if known is None:
                raise
            self._unread = self.now()

    async def take(self, known: Known, query: bytes, kind: str, body: bytes) -> bool:
        """Read and keep what a known device sent; False where it cannot be kept, so that the device sends it again."""
        try:
            samples = formats.read(query, kind, body, speed_unit=known.speed_unit, secret=known.secret, now=self.now())
        except formats.Unreadable as reason:
            log.info("A tracker of unit %d sent %s.", known.unit, reason)
            return True
        return not samples or await self.store([point_of(known.unit, sample) for sample in samples])

    async def store(self, points: list[Point]) -> bool:
        """Hand points on, together with what else comes in now, and wait until they are kept; False where not."""
        try:
            await self._gathering.give(points)
        except TooMuch:
            return False
        except Exception as error:
            log.warning("Positions could not be kept; the devices send them again: %r", error)
            return False
        return True

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self._gathering.settled()

    async def _hand_on(self, points: list[Point]) -> None:
        try:
            await self._publish(await in_thread(self._stepper, self._through_steps, points))
        except Exception:
            self._state.last.clear()  # nothing was kept, so nothing was seen; and no fence was crossed
            self._grounded = 0.0
            raise

    def _through_steps(self, points: list[Point]) -> list[Point]:
        self._state.now = self.now()
        return steps.run(points, self._state)

    async def _publish(self, points: list[Point]) -> None:
        """Hand points to whoever keeps them, in frames; each has a key of its own."""
        bus = self._bus()
        frames = [points[begin : begin + bus.frame] for begin in range(0, len(points), bus.frame)]
        first, self._number = self._number, self._number + len(frames)
        keys = (f"{self._node}-{number}" for number in range(first, self._number))
        await asyncio.gather(*(bus.publish(SUBJECT, frame, key=key) for frame, key in zip(frames, keys, strict=True)))

    def _ask(self, digest: str) -> Known | None:
        """Look for a tracker that was set up within the last seconds."""
        found = known_trackers(at=datetime.fromtimestamp(self.now(), UTC), digest=digest)
        self._known |= found
        return found.get(digest)

    def _load(self) -> None:
        """Read anew which trackers may send, when which unit is or was on shift, and what is on the ground."""
        at = datetime.fromtimestamp(self.now(), UTC)
        known, spans = known_trackers(at=at), shift_spans(at=at)
        standing = fences_standing()
        if standing != self._fences or self.now() - self._grounded > GROUND_S:
            if not self._grounded:
                self._state.last = {unit: Last(inside=inside) for unit, inside in presences().items()}
            self._state.ground, self._grounded, self._fences = the_ground(), self.now(), standing
        self._state.shifts = spans  # before who may send: nobody is let in whose shifts are not known yet
        self._known, self._loaded = known, self.now()


def _heard(loading: asyncio.Future[None]) -> None:
    """Leave a line for the administrator where it failed, whether or not anybody waited."""
    if not loading.cancelled() and (error := loading.exception()):
        log.warning("Who may send positions could not be read; it is tried again: %r", error)


async def in_thread(thread: ThreadPoolExecutor, work: Callable[..., Any], *args: Any) -> Any:
    """Do something that touches the database in a thread of its own."""
    return await asyncio.get_running_loop().run_in_executor(thread, _connected, work, *args)


def _connected(work: Callable[..., Any], *args: Any) -> Any:
    close_old_connections()  # one that broke is opened anew
    return work(*args)
