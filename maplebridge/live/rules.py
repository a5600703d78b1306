"""Who hears of what on the stream: pure decisions on entries of the journal."""

from dataclasses import dataclass
from typing import Any

import msgspec

from maplebridge.people.rules import may

_GRANTS = {
    "incident": "incidents.view",
    "unit": "units.view",
    "shift": "units.view",
    "premisenote": "places.view",
    "area": "places.view",
    "city": "places.view",
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Listeners who hear the same: a role, and the area it is bound to ("" for everywhere)."""

    role: str
    area_code: str = ""


class _Clear(msgspec.Struct):
    """What the canonical body of an entry has in clear and the stream passes on."""

    verb: str
    subject: str
    case: str
    at: str
    entered_at: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the stream carries it."""

    position: int
    clear: _Clear

    @property
    def subject(self) -> str:
        return self.clear.subject

    @property
    def facts(self) -> dict[str, Any]:
        return self.clear.facts

    @property
    def incident_id(self) -> int | None:
        """The incident it belongs to, by subject, case or fact."""
        for ref in (self.clear.subject, self.clear.case, f"incident:{self.clear.facts.get('incident') or ''}"):
            kind, _colon, key = ref.rpartition(":")
            if kind.endswith("incident") and key.isdigit():
                return int(key)
        return None


_decode = msgspec.json.Decoder(_Clear).decode
_encode = msgspec.json.Encoder().encode


def item_of(position: int, body: str) -> Item:
    """Read an entry's canonical body."""
    return Item(position, _decode(body))


def hears(audience: Audience, item: Item, area_path: str | None) -> bool:
    """Whether the audience may have the entry; `area_path` is its incident's ("/a/b/"), None without an incident.

    A unit's entries are for everyone who may see units; `frame` hides from them an incident of another area.
    """
    kind = item.subject.partition(":")[0]
    if not may(audience.role, _GRANTS.get(kind, "incidents.view" if item.incident_id else "journal.view")):
        return False
    return kind == "unit" or inside(audience, area_path)


def inside(audience: Audience, area_path: str | None) -> bool:
    """Whether an incident with this path of areas lies where the audience may look."""
    return not audience.area_code or area_path is None or f"/{audience.area_code}/" in area_path


def frame(item: Item, *, hide_incident: bool = False) -> bytes:
    """Write an entry as a server-sent event (WHATWG HTML, section 9.2), without its incident where that is hidden."""
    clear, facts = item.clear, item.facts
    body = {
        "position": item.position,
        "verb": clear.verb,
        "subject": clear.subject,
        "case": "" if hide_incident else clear.case,
        "at": clear.at,
        "entered_at": clear.entered_at,
        "facts": {name: value for name, value in facts.items() if name != "incident"} if hide_incident else facts,
    }
    return b"id: %d\nevent: entry\ndata: %s\n\n" % (item.position, _encode(body))


def event(name: str, data: object) -> bytes:
    """Write an event that has no place in the journal: `tick`, `positions`, `reset`."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), _encode(data))
