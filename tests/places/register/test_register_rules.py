"""Codes, numbers that keep tiles together, standard texts, and differences: without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maplebridge.places.register.rules.changes import Proposal, Standing, differences
from maplebridge.places.register.rules.codes import check_of, code_of, prefix_of, read_code, valid_credit_code
from maplebridge.places.register.rules.quads import quad_of, range_of, ranges_of, tile_of
from maplebridge.places.register.rules.words import part_text, standard_text

PREFIXES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)
LON, LAT = st.floats(-179.9, 179.9), st.floats(-84, 84)


def test_the_check_character_is_that_of_the_standard():
    assert check_of("A12425GABC1234002") == "M"  # the example of the Global Release Identifier, ISO/IEC 7064 MOD 37,36


@given(PREFIXES, st.integers(1, 9_999_999))
def test_a_code_is_read_back_with_strokes_and_in_lower_case(prefix, serial):
    code = code_of(prefix, serial)
    assert read_code(code) == code
    assert read_code(f" {code.lower()} ") == code


@given(PREFIXES, st.integers(1, 999_999), st.data())
def test_no_single_wrong_character_passes(prefix, serial, data):
    code = code_of(prefix, serial).replace("-", "")
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([sign for sign in "0123456789" if sign != code[at]]))
    wrong = code[:at] + other + code[at + 1 :]
    assert read_code(wrong) is None


def test_an_area_code_in_another_script_has_a_prefix_of_its_own():
    assert prefix_of("zl-3 b") == "ZL3B"
    assert prefix_of("枫桥") != prefix_of("枫林")
    assert read_code(code_of(prefix_of("枫桥"), 1)) is not None


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("9135010IM000100Y43", False),
    ],
)
def test_a_social_credit_code_is_held_to_its_check(code, valid):
    assert valid_credit_code(code) is valid  # the first is the example of GB 32100-2015


@given(LON, LAT, st.integers(0, 26))
def test_a_point_lies_in_the_range_of_its_tile_and_of_no_other(lon, lat, zoom):
    first, end = range_of(zoom, *tile_of(lon, lat, zoom))
    assert first <= quad_of(lon, lat) < end


@given(LON, LAT, st.floats(0, 3), st.floats(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_the_ranges_of_a_box_hold_all_its_points_and_do_not_overlap(lon, lat, wide, high, right, up):
    box = (lon, lat, min(180, lon + wide), min(85, lat + high))
    ranges = ranges_of(box)
    point = quad_of(box[0] + (box[2] - box[0]) * right, box[1] + (box[3] - box[1]) * up)
    assert any(first <= point < end for first, end in ranges)
    assert len(ranges) <= 16
    assert all(end < first for (_first, end), (first, _end) in zip(ranges, ranges[1:], strict=False))


@pytest.mark.parametrize(
    ("street", "site", "number", "text"),
    [
        ("建设路", "", "12", "建设路12号"),
        ("建设路", "枫桥小区", "12", "建设路12号 枫桥小区"),
        ("", "枫桥小区", "5", "枫桥小区5号楼"),
        ("建设路", "", "12号", "建设路12号"),
        ("建设路", "", "", "建设路"),
        ("Mill Lane", "", "12A", "12A Mill Lane"),
        ("Mill Lane", "The Maples", "", "Mill Lane, The Maples"),
        ("rue Haute", "", "4", "4 rue Haute"),
        ("Kaivokatu", "", "8", "Kaivokatu 8"),
        ("Lange Straße", "Nordhof", "8", "Lange Straße 8, Nordhof"),
        ("", "The Maples", "5", "5, The Maples"),
    ],
)
def test_a_building_is_written_as_its_language_writes_it(street, site, number, text):
    assert standard_text(street=street, site=site, number=number) == text


def test_parts_are_written_behind_what_they_are_part_of():
    assert (
        part_text(part_text("建设路12号", kind="unit", label="3"), kind="room", label="402") == "建设路12号3单元402室"
    )
    assert part_text(part_text("12 Mill Lane", kind="unit", label="B"), kind="room", label="4") == (
        "12 Mill Lane, unit B, room 4"
    )


@pytest.mark.parametrize(
    ("base", "residents", "found"),
    [
        (3, 4, [("residents", 2, 4, False)]),  # made from what is there now
        (2, 4, [("residents", 2, 4, True)]),  # another changed the same field after it was made
        (1, 2, []),  # another came to the same
        (None, 4, [("residents", 2, 4, False)]),  # its maker saw nothing
    ],
)
def test_a_conflict_is_another_change_of_the_same_field_after_the_base(base, residents, found):
    now = Standing({"use": "flat", "residents": 2, "rooms": 1}, version=3, touched={"residents": 3})
    proposal = Proposal("premise", {"residents": residents, "rooms": 1}, "form", record=1, base=base)
    assert [(d.field, d.old, d.new, d.conflict) for d in differences(proposal, now)] == found
