"""`/p/TOKEN`: the address to which every tracker sends. A bare ASGI application, dispatched ahead of Django.

What is acknowledged has been committed. A known device always gets 200, also for what was dropped or cannot be read:
apps delete their message or block their queue on anything else. 503 says "not stored, keep it"; 404, "no such address".
"""

import logging

from maplebridge.kernel.asgi import Address, Answer, Scope, answer
from maplebridge.positions.intake import Intake

log = logging.getLogger(__name__)

_TAKEN, _LIST = answer(200), answer(200, b"application/json", b"[]")  # OwnTracks waits for a list
_UNKNOWN, _KEEP_IT = answer(404), answer(503)


class Ingest(Address):
    """The HTTP face of the intake."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def reply(self, scope: Scope, body: bytes | None) -> Answer:
        """Answer one request to `/p/TOKEN`."""
        try:
            known = await self._intake.tracker(scope["path"][3:].strip("/"))
        except Exception as error:
            log.warning("Who may send positions cannot be read; the devices send them again: %r", error)
            return _KEEP_IT
        if known is None:
            return _UNKNOWN
        if body is None:
            return _TAKEN
        kind = "" if b"lat=" in body else _kind(scope)
        if not await self._intake.take(known, scope.get("query_string", b""), kind, body):
            return _KEEP_IT
        return _LIST if b'"_type"' in body else _TAKEN


def _kind(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bytes(value).decode("latin-1")
    return ""
