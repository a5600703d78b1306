"""Slow down guessing at the sign-in: failures are counted by name and by address, in the cache."""

from datetime import datetime
from hashlib import sha256

from django.core.cache import cache

PAIR_TRIES = 5  # failures of one name from one address that cost nothing
ADDRESS_TRIES = 50  # failures from one address, which a whole station may share
LONGEST_S = 300
MEMORY_S = 3600


def keys(username: str, address: str) -> dict[str, int]:
    """Cache keys of one try and their free failures. Digests: a password typed into the name field is kept nowhere."""
    pair = sha256(f"{username.lower()} from {address}".encode()).hexdigest()
    return {f"sign-in:{pair}": PAIR_TRIES, f"sign-in:{sha256(address.encode()).hexdigest()}": ADDRESS_TRIES}


def pause_s(failures: int, *, free: int) -> int:
    """Seconds to wait after so many failures: none while they are free, then 2, 4, 8 ... 300."""
    return 0 if failures < free else int(min(LONGEST_S, 2 ** min(20, failures - free + 1)))


def wait_s(tried: dict[str, int], *, at: datetime) -> int:
    """Seconds until these keys may try again; 0 when at once."""
    known = cache.get_many(tried)
    waits = (last + pause_s(n, free=tried[key]) - at.timestamp() for key, (n, last) in known.items())
    return max((max(0, round(wait)) for wait in waits), default=0)


def failed(tried: dict[str, int], *, at: datetime) -> None:
    """Count a failure."""
    known = cache.get_many(tried)
    for key in tried:
        failures, _last = known.get(key, (0, 0.0))
        cache.set(key, (failures + 1, at.timestamp()), MEMORY_S)


def succeeded(tried: dict[str, int]) -> None:
    """Forget the failures of whoever got in."""
    cache.delete_many(tried)
