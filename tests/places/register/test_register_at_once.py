"""Several write the register at once: no code twice, no address twice, no count lost, nobody waiting for ever."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Count, Sum

from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import Refused
from maplebridge.places.register.actions import apply_change
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.actions.store import ADDRESS, ORGANISATION, PREMISE
from maplebridge.places.register.models import (
    Address,
    Organisation,
    Premise,
    RegisterCluster,
    RegisterName,
    RegisterToken,
)
from maplebridge.places.register.rules.changes import Proposal
from maplebridge.places.register.rules.rows import Row

AREAS = ("330681101200", "330681101201")
pytestmark = pytest.mark.django_db(transaction=True)


def listed(areas, *, streets=("建设路", "解放路", "中山路"), houses=6, rooms=3):
    """Rows of every house and room in streets of the same names in each area, in the order given."""
    east = {area: 120.305 + 0.02 * n for n, area in enumerate(AREAS)}
    found = [
        Row(area, street, "", f"{house}", "1", f"{100 + n}", east[area] + house / 1000, 29.705, "flat", 2, 1, "店")
        for area in areas for street in streets for house in range(1, houses + 1) for n in range(rooms)
    ]  # fmt: skip
    return dict(enumerate(found))


def at_once(*works):
    """Run works each in a thread with a connection of its own, let go together; gives what each gave or raised."""
    gate = threading.Barrier(len(works))

    def run(work):
        try:
            connection.ensure_connection()
            gate.wait(20)
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(60) for each in [pool.submit(run, work) for work in works]]


def sound():
    """Check what must hold whatever ran: codes, counts of the map, one of each, the journal."""
    assert Address.objects.count() == Address.objects.values("code").distinct().count()
    there = Address.objects.filter(gone=False)
    for resolution in (5, 7, 9):
        counts = RegisterCluster.objects.filter(resolution=resolution).aggregate(a=Sum("addresses"), b=Sum("buildings"))
        assert (counts["a"], counts["b"]) == (there.count(), there.filter(kind="building").count())
    buildings = there.filter(kind="building").values("area", "street", "site", "number")
    assert not buildings.annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not RegisterToken.objects.values("of", "token").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert verify().sound


def test_two_imports_of_the_same_list_make_each_address_once(village, clerk, noon):
    forth, back = listed(AREAS), listed(AREAS[::-1])
    done = at_once(
        *(lambda rows=rows: import_addresses(clerk, rows=rows, source="x", at=noon) for rows in (forth, back) * 2)
    )
    made = sum((each.made for each in done), Counter())
    assert made == {"buildings": 36, "units": 36, "rooms": 108, "premises": 108, "organisations": 108}
    assert Address.objects.count() == 180 and Premise.objects.count() == 108 == Organisation.objects.count()
    assert RegisterName.objects.count() == 3
    sound()


def test_imports_into_other_areas_share_names_and_cells(village, clerk, noon):
    streets = ("建设路", "解放路", "中山路")
    done = at_once(
        *(
            lambda area=area, some=some: import_addresses(clerk, rows=listed([area], streets=some), source="x", at=noon)
            for area, some in zip(AREAS, (streets, streets[::-1]), strict=True)
        )
    )
    assert [each.made["buildings"] for each in done] == [18, 18]
    sound()


def test_an_import_and_edits_of_the_same_houses_leave_every_room_with_the_name_of_its_house(
    village, enter, clerk, noon
):
    houses = [enter("address", street="建设路", number=str(n)) for n in (1, 2, 3)]

    def rename():
        for house in houses:
            proposal = Proposal("address", {"street": "新华路", "lon": 120.315}, "form", house.pk)
            apply_change(clerk, proposal=proposal, take={"street", "lon"}, at=noon)

    rows = listed(AREAS[:1], streets=("建设路",), houses=3, rooms=40)
    at_once(rename, lambda: import_addresses(clerk, rows=rows, source="x", at=noon))
    for part in Address.objects.filter(kind="room").select_related("building"):
        assert part.text.startswith(part.building.text)
        assert (part.lon, part.cell) == (part.building.lon, part.building.cell)
    sound()


def test_an_import_and_a_removal_never_leave_rooms_in_a_house_that_is_gone(village, enter, clerk, noon):
    house = enter("address", street="建设路", number="1")

    def remove():
        apply_change(clerk, proposal=Proposal("address", {"gone": True}, "form", house.pk), take={"gone"}, at=noon)

    rows = listed(AREAS[:1], streets=("建设路",), houses=1)
    removed, _imported = at_once(remove, lambda: import_addresses(clerk, rows=rows, source="x", at=noon))
    assert removed is None or "Remove these first" in removed.sentence  # the import came first: the house stays
    assert not Address.objects.filter(gone=False, parent__gone=True).exists()
    sound()


@pytest.mark.parametrize(
    ("subject", "fields"),
    [
        ("address", {"street": "幸福路", "number": "7", "lon": 120.305, "lat": 29.705}),
        ("address", {"kind": "room", "label": "9"}),
        ("premise", {"use": "flat", "residents": 2}),
        ("organisation", {"name": "枫桥粮店", "kind": "shop"}),
    ],
)
def test_what_several_enter_at_the_same_moment_is_one_record(village, enter, clerk, noon, subject, fields):
    house = enter("address", street="建设路", number="12")
    if subject != "address":
        fields = fields | {"address": house.pk}
    elif "kind" in fields:
        fields = fields | {"parent": house.pk}

    def add():
        return apply_change(clerk, proposal=Proposal(subject, fields, "form"), take=tuple(fields), at=noon)

    records = {each.pk for each in at_once(*[add] * 6) if not isinstance(each, Refused)}
    assert len(records) == 1
    model = {"address": Address, "premise": Premise, "organisation": Organisation}[subject]
    assert model.objects.exclude(pk=house.pk if model is Address else 0).count() == 1
    sound()


def test_streets_of_the_same_name_in_two_villages_are_two(village, clerk, noon):
    done = import_addresses(clerk, rows=listed(AREAS), source="x", at=noon)
    assert done.made["buildings"] == 36 and done.again == 0
    assert import_addresses(clerk, rows=listed(AREAS), source="x", at=noon).again == len(listed(AREAS))


@pytest.mark.parametrize(("table", "model"), [(ADDRESS, Address), (PREMISE, Premise), (ORGANISATION, Organisation)])
def test_what_an_import_writes_are_columns_of_the_table_and_the_rest_may_be_left_out(table, model):
    columns = {field.column: field for field in model._meta.concrete_fields}
    assert set(table.columns) <= set(columns)
    left = [field for column, field in columns.items() if column not in table.columns and not field.primary_key]
    assert all(field.null or field.has_default() for field in left) and (table is ADDRESS) == (not left)
