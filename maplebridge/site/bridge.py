"""Django as WSGI in threads behind the ASGI front.

Like `a2wsgi`, whose environ it uses, but an answer that is ready crosses from its thread to the event loop once,
not once for each of its parts; only long ones (files) go piece by piece.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

from a2wsgi.wsgi import build_environ
from django.utils.translation import gettext as _

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 1 << 20  # bytes of a request body kept in memory; more goes to a temporary file
LARGEST = 22 << 20  # bytes of a request body: the largest file, and what a form has around it
PIECE = 1 << 18  # bytes of an answer sent at once


@dataclass(slots=True)
class _Answer:
    """An answer on its way: the head, what is ready of the body, and the rest if there is more."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    chunks: Iterator[bytes] = iter(())
    iterable: Iterable[bytes] = ()
    more: bool = False

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def fill(self) -> "_Answer":
        """Read the next piece of the body; closes the answer after the last."""
        pieces, size, self.more = [], 0, False
        for chunk in self.chunks:
            pieces.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                self.more = True
                break
        self.body = b"".join(pieces)
        if not self.more:
            self.close()
        return self

    def close(self) -> None:
        getattr(self.iterable, "close", lambda: None)()


class Bridge:
    """An ASGI application that runs a WSGI one in a fixed number of threads."""

    def __init__(self, wsgi: Wsgi, *, threads: int) -> None:
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            if _declared(scope) > LARGEST or not await _read(receive, body):
                await _too_large(send)
                return
            answer = await loop.run_in_executor(self._threads, self._answer, scope, body)
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            try:
                while answer.more:
                    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
                    answer = await loop.run_in_executor(self._threads, answer.fill)
            except BaseException:
                answer.close()
                raise
            await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    def _answer(self, scope: Scope, body: IO[bytes]) -> _Answer:
        answer = _Answer()
        environ: dict[str, Any] = dict(build_environ(scope, body))
        environ["wsgi.multiprocess"] = False
        answer.iterable = self._wsgi(environ, answer.start)
        answer.chunks = iter(answer.iterable)
        return answer.fill()


async def _read(receive: Receive, body: IO[bytes]) -> bool:
    """Copy the request body; False as soon as it is too large.

    It ends too when the client leaves in the middle, and Django then sees a short body.
    """
    more, size = True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST:
            return False
        body.write(chunk)
        more = message.get("more_body", False)
    body.seek(0)
    return True


def _declared(scope: Scope) -> int:
    """The length of the body that the request announces; 0 where it announces none."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 20 else 0


async def _too_large(send: Send) -> None:
    sentence = _("This is too large. Send less at once.")
    body = json.dumps({"refused": sentence, "code": "too_large"}).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
