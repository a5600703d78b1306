"""How an address is written and read: its standard text, its numbers, and what somebody typed to find it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from maplebridge.places.rules import has_cjk

KINDS = ("building", "unit", "room")
TEXT_LONGEST = 240
_NUMBER = re.compile(r"\d{1,9}")

_NUMBER_AHEAD = re.compile(  # streets of English and French; most other languages write the number behind
    r"\b(street|road|lane|avenue|drive|close|court|crescent|terrace|square|way|row|hill|rue|boulevard|chemin|quai)\b",
    re.IGNORECASE,
)


def standard_text(*, street: str, site: str, number: str) -> str:
    """Write a building's address: `建设路12号 枫桥小区`, `12 Mill Lane, The Maples`, `Kaivokatu 8`."""
    if has_cjk(street or site):
        sign = "" if not number or not number[-1].isalnum() or has_cjk(number[-1]) else "号"
        return " ".join(
            part for part in (f"{street}{number}{sign}" if street else "", _site(site, street, number)) if part
        )
    in_order = (number, street) if _NUMBER_AHEAD.search(street) else (street, number)
    return ", ".join(part for part in (" ".join(in_order).strip(), site) if part)


def _site(site: str, street: str, number: str) -> str:
    """The name of a compound; with the number where the numbers are its own."""
    return site if street or not number else f"{site}{number}{'' if has_cjk(number[-1]) else '号楼'}"


def part_text(above: str, *, kind: str, label: str) -> str:
    """Write the address of a unit or room below another: `… 3单元`, `… 402室`; `…, unit 3`, `…, room 402` else."""
    if has_cjk(above):
        sign = "" if has_cjk(label[-1:]) else {"unit": "单元", "room": "室"}[kind]
        return f"{above}{label}{sign}" if has_cjk(above[-1]) or above[-1] == "号" else f"{above} {label}{sign}"
    return f"{above}, {kind} {label}"


@lru_cache(maxsize=65_536)
def number_of(text: str) -> int | None:
    """Give the first number in a house number or label, by which it is ordered and ranges are found: 12 of `12A`."""
    found = _NUMBER.search(text)
    return int(found[0]) if found else None


_PIECE = re.compile(r"\d+[a-z]?(?![a-z])|[^\W\d_]+")
_MARKS = ("号楼", "号院", "单元", "号", "栋", "幢", "座", "室", "弄", "户", "房", "层", "楼")
_WORDS = frozenset(
    ("no", "nr", "number", "unit", "room", "apt", "apartment", "flat", "building", "block", "floor", "hao", "danyuan",
     "shi", "dong", "lou")
)  # fmt: skip
_RANGE = re.compile(r"(\d{1,9})\s*(?:[~～–—至到]|\.\.|-)\s*(\d{1,9})(?:\s*(?:号|hao))?\s*$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what somebody typed: words of a name, a range of numbers, and labels of parts below."""

    words: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    number: str = ""
    parts: tuple[str, ...] = ()


def readings(folded: str, typed: str) -> list[Reading]:
    """Read a search every way it can be meant, the one with the longest name first, a range last.

    `建设路12号3单元402` is 12, then 3 and 402 below it; `jsl 10~20` a range; `枫桥村5组12号` has a number in its name.
    """
    pieces = [(match.group(), match.start()) for match in _PIECE.finditer(folded)]
    pieces = [(bare, at) for piece, at in pieces if (bare := piece if piece[0].isdigit() else _unmarked(piece))]
    numbers = [n for n, (piece, _at) in enumerate(pieces) if piece[0].isdigit() and n]
    found: list[Reading] = [Reading(tuple(folded.split()))]
    for n in reversed(numbers):
        before = folded[: pieces[n][1]].strip()
        number = pieces[n][0]
        first = number_of(number)
        parts = tuple(piece for piece, _at in pieces[n + 1 :] if piece[0].isdigit() or len(piece) == 1)
        words = tuple(word for word in before.split() if word not in _WORDS)
        found.append(Reading(words, first, first, number, parts))
    if len(pieces) > 1 and pieces[0][0][0].isdigit():  # 12 Mill Lane, unit 3
        found.append(_number_first(pieces))
    if (span := _RANGE.search(typed)) and numbers and int(span[1]) < int(span[2]):
        folded_names = [piece for piece, _at in pieces if not piece[0].isdigit()]
        found.append(Reading(tuple(folded_names), int(span[1]), int(span[2])))
    return [each for each in found if each.words]


def _number_first(pieces: list[tuple[str, int]]) -> Reading:
    """The number stands ahead of the street, what is in the house behind it: as `standard_text` writes it."""
    number, *rest = [piece for piece, _at in pieces]
    end = next((n for n, piece in enumerate(rest) if piece[0].isdigit()), len(rest))
    first = number_of(number)
    return Reading(tuple(rest[:end]), first, first, number, tuple(rest[end:]))


def _unmarked(piece: str) -> str:
    """A word without the marks that stand behind a number: 号, 单元, unit."""
    if piece in _WORDS:
        return ""
    for mark in _MARKS:
        if piece == mark:
            return ""
    return piece
