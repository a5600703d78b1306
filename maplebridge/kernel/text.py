"""Text as every database keeps it."""

import re

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """Leave out control characters (PostgreSQL keeps no NUL) and lone surrogates (they are no UTF-8)."""
    return _UNSTORABLE.sub("", text)
