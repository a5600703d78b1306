"""A list of addresses goes in once, in batches, and what cannot be is told row by row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput
from maplebridge.people.actor import Actor
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.models import Address, Organisation, Premise, RegisterCluster
from maplebridge.places.register.queries.search import search_addresses
from maplebridge.places.register.rules.rows import row_of

USES = {"住宅": "flat", "flat": "flat"}
AREA = "330681101200"


def listed(*rows):
    """Rows by number, each given as area, street, site, number, unit, room."""
    names = ("area", "street", "site", "number", "unit", "room")
    place = {"lon": "120.305", "lat": "29.705"}
    return {n: row_of(dict(zip(names, row, strict=False)) | place, uses=USES) for n, row in enumerate(rows)}


ROWS = listed(
    (AREA, "建设路", "", "12", "1", "101"),
    (AREA, "建设路", "", "12", "1", "102"),
    (AREA, "建设路", "", "12", "2", "101"),
    (AREA, "建设路", "", "14"),
    (AREA, "", "枫桥小区", "5", "", "301"),
)


def test_each_building_unit_and_room_is_made_once(village, clerk, noon):
    done = import_addresses(clerk, rows=ROWS, source="import:a", at=noon)
    assert done.made == {"buildings": 3, "units": 2, "rooms": 4}
    again = import_addresses(clerk, rows=ROWS, source="import:a", at=noon)
    assert again.made == {} and again.again == 5
    assert Address.objects.count() == 9 == len(set(Address.objects.values_list("code", flat=True)))
    assert sum(RegisterCluster.objects.filter(resolution=9).values_list("addresses", flat=True)) == 9
    assert [each.text for each in search_addresses("jsl 12-2-101")] == ["建设路12号2单元101室"]


def test_an_import_finds_what_was_entered_by_hand(house, clerk, noon):
    done = import_addresses(
        clerk, rows=listed((AREA, "建设路", "", "12", "3", "402"), (AREA, "建设路", "", "12", "3", "403")),
        source="import:b", at=noon,
    )  # fmt: skip
    assert done.made == {"rooms": 1} and done.again == 1
    assert Address.objects.count() == 4


def test_premises_and_organisations_come_with_their_address_and_stay_as_they_are(village, clerk, noon):
    fields = {"street": "建设路", "number": "12", "lon": "120.305", "lat": "29.705", "organisation": "枫桥粮店"}
    for residents in ("3", "5"):
        row = row_of(fields | {"use": "住宅", "residents": residents}, uses=USES)
        import_addresses(clerk, rows={0: row}, source="import:c", at=noon)
    assert Premise.objects.get().residents == 3
    assert Organisation.objects.get().name == "枫桥粮店"


def test_an_area_that_is_unknown_or_not_ones_own_is_a_fault_of_its_row(village, noon):
    worker = Actor("user:9", "w", "auxiliary", AREA)
    rows = listed((AREA, "建设路", "", "1"), ("nowhere", "建设路", "", "2"), ("330681101201", "建设路", "", "3"))
    done = import_addresses(worker, rows=rows, source="import:d", at=noon)
    assert sorted(done.faults) == [1, 2]
    assert Address.objects.count() == 1


def test_a_batch_is_one_entry_and_few_queries(village, clerk, noon):
    rows = listed(*((AREA, f"第{n // 50}巷", "", str(n)) for n in range(500)))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        import_addresses(clerk, rows=rows, source="import:e", at=noon)
    assert Entry.objects.count() == 1
    assert len(asked) < 60


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"lon": "120", "lat": "29"}, "street"),
        ({"street": "A", "lon": "x", "lat": "29"}, "lon"),
        ({"street": "A", "lon": "220", "lat": "29"}, "lon"),
        ({"street": "A" * 121, "lon": "120", "lat": "29"}, "street"),
        ({"street": "=A1", "lon": "120", "lat": "29"}, "street"),
        ({"street": "A", "lon": "120", "lat": "29", "residents": "many"}, "residents"),
        ({"street": "A", "lon": "120", "lat": "29", "use": "castle"}, "use"),
    ],
)
def test_a_row_that_cannot_be_says_which_column(fields, column):
    with pytest.raises(BadInput) as refused:
        row_of(fields, uses=USES)
    assert refused.value.field == column
