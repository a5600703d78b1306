"""The registry of the demo: a shop, a second-hand dealer, bikes with batteries, one of them stolen. All invented."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from maplebridge.people.actor import Actor
from maplebridge.people.models import User
from maplebridge.places.models import City
from maplebridge.property.actions import Code, NewOwner, accredit_dealer, pair_battery, register_item, report_stolen
from maplebridge.property.models import Dealer
from maplebridge.site.demo.hands import Hands

SHOP_ACCOUNT = "shop"
SOLD_AGO = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class DemoBike:
    """An invented bike with its battery."""

    maker: str
    model: str
    colour: str
    frame: str
    battery: str
    owner: str
    stolen: bool = False


DEMO_BIKES = (
    DemoBike("Yadea", "DE3", "red", "118822300014567", "001PB240000003B3C0221953", "Test Owner One", stolen=True),
    DemoBike("Aima", "A500", "blue", "118822300020011", "04QPB76836300JBC40000903", "Test Owner Two"),
    DemoBike("Helkama", "E2800", "black", "HLK23A00417", "", "Test Owner Three"),
    DemoBike("Tern", "GSD", "white", "AM21K04417X", "", "Test Owner Four"),
)


def stock_registry(actor: Actor, *, at: datetime) -> None:
    """Accredit the demo's places and register its bikes, once; one is reported stolen at `at`."""
    city = City.objects.order_by("pk").first()
    user = User.objects.filter(username=SHOP_ACCOUNT).first()
    if city is None or user is None or Dealer.objects.exists():
        return
    lon, lat = (city.west + city.east) / 2, (city.south + city.north) / 2
    places = [
        accredit_dealer(
            actor, name=name, kind=kind, lon=lon + east, lat=lat + north, users=[user], invented=True,
            at=at - SOLD_AGO,
        )
        for name, kind, east, north in (
            ("Maple Cycles", "shop", -0.004, 0.001), ("Second Round", "second_hand", 0.006, -0.002),
        )
    ]  # fmt: skip
    for bike in DEMO_BIKES:
        _register(actor, bike, places[0], lon, lat, at=at)


def _register(actor: Actor, bike: DemoBike, shop: Dealer, lon: float, lat: float, *, at: datetime) -> None:
    owner, sold_at = NewOwner(bike.owner, "040 0000000", "4711"), at - SOLD_AGO
    main = register_item(
        actor, kind="e_bike", codes=[Code("frame", bike.frame)], owner=owner, maker=bike.maker, model=bike.model,
        colour=bike.colour, dealer=shop, invented=True, at=sold_at,
    )  # fmt: skip
    batteries = []
    if bike.battery:
        battery = register_item(
            actor, kind="battery", codes=[Code("battery", bike.battery)], owner=main.owner,
            dealer=shop, invented=True, at=sold_at,
        )  # fmt: skip
        pair_battery(actor, bike=main.item, battery=battery.item, at=sold_at)
        batteries = [battery.item]
    if bike.stolen:
        theft = report_stolen(
            actor, item=main.item, lost_from=at - timedelta(hours=3), lost_to=at - timedelta(hours=1), lon=lon + 0.002,
            lat=lat + 0.003, words="It stood locked in the yard.", batteries=batteries, at=at,
        )  # fmt: skip
        Hands(random.Random(0)).close(theft.incident, at=at + timedelta(minutes=30))  # noqa: S311  # chance, not secrets
