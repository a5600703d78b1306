"""What a batch adds to the register: which of its addresses are there, which are new, and how these are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from maplebridge.kernel.geometry import cell_of
from maplebridge.places.register.actions.clusters import count_in
from maplebridge.places.register.actions.names import known_names, names_for
from maplebridge.places.register.actions.store import ADDRESS, Row, fresh_keys, insert, keep_serials, lock_areas
from maplebridge.places.register.models import Address
from maplebridge.places.register.rules import rows as listed
from maplebridge.places.register.rules.codes import code_of, prefix_of
from maplebridge.places.register.rules.quads import quad_of
from maplebridge.places.register.rules.words import TEXT_LONGEST, number_of, part_text, standard_text

_CHUNK = 400


class Spot(NamedTuple):
    """What is known of an address: its key, area, building (itself, if it is one), text and place."""

    pk: int
    area: int
    building: int
    text: str
    lon: float
    lat: float
    cell: int
    quad: int


Spots = dict[int, Spot]  # the address that a row is about so far, by the row's number
_Key = tuple[int, str, str, str]  # area, street, compound, number
_Place = tuple[int, int, int | None]  # area, street or compound, first number


class Growth:
    """The new addresses of one act. Whoever adds to the same areas waits until it ends."""

    def __init__(self, areas: Mapping[int, str], recorded: Row) -> None:
        """`areas` gives the code of an area by its key, `recorded` the columns that all rows end with."""
        self._prefixes = {pk: prefix_of(code) for pk, code in areas.items()}
        self._last = lock_areas(areas.values())
        self._recorded = recorded
        self._rows: list[Row] = []
        self._cells: dict[int, list[int]] = {}
        self.made: Counter[str] = Counter()
        self.fresh: set[int] = set()

    def buildings(self, rows: Mapping[int, listed.Row], areas: Mapping[int, int]) -> Spots:
        """Give the building of each row, made where there is none of its street, compound and number in its area."""
        keys = {n: (areas[n], row.street, row.site, row.number) for n, row in rows.items()}
        found = _known_buildings(set(keys.values()))
        names = names_for(text for row in rows.values() for text in (row.street, row.site))
        wanted: dict[_Key, listed.Row] = {}
        for n, key in keys.items():
            if key not in found:
                wanted.setdefault(key, rows[n])
        for pk, (key, row) in zip(self._keys("buildings", len(wanted)), wanted.items(), strict=True):
            text = standard_text(street=row.street, site=row.site, number=row.number)[:TEXT_LONGEST]
            spot = Spot(pk, key[0], pk, text, row.lon, row.lat, cell_of(row.lon, row.lat), quad_of(row.lon, row.lat))
            self._add("building", spot, (None, None, names.get(row.street), names.get(row.site)), row.number, "")
            found[key] = spot
        self._write()
        return {n: found[key] for n, key in keys.items()}

    def parts(self, kind: str, rows: Mapping[int, listed.Row], spots: Spots) -> None:
        """Move the spot of each row that names a unit (or room) on to it; it is made where there is none yet."""
        labels = {n: (spots[n].pk, label) for n, row in rows.items() if (label := getattr(row, kind))}
        found = _known_parts(kind, {pk for pk, _label in labels.values()} - self.fresh)
        wanted = {key: spots[n] for n, key in labels.items() if key not in found}
        for pk, ((_pk, label), above) in zip(self._keys(f"{kind}s", len(wanted)), wanted.items(), strict=True):
            text = part_text(above.text, kind=kind, label=label)[:TEXT_LONGEST]
            spot = above._replace(pk=pk, text=text)
            self._add(kind, spot, (above.pk, above.building, None, None), "", label)
            found[above.pk, label] = spot
        self._write()
        spots |= {n: found[key] for n, key in labels.items()}

    def settle(self) -> None:
        """Write the serials that the new addresses took, and their counts on the map; the last step."""
        keep_serials(self._last)
        count_in((cell, b, a) for cell, (b, a) in self._cells.items())

    def _write(self) -> None:
        insert(ADDRESS, self._rows)
        self._rows = []

    def _keys(self, what: str, number: int) -> Iterable[int]:
        """Keys for so many new addresses of a kind."""
        if not number:
            return ()
        self.made[what] += number
        return fresh_keys(ADDRESS, number)

    def _add(self, kind: str, spot: Spot, at: tuple[int | None, ...], number: str, label: str) -> None:
        prefix = self._prefixes[spot.area]
        self._last[prefix] = serial = self._last[prefix] + 1
        self._rows.append((
            spot.pk, code_of(prefix, serial), kind, spot.area, *at, number, number_of(number or label), label,
            spot.text, spot.lon, spot.lat, spot.cell, spot.quad, *self._recorded,
        ))  # fmt: skip
        counts = self._cells.setdefault(spot.cell, [0, 0])
        counts[0] += kind == "building"
        counts[1] += 1
        self.fresh.add(spot.pk)


def _known_buildings(keys: set[_Key]) -> dict[_Key, Spot]:
    """Buildings of the register by area, street, compound and number; held, so that nobody renames them meanwhile."""
    names = known_names(text for key in keys for text in key[1:3])
    texts = {pk: text for text, pk in names.items()}
    wanted: dict[tuple[str, bool], set[_Place]] = {}
    for area, street, site, number in keys:
        if (pk := names.get(street or site)) is not None:
            first = number_of(number)
            wanted.setdefault(("street" if street else "site", first is None), set()).add((area, pk, first))
    found: dict[_Key, Spot] = {}
    for (column, bare), places in wanted.items():
        for pk, area, street_id, site_id, number, *rest in _numbered(column, bare, sorted(places)):
            found[area, _text(texts, street_id), _text(texts, site_id), number] = Spot(pk, area, pk, *rest)
    return {key: found[key] for key in keys if key in found}


def _text(texts: Mapping[int, str], pk: int | None) -> str:
    """The name of this key; of one that no row names, something that is none."""
    return texts.get(pk, "\0") if pk else ""


def _numbered(column: str, bare: bool, places: Sequence[_Place]) -> Iterator[Row]:
    """Buildings by area, name and first number (`bare`: without any), read where the index has them."""
    matches = "a.number_from IS NULL" if bare else "a.number_from = wanted.number"
    for some in _chunks(places):
        values = ", ".join(["(%s, %s, %s)"] * len(some))
        statement = (
            f"WITH wanted (area, name, number) AS (VALUES {values}) SELECT a.id, a.area_id, a.street_id, a.site_id,"  # noqa: S608  # values apart
            " a.number, a.text, a.lon, a.lat, a.cell, a.quad FROM wanted CROSS JOIN places_address a"
            f" WHERE a.kind = 'building' AND NOT a.gone AND a.{column}_id = wanted.name AND {matches}"
            " AND a.area_id = wanted.area ORDER BY a.id"
        )
        held = " FOR NO KEY UPDATE OF a" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(statement + held, [value for place in some for value in place])
            yield from cursor.fetchall()


def _known_parts(kind: str, parents: Iterable[int]) -> dict[tuple[int, str], Spot]:
    """Parts of a kind below these addresses by the address and their label, held like buildings."""
    found: dict[tuple[int, str], Spot] = {}
    columns = ("parent_id", "label", "id", "area_id", "building_id", "text", "lon", "lat", "cell", "quad")
    for some in _chunks(sorted(parents)):
        rows = Address.objects.select_for_update(no_key=True).filter(parent__in=some, kind=kind).order_by("pk")
        found |= {(parent, label): Spot(*rest) for parent, label, *rest in rows.values_list(*columns)}
    return found


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
