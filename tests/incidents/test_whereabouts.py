"""Where a report points in divisions without borders: the register of houses says in which village."""

import pytest

from maplebridge.incidents.models import Incident
from maplebridge.incidents.whereabouts import spot_of
from maplebridge.kernel.refused import BadInput
from maplebridge.places.models import Area
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.rules.rows import Row

VILLAGE = (120.24, 29.71)  # far from the map of Testby


@pytest.fixture
def village(city, machine, noon):
    """A village without borders, of which two houses are registered."""
    made = Area.objects.create(code="V", name="Village", kind="village", path="/T/V/")
    rows = [Row("V", "Mill Lane", "", str(n), "", "", VILLAGE[0] + n * 0.0005, VILLAGE[1]) for n in (1, 2)]
    import_addresses(machine, rows=dict(enumerate(rows)), source="test", at=noon)
    return made


@pytest.mark.django_db
def test_where_no_borders_are_drawn_the_house_at_the_point_says_the_village(village):
    spot = spot_of(lon=VILLAGE[0] + 0.0006, lat=VILLAGE[1] + 0.0002, address="Mill Lane 1")
    assert (spot.area_code, spot.area_path) == ("V", "/T/V/")


@pytest.mark.django_db
@pytest.mark.parametrize("away", [0.01, 1.0])
def test_far_from_any_house_it_is_outside(village, away):
    with pytest.raises(BadInput, match="outside Testby"):
        spot_of(lon=VILLAGE[0], lat=VILLAGE[1] + away)


@pytest.mark.django_db
def test_drawn_borders_go_before_houses(areas, city, machine, noon):
    Area.objects.create(code="V", name="Village", kind="village", path="/T/V/")
    import_addresses(machine, rows={0: Row("V", "Mill Lane", "", "1", "", "", 24.91, 60.15)}, source="test", at=noon)
    assert spot_of(lon=24.91, lat=60.15).area_code == "beat"


@pytest.mark.django_db
def test_what_is_off_the_map_counts_for_no_road(village, types, report):
    here, there = report(), report(lon=VILLAGE[0], lat=VILLAGE[1])
    assert there.area_code == "V"
    assert list(Incident.objects.on_map()) == [here]
