"""Near codes: nothing within two edits is missed, nothing beyond is found."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from maplebridge.property.near import NearIndex, edits_between

LETTERS = "0123456789ABCXYZ"
CODES = st.lists(st.text(LETTERS + "桂渝é", min_size=1, max_size=12), min_size=1, max_size=40)


def index_of(codes: list[str]) -> NearIndex:
    index = NearIndex()
    index.add(range(len(codes)), codes)
    return index


def edited(code: str, times: int, chance: random.Random) -> str:
    letters = list(code)
    for _each in range(times):
        at = chance.randrange(max(1, len(letters) - 1))
        match chance.randrange(4):
            case 0 if letters:
                letters[at] = chance.choice(LETTERS)
            case 1 if letters:
                del letters[at]
            case 2 if len(letters) > 1:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            case _:
                letters.insert(at, chance.choice(LETTERS))
    return "".join(letters)


@settings(deadline=None)  # the first search compiles
@given(CODES, st.data())
def test_the_index_finds_what_comparing_with_each_finds(codes: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(codes))
    sought = edited(chosen, data.draw(st.integers(0, 3)), random.Random(data.draw(st.integers(0, 10_000))))
    found = {near.number: near.edits for near in index_of(codes).find(sought)}
    exact = {number: edits_between(code, sought) for number, code in enumerate(codes)}
    assert {number for number, edits in exact.items() if edits <= 2} <= set(found)
    plain = {number for number, code in enumerate(codes) if code.isascii()} if sought.isascii() else set()
    assert {number: edits for number, edits in found.items() if number in plain} == {
        number: edits for number, edits in exact.items() if number in plain and edits <= 2
    }


def test_each_kind_of_edit_is_one() -> None:
    index = index_of(["WTU123456"])
    for sought in ("WTU123456", "WTU12345G", "WTU12345", "WTU1234567", "WTU124356"):
        assert [near.edits for near in index.find(sought)] == [int(sought != "WTU123456")]
    assert index.find("WTU123789") == []  # three edits away


def test_two_slips_at_one_spot_are_two_edits() -> None:
    index = index_of(["WTU12XY34"])
    assert [near.edits for near in index.find("WTU12YZX34")] == [2]  # exchanged, and one put in between
    assert [near.edits for near in index_of(["WTU12YZX34"]).find("WTU12XY34")] == [2]


def test_a_long_address_is_searched_as_well() -> None:
    address = "HTTPS://ID.EXAMPLE.COM/01/09520123456788/21/" + "A" * 120
    assert [near.edits for near in index_of([address]).find(address[:-1] + "B")] == [1]


def test_what_is_added_later_is_found_and_many_additions_become_one() -> None:
    index = NearIndex()
    for number in range(30):
        index.add([number], [f"SERIAL{number:04d}"])
    assert len(index) == 30
    assert [near.number for near in index.find("SERIAL0007")][0] == 7
    assert {near.number for near in index.find("SERIAL0007")} == set(range(30))  # all within two digits
    assert index.size > 0
