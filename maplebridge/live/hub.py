"""Fan-out of the journal to the open streams of one process. Everything here runs on the event loop."""

import asyncio
from collections.abc import Iterable, Mapping

from maplebridge.live.rules import Audience, Item, event, frame, hears, inside

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
        return any(s.audience.area_code for s in self.subscribers)

    def publish(self, items: Iterable[Item], area_paths: Mapping[int, str]) -> None:
        """Hand entries to everyone who may have them: encoded once for each audience, not for each stream."""
        for item in items:
            chunks: dict[Audience, bytes] = {}
            for subscriber in self.subscribers:
                if item.position <= subscriber.after:
                    continue
                chunk = chunks.get(subscriber.audience)
                if chunk is None:
                    chunk = chunks[subscriber.audience] = chunk_for(subscriber.audience, item, area_paths)
                if chunk:
                    subscriber.offer(chunk)
            self.position = item.position

    def tell(self, chunk: bytes, *, permission_of: Mapping[str, bool] | None = None) -> None:
        """Hand every stream a chunk; with `permission_of`, only the roles for which it holds true."""
        for subscriber in self.subscribers:
            if permission_of is None or permission_of.get(subscriber.audience.role):
                subscriber.offer(chunk)

    def close(self) -> None:
        """End every stream, at shutdown."""
        for subscriber in self.subscribers:
            subscriber.close()


def chunk_for(audience: Audience, item: Item, area_paths: Mapping[int, str]) -> bytes:
    """The event an audience gets for an entry; empty when it is not for them."""
    incident = item.incident_id
    path = None if incident is None else area_paths.get(incident, "")
    if not hears(audience, item, path):
        return b""
    return frame(item, hide_incident=not inside(audience, path))
