"""Paper: what is set can be read back, Chinese too; the same content gives the same bytes."""

import re
import zlib
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTFont

from maplebridge.kernel import pdf
from maplebridge.kernel.pdf import Bar, Paper, Sticker
from maplebridge.kernel.pdf_letters import CannotPrint, font_path, pieces

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def read(content: bytes) -> str:
    """The letters of a document, by the map from glyphs to letters that it carries."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", content, re.S)
    unpacked = [zlib.decompress(raw) if raw[:1] == b"x" else raw for raw in streams]
    maps = [stream.decode() for stream in unpacked if b"beginbfchar" in stream]
    letters = {
        code: bytes.fromhex(letter).decode("utf-16-be")
        for table in maps
        for code, letter in re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }
    return "".join(letters.values())


def paper() -> Paper:
    return Paper(title="Certificate", at=AT, foot="Maplebridge 枫桥")


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\n", content))


def test_chinese_and_latin_letters_are_embedded_and_can_be_copied():
    sheet = paper()
    sheet.heading("电动自行车 E-bike")
    sheet.paragraph("登记证书")
    found = read(sheet.output())
    assert set("电动自行车登记证书Ebike枫桥") <= set(found)


def test_the_same_content_gives_the_same_bytes():
    def make() -> bytes:
        sheet = paper()
        sheet.facts([("Frame 车架", "ABC 123")])
        sheet.qr("https://example.org/p/1")
        return sheet.output()

    assert make() == make()


def test_a_long_table_goes_on_over_the_page_with_its_head():
    sheet = paper()
    sheet.table(["Day", "Thefts"], [[f"2026-05-{day % 30 + 1:02d}", str(day)] for day in range(120)])
    assert pages(sheet.output()) >= 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("two words", ["two", " ", "words"]),
        ("登记，证书", ["登", "记，", "证", "书"]),
        ("（电池）ok", ["（电", "池）", "ok"]),
        ("", []),
    ],
)
def test_lines_break_between_chinese_letters_but_not_before_a_comma(text, parts):
    assert pieces(text) == parts


def test_no_line_is_wider_than_asked_for_and_no_letter_is_lost():
    sheet = paper()
    text = "Supercalifragilistic" * 4 + " 电动自行车与蓄电池，登记在册。" * 5
    lines = sheet._lines(text, 10, 60)
    assert all(sheet._wide(line, 10) <= 60 for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


def test_a_letter_that_the_font_lacks_is_shown_as_a_box_and_named():
    sheet = paper()
    sheet.paragraph("name \U0001f6b2")
    content = sheet.output()
    assert pdf.MISSING in read(content)
    assert sheet._lacking == {"\U0001f6b2"}


def test_stickers_fill_a_sheet_of_24_and_skip_those_used_up():
    sheet = Paper(title="Stickers", at=AT)
    sheet.stickers([Sticker(f"https://example.org/{n}", (f"No. {n}", "Scan to check")) for n in range(24)], skip=3)
    assert pages(sheet.output()) == 2


def test_quotes_in_text_without_chinese_letters_are_not_set_as_wide_as_a_chinese_letter():
    sheet = paper()
    sheet.paragraph("the owner\u2019s \u201citem\u201d")
    assert "\u2019" not in read(sheet.output())


def test_bars_with_an_interval_are_drawn():
    sheet = paper()
    sheet.bars([Bar("Centre", 12, 8, 17), Bar("North", 0)], unit="thefts")
    assert pages(sheet.output()) == 1


def test_a_font_of_ones_own_is_used_and_a_wrong_one_is_refused_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("MAPLEBRIDGE_PDF_FONT", str(tmp_path / "none.ttf"))
    with pytest.raises(CannotPrint, match="MAPLEBRIDGE_PDF_FONT"):
        paper()
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font")
    monkeypatch.setenv("MAPLEBRIDGE_PDF_FONT", str(broken))
    with pytest.raises(CannotPrint, match="cannot be read"):
        paper()


def test_the_font_of_the_requirements_knows_the_characters_of_both_chinese_scripts():
    known = set(TTFont(font_path(), lazy=True).getBestCmap())
    assert {ord(letter) for letter in "枫桥电动自行车蓄电池登记證書銷贓寶馬"} <= known


def test_a_drawing_stands_on_one_page_with_its_letters_and_the_length_of_its_scale():
    from maplebridge.kernel.pdf_drawing import Drawing, Mark, Stroke

    sheet = paper()
    strokes = [Stroke([[(0, 0), (100, 50)]], 0.2, grey=180), Stroke([[(0, 50), (100, 0)]], 0.5, dashed=True)]
    sheet.drawing(Drawing(100, 60, strokes, [Mark(20, 20, 4), Mark(60, 30, 6, "K")], 25, "500 m"))
    after = sheet.y
    sheet.paragraph("Below")
    content = sheet.output()
    assert 0.6 * sheet.width < after < 0.6 * sheet.width + 30 and pages(content) == 1
    assert set("K500m") <= set(read(content))


def test_a_drawing_that_is_tall_still_leaves_room_on_its_page():
    from maplebridge.kernel.pdf_drawing import Drawing

    sheet = paper()
    begin = sheet.y
    sheet.drawing(Drawing(100, 900, []))
    assert sheet.y - begin == pytest.approx(pdf.DRAWING_MM + 3)
