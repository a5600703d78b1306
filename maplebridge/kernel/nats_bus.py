"""The bus over NATS JetStream: several processes, machines and regions (https://docs.nats.io, JetStream).

Each subject is a stream of its own on disk, copied to three servers where three are named. A message carries its key as
`Nats-Msg-Id`, so that what is sent again within `SAME_FOR_S` is stored once; a durable consumer of each worker's name
hands every message out until it is acknowledged. While a new leader is chosen, `publish` tries again.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import nats
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

from maplebridge.kernel.bus import CannotPublish, Follower, Handler

SAME_FOR_S = 120.0
KEPT_FOR_S = 24 * 3600.0  # by then every worker has handled it
GIVE_UP_S = 10.0  # a leader is chosen within a few seconds
TRY_S = 2.0
FETCH = 64
AGAIN_S = 0.5

log = logging.getLogger(__name__)


class NatsBus:
    """A connection to one or more NATS servers; opened by `NatsBus.connected`."""

    frame = 100

    def __init__(self, client: Any, *, copies: int, prefix: str = "maplebridge") -> None:
        self._client, self._copies, self._prefix = client, copies, prefix
        self._stream = client.jetstream(timeout=TRY_S)
        self._made: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def connected(cls, servers: Sequence[str], *, prefix: str = "maplebridge") -> "NatsBus":
        """Connect, and go on trying for as long as the process lives. Three servers keep three copies."""
        client = await nats.connect(
            list(servers), max_reconnect_attempts=-1, reconnect_time_wait=0.2, connect_timeout=2, error_cb=_tell
        )
        return cls(client, copies=3 if len(servers) >= 3 else 1, prefix=prefix)

    async def publish(self, subject: str, body: object, *, key: str) -> None:
        """Store a message; returns when the servers have acknowledged it. Raises CannotPublish after `GIVE_UP_S`."""
        data, give_up = msgspec.msgpack.encode(body), time.monotonic() + GIVE_UP_S
        while True:
            try:
                await self._ready(subject)
                await self._stream.publish(self._name(subject), data, timeout=TRY_S, headers={"Nats-Msg-Id": key})
            except (TimeoutError, NatsError, OSError) as error:
                if time.monotonic() > give_up:
                    raise CannotPublish(f"{subject} {key}: {error!r}") from error
                await asyncio.sleep(0.1)
            else:
                return

    async def work(self, subject: str, name: str, handler: Handler, kind: Any) -> None:
        """Handle messages in the background, many at once, each acknowledged when its handler has returned."""
        decode = msgspec.msgpack.Decoder(kind).decode
        self._tasks.append(asyncio.create_task(self._work(subject, name, handler, decode)))

    async def follow(self, subject: str, follower: Follower, kind: Any) -> None:
        """Tell a follower as messages pass; what passes while the connection is broken it does not hear."""
        decode = msgspec.msgpack.Decoder(kind).decode

        async def told(message: Msg) -> None:
            follower(decode(message.data))

        await self._client.subscribe(self._name(subject), cb=told)

    async def close(self) -> None:
        """End the workers and the connection."""
        for task in self._tasks:
            task.cancel()
        await self._client.close()

    def _name(self, subject: str) -> str:
        return f"{self._prefix}.{subject}"

    async def _ready(self, subject: str) -> None:
        """Make the stream of a subject, unless it is there."""
        if subject in self._made:
            return
        config = StreamConfig(
            name=f"{self._prefix}-{subject}", subjects=[self._name(subject)], storage=StorageType.FILE,
            num_replicas=self._copies, duplicate_window=SAME_FOR_S, max_age=KEPT_FOR_S,
        )  # fmt: skip
        try:
            await self._stream.add_stream(config)
        except BadRequestError:  # it was made by another version, or with another number of copies
            await self._stream.update_stream(config)
        self._made.add(subject)

    async def _work(self, subject: str, name: str, handler: Handler, decode: Any) -> None:
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_wait=30, max_ack_pending=4 * FETCH)
        consumer = None
        while True:
            try:
                if consumer is None:
                    await self._ready(subject)
                    consumer = await self._stream.pull_subscribe(self._name(subject), durable=name, config=config)
                messages = await consumer.fetch(FETCH, timeout=5)
            except NatsTimeout:
                continue
            except (TimeoutError, NatsError, OSError) as error:
                log.warning("The bus gives nothing of %s for the moment: %r", subject, error)
                await asyncio.sleep(AGAIN_S)
                continue
            await asyncio.gather(*(_handled(message, handler, decode) for message in messages))


async def _handled(message: Msg, handler: Handler, decode: Any) -> None:
    try:
        await handler(decode(message.data))
        await message.ack()
    except Exception:
        log.exception("A message could not be handled; it is handed out again.")
        try:
            await message.nak(delay=AGAIN_S)
        except (NatsError, OSError):
            return  # it comes again by itself


async def _tell(error: Exception) -> None:
    log.warning("The bus: %r", error)
