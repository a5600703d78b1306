"""Who hears of what on the stream: pure decisions on entries of the journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from maplebridge.people.rules import Held

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
    """Listeners who hear the same: the roles that they hold with their areas, and then the own units."""

    held: tuple[Held, ...]
    units: frozenset[int] = frozenset()

    @property
    def bound(self) -> bool:
        """Whether any role is bound to an area."""
        return any(held.area_code for held in self.held)

    def may(self, permission: str, path: str | None = None) -> bool:
        """Whether a role gives a permission: for a path of areas, or anywhere."""
        return any(permission in held.permissions and (path is None or held.covers(path)) for held in self.held)


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


Paths = Mapping[str, str]  # areas ("/a/b/") of `incident:ID` and `unit:ID`


def hears(audience: Audience, item: Item, paths: Paths) -> bool:
    """Whether the audience may have the entry: by its grants, then by the areas these are bound to."""
    if item.clear.verb == "incidents.read":  # a look changes nothing that a screen shows
        return False
    kind, _colon, key = item.subject.partition(":")
    if not audience.may(_GRANTS.get(kind, "incidents.view" if item.incident_id else "journal.view")):
        return False
    if kind == "unit":
        return sees_unit(audience, int(key), paths)
    return item.incident_id is None or sees_incident(audience, item.incident_id, paths)


def sees_incident(audience: Audience, incident_id: int, paths: Paths) -> bool:
    """Whether an incident lies where the audience may look."""
    return audience.may("incidents.view", paths.get(f"incident:{incident_id}", ""))


def sees_unit(audience: Audience, unit_id: int, paths: Paths) -> bool:
    """Whether a unit is of the audience's area, of none, or its own."""
    path = paths.get(f"unit:{unit_id}", "")
    return unit_id in audience.units or not path or audience.may("units.view", path)


def chunk_for(audience: Audience, item: Item, paths: Paths) -> bytes:
    """The event an audience gets for an entry; empty when it is not for them.

    A unit may be at work in another area: its entry then goes without the incident. An incident whose place was
    corrected may have come into an area or left it: whoever is bound to one is told to load the board again.
    """
    if audience.bound and _was_moved(item) and audience.may("incidents.view"):
        return event("reset", {})
    if not hears(audience, item, paths):
        return b""
    incident = item.incident_id
    return frame(item, hide_incident=incident is not None and not sees_incident(audience, incident, paths))


def _was_moved(item: Item) -> bool:
    return item.clear.verb == "incidents.edited" and not item.facts.keys().isdisjoint(("lon", "lat", "cell", "area"))


Fix = tuple[int, float, float, str]  # unit, lon, lat, fixed at


def fixes_for(audience: Audience, fixes: Iterable[Fix], paths: Paths) -> bytes:
    """The `positions` event an audience gets; empty when none is for them."""
    if not audience.may("units.view"):
        return b""
    seen = [fix for fix in fixes if sees_unit(audience, fix[0], paths)]
    return event("positions", seen) if seen else b""


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
