"""How often one address may ask, counted without keeping addresses."""

import os
from array import array
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address
from time import monotonic

_ROWS, _WIDTH = 2, 1 << 16


class Turnstile:
    """Admits an address so many times in a period.

    There is no list of who asked: an address is hashed with a key that nobody knows and that is thrown away with the
    counts at the end of each period, into a count-min sketch (Cormode and Muthukrishnan 2005). It may take two for one
    and then refuses too soon, in some one of a thousand cases at 60 addresses a second. Each process counts by itself.
    """

    def __init__(self, most: int, *, period_s: float = 60.0, now: Callable[[], float] = monotonic) -> None:
        self.most, self._period_s, self._now = most, period_s, now
        self._ends = 0.0
        self._key, self._counts = b"", array("L")

    def admits(self, address: str) -> bool:
        """Count one more request of an address (an IPv6 network of 64 bits as one); False when it was one too many."""
        if self._now() >= self._ends:
            self._ends = self._now() + self._period_s
            self._key, self._counts = os.urandom(32), array("L", bytes(8 * _ROWS * _WIDTH))
        digest = blake2b(_network(address).encode(), key=self._key, digest_size=2 * _ROWS).digest()
        cells = [row * _WIDTH + int.from_bytes(digest[2 * row : 2 * row + 2]) for row in range(_ROWS)]
        for cell in cells:
            self._counts[cell] += 1
        return min(self._counts[cell] for cell in cells) <= self.most


def _network(address: str) -> str:
    """Whose address it is: a household has 2^64 of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(int(known) >> 64)
