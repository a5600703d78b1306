"""Fan-out of the journal to the open streams of one process. Everything here runs on the event loop."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from maplebridge.live.rules import Audience, Fix, Item, Paths, chunk_for, event, fixes_for

MAX_WAITING = 2_000  # chunks kept for a slow client before it is told to reload

RESET = event("reset", {})


class Subscriber:
    """One open stream: what waits to be sent to it, and how far it has read."""

    __slots__ = ("after", "audience", "closed", "ready", "waiting")

    def __init__(self, audience: Audience, after: int) -> None:
        self.audience = audience
        self.after = after
        self.waiting: list[bytes] = []
        self.ready = asyncio.Event()
        self.closed = False

    def offer(self, chunk: bytes) -> None:
        """Queue a chunk; a client too slow to read its queue is told to reload the board instead."""
        if len(self.waiting) >= MAX_WAITING:
            self.waiting = [RESET]
        self.waiting.append(chunk)
        self.ready.set()

    def take(self) -> bytes:
        """Everything that waits, as one piece."""
        self.ready.clear()
        waiting, self.waiting = self.waiting, []
        return b"".join(waiting)

    def close(self) -> None:
        """Let the stream end after what waits was sent."""
        self.closed = True
        self.ready.set()


class Hub:
    """All open streams of the process, at one position of the journal."""

    def __init__(self) -> None:
        self.position = 0
        self.subscribers: set[Subscriber] = set()

    def join(self, audience: Audience, after: int) -> Subscriber:
        """Open a stream that hears everything after the hub's present position."""
        subscriber = Subscriber(audience, after)
        self.subscribers.add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)

    def areas_matter(self) -> bool:
        """Whether anyone who listens is bound to an area."""
        return any(s.audience.bound for s in self.subscribers)

    def publish(self, items: Iterable[Item], paths: Paths) -> None:
        """Hand entries to everyone who may have them: encoded once for each audience, not for each stream."""
        for item in items:
            self._hand_out(partial(chunk_for, item=item, paths=paths), item.position)
            self.position = item.position

    def tell_fixes(self, fixes: Sequence[Fix], paths: Paths) -> None:
        """Hand everyone the new positions of the units that they may see."""
        self._hand_out(partial(fixes_for, fixes=fixes, paths=paths))

    def tell(self, chunk: bytes) -> None:
        """Hand every stream a chunk."""
        self._hand_out(lambda _audience: chunk)

    def _hand_out(self, chunk_of: Callable[[Audience], bytes], position: int | None = None) -> None:
        chunks: dict[Audience, bytes] = {}
        for subscriber in self.subscribers:
            if position is not None and position <= subscriber.after:
                continue
            chunk = chunks.get(subscriber.audience)
            if chunk is None:
                chunk = chunks[subscriber.audience] = chunk_of(subscriber.audience)
            if chunk:
                subscriber.offer(chunk)

    def close(self) -> None:
        """End every stream, at shutdown."""
        for subscriber in self.subscribers:
            subscriber.close()
