"""From what somebody typed to places: coordinates, corners, house numbers, names."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from maplebridge.kernel.geometry import distance_m
from maplebridge.places.coordinates import Holds, parse_coordinates
from maplebridge.places.fold import fold, search_text
from maplebridge.places.index import Named, NameIndex
from maplebridge.places.rules import Names, number_key

_AND = re.compile(r"\s*(?:[&/+@×＆]|与|和|跟|\b(?:and|at|und|et|ja|och|e|y|x)\b)\s*", re.IGNORECASE)
_CORNER = re.compile(
    r"^\s*(?:the\s+)?(?:corner|intersection|crossing|junction)\s+(?:of\s+)?|的?(?:交叉路?口|路口|交汇处?|交界处?|拐角)\s*$",
    re.IGNORECASE,
)
_NUMBER_LAST = re.compile(
    r"^(?P<street>.*[^\d\s,].*?)[\s,]*?(?:no\.?\s*|nr\.?\s*|#\s*)?(?P<number>\d{1,5}\s?[A-Za-z]?(?:[-–]\d{1,5})?)\s*[号號]?$"
)
_NUMBER_WITHIN = re.compile(r"^(?P<street>.*[^\d\s,].*?)[\s,]+(?P<number>\d{1,5}\s?[A-Za-z]?)[\s,]+[^\d&/+@]+$")
_NUMBER_FIRST = re.compile(r"^(?P<number>\d{1,5}[A-Za-z]?)[\s,]+(?P<street>\D.*)$")
NEIGHBOURS_M = 400.0  # house numbers further apart than this belong to two streets of one name
GOOD = 0.6  # a street that fits less is not meant


class Address(NamedTuple):
    """A house number of a street."""

    street: str
    number: str
    lon: float
    lat: float


class Crossing(NamedTuple):
    """A corner of two streets."""

    first: str
    second: str
    name_zh: str
    lon: float
    lat: float


class Hit(NamedTuple):
    """One answer: `near` holds the house number that stands in for a missing one, `between` the two around it."""

    kind: str
    name: str
    name_zh: str
    lon: float
    lat: float
    score: float
    category: str = ""
    first: str = ""
    second: str = ""
    near: tuple[str, ...] = ()
    unnumbered: bool = False  # a house number was asked for, but none of this street is known


class Finder:
    """All that can be found in one edition of a city."""

    def __init__(
        self,
        named: Iterable[Named],
        addresses: Iterable[Address],
        crossings: Iterable[Crossing],
        holds: Holds | None = None,
    ) -> None:
        known = list(named)
        self._holds = holds
        self._called = _called(known)
        self._named: dict[str, list[Named]] = defaultdict(list)
        for row in known:
            if row.kind == "street":
                self._named[self._street(row.name)].append(row)
        self._numbers: dict[str, list[tuple[tuple[int, str], Address]]] = defaultdict(list)
        for address in addresses:
            for part in address.number.split("-")[:2]:
                self._numbers[self._street(address.street)].append((number_key(part), address))
        for rows in self._numbers.values():
            rows.sort()
        self._corners: dict[str, list[Crossing]] = defaultdict(list)
        for crossing in crossings:
            for street in {self._street(crossing.first), self._street(crossing.second)}:
                self._corners[street].append(crossing)
        self.names = NameIndex([*known, *_streets_of(self._numbers, set(self._called.values()))])

    def _street(self, name: str) -> str:
        """Give the one folded name under which a street is kept, whichever of its names is used."""
        folded = fold(name)
        return self._called.get(folded, folded)

    def find(self, typed: str, near: tuple[float, float] | None = None, limit: int = 8) -> list[Hit]:
        """Give what may be meant, best first; of what fits alike, the nearest to `near` (lon, lat) first."""
        text = typed.strip()[:200]
        point = parse_coordinates(text, self._holds)
        if point:
            return [Hit("coordinates", f"{point[1]:.5f}, {point[0]:.5f}", "", *point, 1.0)]
        corners = self._corner_hits(text)
        less = 0.1 if corners else 0.0
        hits = corners + self._address_hits(text)
        hits += [
            Hit(row.kind, row.name, row.name_zh, row.lon, row.lat, max(0.0, quality - less), row.category)
            for row, quality in self.names.match(text)
        ]
        if not hits or hits[0].score < GOOD:
            hits += self._two_streets(text)
        return _ordered(hits, near)[:limit]

    def _corner_hits(self, text: str) -> list[Hit]:
        bare = _CORNER.sub("", text)
        hits: list[Hit] = []
        for cut in _AND.finditer(bare):
            left, right = bare[: cut.start()], bare[cut.end() :]
            if left.strip():
                hits += self._corners_of(left, right)
        return hits

    def _two_streets(self, text: str) -> list[Hit]:
        """Try every gap as the one between two streets: `kalevankatu fredrikinkatu`."""
        words = text.split()
        if not 2 <= len(words) <= 8:
            return []
        return [hit for i in range(1, len(words)) for hit in self._corners_of(" ".join(words[:i]), " ".join(words[i:]))]

    def _corners_of(self, left: str, right: str) -> list[Hit]:
        firsts = self._streets(left)
        seconds = self._streets(right) if right.strip() else {}
        hits = []
        for street, quality in firsts.items():
            for crossing in self._corners.get(street, ()):
                one, two = self._street(crossing.first), self._street(crossing.second)
                other = two if one == street else one
                fit = seconds.get(other, 0.0) if right.strip() else 0.9
                if fit:
                    hits.append(
                        Hit(
                            "crossing", f"{crossing.first} & {crossing.second}", crossing.name_zh, crossing.lon,
                            crossing.lat, round((quality + fit) / 2, 3), first=crossing.first, second=crossing.second,
                        )
                    )  # fmt: skip
        return hits

    def _streets(self, text: str) -> dict[str, float]:
        streets: dict[str, float] = {}
        for row, quality in self.names.match(text, kinds=("street",), limit=12):
            if quality >= GOOD:
                streets.setdefault(self._street(row.name), quality)
        return streets

    def _address_hits(self, text: str) -> list[Hit]:
        hits: list[Hit] = []
        for candidate in dict.fromkeys((text.split(",")[0].strip(), text)):
            for pattern in (_NUMBER_LAST, _NUMBER_FIRST, _NUMBER_WITHIN):
                found = pattern.match(candidate)
                for street, quality in self._streets(found["street"]).items() if found else ():
                    hits += self._numbered(street, found["number"], quality) if found else []
            if hits:
                break
        return hits

    def _numbered(self, street: str, number: str, quality: float) -> list[Hit]:
        rows = self._numbers.get(street, [])
        if not rows:
            score, known = round(quality - 0.1, 3), self._named.get(street, ())
            return [Hit("street", r.name, r.name_zh, r.lon, r.lat, score, r.category, unnumbered=True) for r in known]
        wanted = number_key(number.split("-")[0].split("–")[0])
        exact = [address for key, address in rows if key == wanted]
        same = exact or [address for key, address in rows if key[0] == wanted[0]]
        hits = [_hit(address, quality if exact else quality - 0.02) for address in same]
        begun = [a for key, a in rows if key[0] != wanted[0] and str(key[0]).startswith(str(wanted[0]))][:6]
        if not same and rows:
            hits += _between(rows, wanted[0], number.strip(), quality - 0.08)
        return hits + [_hit(address, quality - 0.15) for address in begun]


def _called(named: Iterable[Named]) -> dict[str, str]:
    """Map every name of a street, folded, to its first one."""
    called: dict[str, str] = {}
    for row in named:
        if row.kind == "street":
            for variant in (fold(row.name), *row.search.split("|")):
                if not variant.startswith("~"):
                    called.setdefault(variant, fold(row.name))
    return called


def _streets_of(numbers: dict[str, list[tuple[tuple[int, str], Address]]], known: set[str]) -> list[Named]:
    """Name the streets that only addresses know."""
    missing = [rows[len(rows) // 2][1] for street, rows in numbers.items() if street not in known]
    return [Named("street", "", row.street, "", search_text(Names(row.street)), row.lon, row.lat) for row in missing]


def _hit(address: Address, score: float) -> Hit:
    return Hit(
        "address",
        f"{address.street} {address.number}",
        "",
        address.lon,
        address.lat,
        round(score, 3),
        first=address.street,
    )


def _between(rows: list[tuple[tuple[int, str], Address]], wanted: int, number: str, score: float) -> list[Hit]:
    """Place a missing house number between its neighbours on the same side, or at the nearest one."""
    side = [row for row in rows if row[0][0] % 2 == wanted % 2] or rows
    below = [address for key, address in side if key[0] < wanted][-1:]
    above = [address for key, address in side if key[0] > wanted][:1]
    near = below + above
    lon, lat = near[0].lon, near[0].lat
    if len(near) == 2 and distance_m(lon, lat, near[1].lon, near[1].lat) <= NEIGHBOURS_M:
        low, high = number_key(near[0].number)[0], number_key(near[1].number)[0]
        share = (wanted - low) / max(1, high - low)
        lon, lat = lon + share * (near[1].lon - lon), lat + share * (near[1].lat - lat)
    elif len(near) == 2:
        near = [min(near, key=lambda address: abs(number_key(address.number)[0] - wanted))]
        lon, lat = near[0].lon, near[0].lat
    street = near[0].street
    name = f"{street} {number}"
    return [
        Hit(
            "address", name, "", lon, lat, round(score, 3), first=street, near=tuple(address.number for address in near)
        )
    ]


def _ordered(hits: list[Hit], near: tuple[float, float] | None) -> list[Hit]:
    """Order by score in steps of 0.04, then by distance; of the same thing at the same place keep the best."""
    best: dict[tuple[str, str, float, float], Hit] = {}
    for hit in hits:
        key = (hit.kind, hit.name, round(hit.lon, 4), round(hit.lat, 4))
        if key not in best or hit.score > best[key].score:
            best[key] = hit

    def order(hit: Hit) -> tuple[float, float, float]:
        away = distance_m(hit.lon, hit.lat, *near) if near else 0.0
        return -round(hit.score / 0.04), away, -hit.score

    likely = [hit for hit in best.values() if hit.score >= GOOD] or list(best.values())
    return sorted(likely, key=order)
