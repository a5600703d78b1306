"""A list of addresses goes into the register a batch at a time: what is new is added, what is there stays as it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.geometry import cell_of
from maplebridge.people.actor import Actor
from maplebridge.people.rules import Held
from maplebridge.places.models import Area
from maplebridge.places.queries import area_at
from maplebridge.places.register.actions.clusters import count_in
from maplebridge.places.register.actions.names import names_for, serials
from maplebridge.places.register.models import Address, Organisation, Premise
from maplebridge.places.register.rules.codes import code_of
from maplebridge.places.register.rules.quads import quad_of
from maplebridge.places.register.rules.rows import Row
from maplebridge.places.register.rules.words import number_of, part_text, standard_text

BATCH = 2_000
_CHUNK = 400
Spots = dict[int, Address]  # the address that a row is about so far, by the row's number


@dataclass(slots=True)
class Imported:
    """What became of a batch: addresses, premises and organisations made, rows that said nothing new, faults by row."""

    made: Counter[str] = field(default_factory=Counter)
    again: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)  # keys of the addresses made


def import_addresses(actor: Actor, *, rows: Mapping[int, Row], source: str, at: datetime) -> Imported:
    """Add the addresses of a batch (at most 2,000 rows by number), with premises and organisations where told.

    Sent again it adds nothing, so that an import that was cut goes on where it was. Rows whose area is unknown or not
    the actor's are faults. Raises ValueError for more rows, NotAllowed without the permission.
    """
    actor.must("register.edit")
    if len(rows) > BATCH:
        raise ValueError(f"a batch has at most {BATCH} rows")
    done = Imported()
    with act(actor, "places.addresses_imported", at=at) as entry:
        areas = _areas(actor, rows, done)
        known = {number: row for number, row in rows.items() if number in areas}
        stamp = {"source": source[:80], "changed_at": at, "confirmed_at": at}
        spots = _buildings(known, areas, stamp, done)
        for kind in ("unit", "room"):
            _parts(kind, known, spots, stamp, done)
        _premises(known, spots, stamp, done)
        _organisations(known, spots, stamp, done)
        done.again = sum(spot.pk not in done.fresh for spot in spots.values())
        entry.about("register:addresses", rows=len(rows), made=dict(done.made), faults=len(done.faults), source=source)
    return done


def _areas(actor: Actor, rows: Mapping[int, Row], done: Imported) -> dict[int, Area]:
    """The area of each row: the one it names, or the finest that holds its point; else a fault."""
    codes: dict[int, str] = {}
    for number, row in rows.items():
        found = None if row.area else area_at(row.lon, row.lat)
        codes[number] = row.area or (found.code if found else "")
    by_code = {area.code: area for area in Area.objects.filter(gone=False, code__in=set(codes.values()))}
    grants = [held for held in actor.grants if "register.edit" in held.permissions]
    mine = {code: area for code, area in by_code.items() if _covered(grants, area)}
    for number, code in codes.items():
        if code not in by_code:
            done.faults[number] = _("There is no area with this code, or none that holds this point.")
        elif code not in mine:
            done.faults[number] = _("This lies outside your area.")
    return {number: mine[code] for number, code in codes.items() if code in mine}


def _covered(grants: Iterable[Held], area: Area) -> bool:
    return any(held.covers(area.path or f"/{area.code}/") for held in grants)


def _buildings(rows: Mapping[int, Row], areas: Mapping[int, Area], stamp: dict[str, Any], done: Imported) -> Spots:
    names = names_for(text for row in rows.values() for text in (row.street, row.site))
    keys = {number: (_pk(names, row.street), _pk(names, row.site), row.number) for number, row in rows.items()}
    found = _known_buildings(set(keys.values()))
    fresh: dict[Any, Address] = {}
    for number, row in rows.items():
        if keys[number] in found or keys[number] in fresh:
            continue
        fresh[keys[number]] = Address(
            kind="building", area=areas[number], street=names.get(row.street), site=names.get(row.site),
            number=row.number, number_from=number_of(row.number), lon=row.lon, lat=row.lat,
            text=standard_text(street=row.street, site=row.site, number=row.number),
            cell=cell_of(row.lon, row.lat), quad=quad_of(row.lon, row.lat), **stamp,
        )  # fmt: skip
    _store(list(fresh.values()), done, "buildings")
    found |= fresh
    return {number: found[key] for number, key in keys.items()}


def _pk(names: Mapping[str, Any], text: str) -> int | None:
    return names[text].pk if text else None


def _known_buildings(keys: set[tuple[int | None, int | None, str]]) -> dict[Any, Address]:
    """Buildings of the register by street, compound and number."""
    wanted: dict[str, set[tuple[int, int | None]]] = {"street": set(), "site": set()}
    for street, site, number in keys:
        name, pk = ("street", street) if street else ("site", site)
        wanted[name].add((pk or 0, number_of(number)))
    found: dict[Any, Address] = {}
    for name, pairs in wanted.items():
        ids = sorted({pk for pk, _number in pairs})
        numbers = {number for _pk, number in pairs}
        for start in range(0, len(ids), _CHUNK):
            rows = Address.objects.select_related("area").filter(kind="building", gone=False)
            rows = rows.filter(**{f"{name}_id__in": ids[start : start + _CHUNK]})
            if None not in numbers:
                rows = rows.filter(number_from__gte=min(n or 0 for n in numbers),
                                   number_from__lte=max(n or 0 for n in numbers))  # fmt: skip
            found |= {(each.street_id, each.site_id, each.number): each for each in rows}
    return {key: found[key] for key in keys if key in found}


def _parts(kind: str, rows: Mapping[int, Row], spots: Spots, stamp: dict[str, Any], done: Imported) -> None:
    """Units, then rooms: those there are, and new ones; a row's spot is then its part."""
    labels = {number: label for number, row in rows.items() if (label := getattr(row, kind))}
    found = _known_parts(kind, {spots[number].pk for number in labels})
    fresh: dict[tuple[int, str], Address] = {}
    for number, label in labels.items():
        above = spots[number]
        if (above.pk, label) in found or (above.pk, label) in fresh:
            continue
        fresh[above.pk, label] = Address(
            kind=kind, parent=above, building=above.building or above, area=above.area, label=label,
            number_from=number_of(label), text=part_text(above.text, kind=kind, label=label)[:240],
            lon=above.lon, lat=above.lat, cell=above.cell, quad=above.quad, **stamp,
        )  # fmt: skip
    _store(list(fresh.values()), done, f"{kind}s")
    found |= fresh
    spots |= {number: found[spots[number].pk, label] for number, label in labels.items()}


def _known_parts(kind: str, parents: set[int]) -> dict[tuple[int, str], Address]:
    found: dict[tuple[int, str], Address] = {}
    for some in _chunks(sorted(parents)):
        for each in Address.objects.select_related("area", "building").filter(parent__in=some, kind=kind):
            found[each.parent_id or 0, each.label] = each
    return found


def _store(fresh: Sequence[Address], done: Imported, what: str) -> None:
    """Give codes, write, and count on the map."""
    by_area: dict[int, list[Address]] = {}
    for each in fresh:
        by_area.setdefault(each.area_id, []).append(each)
    for some in by_area.values():
        prefix, numbers = serials(some[0].area.code, number=len(some))
        for each, serial in zip(some, numbers, strict=True):
            each.code = code_of(prefix, serial)
    Address.objects.bulk_create(fresh, batch_size=_CHUNK)
    count_in((each.cell, int(each.kind == "building"), 1) for each in fresh)
    done.fresh |= {each.pk for each in fresh}
    done.made += Counter({what: len(fresh)})


def _premises(rows: Mapping[int, Row], spots: Spots, stamp: dict[str, Any], done: Imported) -> None:
    told = {spots[number].pk: row for number, row in rows.items() if row.use}
    for some in _chunks(sorted(told)):
        there = set(Premise.objects.filter(address__in=some).values_list("address_id", flat=True))
        fresh = [
            Premise(address_id=pk, use=told[pk].use, residents=told[pk].residents, rooms=told[pk].rooms, **stamp)
            for pk in some
            if pk not in there
        ]
        Premise.objects.bulk_create(fresh)
        done.made += Counter({"premises": len(fresh)})


def _organisations(rows: Mapping[int, Row], spots: Spots, stamp: dict[str, Any], done: Imported) -> None:
    told = {(spots[number].pk, row.organisation) for number, row in rows.items() if row.organisation}
    for some in _chunks(sorted(told)):
        keys = {pk for pk, _name in some}
        there = set(Organisation.objects.filter(address__in=keys).values_list("address_id", "name"))
        fresh = [
            Organisation(address_id=pk, name=name, kind="other", **stamp)
            for pk, name in some
            if (pk, name) not in there
        ]
        Organisation.objects.bulk_create(fresh)
        done.made += Counter({"organisations": len(fresh)})


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
