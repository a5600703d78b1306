"""How an address is written and read: its standard text, its numbers, and what somebody typed to find it."""

import re

from maplebridge.places.rules import has_cjk

KINDS = ("building", "unit", "room")
TEXT_LONGEST = 240
_NUMBER = re.compile(r"\d{1,9}")


def standard_text(*, street: str, site: str, number: str) -> str:
    """Write a building's address: `建设路12号 枫桥小区` in Chinese, `12 Mill Lane, The Maples` else."""
    if has_cjk(street or site):
        sign = "" if not number or not number[-1].isalnum() or has_cjk(number[-1]) else "号"
        return " ".join(
            part for part in (f"{street}{number}{sign}" if street else "", _site(site, street, number)) if part
        )
    return ", ".join(part for part in (f"{number} {street}".strip(), site) if part)


def _site(site: str, street: str, number: str) -> str:
    """The name of a compound; with the number where the numbers are its own."""
    return site if street or not number else f"{site}{number}{'' if has_cjk(number[-1]) else '号楼'}"


def part_text(above: str, *, kind: str, label: str) -> str:
    """Write the address of a unit or room below another: `… 3单元`, `… 402室`; `…, unit 3`, `…, room 402` else."""
    if has_cjk(above):
        sign = "" if has_cjk(label[-1:]) else {"unit": "单元", "room": "室"}[kind]
        return f"{above}{label}{sign}" if has_cjk(above[-1]) or above[-1] == "号" else f"{above} {label}{sign}"
    return f"{above}, {kind} {label}"


def number_of(text: str) -> int | None:
    """Give the first number in a house number or label, by which it is ordered and ranges are found: 12 of `12A`."""
    found = _NUMBER.search(text)
    return int(found[0]) if found else None
