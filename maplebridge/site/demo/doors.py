"""The demo's register in the middle of the city: the addresses of its map, with invented uses and numbers."""

import random
from datetime import datetime

from maplebridge.people.actor import Actor
from maplebridge.places.models import Place
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.models import Address
from maplebridge.places.register.rules.rows import Row

_USES = ("flat", "flat", "flat", "business", "business", "shop", "lodging", "public", "charging", "empty", "", "")
_TRADES = ("Bakery", "Bookshop", "Café", "Chemist", "Dentist", "Law office", "Tailor", "Bicycle repair")
_SOURCE = "demo"


def stock_doors(actor: Actor, *, at: datetime, seed: int = 2026) -> None:
    """Enter the addresses that the map knows, once: what is at them is invented."""
    if Address.objects.filter(source=_SOURCE).exists():
        return
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    places = Place.objects.filter(kind="address", gone=False).exclude(street="").exclude(number="").order_by("key")
    rows = [row for place in places for row in _rows(place, rng)]
    import_addresses(actor, rows=dict(enumerate(rows)), source=_SOURCE, at=at)


def _rows(place: Place, rng: random.Random) -> list[Row]:
    """A building with its use; some have two stairs with rooms, whose residents are counted."""
    use = rng.choice(_USES)
    trade = f"{rng.choice(_TRADES)} (invented)" if use in ("shop", "business") and rng.random() < 0.5 else ""
    whole = Row("", place.street, "", place.number, "", "", place.lon, place.lat, use, organisation=trade)
    if use != "flat" or rng.random() > 0.2:
        return [whole]
    return [whole, *(
        Row("", place.street, "", place.number, unit, room, place.lon, place.lat, "flat", residents=rng.randint(1, 4))
        for unit in ("A", "B") for room in ("1", "2", "3")
    )]  # fmt: skip
