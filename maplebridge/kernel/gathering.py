"""Group commit: what many hand in within a moment is handed on together, and each waits until that is done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class TooMuch(Exception):
    """More waits than may: nothing of this was taken."""


class Gathering(Generic[Thing]):
    """Gathers things on one event loop. `hand_on` gets all that came within `wait_s` or while it was at work before."""

    def __init__(self, hand_on: Callable[[list[Thing]], Awaitable[None]], *, wait_s: float, most: int) -> None:
        self._hand_on, self._wait_s, self._most = hand_on, wait_s, most
        self._things: list[Thing] = []
        self._givers: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    async def give(self, things: list[Thing]) -> None:
        """Add things and wait until they are handed on. Raises TooMuch, and what `hand_on` raises."""
        if len(self._things) + len(things) > self._most:
            raise TooMuch
        done = asyncio.get_running_loop().create_future()
        self._things += things
        self._givers.append(done)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        await done

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._task is not None and not self._task.done():
            await self._task

    async def _work(self) -> None:
        if self._wait_s:
            await asyncio.sleep(self._wait_s)
        while self._givers:
            things, givers, self._things, self._givers = self._things, self._givers, [], []
            fault: Exception | None = None
            try:
                await self._hand_on(things)
            except Exception as error:
                fault = error
            for giver in givers:
                if giver.done():  # who gave it has left
                    continue
                if fault is None:
                    giver.set_result(None)
                else:
                    giver.set_exception(fault)
