"""Pure: the states of a task and the steps between them; what a task that was split makes of its parts.

A task is offered to a post (a role in an area) or to a person. Whoever has it accepts, passes it on, or splits it among
those below; what is delivered is settled or returned by whoever gave it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

STATES = {
    "offered": _("offered"),
    "accepted": _("accepted"),
    "delegated": _("split among others"),
    "delivered": _("delivered"),
    "returned": _("returned"),
    "settled": _("settled"),
    "withdrawn": _("withdrawn"),
}
ENDED = frozenset({"settled", "withdrawn"})
_AT_HAND = ("offered", "accepted", "returned")  # waits for whoever has it
_AFTER: dict[tuple[str, str], str] = {
    ("offered", "accept"): "accepted",
    **{(state, "pass_on"): "offered" for state in _AT_HAND},
    **{(state, "split"): "delegated" for state in _AT_HAND},
    **{(state, "deliver"): "delivered" for state in (*_AT_HAND, "delivered")},
    ("delivered", "return"): "returned",
    ("delivered", "settle"): "settled",
    **{(state, "withdraw"): "withdrawn" for state in STATES if state not in ENDED},
}
STEPS = tuple(dict.fromkeys(step for _state, step in _AFTER))
EVIDENCE = {"form": _("a form"), "photo": _("a photo"), "place": _("a place")}
ASK_AGAIN = timedelta(days=1)  # between two reminders of what is overdue


def after(state: str, step: str) -> str | None:
    """The state after a step; None where the step is not possible from this state."""
    return _AFTER.get((state, step))


def late(state: str) -> bool:
    """Whether what is delivered now comes too late to change the state: it is kept, and shown as late."""
    return after(state, "deliver") is None


def of_parts(states: Collection[str]) -> str:
    """The state of a task that was split, from those of its parts.

    Delivered once nothing is left to do and something was done; back at hand when every part was withdrawn.
    """
    if any(state not in ENDED for state in states):
        return "delegated"
    return "delivered" if "settled" in states else "accepted"


def lacks(wanted: Iterable[str], given: Collection[str]) -> list[str]:
    """Which kinds of evidence are wanted and not given, in order."""
    return [kind for kind in wanted if kind not in given]


def overdue(state: str, due_at: datetime | None, *, at: datetime) -> bool:
    """Whether a task should have been delivered by now."""
    return due_at is not None and due_at < at and state in ("offered", "accepted", "delegated", "returned")


def told_area(path: str, due_at: datetime, *, at: datetime) -> str:
    """The area at whose level an overdue task is by now: its own on the first day, then one further up each day."""
    codes = path.strip("/").split("/")
    return codes[max(len(codes) - 1 - max((at - due_at).days, 0), 0)]


def must_remind(state: str, due_at: datetime | None, reminded_at: datetime | None, *, at: datetime) -> bool:
    """Whether it is time to tell whoever has an overdue task, and whoever gave it: once a day."""
    return overdue(state, due_at, at=at) and (reminded_at is None or at - reminded_at >= ASK_AGAIN)
