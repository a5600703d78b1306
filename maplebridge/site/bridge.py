"""Django as WSGI in threads behind the ASGI front.

Like `a2wsgi`, whose environ it uses, but an answer that is ready crosses from its thread to the event loop once,
not once for each of its parts; only long ones (files) go piece by piece.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

from a2wsgi.wsgi import build_environ

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 1 << 20  # bytes of a request body kept in memory; more goes to a temporary file
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
            await _read(receive, body)
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


async def _read(receive: Receive, body: IO[bytes]) -> None:
    """Copy the request body; ends too when the client leaves in the middle, and Django then sees a short body."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
