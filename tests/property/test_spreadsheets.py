"""A shop's spreadsheet: read as text, hostile files refused with a sentence, columns guessed, imported in parts."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from maplebridge.kernel import spreadsheets
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import User
from maplebridge.property.models import Item
from maplebridge.property.pages import imports
from maplebridge.property.spreadsheets import as_csv, fields_of, guessed, kind_of, read_table

ROWS = [
    ["品牌", "型号", "车架号", "电池编码", "姓名", "手机"],
    ["雅迪", "DE3", "WMX123K90X7", "001CB240000003B3C0221953", "王小明", "13800001234"],
]


def xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(rows):
    return "\n".join(",".join(row) for row in rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", table(ROWS).encode("utf-8-sig")),
        ("list.csv", table(ROWS).encode("gb18030")),
        ("list.csv", table(ROWS).replace(",", ";").encode()),
        ("list.csv", table(ROWS).replace(",", "\t").encode()),
        ("list.xlsx", xlsx(ROWS)),
    ],
    ids=["utf-8 with its mark", "gb18030", "semicolons", "tabs", "xlsx"],
)
def test_the_same_list_reads_the_same_in_every_form(name, content):
    read = read_table(name, content)
    assert [read.head, *read.rows] == ROWS
    assert guessed(read.head) == {"maker": 0, "model": 1, "frame": 2, "battery": 3, "name": 4, "phone": 5}


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheets.UNPACKED_MOST + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "Choose a file"),
        ("a.csv", b"x" * (spreadsheets.FILE_MOST + 1), "larger than"),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "old or locked"),
        ("a.xlsx", bomb(), "far more than a list"),
        ("a.xlsx", b"PK\x03\x04broken", "cannot be read"),
        ("a.csv", b"frame\nA\x00B", "no CSV or XLSX"),
        ("a.pdf", b"%PDF-1.7\nx", "no CSV or XLSX"),
        ("a.csv", b"\xff\xfe\x00\x81\x30", "cannot be read"),
        ("a.csv", b"frame\n", "no rows below"),
        ("a.csv", b"frame\n" + b"A\n" * 5_001, "more than 5000 rows"),
    ],
)
def test_a_hostile_or_useless_file_is_refused_with_a_sentence(name, content, words):
    with pytest.raises(BadInput, match=words):
        read_table(name, content)


@pytest.mark.parametrize(
    ("cell", "words"),
    [("=HYPERLINK(1)", "formula"), (123456789012345678, "lost digits"), (1.2345678901234567e20, "lost digits")],
)
def test_a_formula_or_a_number_with_lost_digits_is_a_fault_of_its_row(cell, words):
    read = read_table("a.xlsx", xlsx([["frame"], [cell]]))
    with pytest.raises(BadInput, match=words):
        fields_of(read.rows[0], {"frame": 0})


def test_a_whole_number_is_read_without_a_point_and_a_row_without_a_number_is_a_fault():
    read = read_table("a.xlsx", xlsx([["frame", "maker"], [123456789012345 // 10, None], [None, "Yadea"]]))
    assert fields_of(read.rows[0], {"frame": 0}) == {"frame": "12345678901234"}
    with pytest.raises(BadInput, match="no number"):
        fields_of(read.rows[1], {"frame": 0, "maker": 1})


@pytest.mark.parametrize(
    ("text", "kind"), [("", "bicycle"), ("电动自行车", "e_bike"), ("E-Bike", "e_bike"), ("蓄电池", "battery")]
)
def test_kinds_are_read_in_both_languages(text, kind):
    assert kind_of(text, otherwise="bicycle") == kind


def test_no_cell_of_what_we_write_is_run_as_a_formula():
    assert as_csv(["a"], [["=1+1"], ["@x"], ["plain"]]).decode("utf-8-sig").split() == ["a", "'=1+1", "'@x", "plain"]


@pytest.mark.django_db
def test_an_import_is_tried_run_in_parts_and_sent_again_without_doubling(world, monkeypatch):
    client = Client()
    client.force_login(User.objects.get(username="clerk"))
    rows = [
        ["车架号", "姓名", "手机"],
        *[[f"WMX{n:03d}K90X{n}", f"车主{n}", "0400123456"] for n in range(10, 16)],
        ["n/a", "", ""],
        ["WMX010K90X10", "", ""],
    ]

    def begin():
        sent = SimpleUploadedFile("list.csv", table(rows).encode())
        return client.post("/property/desk/import", {"file": sent})["Location"]

    page = begin()
    columns = {"column_0": "frame", "column_1": "name", "column_2": "phone", "kind": "bicycle"}
    tried = client.post(page, {"what": "columns"} | columns).content.decode()
    assert "The same number stands in row 2" in tried
    assert Item.objects.count() == 0
    monkeypatch.setattr(imports, "SLICE_S", -1.0)  # each request does nothing more than show how far it is
    client.post(page, {"what": "run"})
    assert Item.objects.count() == 0
    monkeypatch.setattr(imports, "SLICE_S", 60.0)
    done = client.post(page, {"what": "run"}).content.decode()
    assert Item.objects.filter(kind="bicycle").count() == 7
    assert "errors.csv" in done
    assert "WMX010K90X10" in client.get(f"{page}/errors.csv").content.decode()
    assert client.get(f"{page}/codes.csv").content.decode().count("\n") == 8
    again = begin()
    client.post(again, {"what": "columns"} | columns)
    client.post(again, {"what": "run"})
    assert Item.objects.filter(kind="bicycle").count() == 7


@pytest.mark.django_db
def test_somebody_else_s_import_is_not_shown(world):
    client, other = Client(), Client()
    client.force_login(User.objects.get(username="clerk"))
    other.force_login(User.objects.get(username="trader"))
    page = client.post("/property/desk/import", {"file": SimpleUploadedFile("a.csv", b"frame\nWMX123K90X7")})[
        "Location"
    ]
    assert client.get(page).status_code == 200
    assert other.get(page).status_code == 404
