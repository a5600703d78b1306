"""Answers that may be a moment old.

A server under load asks the database for the same few rows with every request: whose token this is, which city, what
type. With `hold_for` it asks for each of them anew only so often. Tests and commands ask every time.
"""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

Answer = TypeVar("Answer")
MOST = 10_000  # answers kept

_hold_s = 0.0
_known: dict[Hashable, tuple[float, Any]] = {}


def hold_for(seconds: float) -> None:
    """Let this process keep such answers for so long; 0 asks each time."""
    global _hold_s
    _hold_s = seconds
    forget()


def forget() -> None:
    """Forget every answer; each is asked for anew."""
    _known.clear()


def for_a_moment(key: Hashable, read: Callable[[], Answer]) -> Answer:
    """Give the kept answer of a key, or read it; "nothing" (None) is not kept."""
    if not _hold_s:
        return read()
    now, known = monotonic(), _known.get(key)
    if known is not None and now - known[0] <= _hold_s:
        kept: Answer = known[1]
        return kept
    answer = read()
    if answer is not None:
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = (now, answer)
    return answer
