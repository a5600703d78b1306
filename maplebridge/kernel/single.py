"""One at a time: whoever comes second to work under the same name is told so at once, in whichever process it is."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

_ours: set[int] = set()  # numbers held in this process: file locks are per process, not per thread
_guard = threading.Lock()
_files: dict[int, int] = {}  # process id -> the open file; closing any copy would let go of all locks


class Busy(Exception):
    """Somebody else works under this name just now."""


@contextmanager
def single(name: str) -> Iterator[None]:
    """Hold a name for as long as the block runs. Raises Busy at once where it is held already; never waits."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2  # fits a file offset and a bigint
    with _guard:
        if number in _ours:
            raise Busy(name)
        _ours.add(number)
    try:
        with _across_processes(number, name):
            yield
    finally:
        with _guard:
            _ours.discard(number)


@contextmanager
def _across_processes(number: int, name: str) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            if not cursor.fetchone()[0]:
                raise Busy(name)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    file = _file()
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except OSError:
        raise Busy(name) from None
    try:
        yield
    finally:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, number)


def _file() -> int:
    with _guard:
        if os.getpid() not in _files:
            settings.HOME.mkdir(parents=True, exist_ok=True)
            _files[os.getpid()] = os.open(settings.HOME / "single.lock", os.O_CREAT | os.O_RDWR, 0o600)
        return _files[os.getpid()]
