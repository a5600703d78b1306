"""What is done on an event loop beside the server: the bus, the keeping of positions, the journal passed on."""

import asyncio
import contextlib
import gc
import logging
import signal
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from maplebridge.journal.act import on_commit_wake
from maplebridge.journal.reader import Reader
from maplebridge.kernel.bus import Bus, LocalBus
from maplebridge.live.tail import JOURNAL, Passed
from maplebridge.positions.intake import SUBJECT, in_thread
from maplebridge.positions.keeper import Keeper
from maplebridge.positions.steps import Point
from maplebridge.positions.tracks import tracks_here
from maplebridge.site.reactions import Worker

POLL_S = 0.1
BATCH = 500

log = logging.getLogger(__name__)


def leave_loaded_alone() -> None:
    """Tell the garbage collector that what is loaded stays: it need not go over it again and again."""
    gc.collect()
    gc.freeze()


async def open_bus() -> Bus:
    """Join the bus that the installation is set up with. Within one process positions are kept in it, too."""
    if settings.CONFIG.bus_servers:
        from maplebridge.kernel.nats_bus import NatsBus

        return await NatsBus.connected(settings.CONFIG.bus_servers)
    bus = LocalBus()
    await keep_positions(bus)
    return bus


async def keep_positions(bus: Bus) -> Keeper:
    """Keep the positions that the bus carries."""
    keeper = Keeper(tracks_here)
    await bus.work(SUBJECT, "keeper", keeper.keep, list[Point])
    return keeper


class Relay:
    """Passes the journal on over the bus, entry by entry, each once however often it is tried. One is enough."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay")
        self._reader = Reader("bus.journal")
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Pass on what is new until cancelled; the first of all begins at the journal's present end."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._woken.set)

        unhook = on_commit_wake(wake)
        try:
            while True:
                self._woken.clear()
                await self._pass_on()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_S)
        finally:
            unhook()

    async def _pass_on(self) -> None:
        full = True
        while full:
            try:
                entries = await in_thread(self._thread, self._unread)
                await asyncio.gather(
                    *(self._bus.publish(JOURNAL, each, key=f"entry-{each.position}") for each in entries)
                )
                if entries:
                    await in_thread(self._thread, self._reader.move_to, entries[-1].position)
            except Exception:
                log.exception("The journal could not be passed on; it is tried again in a second.")
                await asyncio.sleep(1)
                return
            full = len(entries) == BATCH

    def _unread(self) -> list[Passed]:
        return [Passed(entry.position, entry.body) for entry in self._reader.unread(limit=BATCH)]


async def duties(bus: Bus) -> None:
    """Keep positions and pass the journal on, on a bus of several machines, until cancelled."""
    keeper = await keep_positions(bus)
    try:
        await Relay(bus).run()
    finally:
        await keeper.settled()


async def work(worker: Worker) -> None:
    """Let a worker process work until it is told to stop: reactions and timers, and what the bus asks for."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, worker.stop)
    bus = await open_bus()
    beside = loop.create_task(duties(bus)) if settings.CONFIG.bus_servers else None
    await loop.run_in_executor(None, worker.run)
    if beside:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
    await bus.close()
