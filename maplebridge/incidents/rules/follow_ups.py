"""Pure: what is looked at again some days after an incident of a kind was closed, and by whose post."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

POSTS = ("hamlet", "village", "township")  # kinds of areas, the smallest first
DAYS_MOST = 365
NONE_AFTER = frozenset({"07", "08", "11"})  # unfounded, a duplicate, cancelled by the reporter
_LARGER = {
    "hamlet": frozenset({"hamlet", "village", "community", "township"}),
    "village": frozenset({"village", "community", "township"}),
    "township": frozenset({"township"}),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task that comes of an incident: due after some days (0: none), for a post, worded in one or two languages."""

    days: int = 0
    post: str = "hamlet"
    form: str = ""
    title: str = ""
    title_zh: str = ""
    instructions: str = ""
    instructions_zh: str = ""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of areas whose posts may get it: the one named and the larger ones."""
        return _LARGER[self.post]


def follow_up_from(table: Mapping[str, Any]) -> FollowUp:
    """Read a follow-up from a table. Raises ValueError and TypeError, the first argument naming the field."""
    words = {name: str(value).strip() for name, value in table.items() if name != "days"}
    found = FollowUp(int(table.get("days", 0)), **words)
    if not 0 <= found.days <= DAYS_MOST:
        raise ValueError("days")
    if found.post not in POSTS:
        raise ValueError("post")
    if found.days and not 1 <= len(found.title) <= 120:
        raise ValueError("title")
    return found


def has_follow_up(found: FollowUp, *, disposition: str) -> bool:
    """Whether an incident that was closed so is looked at again."""
    return found.days > 0 and disposition not in NONE_AFTER
