"""Readers over MQTT: `tags/TOKEN/...`, QoS 0 and no lasting session, so that the broker keeps no read either."""

import logging

from maplebridge.kernel.mqtt_edge import TopicEdge
from maplebridge.property.tag_intake import TagIntake

TOPIC = "tags/+/#"

log = logging.getLogger(__name__)


class TagEdge(TopicEdge):
    """Takes tag reads from a broker. What comes while it is away is lost, on purpose."""

    def __init__(self, intake: TagIntake, broker: str, *, name: str = "maplebridge-tags") -> None:
        super().__init__(self._kept, broker, TOPIC, name=name, lasting=False)
        self._intake = intake

    async def _kept(self, token: str, payload: bytes) -> bool:
        try:
            reader = await self._intake.reader(token)
            return reader is None or await self._intake.take(reader, payload)
        except Exception as error:
            log.warning("Tag reads cannot be taken; it is tried again: %s", type(error).__name__)
            return False
