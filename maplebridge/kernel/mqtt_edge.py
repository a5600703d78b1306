"""A subscriber of an MQTT broker whose topics name, in their second part, the token of whoever publishes."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

Keep = Callable[[str, bytes], Awaitable[bool]]  # token and message; whether it is done with

AGAIN_S = 1.0
AT_ONCE = 2_000  # messages under way; the broker holds the rest back

log = logging.getLogger(__name__)


class TopicEdge:
    """Hands messages of a topic to `keep`; `name` is the session's, the same after each start.

    A `lasting` one is kept by the broker while this subscriber is away, and each message is acknowledged only when it
    is done with, so nothing is lost. One that is not leaves nothing with the broker (clean session, QoS 0).
    """

    def __init__(self, keep: Keep, broker: str, topic: str, *, name: str, lasting: bool = True) -> None:
        self._keep, self._topic, self._qos, self._parts = keep, topic, int(lasting), urlsplit(broker)
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=not lasting,
                              protocol=MQTTv311, manual_ack=lasting)  # fmt: skip
        self._client.on_connect, self._client.on_message = self._connected, self._came
        self._client.on_disconnect = self._gone
        self.reading = threading.Event()  # the broker keeps what comes from now on
        self._client.on_subscribe = self._subscribed
        self._client.max_inflight_messages_set(AT_ONCE)
        if self._parts.username:
            self._client.username_pw_set(unquote(self._parts.username), unquote(self._parts.password or ""))
        if self._parts.scheme == "mqtts":
            self._client.tls_set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self.taken = 0

    async def run(self) -> None:
        """Take messages until cancelled; a broker that is away is waited for."""
        self._loop = asyncio.get_running_loop()
        port = self._parts.port or (8883 if self._parts.scheme == "mqtts" else 1883)
        self._client.connect_async(str(self._parts.hostname), port, keepalive=30)
        self._client.loop_start()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.gather(*self._under_way, return_exceptions=True)
            await asyncio.to_thread(self._client.disconnect)
            await asyncio.to_thread(self._client.loop_stop)

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if code.is_failure:
            log.warning("The broker lets nobody in: %s.", code)
            return
        client.subscribe(self._topic, qos=self._qos)
        log.info("The MQTT edge reads %s.", self._topic)

    def _subscribed(self, *_said: object) -> None:
        self.reading.set()

    def _gone(self, _client: Client, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        if code.is_failure:
            log.warning("The broker is away (%s); it is tried again.", code)

    def _came(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        """On the client's own thread: hand it to the loop."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin, message)

    def _begin(self, message: MQTTMessage) -> None:
        task = asyncio.ensure_future(self._take(message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, message: MQTTMessage) -> None:
        """Keep one message, however often it takes, and only then acknowledge it."""
        parts = message.topic.split("/")
        if len(parts) > 2 and message.payload:
            while not await self._keep(parts[1], bytes(message.payload)):
                await asyncio.sleep(AGAIN_S)
        if self._qos:
            self._client.ack(message.mid, message.qos)
        self.taken += 1
