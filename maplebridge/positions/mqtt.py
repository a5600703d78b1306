"""The MQTT edge: a subscriber of Mosquitto that takes what OwnTracks publishes into the intake.

A device publishes to `owntracks/TOKEN/...` with QoS 1; the token in the topic is its address as in `/p/TOKEN`. The
broker keeps what comes while this subscriber is away (a lasting session, `clean_session` off); each message is
acknowledged to it only when it is kept, so nothing is lost where this process is stopped in the middle.
"""

import logging

from maplebridge.kernel.mqtt_edge import TopicEdge
from maplebridge.positions.intake import Intake

TOPIC = "owntracks/+/#"

log = logging.getLogger(__name__)


class Edge(TopicEdge):
    """Takes positions from a broker; `name` is the lasting session's, the same after each start."""

    def __init__(self, intake: Intake, broker: str, *, name: str = "maplebridge-edge") -> None:
        super().__init__(self._kept, broker, TOPIC, name=name)
        self._intake = intake

    async def _kept(self, token: str, payload: bytes) -> bool:
        try:
            known = await self._intake.tracker(token)
        except Exception as error:
            log.warning("Who may send positions cannot be read; it is tried again: %r", error)
            return False
        return known is None or await self._intake.take(known, b"", "application/json", payload)
