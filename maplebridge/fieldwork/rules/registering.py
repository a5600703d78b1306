"""Pure: what a submission says about an address, its premises and an organisation there, in the register's words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from maplebridge.fieldwork.rules.review import Handling

Value = str | int | bool | list[str]
COUNTS = ("residents", "rooms", "staff")
HAZARDS = ("wiring", "charging", "gas", "exit", "flood", "building", "chemicals", "other")
_NUMBER = r"(?P<number>\d+(?:[-－]\d+)?[A-Za-z甲乙丙丁]?)"
_SIGNED = re.compile(rf"(?P<street>.*?[^\d\s-])\s*{_NUMBER}\s*号(?P<rest>.*)")
_CHINESE = re.compile(rf"(?P<street>.*[^\d\s-])\s*{_NUMBER}(?P<rest>)")
_LATIN_BEFORE = re.compile(r"(?P<number>\d+[A-Za-z]?)\s+(?P<street>\D[^,]*)(?P<rest>.*)")
_LATIN_AFTER = re.compile(r"(?P<street>\D[^,]*?)\s+(?P<number>\d+[A-Za-z]?)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a submission says: the address as written, and fields of premises and organisation by name."""

    address: str = ""
    premise: Mapping[str, Value] = field(default_factory=dict)
    organisation: Mapping[str, Value] = field(default_factory=dict)


def findings(handling: Handling, values: Iterable[tuple[str, str]]) -> Findings:
    """Read the answers that the handling of the form maps to the register; what was left empty is left out."""
    given = {path: text for path, text in values if text}
    read: dict[str, dict[str, Value]] = {"premise": {}, "organisation": {}}
    for name, question in handling.register.items():
        subject, _dot, column = name.partition(".")
        text = question[1:] if question.startswith("=") else given.get(question, "")
        if subject in read and text:
            value = _value(column, text, handling.answers.get(name, {}))
            if value is not None:
                read[subject][column] = value
    return Findings(given.get(handling.register.get("address", ""), ""), read["premise"], read["organisation"])


def _value(column: str, text: str, words: Mapping[str, str]) -> Value | None:
    """An answer as the register has it; None where it says nothing for it."""
    if column in COUNTS:
        return int(text) if text.isdecimal() else None
    if column == "rented":
        return text in ("yes", "true", "1")
    if column == "hazards":
        known = [words.get(each, each) for each in text.split()]
        return sorted({each if each in HAZARDS else "other" for each in known if each})
    return words.get(text, text) or None


@dataclass(frozen=True, slots=True)
class Written:
    """An address as people write it, in parts; `rest` is what follows the number: a unit, a room."""

    street: str
    number: str
    rest: str = ""


def read_address(text: str) -> Written:
    """Take an address apart into street, number and the rest: 建设路12号402室, 12 Mill Lane, Mill Lane 12."""
    text = " ".join(text.split())
    latin = (_LATIN_BEFORE, _LATIN_AFTER)
    for pattern in latin if text.isascii() else (_SIGNED, _CHINESE, *latin):
        if found := pattern.fullmatch(text):
            return Written(found["street"].strip(), found["number"], found["rest"].strip(" ,，"))
    return Written(text, "")
