"""How often one address may ask, where nobody is signed in."""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from maplebridge.kernel.address import client_address

WITHIN_S = 3600


def too_many(request: HttpRequest, what: str, limit: int) -> bool:
    """Count a use from this address and say whether it is one too many within the hour since its first.

    The cache keeps a keyed digest, which tells nobody the address, and forgets it with the hour.
    """
    address = salted_hmac("maplebridge.allowance", client_address(request), algorithm="sha256").hexdigest()[:32]
    key = f"public:{what}:{address}"
    cache.add(key, 0, WITHIN_S)
    try:
        return int(cache.incr(key)) > limit
    except ValueError:
        return False
