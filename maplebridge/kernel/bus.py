"""The bus between the parts of the service: what takes positions in, what keeps them, what shows them.

`LocalBus` joins the parts of one process and needs nothing; `kernel/nats_bus.py` joins processes and machines by NATS
JetStream behind the same three verbs. A message is handled at least once: handlers are idempotent.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from maplebridge.kernel.refused import Refused

Handler = Callable[[Any], Awaitable[None]]
Follower = Callable[[Any], None]

log = logging.getLogger(__name__)


class CannotPublish(Refused):
    """The bus does not take it: nothing was kept."""

    status = 503


class Bus(Protocol):
    """What the parts need of a bus."""

    frame: int  # into how many records one message is best divided

    async def publish(self, subject: str, body: object, *, key: str) -> None:
        """Hand a message over; it is kept when this returns. The same `key` again is the same message.

        Raises CannotPublish.
        """

    async def work(self, subject: str, name: str, handler: Handler, kind: Any) -> None:
        """Let `handler` have each message, of type `kind`, until it returns; those of one `name` share them."""

    async def follow(self, subject: str, follower: Follower, kind: Any) -> None:
        """Tell `follower` of every message from now on, whether or not it hears of all. It must not block."""

    async def close(self) -> None:
        """Let go of it."""


class LocalBus:
    """The bus of one process: `publish` returns when every worker has handled the message."""

    frame = 20_000

    def __init__(self) -> None:
        self._workers: dict[str, dict[str, Handler]] = {}
        self._followers: dict[str, list[Follower]] = {}

    async def publish(self, subject: str, body: object, *, key: str) -> None:
        """Let the workers handle the message now, then tell the followers."""
        for handler in self._workers.get(subject, {}).values():
            try:
                await handler(body)
            except Exception as error:
                log.exception("A message on %s could not be handled; its sender is told.", subject)
                raise CannotPublish(f"{subject} {key}") from error
        for follower in self._followers.get(subject, ()):
            follower(body)

    async def work(self, subject: str, name: str, handler: Handler, kind: Any) -> None:
        """Handle messages by one of each name."""
        self._workers.setdefault(subject, {})[name] = handler

    async def follow(self, subject: str, follower: Follower, kind: Any) -> None:
        """Tell a follower of what has been handled."""
        self._followers.setdefault(subject, []).append(follower)

    async def close(self) -> None:
        """Forget everybody."""
        self._workers.clear()
        self._followers.clear()
