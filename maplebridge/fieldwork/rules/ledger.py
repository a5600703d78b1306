"""Pure: which work an entry of the journal counts as. Work is measured, never the residents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS = {
    "form": _("form accepted"),
    "task": _("task settled"),
    "review": _("submission of another looked at"),
}
ACCEPTED, RETURNED, REFUSED = (f"fieldwork.submission_{state}" for state in ("accepted", "returned", "refused"))
SETTLED = "fieldwork.task_settled"
VERBS = (ACCEPTED, RETURNED, REFUSED, SETTLED)


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of work: whose (user's number), on which day, of which kind and form, where, how many."""

    user: int
    day: date
    kind: str
    what: str
    area: str
    area_path: str
    quantity: int


def lines_of(verb: str, *, actor: str, at: datetime, facts: Mapping[str, Any], zone: tzinfo) -> list[Line]:
    """Give the lines that an entry counts as; none where it is no work.

    An accepted submission counts for whoever filled it in on the day of the work, with `counts` 0 where it changes one
    that had counted; a decision counts for the reviewer, a settled task for whoever delivered it, on their own day.
    """
    here = at.astimezone(zone).date()
    where = str(facts.get("area") or ""), str(facts.get("area_path") or "")
    found = []
    if verb == ACCEPTED and (worker := _user(facts.get("user"))):
        day = date.fromisoformat(facts["day"])
        found.append(Line(worker, day, "form", str(facts["form"]), *where, int(facts["counts"])))
    if verb in (ACCEPTED, RETURNED, REFUSED) and (reviewer := _user(actor)):
        found.append(Line(reviewer, here, "review", str(facts["form"]), *where, 1))
    if verb == SETTLED and (doer := _user(facts.get("user"))):
        found.append(Line(doer, here, "task", str(facts.get("form") or ""), *where, 1))
    return found


def _user(ref: object) -> int:
    """The number of a user named as `user:3`; 0 for a program or nobody."""
    text = str(ref or "")
    return int(text[5:]) if text.startswith("user:") and text[5:].isdecimal() else 0
