"""How often one address may ask, where nobody is signed in."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

from maplebridge.kernel import clock
from maplebridge.kernel.address import client_address


def too_many(request: HttpRequest, what: str, limit: int) -> bool:
    """Count a use from this address in this hour (as a digest, in the cache) and say whether it is one too many."""
    address = hashlib.sha256(client_address(request).encode()).hexdigest()[:32]
    key = f"public:{what}:{address}:{int(clock.now().timestamp()) // 3600}"
    cache.add(key, 0, 3600)
    try:
        return int(cache.incr(key)) > limit
    except ValueError:
        return False
