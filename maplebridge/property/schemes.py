"""What a code tells: the scheme that it fits, its parts, what does not add up. Schemes are data (`schemes.toml`)."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations, islice
from typing import Any

from maplebridge.property.codes import canonical, lookalike

GBT_ALPHABET = "123456789ABCDEFGHJKLMNPRSTUVWXY"  # without I, O, Q: thirty-one, one for each day of a month
_GBT_FIRST_YEAR = 2011
_SHORT, _LONG = 4, 64
_MEANT = {"0": "O", "O": "0", "1": "IL", "I": "1", "L": "1", "5": "S", "S": "5", "2": "Z", "Z": "2", "8": "B", "B": "8"}
_MOST_TRIED = 2_000

# flags; what they say to a person stands in `flags.py`
NO_CODE, UNCLASSIFIED, IMPOSSIBLE_DATE, FUTURE_DATE = "no_code", "unclassified", "impossible_date", "future_date"
SHORT, LONG, SEQUENCE = "short", "long", "sequence"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme of codes."""

    slug: str
    name: str
    name_zh: str
    kinds: tuple[str, ...]
    pattern: re.Pattern[str]
    asked: bool = False
    date: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identified:
    """What a text tells as a code. `suggestion` is the lookalike key: good for proposals, never for equality."""

    canonical: str
    suggestion: str
    scheme: str  # empty: none fits
    decoded: dict[str, Any]
    flags: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As the command and the API give it."""
        return {
            "canonical": self.canonical,
            "suggestion": self.suggestion,
            "scheme": self.scheme or None,
            "decoded": self.decoded,
            "flags": list(self.flags),
        }


def identify(text: str, kind: str | None = None, today: date | None = None) -> Identified:
    """Read a code: its two keys, the scheme that it fits, its parts, and flags for what does not add up.

    `kind` is the kind of identifier where it is known (frame, motor, battery, plate, rfid, qr): schemes of other kinds
    are then not tried. A date after `today` is flagged, where that is given. Nothing is refused here: a code that fits
    no scheme is flagged `unclassified`.
    """
    key = canonical(text)
    if not key:
        return Identified("", "", "", {}, (NO_CODE,))
    flags = _odd(key)
    for scheme in schemes().values():
        fits = kind in scheme.kinds if kind else not scheme.asked
        if fits and (match := scheme.pattern.fullmatch(key)):
            decoded, wrong = _decoded(scheme, match, today)
            return Identified(key, lookalike(text), scheme.slug, decoded, (*flags, *wrong))
    return Identified(key, lookalike(text), "", {}, (*flags, UNCLASSIFIED))


def meant(text: str, kind: str | None = None, today: date | None = None) -> str | None:
    """Propose what was meant where a code does not add up and one with lookalikes exchanged does; fewest changes first.

    For people to confirm. At most three characters are exchanged; where two readings are as near, nothing is proposed.
    """
    read = identify(text, kind, today)
    if not read.canonical or (read.scheme and not read.flags):
        return None
    places = [at for at, each in enumerate(read.canonical) if each in _MEANT]
    for changes in (1, 2, 3):
        found = {
            key
            for key in islice(_exchanged(read.canonical, places, changes), _MOST_TRIED)
            if (other := identify(key, kind, today)).scheme and not other.flags
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


@cache
def schemes() -> dict[str, Scheme]:
    """All schemes by slug, in the order of the file: the first that fits counts."""
    rows = tomllib.loads(files("maplebridge.property").joinpath("schemes.toml").read_text("utf-8"))
    return {
        slug: Scheme(
            slug=slug,
            name=row["name"],
            name_zh=row["name_zh"],
            kinds=tuple(row["kinds"]),
            pattern=re.compile(row["pattern"]),
            asked=row.get("asked", False),
            date=row.get("date", ""),
            names=row.get("names", {}),
            fixed=row.get("fixed", {}),
        )
        for slug, row in rows.items()
    }


def _odd(key: str) -> tuple[str, ...]:
    """Flags of the code itself, whatever its scheme."""
    flags = []
    if len(key) < _SHORT:
        flags.append(SHORT)
    if len(key) > _LONG:
        flags.append(LONG)
    if len(key) > 3 and len({ord(after) - ord(before) for before, after in zip(key, key[1:], strict=False)}) == 1:
        flags.append(SEQUENCE)  # 12345678, ABCDEF
    return tuple(flags)


def _decoded(scheme: Scheme, match: re.Match[str], today: date | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    decoded: dict[str, Any] = {name: value for name, value in parts.items() if name not in ("year", "month", "day")}
    decoded |= scheme.fixed
    for part, values in scheme.names.items():
        if part in decoded:
            decoded[part] = values.get(decoded[part], decoded[part])
    if scheme.date == "gbt":
        made = _gbt_date(parts["year"], parts["month"], parts["day"])
        if made is None:
            return decoded, (IMPOSSIBLE_DATE,)
        return decoded | {"made_on": made.isoformat()}, (FUTURE_DATE,) if today and made > today else ()
    if scheme.date == "yy":
        year = 2000 + int(parts["year"])
        ahead = today is not None and year > today.year + 1  # a model year may be one ahead
        return decoded | {"made_in": year}, (FUTURE_DATE,) if ahead else ()
    return decoded, ()


def _gbt_date(year: str, month: str, day: str) -> date | None:
    """The date of three characters of the alphabet; None for a day 0, a thirteenth month, a 31 February."""
    values = [GBT_ALPHABET.find(each) for each in (year, month, day)]
    if min(values) < 0:
        return None
    try:
        return date(_GBT_FIRST_YEAR + values[0], values[1] + 1, values[2] + 1)
    except ValueError:
        return None


def _exchanged(key: str, places: list[int], changes: int) -> Iterator[str]:
    for chosen in combinations(places, changes):
        variants = [key]
        for at in chosen:
            variants = [each[:at] + other + each[at + 1 :] for each in variants for other in _MEANT[key[at]]]
        yield from variants
