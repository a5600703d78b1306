"""Codes of addresses: prefix of the area, serial number, check character. Scheme: docs/howto/register.md."""

import re
import zlib
from functools import lru_cache

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_SIGNS = re.compile(r"[^0-9A-Z]+")
PREFIX_LONGEST = 20
SERIAL_DIGITS = 6  # more where an area has more than 999,999 addresses; the check holds for any length


def prefix_of(area_code: str) -> str:
    """Give the letters and digits of an area's code, in upper case; a code in another script gets eight of its own."""
    bare = _NOT_SIGNS.sub("", area_code.upper())[:PREFIX_LONGEST]
    return bare or f"X{zlib.crc32(area_code.encode()):08X}"


def code_of(prefix: str, serial: int) -> str:
    """Compose the code of an address: `110101001001-000042-K`."""
    body = f"{serial:0{SERIAL_DIGITS}d}"
    return f"{prefix}-{body}-{_SIGNS[(37 - _product(body, _after(prefix))) % 36]}"


def check_of(text: str) -> str:
    """Give the check character of letters and digits by ISO/IEC 7064, MOD 37,36.

    It finds each single wrong character and each swap of neighbours but a few; raises ValueError for other characters.
    """
    return _SIGNS[(37 - _product(text)) % 36]


@lru_cache(maxsize=4_096)
def _after(prefix: str) -> int:
    """The product after a prefix, which thousands of codes begin with."""
    return _product(prefix)


def _product(text: str, product: int = 36) -> int:
    for sign in text:
        product = (product + _SIGNS.index(sign)) % 36 or 36
        product = product * 2 % 37
    return product


def read_code(text: str) -> str | None:
    """Read a code as typed or scanned, with or without its strokes; None where it is none or its check is wrong."""
    bare = _NOT_SIGNS.sub("", text.upper())
    if "-" in text.strip("-"):
        parts = [part for part in re.split(r"[\s-]+", text.upper().strip()) if part]
        if len(parts) == 3 and parts[1].isdigit() and _NOT_SIGNS.search("".join(parts)) is None:
            return "-".join(parts) if check_of(parts[0] + parts[1]) == parts[2] else None
    if len(bare) < SERIAL_DIGITS + 2 or not bare[-1 - SERIAL_DIGITS : -1].isdigit() or check_of(bare[:-1]) != bare[-1]:
        return None
    return f"{bare[: -1 - SERIAL_DIGITS]}-{bare[-1 - SERIAL_DIGITS : -1]}-{bare[-1]}"


_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def valid_credit_code(text: str) -> bool:
    """Whether this is a unified social credit code of an organisation (GB 32100-2015), its check right."""
    if len(text) != 18 or any(sign not in _CREDIT_SIGNS for sign in text):
        return False
    total = sum(_CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(text, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_SIGNS[-total % 31] == text[-1]
