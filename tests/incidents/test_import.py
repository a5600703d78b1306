"""Other people's tables."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maplebridge.incidents.actions import CannotImport, import_incidents, install_types
from maplebridge.incidents.models import Incident
from maplebridge.journal.models import Entry
from maplebridge.journal.queries import verify
from maplebridge.kernel import clock
from maplebridge.places.models import City

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "dc" / "crime_incidents_2018_01_06.csv.gz"
MAPPING = """
name = "test"
blank = ["-"]
[columns]
key = "id"
type = "what"
at = "when"
lon = "x"
lat = "y"
narrative = "words"
[time]
zone = "Europe/Helsinki"
[types]
loud = "noise"
stolen = "theft"
"""
HEADER = "id,what,when,x,y,words\n"
GOOD = "1,loud,2026-05-01 10:00,24.94,60.17,-\n2,stolen,2026-05-01 11:00,24.95,60.17,my bike\n"


@pytest.fixture
def bring(city, types, machine, tmp_path, noon):
    def run(table, mapping=MAPPING, *, name="table.csv"):
        file, map_file = tmp_path / name, tmp_path / "map.toml"
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
        map_file.write_text(mapping)
        listed = tmp_path / "left-out.csv"
        return import_incidents(machine, file=file, mapping=map_file, left_out=listed, at=noon), listed

    return run


def test_rows_become_closed_incidents_each_journaled_and_a_second_import_adds_nothing(bring):
    report, listed = bring(HEADER + GOOD)
    assert (report.added, report.known, report.left_out.total()) == (2, 0, 0)
    assert not listed.exists()
    first = Incident.objects.get(number=1)
    assert (first.state, first.source, clock.stamp(first.reported_at)) == (
        "Closed",
        "import",
        "2026-05-01T07:00:00.000Z",
    )
    assert Entry.objects.filter(verb="incidents.imported").count() == 2
    again, _listed = bring(HEADER + GOOD)
    assert (again.added, again.known) == (0, 2)
    assert Incident.objects.count() == 2
    assert verify().sound


def test_what_cannot_be_placed_is_listed_with_the_reason(bring):
    bad = (
        ",loud,2026-05-01 10:00,24.94,60.17,no key\n"
        "3,flying,2026-05-01 10:00,24.94,60.17,\n"
        "4,loud,soon,24.94,60.17,\n"
        "5,loud,2026-05-01 10:00,,,\n"
        "6,loud,2026-05-01 10:00,0,0,\n"
        "7,loud,2999-05-01 10:00,24.94,60.17,\n"
        "8,loud\n"
        "1,loud,2026-05-01 10:00,24.99,60.17,other place\n"
    )
    report, listed = bring(HEADER + GOOD + bad)
    assert report.added == 2
    text = listed.read_text()
    for reason in ("no key", "“flying” is not in the mapping", "“soon” cannot be read", "no place", "outside Testby",
                   "future", "other content"):  # fmt: skip
        assert reason in text, reason
        assert reason in str(report)
    assert len(text.splitlines()) == 8


def test_an_import_that_broke_off_goes_on(bring):
    rows = "".join(f"{n},loud,2026-05-01 10:00,24.94,60.17,\n" for n in range(1, 701))
    packed = gzip.compress((HEADER + rows).encode())
    with pytest.raises(CannotImport, match="What came before is in"):
        bring(packed[:-200])
    before = Incident.objects.count()
    report, _listed = bring(packed)
    assert (report.added, report.known) == (700 - before, before)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"", "no column"),
        ("id,what\n1,loud\n", "no column when, words, x, y"),
        (b"\xff\xfe\x00\x01", "cannot be read"),
        (b"\x1f\x8b broken", "cannot be read"),
        (HEADER + '1,loud,"' + "x" * 200_000, "cannot be read beyond line"),
        (HEADER.encode() + b"1,loud,2026-05-01 10:00,24.94,60.17,\xff\n", "cannot be read beyond line"),
    ],
)
def test_a_broken_table_is_refused_with_a_sentence(bring, table, says):
    with pytest.raises(CannotImport, match=says):
        bring(table)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("not toml at all", "not valid TOML"),
        ("name='x'", "must name a column"),
        (MAPPING.replace('name = "test"', ""), "Give the mapping a name"),
        (MAPPING.replace("Europe/Helsinki", "Europe/Atlantis"), "no time zone"),
        (MAPPING.replace('loud = "noise"', 'loud = "noize"'), "types that are not here: noize"),
        (MAPPING.replace("[columns]", 'colour = "red"\n[columns]'), "which it cannot have"),
        (MAPPING.replace("[columns]", 'state = "Sleeping"\n[columns]'), "can be Active, Closed"),
        (MAPPING.replace('lat = "y"', 'lat = "y"\nmood = "z"'), "has mood"),
        (MAPPING + "n = 3\n", "table of texts"),
    ],
)
def test_a_broken_mapping_is_refused_with_a_sentence(bring, mapping, says):
    with pytest.raises(CannotImport, match=says):
        bring(HEADER + GOOD, mapping)
    assert not Incident.objects.exists()


def test_a_file_that_is_not_there_is_a_sentence(machine, types, tmp_path, noon):
    (tmp_path / "map.toml").write_text(MAPPING)
    with pytest.raises(CannotImport, match="cannot be opened"):
        import_incidents(machine, file=tmp_path / "no.csv", mapping=tmp_path / "map.toml", at=noon)
    with pytest.raises(CannotImport, match="cannot be opened"):
        import_incidents(machine, file=tmp_path / "no.csv", mapping=tmp_path / "no.toml", at=noon)


def test_an_import_can_be_of_open_incidents(bring):
    bring(HEADER + GOOD, MAPPING.replace("[columns]", 'state = "Active"\n[columns]', 1))
    assert Incident.objects.open().count() == 2


def test_the_example_mapping_reads_its_own_example(bring, types):
    text = (ROOT / "docs" / "howto" / "incidents-example.toml").read_text()
    City.objects.update(west=110, east=111, south=25, north=26)
    table = "\n".join(line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   "))
    report, _listed = bring(table.replace("2026-05-01", "2026-04-30"), text)
    assert (report.added, report.left_out.total()) == (1, 0), str(report)
    incident = Incident.objects.get()
    assert (incident.type_id, incident.disposition) == ("noise", "02")
    assert incident.closed_at - incident.reported_at == timedelta(minutes=40)


@pytest.mark.data
@pytest.mark.any_database  # what an import writes is tested on both; this is about the real file
@pytest.mark.skipif(not DATA.exists(), reason="the real data folder is not beside the repository")
def test_a_real_half_year_of_washington_is_imported_once(machine, noon, tmp_path):
    install_types(machine, at=noon)
    City.objects.create(
        name="Washington NW",
        time_zone="America/New_York",
        edition="t",
        west=-77.107,
        south=38.882,
        east=-76.974,
        north=38.976,
    )
    mapping, listed = ROOT / "docs" / "howto" / "incidents-washington.toml", tmp_path / "left-out.csv"
    first = import_incidents(machine, file=DATA, mapping=mapping, left_out=listed, at=noon)
    assert first.added + first.known + first.left_out.total() == 13_820
    assert (first.added, first.left_out.total()) == (9_775, 4_043)
    assert len(listed.read_text().splitlines()) == 4_043
    second = import_incidents(machine, file=DATA, mapping=mapping, left_out=listed, at=noon)
    assert (second.added, Incident.objects.count()) == (0, 9_775)
    earliest = Incident.objects.order_by("reported_at").first()
    assert earliest.reported_at >= datetime(2018, 1, 1, 5, 0, tzinfo=UTC)
    assert verify().sound
