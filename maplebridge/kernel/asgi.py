"""What our native ASGI addresses share: the shapes of the protocol, a whole body, a plain answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = tuple[Message, Message]

MOST_BYTES = 1 << 20  # of one body


def answer(status: int, kind: bytes = b"text/plain", body: bytes = b"") -> Answer:
    """The two messages of an answer."""
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body, "more_body": False}


async def whole_body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than anything that a device sends, or was broken off."""
    message = await receive()
    if message["type"] != "http.request":
        return None
    if not message.get("more_body"):
        whole = bytes(message.get("body", b""))
        return whole if len(whole) <= MOST_BYTES else None
    return await _long_body(message, receive)


async def _long_body(message: Message, receive: Receive) -> bytes | None:
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


class Address:
    """An address of our own, dispatched ahead of Django: a whole body in, one answer out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        for message in await self.reply(scope, await whole_body(receive)):
            await send(message)

    async def reply(self, scope: Scope, body: bytes | None) -> Answer:
        """Say what to answer; `body` is None where `whole_body` has none."""
        raise NotImplementedError
