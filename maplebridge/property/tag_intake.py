"""What fixed readers see: tags of stolen items raise an alarm, every other tag is discarded in memory at once.

A tag that is not in the index of stolen codes is dropped before anything else happens: it reaches no database, no log,
no cache and no counter, and nothing here remembers it. A stolen one is an alarm when it comes into a reader's field;
as long as it stays there only when it was last seen is written, at most once in `PROLONG_S`.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import close_old_connections

from maplebridge.people.actor import system, token_digest
from maplebridge.property.actions import prolong_pass, record_sighting
from maplebridge.property.index import StolenIndex, stolen_index
from maplebridge.property.models import Alarm, Reader
from maplebridge.property.tag_reads import TagRead, Unreadable, read_tags

RELOAD_S = 5.0  # how old the list of readers may be
FRESHEN_S = 0.5  # how old the index of stolen codes may be
PASS_S = 300.0  # a tag that was not seen for so long comes anew
PROLONG_S = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pass:
    """A stolen tag in a reader's field: its alarm, when it was last seen, and what of that is written; s since 1970."""

    alarm: Alarm
    seen: float
    written: float


class TagIntake:
    """Takes tag reads in. `now` gives seconds since 1970 UTC. One thread does what touches the database."""

    def __init__(self, *, index: StolenIndex | None = None, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._index = stolen_index() if index is None else index  # an empty one is false
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tags")
        self._readers: dict[str, Reader] = {}
        self._passes: dict[tuple[int, str], Pass] = {}  # of stolen tags alone
        self._loaded = self._freshened = float("-inf")

    async def reader(self, token: str) -> Reader | None:
        """Whose address this is."""
        digest = token_digest(token)
        if self.now() - self._loaded > RELOAD_S:
            await self._in_thread(self._load)
        return self._readers.get(digest)

    async def take(self, reader: Reader, body: bytes) -> bool:
        """Take one message of a reader; False where an alarm cannot be kept, so that it is sent again."""
        if self.now() - self._freshened > FRESHEN_S:
            await self._in_thread(self._freshen)
        try:
            reads = [read for read in read_tags(body, now=self.now()) if self._index.thefts_of(read.epc)]
        except Unreadable:
            log.info("Reader %d sends what is no report of tags.", reader.pk)
            return True
        if not reads:
            return True
        try:
            await self._in_thread(self._keep, reader, reads)
        except Exception as error:
            log.warning("An alarm of reader %d could not be kept; it sends again: %s", reader.pk, type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        """Let what is under way end."""
        await asyncio.to_thread(self._thread.shutdown)

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _connected, work, *args)

    def _load(self) -> None:
        rows = Reader.objects.filter(revoked_at=None).select_related("dealer")
        self._readers, self._loaded = {reader.digest: reader for reader in rows}, self.now()

    def _freshen(self) -> None:
        self._index.freshen()
        self._freshened = self.now()
        old = self.now() - PASS_S
        self._passes = {key: held for key, held in self._passes.items() if held.seen > old}

    def _keep(self, reader: Reader, reads: list[TagRead]) -> None:
        for read in reads:
            held = self._passes.get((reader.pk, read.epc))
            if held is None or read.last_seen - held.seen > PASS_S:
                self._begin(reader, read)
            elif read.last_seen > held.seen:
                held.seen = read.last_seen
                if held.seen - held.written >= PROLONG_S:
                    prolong_pass(system("reader"), alarm=held.alarm, seen_at=_at(held.seen), at=_at(self.now()))
                    held.written = held.seen

    def _begin(self, reader: Reader, read: TagRead) -> None:
        done = record_sighting(
            system("reader"), code=read.epc, channel="reader", reader=reader, seen_at=_at(read.last_seen),
            at=_at(self.now()),
        )  # fmt: skip
        if done.alarm:
            self._passes[reader.pk, read.epc] = Pass(done.alarm, read.last_seen, read.last_seen)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _connected(work: Callable[..., Any], *args: Any) -> Any:
    close_old_connections()  # one that broke is opened anew
    return work(*args)
