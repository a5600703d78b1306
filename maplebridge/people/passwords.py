"""Refuse passwords that are known or easily thought of, without asking anyone outside.

The list of breached ones is a file as the well-known collections are published: one line `SHA-1 in hexadecimal:count`
for each password, ordered by hash (NIST SP 800-63B-4, section 3.1.1.2, asks for such a comparison). It is searched in
place: a list of a thousand million lines takes some forty reads.
"""

import os
from collections.abc import Callable, Iterable
from hashlib import sha1
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def stands_in(file: str, digest: bytes) -> bool:
    """Whether a line of the ordered file begins with this upper-case hexadecimal digest. Raises OSError."""
    with open(file, "rb") as lines:
        low, high = 0, os.fstat(lines.fileno()).st_size
        while low < high:  # the line sought begins in [low, high)
            middle = (low + high) // 2
            lines.seek(max(0, middle - 1))
            if middle:
                lines.readline()
            start, line = lines.tell(), lines.readline()
            found = line[: len(digest)].upper()
            if found == digest:
                return True
            if not line or start >= high or found > digest:
                high = middle
            else:
                low = start + len(line)
    return False


class BreachedPasswordValidator:
    """A rule for Django's AUTH_PASSWORD_VALIDATORS; `file` empty: the shipped list of common ones is all there is."""

    def __init__(self, file: str = "") -> None:
        self.file = file

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that was found in a breach."""
        digest = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        if self.file and stands_in(self.file, digest):
            raise ValidationError(
                _("This password stands in a public list of stolen ones. Choose another."), code="password_breached"
            )

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("A password that stands in a public list of stolen ones is refused.")


_WORDS = ("maplebridge", "枫桥", "fengqiao", "police", "公安", "dispatch")
_BESIDES = 8  # characters that a password has besides such words


class ContextWordsValidator:
    """Refuse a password that is little more than words that everybody here thinks of: ours, and `words()` of the place.

    NIST SP 800-63B-4, section 3.1.1.2, names such words; what is left without them must still be eight characters.
    """

    def __init__(self, words: Callable[[], Iterable[str]] = tuple) -> None:
        self.words = words

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where fewer than eight letters and digits are left without such words."""
        plain = "".join(char for char in password.lower() if char.isalnum())
        left = plain
        for word in (*_WORDS, *(each.lower().replace(" ", "") for each in self.words())):
            left = left.replace(word, "")
        if left != plain and len(left) < _BESIDES:
            raise ValidationError(
                _("This password is little more than a word of this place. Add more of your own."),
                code="password_context",
            )

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("A password that is little more than the name of the city or of this system is refused.")
