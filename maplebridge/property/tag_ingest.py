"""`/r/TOKEN`: the address to which a fixed reader sends. A bare ASGI application, dispatched ahead of Django.

A known reader gets 200 whatever it sends, also for what was discarded; 503 says that an alarm could not be kept and
is to be sent again; 404, "no such address". The answer never tells whether a tag was one that is looked for.
"""

import logging

from maplebridge.kernel.asgi import Address, Answer, Scope, answer
from maplebridge.property.tag_intake import TagIntake

log = logging.getLogger(__name__)
_TAKEN, _UNKNOWN, _AGAIN = answer(200), answer(404), answer(503)


class TagIngest(Address):
    """The HTTP face of the tag intake."""

    def __init__(self, intake: TagIntake) -> None:
        self._intake = intake

    async def reply(self, scope: Scope, body: bytes | None) -> Answer:
        """Answer one request to `/r/TOKEN`."""
        try:
            reader = await self._intake.reader(scope["path"][3:].strip("/"))
            if reader is None:
                return _UNKNOWN
            return _TAKEN if body is None or await self._intake.take(reader, body) else _AGAIN
        except Exception as error:
            log.warning("Tag reads cannot be taken; the readers send them again: %s", type(error).__name__)
            return _AGAIN
