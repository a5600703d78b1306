"""Folding facts into the state of things: pure, and in any order, since of two facts the later entry's counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

KINDS = ("incident", "unit", "shift")
Fields = dict[str, tuple[int, Any]]  # field -> (position of the entry that said it, value)


@dataclass(slots=True)
class State:
    """What was known of every subject at a moment, from the journal alone."""

    subjects: dict[str, Fields] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)  # subjects whose fields no other state shares

    def fold(self, position: int, subject: str, facts: dict[str, Any]) -> None:
        """Take in one entry's facts. The order of calls does not matter."""
        if subject not in self._own:
            self._own.add(subject)
            self.subjects[subject] = dict(self.subjects.get(subject, ()))
        fields = self.subjects[subject]
        for name, value in facts.items():
            known = fields.get(name)
            if known is None or known[0] <= position:
                fields[name] = (position, value)

    def copy(self) -> "State":
        """A copy that can be folded further; what neither changes they share."""
        self._own.clear()
        return State(dict(self.subjects))

    def facts_of(self, kind: str) -> Iterable[tuple[int, dict[str, Any]]]:
        """Every subject of a kind: its id and its facts."""
        for subject, fields in self.subjects.items():
            name, _colon, key = subject.partition(":")
            if name == kind:
                yield int(key), {name: value for name, (_position, value) in fields.items()}

    def on_shift(self, at: datetime) -> dict[int, str]:
        """Units with a shift that covers the moment, and the latest end of theirs."""
        found: dict[int, str] = {}
        for _key, shift in self.facts_of("shift"):
            if "starts_at" in shift and _moment(shift["starts_at"]) <= at < _moment(shift["ends_at"]):
                unit = int(shift["unit"].partition(":")[2])
                found[unit] = max(found.get(unit, ""), shift["ends_at"])
        return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
