"""Keeping what the bus carries: into the tracks at once, and what is newest on the map within a second."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from maplebridge.kernel.gathering import Gathering
from maplebridge.people.actor import system
from maplebridge.positions.actions import keep_latest, record_calls, record_crossings
from maplebridge.positions.intake import MOST_WAITING, in_thread
from maplebridge.positions.steps import Point
from maplebridge.positions.tracks import Tracks

LATEST_S = 1.0  # how often the map's newest positions are written

log = logging.getLogger(__name__)


class Keeper:
    """Keeps points; `keep` returns when they are committed. Two threads: the tracks, and what the map shows."""

    def __init__(self, tracks: Callable[[], Tracks], *, now: Callable[[], float] = time.time) -> None:
        self._make_tracks, self._now = tracks, now
        self._tracks: Tracks | None = None
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._other = ThreadPoolExecutor(1, thread_name_prefix="keeper-map")
        self._gathering = Gathering(self._commit, wait_s=0.0, most=10 * MOST_WAITING)
        self._latest: dict[int, Point] = {}
        self._news: list[Point] = []  # of fences and calls for help
        self._later: asyncio.Task[None] | None = None

    async def keep(self, points: list[Point]) -> None:
        """Commit points to the tracks, together with what else comes meanwhile. Raises what the store raises."""
        await self._gathering.give(points)

    async def settled(self) -> None:
        """Wait until all is kept and on the map."""
        await self._gathering.settled()
        while self._later is not None and not self._later.done():
            await self._later

    async def _commit(self, points: list[Point]) -> None:
        await in_thread(self._committer, self._write, points)
        for point in points:
            if point.crossed or point.alarm:
                self._news.append(point)
            if not point.flag and not point.late:
                known = self._latest.get(point.unit)
                if known is None or known.at <= point.at:
                    self._latest[point.unit] = point
        if (self._latest or self._news) and (self._later is None or self._later.done()):
            self._later = asyncio.create_task(self._put_on_map())

    def _write(self, points: list[Point]) -> None:
        if self._tracks is None:
            self._tracks = self._make_tracks()
        self._tracks.write(points)

    async def _put_on_map(self) -> None:
        """Put the newest position of each unit on the map, a while after the first of them came in."""
        await asyncio.sleep(LATEST_S)
        latest, self._latest = self._latest, {}
        news, self._news = self._news, []
        try:
            await in_thread(self._other, self._tell, list(latest.values()), news)
        except Exception:
            self._latest, self._news = latest | self._latest, news + self._news
            log.exception("The newest positions could not be put on the map; they go with the next ones.")

    def _tell(self, latest: list[Point], news: list[Point]) -> None:
        at = datetime.fromtimestamp(self._now(), UTC)
        if latest:
            keep_latest(latest, at=at)
        if news:
            record_calls(system("positions"), points=news, at=at)
            record_crossings(system("positions"), points=news, at=at)
