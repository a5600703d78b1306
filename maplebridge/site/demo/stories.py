"""What is reported in the demo, read from stories.toml, and who reports it. All invented; pure data."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of thing that happens.

    `tellings` are (language, first reporter's words, a second reporter's words); `closings` are (disposition code,
    closing words); `hours` are relative weights of night (0-6), morning (6-12), afternoon (12-18) and evening (18-24);
    `place` is the kind of place: address, poi or crossing.
    """

    type: str
    weight: float
    hours: tuple[float, float, float, float]
    place: str
    tellings: tuple[tuple[str, str, str], ...]
    closings: tuple[tuple[str, str], ...]


_DATA = tomllib.loads(Path(__file__).with_name("stories.toml").read_text(encoding="utf-8"))


def _stories() -> tuple[Story, ...]:
    return tuple(
        Story(
            row["type"],
            row["weight"],
            tuple(row["hours"]),
            row["place"],
            tuple((language, first, second) for language, first, second in row["tellings"]),
            tuple((code, words) for code, words in row["closings"]),
        )
        for row in _DATA["story"]
    )


STORIES = _stories()
BY_HOUR = tuple(float(share) for share in _DATA["by_hour"])  # share of a day's reports in each local hour, percent

SOURCES = (("call", 62.0), ("walk_in", 9.0), ("officer", 14.0), ("public", 11.0), ("sensor", 4.0))
POST_TYPES = ("lost_property", "found_property", "help_resident", "theft_ebike")  # what people bring to a post

CALLERS = {
    "en": ("Test caller Amber", "Test caller Birch", "Test caller Clover", "Test caller Dale"),
    "fi": ("Koesoittaja Koivu", "Koesoittaja Leppä", "Koesoittaja Mänty", "Koesoittaja Tammi"),
    "zh": ("演示来电 甲", "演示来电 乙", "演示来电 丙", "演示来电 丁"),
}
PHONE = "+358 00 000 {:04d}"  # no such numbers exist

NOTES = (
    "Caller rings again, still going on.",
    "Reporter waits at the front door.",
    "Second entrance is from the yard.",
    "Spoke to a witness, no more known.",
    "来电人说在一楼大厅等。",
)
