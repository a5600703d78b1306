"""Who in this process wants to hear of new fixes as they are stored (a hint: other processes read `changed_since`)."""

from collections.abc import Callable, Sequence

from maplebridge.positions.rules import Fix

Listener = Callable[[Sequence[Fix]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener` with each batch of stored fixes; returns the function that ends it. It must not block."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def publish(fixes: Sequence[Fix]) -> None:
    """Tell every listener of fixes that have been committed."""
    if fixes:
        for listener in tuple(_listeners):
            listener(fixes)
