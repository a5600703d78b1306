"""Codes that people are handed: by which owners show an item to be theirs, accept an offer, read a sticker."""

import secrets
from hashlib import sha256

_SAID_ALOUD = "ACDEFGHJKMNPQRTUVWXY34679"  # no two that a voice or an eye confuses
OWNER_CODE, OFFER_CODE, STICKER = 16, 10, 10  # characters: 74 and 46 bits of chance


def fresh_code(characters: int) -> str:
    """Make a random code in groups of four or five, easy to read out."""
    text = "".join(secrets.choice(_SAID_ALOUD) for _each in range(characters))
    size = 4 if characters % 4 == 0 else 5
    return "-".join(text[start : start + size] for start in range(0, characters, size))


def digest_of_code(code: str) -> str:
    """Give the digest under which a code is stored; case, spaces and dashes do not count."""
    return sha256("".join(each for each in code.upper() if each.isalnum()).encode("utf-8", "replace")).hexdigest()
