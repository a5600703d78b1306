"""XLSForms become XForms, or are refused with a sentence that points at the cell."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from maplebridge.fieldwork.actions.forms import SHIPPED
from maplebridge.fieldwork.convert import convert, stamped
from maplebridge.fieldwork.converter_words import in_our_words
from maplebridge.kernel.refused import BadInput

SETTINGS = [["form_title", "form_id", "version"], ["A form", "a_form", "1"]]


def book(survey, *, settings=SETTINGS, choices=None):
    made = Workbook()
    for number, (name, rows) in enumerate((("survey", survey), ("choices", choices), ("settings", settings))):
        if rows:
            sheet = made.active if number == 0 else made.create_sheet()
            sheet.title = name
            for row in rows:
                sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sentence_of(content, kind="xlsx"):
    with pytest.raises(BadInput) as refused:
        convert(content, kind, check=False)
    return refused.value.sentence


HEAD = ["type", "name", "label"]


@pytest.mark.parametrize(
    ("survey", "cell"),
    [
        ([HEAD, ["text", "a b", "A"]], "survey!B2"),
        ([HEAD, ["text", "a", "A"], ["foo", "b", "B"]], "survey!A3"),
        ([HEAD, ["text", "a", "${nobody}"]], "survey!C2"),
        ([HEAD, ["text", "a", "A"], ["text", "a", "A again"]], "survey!"),
    ],
)
def test_a_fault_is_told_with_its_cell(survey, cell):
    assert cell in sentence_of(book(survey))


@pytest.mark.parametrize(
    ("survey", "choices", "said"),
    [
        ([HEAD, ["integr", "a", "A"]], None, "survey!A2: “integr” is no type of question"),
        ([HEAD, ["select_one nix", "a", "A"]], None, "add a sheet “choices”"),
        ([HEAD, ["select_one nix", "a", "A"]], [["list_name", "name", "label"], ["l", "y", "Y"]], "no list “nix”"),
        ([HEAD, ["select_one l", "a", "A"]], [["list_name", "name", "label"], ["l", "y", "Y"], ["l", "y", "Z"]],
         "choices!B3: Two choices"),
        ([HEAD, ["text", "a", "A"], ["text", "a", "B"]], None, "survey!B3: The name “a” is given twice"),
        ([HEAD, ["text", "a", "${zz}"]], None, "survey!C2: ${zz} names no question"),
        ([HEAD, ["text", "a", "${a"]], None, "survey!C2: A reference to another question is written as ${name}."),
        ([HEAD, ["begin group", "g", "G"], ["text", "a", "A"]], None, "survey!2: What begins here does not end"),
        ([HEAD, ["text", "a", "A"], ["end group", "", ""]], None, "survey!3: This ends what has not begun"),
        ([HEAD, ["text", "", "A"]], None, "survey!2: Give the question or group in this row a name."),
        ([HEAD, ["text", "a", ""]], None, "survey!B2: The question “a” has no label"),
        ([["name", "label"], ["a", "A"]], None, "The first row of the sheet “survey” lacks the column"),
        ([HEAD], None, "The sheet “survey” has no question yet"),
        (None, [["list_name", "name", "label"], ["l", "y", "Y"]], "There is no sheet “survey”"),
    ],
)  # fmt: skip
def test_what_a_designer_most_often_gets_wrong_is_said_in_our_words(survey, choices, said):
    assert said in sentence_of(book(survey, choices=choices))


def test_what_odk_validate_says_is_said_without_the_name_of_its_file():
    message = """ODK Validate Errors:
>> XForm is invalid.
: Invalid calculate for the bind attached to "${c}" : mismatched brackets! in expression 1 + (

The following files failed validation:
${tmp0zz6e7rn}

Result: Invalid"""
    assert in_our_words(message) == (
        "The calculate of the question “c” cannot be read: mismatched brackets! in expression 1 + ("
    )
    assert in_our_words("ODK Validate Errors:\n>> Something new.\n\nThe following files failed validation:\n${x}") == (
        "Something new."
    )


def test_a_form_without_a_version_gets_one_that_phones_read():
    bare = convert(book([HEAD, ["text", "a", "A"]], settings=[["form_id"], ["a_form"]]), "xlsx", check=False)
    assert bare.version == ""
    made = stamped(bare, "2026-05-04.2")
    assert (made.version, made.form) == ("2026-05-04.2", "a_form")
    assert '<data id="a_form" version="2026-05-04.2">' in made.xform


def test_a_form_needs_an_id_of_plain_letters_and_a_version_that_an_address_can_hold():
    survey = [HEAD, ["text", "a", "A"]]
    assert "version" in sentence_of(book(survey, settings=[["form_id", "version"], ["a_form", "a/b"]]))
    assert "form_id" in sentence_of(book(survey, settings=[["form_id", "version"], ["a form/..", "1"]]))


def test_questions_that_take_a_file_are_known():
    survey = [
        HEAD,
        ["begin_group", "g", "G"],
        ["image", "photo", "Photo"],
        ["end_group", "", ""],
        ["audio", "said", "S"],
    ]
    made = convert(book(survey), "xlsx", check=False)
    assert (made.form, made.version, made.title) == ("a_form", "1", "A form")
    assert made.binary == {"g/photo", "said"}


def test_odk_validate_looks_where_there_is_java():
    from shutil import which

    survey = [HEAD, ["text", "a", "A"]]
    assert convert(book(survey), "xlsx").checked == (which("java") is not None)


@pytest.mark.data
def test_the_example_forms_of_the_field_are_taken_or_told_what_they_lack(shared_data):
    taken = {}
    for file in sorted((shared_data / "forms").iterdir()):
        try:
            taken[file.name] = convert(file.read_bytes(), file.suffix[1:], check=False).version
        except BadInput as refused:
            taken[file.name] = refused.sentence
    assert len(taken) == 8
    told = [text for text in taken.values() if text and not text[:1].isdigit()]
    assert all("settings" in text or "!" in text for text in told)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.md")), ids=lambda file: file.stem)
def test_a_shipped_form_is_whole_and_asks_in_both_languages(file):
    made = convert(file.read_bytes(), "md", check=False)
    assert made.form == file.stem
    assert made.title_zh
    assert made.warnings == ()
    assert 'lang="中文 (zh)"' in made.xform
    assert made.xform.count("<value>-</value>") == 0


def test_what_is_no_spreadsheet_is_refused():
    for content, kind in (
        (b"", "xlsx"),
        (b"PK\x03\x04rubbish", "xlsx"),
        (b"\xd0\xcf\x11\xe0rubbish", "xls"),
        (b"x", "exe"),
    ):
        assert sentence_of(content, kind)


def test_a_zip_bomb_and_a_huge_file_are_refused_before_they_are_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (70 * 2**20))
    assert "unpacks" in sentence_of(packed.getvalue())
    assert "larger" in sentence_of(b"0" * (6 * 2**20))


def test_a_spreadsheet_that_names_outside_entities_reads_none():
    packed = io.BytesIO(book([HEAD, ["text", "a", "A"]]))
    hostile = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part, hostile if part.filename == "xl/workbook.xml" else old.read(part))
    assert "root:" not in sentence_of(out.getvalue())
