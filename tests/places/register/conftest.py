"""What the tests of the register share: a village with a lane, and proposals that are taken whole."""

import pytest

WEST, SOUTH = 120.30, 29.70


@pytest.fixture
def village(db):
    """Fengqiao, a square of some two kilometres, with a neighbour to its east."""
    from maplebridge.places.models import Area

    areas = []
    for number, name in enumerate(("枫桥村", "Eastfield")):
        west, east = WEST + number * 0.02, WEST + 0.02 + number * 0.02
        ring = [[west, SOUTH], [east, SOUTH], [east, SOUTH + 0.02], [west, SOUTH + 0.02], [west, SOUTH]]
        code = f"33068110120{number}"
        areas.append(
            Area.objects.create(
                code=code,
                name=name,
                kind="village",
                path=f"/330681/{code}/",
                west=west,
                south=SOUTH,
                east=east,
                north=SOUTH + 0.02,
                geometry={"type": "Polygon", "coordinates": [ring]},
            )  # fmt: skip
        )
    return areas[0]


@pytest.fixture
def clerk():
    from maplebridge.people.actor import Actor

    return Actor(ref="user:7", name="clerk", role="administrator")


@pytest.fixture
def enter(clerk, noon):
    """Enter a record whole: `enter("address", street="建设路", number="12", lon=..., lat=...)`."""
    from maplebridge.places.register.actions import apply_change
    from maplebridge.places.register.rules.changes import Proposal

    def _enter(subject, **fields):
        if subject == "address" and fields.get("kind", "building") == "building":
            fields = {"lon": WEST + 0.005, "lat": SOUTH + 0.005} | fields
        proposal = Proposal(subject, fields, "form")
        return apply_change(clerk, proposal=proposal, take=tuple(fields), at=noon)

    return _enter


@pytest.fixture
def house(village, enter):
    """建设路12号 with unit 3 and room 402 in it."""
    building = enter("address", street="建设路", number="12")
    unit = enter("address", kind="unit", parent=building.pk, label="3")
    return building, unit, enter("address", kind="room", parent=unit.pk, label="402")


@pytest.fixture
def signed_in(db):
    """A client of somebody with a role, in one area or everywhere."""
    from django.test import Client

    from maplebridge.people.models import Grant, User

    def _signed_in(role="chief", area=""):
        user = User.objects.create_user(username=f"{role}{User.objects.count()}", password="x" * 12)
        Grant.objects.create(user=user, role=role, area_code=area, starts_at="2020-01-01T00:00:00Z", reason="test")
        client = Client()
        client.force_login(user)
        return client

    return _signed_in
