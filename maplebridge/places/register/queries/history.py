"""What the journal knows of an address and of what is at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from maplebridge.journal.models import Entry
from maplebridge.places.register.models import Address

MOST = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One entry: what it is about, what was done, which fields, where it came from. Values are no part of it."""

    position: int
    at: datetime
    subject: str
    done: str
    fields: tuple[str, ...]
    source: str


def address_history(address: Address) -> list[Step]:
    """Give the newest hundred entries about an address, its premises and its organisations."""
    subjects = [f"address:{address.pk}", *(f"organisation:{each.pk}" for each in address.organisations.all())]
    if hasattr(address, "premise"):
        subjects.append(f"premise:{address.premise.pk}")
    entries = Entry.objects.filter(subject__in=subjects).order_by("-position")[:MOST]
    return [_step(entry) for entry in entries]


def _step(entry: Entry) -> Step:
    facts: dict[str, Any] = msgspec.json.decode(entry.body)["facts"]
    subject, _colon, _key = entry.subject.partition(":")
    done = entry.verb.rpartition("_")[2]
    fields = tuple(str(each) for each in facts.get("fields", ()))
    return Step(entry.position, entry.at, subject, done, fields, str(facts.get("source", "")))
