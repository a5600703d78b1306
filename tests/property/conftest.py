"""A small world of the registry: a city with two beats, a shop and a post, an owner with a bike and its battery."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

SHOP_AT, MARKET_AT, HOME_AT = (24.92, 60.15), (24.96, 60.18), (24.94, 60.17)
BATTERY = "001CB240000003B3C0221953"


@pytest.fixture
def city(db):
    from maplebridge.places.models import Area, City

    ring = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]
    Area.objects.create(
        code="district", name="District", kind="district", geometry={"type": "Polygon", "coordinates": [ring]},
        west=24.9, south=60.1, east=25.0, north=60.2,
    )  # fmt: skip
    return City.objects.create(
        name="Testby", time_zone="Europe/Helsinki", west=24.9, south=60.1, east=25.0, north=60.2, edition="test"
    )


@pytest.fixture
def types(db, machine, noon):
    from maplebridge.incidents.actions import install_types

    install_types(machine, at=noon)


@dataclass
class World:
    """Who is there, and what they have."""

    noon: Any
    system: Any
    officer: Any
    clerk: Any  # of the shop
    trader: Any  # of the market
    shop: Any
    market: Any

    def __post_init__(self):
        self._numbers = count(1)

    def later(self, **span):
        return self.noon + timedelta(**span)

    def register(self, kind="e_bike", *, codes=None, owner="new", actor=None, at=None, **values):
        """Register an item at the shop; an owner of its own unless one is given."""
        from maplebridge.property.actions import Code, NewOwner, register_item

        number = next(self._numbers)
        if codes is None:
            codes = [Code("battery" if kind == "battery" else "frame", f"WMX{number:03d}K90{number:02d}")]
        if owner == "new":
            owner = NewOwner(name=f"Owner {number}", phone=f"0400 12345{number}", document=f"AB 12 {number:04d}")
        values.setdefault("dealer", self.shop)
        return register_item(actor or self.clerk, kind=kind, codes=codes, owner=owner, at=at or self.noon, **values)

    def steal(self, item, *, actor=None, at=None, **values):
        """Report an item stolen an hour before."""
        from maplebridge.property.actions import report_stolen

        at = at or self.noon
        values = {"lon": HOME_AT[0], "lat": HOME_AT[1], "lost_from": at - timedelta(hours=2), "lost_to": at} | values
        return report_stolen(actor or self.officer, item=item, at=at, **values)

    def check(self, code, *, at=None, actor=None, dealer="market", channel="dealer", **values):
        """Check a code at the market."""
        from maplebridge.property.actions import record_sighting

        dealer = self.market if dealer == "market" else dealer
        return record_sighting(
            actor or self.trader, code=code, channel=channel, dealer=dealer, at=at or self.noon, **values
        )

    def code_of(self, item):
        """The first number on an item, as written."""
        return item.identifiers.exclude(kind="qr").order_by("pk").first().written


@pytest.fixture
def world(city, types, machine, noon):
    from staff_for_tests import acting, make_staff

    from maplebridge.property.actions import accredit_dealer

    def place(name, kind, at, user):
        return accredit_dealer(machine, name=name, kind=kind, lon=at[0], lat=at[1], users=[user], at=noon)

    clerk, trader = make_staff("dealer", username="clerk"), make_staff("dealer", username="trader")
    return World(
        noon=noon,
        system=machine,
        officer=acting(make_staff("post_officer")),
        clerk=acting(clerk),
        trader=acting(trader),
        shop=place("Bikes of Testby", "shop", SHOP_AT, clerk),
        market=place("Old Market", "second_hand", MARKET_AT, trader),
    )
