"""The table against OWASP ASVS 5.0: all 253 items of levels 1 and 2 stand in it, and what it names exists."""

import re
from collections import Counter

import pytest
from house_source import ROOT

TABLE = ROOT / "docs" / "security" / "asvs.md"
# Sections of ASVS 5.0.0, with the level of each of their items 1, 2, 3 ... as far as level 2.
LEVELS = (
    "1.1 22, 1.2 111112222, 1.3 11222222222, 1.4 222, 1.5 12, 2.1 122, 2.2 112, 2.3 1222, 2.4 2, 3.2 11, 3.3 1222, "
    "3.4 112222, 3.5 11122, 3.7 22, 4.1 122, 4.2 2, 4.3 22, 4.4 1222, 5.1 2, 5.2 112, 5.3 11, 5.4 222, 6.1 122, "
    "6.2 111111112222, 6.3 1122, 6.4 1122, 6.5 22222, 6.6 222, 6.8 2222, 7.1 222, 7.2 1111, 7.3 22, 7.4 11222, "
    "7.5 22, 7.6 22, 8.1 12, 8.2 112, 8.3 1, 8.4 2, 9.1 111, 9.2 1222, 10.1 22, 10.2 22, 10.3 2222, "
    "10.4 11111222222, 10.5 22222, 10.6 22, 10.7 222, 11.1 22, 11.2 222, 11.3 112, 11.4 1222, 11.5 2, 11.6 2, "
    "12.1 122, 12.2 11, 12.3 2222, 13.1 2, 13.2 22222, 13.3 22, 13.4 12222, 14.1 22, 14.2 1222, 14.3 122, 15.1 122, "
    "15.2 122, 15.3 1222222, 16.1 2, 16.2 22222, 16.3 2222, 16.4 222, 16.5 222, 17.1 2, 17.2 2222, 17.3 22"
)
ITEMS = {
    f"{section}.{number}": level
    for section, levels in (part.split() for part in LEVELS.split(", "))
    for number, level in enumerate(levels, 1)
}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| (.+?) \| (met|not applicable|open) \| (.*) \|$", re.M)
ROWS = ROW.findall(TABLE.read_text(encoding="utf-8"))


def test_every_item_of_levels_one_and_two_stands_there_once_with_its_level():
    assert len(ITEMS) == 253
    assert {item: level for item, level, *_more in ROWS} == ITEMS
    assert len(ROWS) == 253


def test_the_sums_at_its_head_are_those_of_its_rows():
    found = Counter(state for *_more, state, _why in ROWS)
    said = re.search(r"\*\*253 items: (\d+) met, (\d+) not applicable, (\d+) open\.\*\*", TABLE.read_text("utf-8"))
    assert said
    assert [int(each) for each in said.groups()] == [found["met"], found["not applicable"], found["open"]]


@pytest.mark.parametrize(("item", "state", "why"), [(r[0], r[3], r[4]) for r in ROWS], ids=[r[0] for r in ROWS])
def test_an_item_names_what_meets_it_or_says_why_not(item, state, why):
    named = re.findall(r"`([\w./@-]+/[\w./@-]+)`", why)
    assert [path for path in named if not (ROOT / path).exists()] == []
    if state == "met":
        assert named or "`" in why or len(why) > 15, item
    else:
        assert len(why) >= 7, item
