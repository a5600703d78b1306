"""A proposed change of one record, and what it would alter: field by field, with what another changed meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool | None | list[str]
Fields = Mapping[str, Value]

SUBJECTS: dict[str, tuple[str, ...]] = {
    "address": ("street", "site", "number", "label", "lon", "lat", "gone"),
    "premise": ("use", "residents", "rooms", "rented", "hazards", "gone"),
    "organisation": ("name", "kind", "credit_code", "staff", "gone"),
}
FIRST_ONLY: dict[str, tuple[str, ...]] = {  # said when a record is new, and never changed
    "address": ("kind", "parent", "area"),
    "premise": ("address",),
    "organisation": ("address",),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody found on the spot or typed in.

    `subject` is address, premise or organisation; `record` its key, None for a new one. `base` is the version from
    which it was made, None where its maker saw none. `source` says where it comes from: `form`, `submission:ID`, ...
    """

    subject: str
    fields: Fields
    source: str
    record: int | None = None
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that would change. `conflict`: another changed it after the proposal's base, to something else."""

    field: str
    old: Value
    new: Value
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it is: its fields, its version, and the version at which each field last changed."""

    fields: Fields = field(default_factory=dict)
    version: int = 0
    touched: Mapping[str, int] = field(default_factory=dict)


def differences(proposal: Proposal, now: Standing) -> list[Difference]:
    """Compare a proposal with the record as it is, in the order of the register's fields; fields left out stay."""
    found: list[Difference] = []
    if proposal.record is None and now.fields.get("gone") and "gone" not in proposal.fields:
        found.append(Difference("gone", True, False))  # found again where it had been struck off
    for name in SUBJECTS[proposal.subject]:
        if name not in proposal.fields:
            continue
        old, new = now.fields.get(name), settled(proposal.fields[name])
        if settled(old) == new:
            continue
        later = proposal.base is not None and now.touched.get(name, 0) > proposal.base
        found.append(Difference(name, old, new, later))
    return found


def settled(value: Value) -> Value:
    """Give a value in the form in which two are compared: text without spaces around, coordinates to 1e-6 degrees."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, float):
        return round(value, 6)
    return sorted(value) if isinstance(value, list) else value


def key_in(fields: Fields, name: str) -> int:
    """Give the key of another record that a field names; 0, which no record has, where it names none."""
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def touched_by(now: Standing, changed: list[str]) -> dict[str, int]:
    """Give the versions of the fields after a change of some of them."""
    return dict(now.touched) | dict.fromkeys(changed, now.version + 1)
