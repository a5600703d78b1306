"""A list of addresses goes into the register a batch at a time: what is new is added, what is there stays as it is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.people.actor import Actor
from maplebridge.people.rules import Held
from maplebridge.places.models import Area
from maplebridge.places.queries import areas_at
from maplebridge.places.register.actions import store
from maplebridge.places.register.actions.growth import Growth, Spots
from maplebridge.places.register.models import Organisation, Premise
from maplebridge.places.register.rules.rows import Row

BATCH = 2_000
_CHUNK = 400


@dataclass(slots=True)
class Imported:
    """What became of a batch: addresses, premises and organisations made, rows that said nothing new, faults by row."""

    made: Counter[str] = field(default_factory=Counter)
    again: int = 0
    faults: dict[int, str] = field(default_factory=dict)


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
        recorded = store.recorded(source, at)
        growth = Growth({area.pk: area.code for area in areas.values()}, recorded)
        spots = growth.buildings(known, {number: area.pk for number, area in areas.items()})
        growth.parts("unit", known, spots)
        growth.parts("room", known, spots)
        growth.settle()
        done.made += growth.made
        done.again = sum(spot.pk not in growth.fresh for spot in spots.values())
        _premises(known, spots, recorded, done)
        _organisations(known, spots, recorded, done)
        entry.about("register:addresses", rows=len(rows), made=dict(done.made), faults=len(done.faults), source=source)
    return done


def _areas(actor: Actor, rows: Mapping[int, Row], done: Imported) -> dict[int, Area]:
    """The area of each row: the one it names, or the finest that holds its point; else a fault."""
    unsaid = [(number, row.lon, row.lat) for number, row in rows.items() if not row.area]
    codes = {number: row.area for number, row in rows.items()}
    codes |= {
        number: found.code if found else ""
        for (number, _lon, _lat), found in zip(unsaid, areas_at([each[1:] for each in unsaid]), strict=True)
    }
    there = Area.objects.filter(gone=False, code__in=set(codes.values())).only("code", "path")
    by_code = {area.code: area for area in there}
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


def _premises(rows: Mapping[int, Row], spots: Spots, recorded: store.Row, done: Imported) -> None:
    """Premises where a row tells of a use and its address has none yet."""
    told = {spots[number].pk: row for number, row in rows.items() if row.use}
    there = _at(Premise, told)
    fresh = [(pk, row.use, row.residents, row.rooms, "[]", *recorded) for pk, row in told.items() if (pk,) not in there]
    store.insert(store.PREMISE, fresh)
    done.made += Counter({"premises": len(fresh)})


def _organisations(rows: Mapping[int, Row], spots: Spots, recorded: store.Row, done: Imported) -> None:
    """Organisations that are not yet at the address of their row."""
    told = dict.fromkeys((spots[number].pk, row.organisation) for number, row in rows.items() if row.organisation)
    there = _at(Organisation, {pk for pk, _name in told}, "name")
    fresh = [(pk, name, "other", "", *recorded) for pk, name in told if (pk, name) not in there]
    store.insert(store.ORGANISATION, fresh)
    done.made += Counter({"organisations": len(fresh)})


def _at(model: type[Premise] | type[Organisation], addresses: Iterable[int], *columns: str) -> set[tuple[object, ...]]:
    """What of a kind is at these addresses: their keys, and more columns."""
    keys, found = sorted(addresses), set[tuple[object, ...]]()
    for start in range(0, len(keys), _CHUNK):
        rows = model._default_manager.filter(address__in=keys[start : start + _CHUNK])
        found.update(rows.values_list("address_id", *columns))
    return found
