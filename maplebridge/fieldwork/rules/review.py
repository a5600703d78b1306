"""Pure: the life of a submission under review, which ones are looked at, and which two seem to be of one visit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from maplebridge.kernel.geometry import distance_m

STATES = {
    "received": _("received"),
    "in_review": _("in review"),
    "returned": _("returned"),
    "accepted": _("accepted"),
    "refused": _("refused"),
    "replaced": _("replaced by a later one"),
}
ENDED = frozenset({"accepted", "refused", "replaced"})
OPEN = ("received", "in_review")  # waits for a reviewer
_AFTER: dict[tuple[str, str], str] = {
    **{(state, "open"): "in_review" for state in OPEN},
    **{(state, "return"): "returned" for state in OPEN},
    **{(state, "accept"): "accepted" for state in OPEN},
    **{(state, "refuse"): "refused" for state in (*OPEN, "returned")},
    **{(state, "replace"): "replaced" for state in (*OPEN, "returned")},
}
WHY = {
    "flagged": _("something in it asks for a look"),
    "new_worker": _("one of the first of a new worker"),
    "sample": _("drawn by lot"),
}
FLAGS = {
    "answer": _("an answer that is always looked at"),
    "edit": _("changes what was accepted or refused before"),
    "late": _("came when its task had ended"),
    "far": _("filled in outside the worker's area"),
    "quick": _("filled in in a few seconds"),
    "clock": _("the phone's clock was wrong"),
    "twin": _("seems to be of the same visit as another"),
    "conflict": _("contradicts what another changed in the register meanwhile"),
}
QUICK_S = 10  # nobody visits a household in less
CLOCK_WRONG = timedelta(minutes=10)
TWIN_M, TWIN_DAYS = 30, 7


def after(state: str, step: str) -> str | None:
    """The state after a step; None where the step is not possible from this state."""
    return _AFTER.get((state, step))


@dataclass(frozen=True, slots=True)
class Handling:
    """How what is sent with a form is looked at, and what of it goes into the register.

    `share` of 0..1 is drawn by lot, the first `new` of a worker are all looked at, and so is what has an answer in
    `flags` (question -> answers). `register` says which question is which field of the register ("=rental": always
    that), `answers` what an answer is called there ("": left out).
    """

    share: float = 0.1
    new: int = 10
    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    register: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def handling_from(table: Mapping[str, Any]) -> Handling:
    """Read a handling from a table as `handling.toml` and the database hold it. Raises ValueError and TypeError."""
    found = Handling(
        float(table.get("share", 0.1)), int(table.get("new", 10)),
        {str(question): tuple(map(str, answers)) for question, answers in dict(table.get("flags", {})).items()},
        {str(name): str(question) for name, question in dict(table.get("register", {})).items()},
        {str(name): {str(a): str(b) for a, b in dict(words).items()}
         for name, words in dict(table.get("answers", {})).items()},
    )  # fmt: skip
    if not (0 <= found.share <= 1 and 0 <= found.new <= 1000):
        raise ValueError("share is 0 to 1, new 0 to 1000")
    return found


def drawn(digest: bytes, share: float) -> bool:
    """Whether the lot falls on a submission. `digest` is a keyed hash of its instance ID, at least 8 bytes.

    The same submission has the same lot for ever, and nobody without the key can tell or choose it.
    """
    return int.from_bytes(digest[:8]) < share * 2**64


def why_reviewed(handling: Handling, *, flags: Collection[str], accepted_before: int, digest: bytes) -> str:
    """Say why somebody looks at a submission, by name in WHY; "" where it is accepted by rule."""
    if flags:
        return "flagged"
    if accepted_before < handling.new:
        return "new_worker"
    return "sample" if drawn(digest, handling.share) else ""


def flagged_answer(handling: Handling, values: Iterable[tuple[str, str]]) -> bool:
    """Whether an answer is among those that are always looked at; one of several choices counts by itself."""
    return any(set(text.split()) & set(handling.flags.get(path, ())) for path, text in values)


def time_flags(*, started: datetime | None, ended: datetime | None, received: datetime) -> list[str]:
    """What the times of a submission say against it: filled in in seconds, or by a clock that was wrong."""
    found = []
    if started and ended and timedelta(0) <= ended - started < timedelta(seconds=QUICK_S):
        found.append("quick")
    if ended and (ended - received > CLOCK_WRONG or (started and started > ended)):
        found.append("clock")
    return found


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when something was filled in; `address` is a key that is the same for the same address."""

    day: date
    lon: float | None = None
    lat: float | None = None
    address: str = ""


def twin_reasons(one: Seen, other: Seen) -> list[str]:
    """Say why two submissions of a form may be of the same visit; nothing where they are not. A hint, never a verdict.

    Within TWIN_M metres or of the same address, and within TWIN_DAYS days.
    """
    days = abs((one.day - other.day).days)
    if days > TWIN_DAYS:
        return []
    found = [str(_("the same address"))] if one.address and one.address == other.address else []
    if one.lon is not None and one.lat is not None and other.lon is not None and other.lat is not None:
        metres = distance_m(one.lon, one.lat, other.lon, other.lat)
        if metres <= TWIN_M:
            found.append(str(_("%(m)d m apart") % {"m": round(metres)}))
    if found:
        found.append(
            ngettext("%(n)d day apart", "%(n)d days apart", days) % {"n": days} if days else str(_("same day"))
        )
    return found
