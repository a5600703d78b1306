"""Leads of an investigator: places where stolen things turn up, and chains of them. Places, never persons."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from maplebridge.kernel.geometry import distance_m
from maplebridge.people.actor import Actor
from maplebridge.property.models import Alarm
from maplebridge.property.queries.items import visible_thefts

FEWEST = 2  # items: one may be an accident
NEAR_M = 150.0
LISTED = 50


@dataclass(slots=True)
class Link:
    """A stolen item on its way: from where it was lost to where it was seen."""

    theft: int
    item: int
    kind: str
    lost_at: datetime
    lost_lon: float
    lost_lat: float
    seen_at: datetime
    days: float


@dataclass(slots=True)
class Chain:
    """Stolen items that were seen at one place. A place where goods are checked well has many: it is no suspicion."""

    place: str  # a dealer's or reader's name; empty for where patrols looked
    dealer: int | None
    reader: int | None
    lon: float
    lat: float
    links: list[Link] = field(default_factory=list)
    owed: int = 0  # alarms that the place has not answered

    @property
    def items(self) -> int:
        """How many different items."""
        return len({link.item for link in self.links})


def chains_by_place(actor: Actor, *, since: datetime, fewest: int = FEWEST) -> list[Chain]:
    """Places where at least `fewest` stolen items were seen since, those with most first; thefts one may follow."""
    rows = Alarm.objects.filter(at__gte=since, theft__in=visible_thefts(actor).order_by().values("pk"))
    rows = rows.exclude(outcome="mistaken").exclude(answer="mistyped")
    chains: list[Chain] = []
    for alarm in rows.select_related("theft__item", "sighting__dealer", "sighting__reader").order_by("at", "pk"):
        chain = _chain_of(alarm, chains)
        chain.links.append(_link(alarm))
        chain.owed += bool(alarm.sighting.dealer_id and not alarm.answer and not alarm.outcome)
    found = [chain for chain in chains if chain.items >= fewest]
    return sorted(found, key=lambda chain: (-chain.items, -chain.owed, chain.place))[:LISTED]


def chain_row(chain: Chain) -> dict[str, Any]:
    """A chain for a map: the place, and the ways that items took to it."""
    return {
        "place": chain.place,
        "dealer": chain.dealer,
        "reader": chain.reader,
        "lon": chain.lon,
        "lat": chain.lat,
        "items": chain.items,
        "owed": chain.owed,
        "links": [
            {"theft": link.theft, "item": link.item, "kind": link.kind, "lost": [link.lost_lon, link.lost_lat],
             "lost_at": link.lost_at, "seen_at": link.seen_at, "days": round(link.days, 1)}
            for link in chain.links
        ],
    }  # fmt: skip


def _chain_of(alarm: Alarm, chains: list[Chain]) -> Chain:
    """The chain of an alarm's place: the same dealer or reader, else what lies within a block."""
    seen = alarm.sighting
    for chain in chains:
        if (seen.dealer_id or seen.reader_id) and (chain.dealer, chain.reader) == (seen.dealer_id, seen.reader_id):
            return chain
        anonymous = chain.dealer is None and chain.reader is None and not seen.dealer_id and not seen.reader_id
        if anonymous and distance_m(chain.lon, chain.lat, seen.lon, seen.lat) <= NEAR_M:
            return chain
    name = seen.dealer.name if seen.dealer else seen.reader.name if seen.reader else ""
    chains.append(Chain(name, seen.dealer_id, seen.reader_id, seen.lon, seen.lat))
    return chains[-1]


def _link(alarm: Alarm) -> Link:
    theft, seen = alarm.theft, alarm.sighting
    days = max(0.0, (seen.at - theft.lost_from) / timedelta(days=1))
    return Link(theft.pk, theft.item_id, theft.item.kind, theft.lost_from, theft.lon, theft.lat, seen.at, days)
