"""What the tests of incidents share: a small city, its types, and people."""

import itertools

import pytest

SQUARE = (24.94, 60.17)


@pytest.fixture
def city(db):
    from maplebridge.places.models import City

    return City.objects.create(
        name="Testby", time_zone="Europe/Helsinki", west=24.9, south=60.1, east=25.0, north=60.2, edition="test"
    )


@pytest.fixture
def areas(db):
    """A district with one beat in its west half."""
    from maplebridge.places.models import Area

    def square(code, west, east, parent=None):
        ring = [[west, 60.1], [east, 60.1], [east, 60.2], [west, 60.2], [west, 60.1]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        return Area.objects.create(
            code=code, name=code.title(), kind="beat", parent=parent, geometry=geometry,
            west=west, south=60.1, east=east, north=60.2,
        )  # fmt: skip

    district = square("district", 24.9, 25.0)
    return district, square("beat", 24.9, 24.95, district)


@pytest.fixture
def types(db, machine, noon):
    from maplebridge.incidents.actions import install_types

    install_types(machine, at=noon)


def actor_of_new(role):
    from staff_for_tests import acting, make_staff

    return acting(make_staff(role))


@pytest.fixture
def user_of(db):
    """Make a member of staff: user_of(role, **values)."""
    from staff_for_tests import make_staff

    return make_staff


@pytest.fixture
def desk(db):
    """A dispatcher with an account."""
    return actor_of_new("dispatcher")


@pytest.fixture
def chief(db):
    return actor_of_new("chief")


@pytest.fixture
def officer(db):
    return actor_of_new("post_officer")


@pytest.fixture
def stranger():
    from maplebridge.people.actor import Actor

    return Actor(ref="user:99", name="Nobody", role="")


@pytest.fixture
def report(city, types, desk, noon):
    """Report something as the dispatcher; returns the incident."""
    from maplebridge.incidents.actions import report_incident

    counter = itertools.count()

    def make(type="noise", *, actor=None, at=noon, lon=None, lat=None, **values):
        shift = next(counter) * 0.004 if lon is None else 0
        place = {"lon": SQUARE[0] + shift if lon is None else lon, "lat": SQUARE[1] if lat is None else lat}
        return report_incident(actor or desk, type=type, at=at, **place, **values).incident

    return make
