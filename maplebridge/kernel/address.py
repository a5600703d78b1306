"""From where a request comes, told apart behind a proxy."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Give the address of the client: the peer, or what a trusted proxy added last to X-Forwarded-For.

    Only the last entry is the proxy's own word; whatever stands before it the client may have made up.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not _is_one_of(peer, tuple(settings.TRUSTED_PROXIES)):
        return peer
    said = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        return str(ip_address(said))
    except ValueError:
        return peer


@lru_cache(maxsize=4096)
def _is_one_of(peer: str, networks: tuple[str, ...]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(name, strict=False) for name in networks)
