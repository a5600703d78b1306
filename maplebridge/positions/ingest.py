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
_EMPTY = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
_LIST = [(b"content-type", b"application/json"), (b"content-length", b"2")]


class Ingest:
    """The HTTP face of the intake."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to `/p/TOKEN`."""
        body = await _body(receive)
        try:
            known = await self._intake.tracker(scope["path"][3:].strip("/"))
        except Exception as error:
            log.warning("Who may send positions cannot be read; the devices send them again: %r", error)
            await _answer(send, 503, _EMPTY)
            return
        if known is None:
            await _answer(send, 404, _EMPTY)
            return
        kept = body is None or await self._intake.take(known, scope.get("query_string", b""), _kind(scope), body)
        await _answer(send, 200 if kept else 503, _LIST if body and b'"_type"' in body else _EMPTY)


def _kind(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bytes(value).decode("latin-1")
    return ""


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than anything that a tracker sends."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body"):
            return b"".join(parts) if size <= MOST_BYTES else None
        if size > MOST_BYTES:
            parts.clear()


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b"[]" if headers is _LIST else b""
    await send({"type": "http.response.body", "body": body, "more_body": False})
