"""`/p/TOKEN`: the address to which every tracker sends. A bare ASGI application, dispatched ahead of Django.

What is acknowledged has been committed. A known device always gets 200, also for what was dropped or cannot be read:
apps delete their message or block their queue on anything else. 503 says "not stored, keep it"; 404, "no such address".
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from maplebridge.positions.intake import Intake

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 1 << 20  # of one body

log = logging.getLogger(__name__)

Answer = tuple[MutableMapping[str, Any], MutableMapping[str, Any]]


def _answer(status: int, kind: bytes = b"text/plain", body: bytes = b"") -> Answer:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body, "more_body": False}


_TAKEN, _LIST = _answer(200), _answer(200, b"application/json", b"[]")  # OwnTracks waits for a list
_UNKNOWN, _KEEP_IT = _answer(404), _answer(503)


class Ingest:
    """The HTTP face of the intake."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to `/p/TOKEN`."""
        start, body = await self._answer(scope, await _body(receive))
        await send(start)
        await send(body)

    async def _answer(self, scope: Scope, body: bytes | None) -> Answer:
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


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than anything that a tracker sends."""
    message = await receive()
    if message["type"] != "http.request":
        return None
    if not message.get("more_body"):
        whole = bytes(message.get("body", b""))
        return whole if len(whole) <= MOST_BYTES else None
    return await _long_body(message, receive)


async def _long_body(message: MutableMapping[str, Any], receive: Receive) -> bytes | None:
    parts, size = [bytes(message.get("body", b""))], len(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(bytes(message.get("body", b"")))
        size += len(parts[-1])
        if size > MOST_BYTES:
            parts.clear()
    return b"".join(parts) if size <= MOST_BYTES else None
