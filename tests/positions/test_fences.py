"""Fences: who sets them, whom they are for, what they tell, and that they tell it once."""

from datetime import timedelta

import pytest
from door_for_tests import AT, query

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import enlist_unit
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.positions.actions import end_fence, forget_positions, put_fence, record_crossings
from maplebridge.positions.ground import metres_between
from maplebridge.positions.known import presences, the_ground
from maplebridge.positions.models import FencePresence
from maplebridge.positions.queries import fence_rows
from maplebridge.positions.steps import Point

pytestmark = pytest.mark.django_db(transaction=True)
BOX = {"type": "Polygon", "coordinates": [[[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]]}


@pytest.fixture
def beat(db):
    return Area.objects.create(code="b1", name="Beat", geometry=BOX, west=24.9, south=60.1, east=25.0, north=60.2)


@pytest.fixture
def circle(machine, noon):
    return put_fence(machine, name="Bridge", lon=24.94, lat=60.17, radius_m=200, at=noon)


def crossing(unit, fence, inside, at=AT):
    return Point(unit.pk, 24.94, 60.17, at, crossed=((fence.pk, inside),))


def verbs():
    return list(
        Entry.objects.filter(verb__startswith="positions.fence_").order_by("position").values_list("verb", flat=True)
    )


def test_a_circle_is_for_every_unit_an_area_for_its_beat_and_named_units_alone_otherwise(machine, noon, unit, beat):
    guard = enlist_unit(machine, call_sign="G1", kind="guard", home=(24.94, 60.17), area_code="b1", at=noon)
    everybody = put_fence(machine, name="Bridge", lon=24.94, lat=60.17, radius_m=200, at=noon)
    of_beat = put_fence(machine, name="Beat", area=beat, at=noon)
    named = put_fence(machine, name="Gate", lon=24.94, lat=60.17, radius_m=50, units=[unit], at=noon)
    fences = {one: [shape.id for shape in shapes] for one, shapes in the_ground().fences.items()}
    assert fences == {guard.pk: [of_beat.pk, everybody.pk], unit.pk: [everybody.pk, named.pk]}
    end_fence(machine, fence=everybody, at=noon)
    assert everybody.pk not in [shape.id for shapes in the_ground().fences.values() for shape in shapes]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"tells": "never"}, "tells"),
        ({"lon": None}, "lon"),
        ({"lat": 91.0}, "lon"),
        ({"radius_m": None}, "radius_m"),
        ({"radius_m": 19}, "radius_m"),
        ({"radius_m": 20_001}, "radius_m"),
    ],
)
def test_a_fence_that_cannot_be_drawn_is_refused(machine, noon, change, field):
    given = {"name": "Bridge", "lon": 24.94, "lat": 60.17, "radius_m": 200} | change
    with pytest.raises(BadInput) as refused:
        put_fence(machine, **given, at=noon)
    assert refused.value.field == field


def test_only_who_manages_people_sets_and_ends_fences(circle, noon):
    dispatcher = Actor("user:1", "A", "dispatcher")
    with pytest.raises(NotAllowed):
        put_fence(dispatcher, name="Bridge", lon=24.94, lat=60.17, radius_m=200, at=noon)
    with pytest.raises(NotAllowed):
        end_fence(dispatcher, fence=circle, at=noon)


def test_news_are_entries_about_the_unit_and_the_same_news_again_is_none(machine, noon, unit, circle):
    assert record_crossings(machine, points=[crossing(unit, circle, True)], at=noon) == 1
    assert record_crossings(machine, points=[crossing(unit, circle, True, AT + 5)], at=noon) == 0
    assert record_crossings(machine, points=[crossing(unit, circle, False, AT - 5)], at=noon) == 0
    later = noon + timedelta(seconds=20)
    assert record_crossings(machine, points=[crossing(unit, circle, False, AT + 10)], at=later) == 1
    assert verbs() == ["positions.fence_put", "positions.fence_entered", "positions.fence_left"]
    entry = Entry.objects.get(verb="positions.fence_left")
    assert (entry.subject, entry.at) == (f"unit:{unit.pk}", noon + timedelta(seconds=10))
    assert presences() == {unit.pk: {circle.pk: False}}


@pytest.mark.parametrize(("tells", "told"), [("left", ["fence_left"]), ("entered", ["fence_entered"])])
def test_a_fence_tells_what_it_was_set_to_tell(machine, noon, unit, tells, told):
    fence = put_fence(machine, name="Bridge", lon=24.94, lat=60.17, radius_m=200, tells=tells, at=noon)
    points = [crossing(unit, fence, True), crossing(unit, fence, False, AT + 1)]
    assert record_crossings(machine, points=points, at=noon + timedelta(minutes=1)) == 1
    assert verbs()[1:] == [f"positions.{verb}" for verb in told]
    assert FencePresence.objects.get().inside is False


def test_a_unit_that_rides_over_the_bridge_is_told_of_by_way_of_its_phone(door, unit, token, circle):
    away = [(AT - 300, 60.18), (AT - 290, 60.18)]
    there = [(AT - 100, 60.17), (AT - 90, 60.17)]
    for at, lat in (*away, *there):
        door.send((token, query(at, lat=lat, lon=24.94)))
    assert verbs() == ["positions.fence_put", "positions.fence_entered"]
    assert presences() == {unit.pk: {circle.pk: True}}


def test_when_the_shift_is_over_nobody_knows_where_the_unit_was(machine, noon, unit, circle):
    record_crossings(machine, points=[crossing(unit, circle, True)], at=noon)
    forget_positions(machine, at=noon + timedelta(hours=1))
    assert FencePresence.objects.exists()
    forget_positions(machine, at=noon + timedelta(hours=3))
    assert not FencePresence.objects.exists()


def test_fences_carry_their_borders_for_the_map(machine, beat, noon):
    put_fence(machine, name="Bridge", lon=24.94, lat=60.17, radius_m=200, at=noon)
    put_fence(machine, name="Beat", area=beat, at=noon)
    borders = {row["name"]: row["geometry"] for row in fence_rows()}
    ring = borders["Bridge"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert [round(metres_between(24.94, 60.17, *corner)) for corner in ring] == [200] * len(ring)
    assert borders["Beat"] == beat.geometry
    beat.delete()
    assert {row["name"] for row in fence_rows() if row["geometry"] is None} == {"Beat"}
