"""Ask without telling: the client sends the beginning of a digest and gets all stolen ones that begin so.

The client takes the canonical key of its code (`codes.canonical`; the address `/api/property/identify` does it for a
stranger's program), hashes it with SHA-256, sends the first hexadecimal digits, and looks for the rest of its digest in
the answer. Of the registered codes about k begin alike, and the server cannot tell which of them was meant, or whether
it was a registered one at all. How many digits it takes depends on how many codes are registered, so that k stays at
100 or more; longer prefixes are refused. The idea is that of Li et al., "Protocols for Checking Compromised
Credentials" (CCS 2019), section 3.
"""

from dataclasses import dataclass
from time import monotonic

from django.utils.translation import gettext as _

from maplebridge.kernel.refused import BadInput
from maplebridge.property.index import stolen_index
from maplebridge.property.models import Identifier

K = 100  # registered codes that share a prefix, on average and at least
_LONGEST = 8
_COUNT_EVERY_S, _CHEAP = 600.0, 10_000

_counted: tuple[float, int] = (0.0, 0)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Answer to a prefix: the rest of each stolen digest that begins so, and of how many codes that tells."""

    prefix: str
    suffixes: list[str]
    digits: int  # the longest prefix that is answered
    k: int  # registered codes that begin alike, on average


def digits_for(registered: int) -> int:
    """The longest prefix in hexadecimal digits with which `K` registered codes are still alike; 0: ask for all."""
    digits = 0
    while digits < _LONGEST and registered // 16 ** (digits + 1) >= K:
        digits += 1
    return digits


def bucket_of(prefix: str) -> Bucket:
    """Give what is stolen and begins so. Raises BadInput for what is no prefix, or one that would tell too much."""
    prefix = prefix.strip().lower()
    registered = registered_codes()
    digits = digits_for(registered)
    if not set(prefix) <= set("0123456789abcdef"):
        raise BadInput("prefix", _("Send the first hexadecimal digits of the SHA-256 of the code."))
    if len(prefix) > digits:
        sentence = _("Send at most %(digits)d digits: more would tell which code you mean.")
        raise BadInput("prefix", sentence % {"digits": digits})
    index = stolen_index()
    index.freshen()
    suffixes = [each[len(prefix) :] for each in index.digests_with(prefix)]
    return Bucket(prefix, suffixes, digits, registered // 16 ** len(prefix))


def registered_codes() -> int:
    """How many codes are registered; of many, as counted within the last ten minutes."""
    global _counted
    at, count = _counted
    if count < _CHEAP or monotonic() - at > _COUNT_EVERY_S:
        count = Identifier.objects.exclude(canonical="").count()
        _counted = (monotonic(), count)
    return count
