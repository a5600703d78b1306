"""The MQTT edge: a subscriber of Mosquitto that takes what OwnTracks publishes into the intake.

A device publishes to `owntracks/TOKEN/...` with QoS 1; the token in the topic is its address as in `/p/TOKEN`. The
broker keeps what comes while this subscriber is away (a lasting session, `clean_session` off); each message is
acknowledged to it only when it is kept, so nothing is lost where this process is stopped in the middle.
"""

import asyncio
import logging
import threading
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from maplebridge.positions.intake import Intake

TOPIC = "owntracks/+/#"
AGAIN_S = 1.0
AT_ONCE = 2_000  # messages under way; the broker holds the rest back

log = logging.getLogger(__name__)


class Edge:
    """Takes positions from a broker; `name` is the lasting session's, the same after each start."""

    def __init__(self, intake: Intake, broker: str, *, name: str = "maplebridge-edge") -> None:
        self._intake, self._parts = intake, urlsplit(broker)
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, protocol=MQTTv311,
                              manual_ack=True)  # fmt: skip
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
        client.subscribe(TOPIC, qos=1)
        log.info("The MQTT edge reads %s.", TOPIC)

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
            while not await self._kept(parts[1], bytes(message.payload)):
                await asyncio.sleep(AGAIN_S)
        self._client.ack(message.mid, message.qos)
        self.taken += 1

    async def _kept(self, token: str, payload: bytes) -> bool:
        try:
            known = await self._intake.tracker(token)
        except Exception as error:
            log.warning("Who may send positions cannot be read; it is tried again: %r", error)
            return False
        return known is None or await self._intake.take(known, b"", "application/json", payload)
