"""A cable that can be pulled: a TCP relay before the server. Pulled, it swallows everything and answers nothing.

That is what a dead link looks like. A browser's own offline switch leaves open streams running.
"""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cable:
    """Relays connections to a port of this machine until `pull`; after `plug` new ones are relayed again."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._whole = threading.Event()
        self._whole.set()
        self._ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def pull(self) -> None:
        """From now on nothing passes in either direction, and nobody is told."""
        self._whole.clear()

    def plug(self) -> None:
        """What was open is dead; what is opened from now on passes."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _close(*pair)
        self._whole.set()

    def end(self) -> None:
        self._ended = True
        self._listener.close()
        self.plug()

    def _accept(self) -> None:
        while not self._ended:
            with contextlib.suppress(OSError):
                near, _address = self._listener.accept()
                threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
            far.settimeout(None)
        except OSError:
            _close(near)
            return
        self._pairs.append((near, far))
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _events in selector.select():
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if not self._whole.is_set():
                        self._whole.wait()
                        return
                    if not data:
                        raise OSError
                    key.data.sendall(data)
        _close(near, far)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def cable(port: int) -> Iterator[Cable]:
    """A cable for the length of a journey."""
    it = Cable(port)
    try:
        yield it
    finally:
        it.end()
