"""Writes about the city: its import, its areas, its speeds, and notes about premises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.kernel.geometry import cell_of, valid_lonlat
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor
from maplebridge.places.areas import AreaOptions, AreaShape, read_areas
from maplebridge.places.edition import Edition, Progress, digest_of, make_edition, rebuild_roads, sweep
from maplebridge.places.fold import search_text
from maplebridge.places.models import Area, City, Place, PremiseNote
from maplebridge.places.osm import Spot
from maplebridge.places.queries import city_directory
from maplebridge.places.roads.network import BuildReport
from maplebridge.places.rules import ATTRIBUTION, NOTE_LONGEST, NOTE_LONGEST_RADIUS_M

Counts = dict[str, int]
_BATCH = 500


class CannotImportAreas(Refused):
    """Areas need a city first."""


class CannotSetSpeeds(Refused):
    """The table of speeds is unusable, or there is no city to use it."""


class CannotWithdrawNote(Refused):
    """The note has been withdrawn already."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: counts by kind of place, areas, what the roads lost; `fresh` is False for nothing new."""

    city: City
    fresh: bool
    counts: Counts
    areas: Counts
    roads: BuildReport | None


def import_city(
    actor: Actor,
    *,
    roads: Path,
    areas: Path | None = None,
    area_options: AreaOptions | None = None,
    name: str | None = None,
    time_zone: str | None = None,
    directory: Path | None = None,
    at: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a city from an OpenStreetMap file, and its areas from a GeoJSON file, or update the one that is there.

    Everything is read and drawn before the first row changes: where a file is refused (CannotReadMap,
    CannotReadAreas, BadInput) the city stays as it was. Places keep their ids; those that vanished are marked gone. A
    run with the same files does nothing; an interrupted one goes on where it was.
    """
    actor.must("places.edit")
    _check_zone(time_zone)
    directory = directory or city_directory()
    say = progress or (lambda stage, fraction: None)
    city = City.objects.order_by("pk").first()
    shapes = read_areas(areas, area_options or AreaOptions()) if areas else None
    area_digest = digest_of(areas) if areas else city.edition.partition("-")[2] if city else ""
    edition = make_edition(roads, directory, speeds=city.speeds if city else None, progress=say)
    stamp = f"{edition.digest}-{area_digest}"
    if (
        city
        and city.edition == stamp
        and (name or city.name, time_zone or city.time_zone) == (city.name, city.time_zone)
    ):
        return ImportReport(city, False, {}, {}, edition.roads)
    say(_("Storing places"), 0.0)
    before = city.map_edition if city else ""
    with act(actor, "places.city_imported", at=at) as entry:
        city = _store_city(city, edition, stamp, name=name or _name_of(edition, roads), time_zone=time_zone, at=at)
        counts = _store_places(edition.spots)
        area_counts = _store_areas(shapes) if shapes is not None else {}
        entry.about(city, name=city.name, edition=stamp, bbox=list(city.bbox), places=counts, areas=area_counts)
    sweep(directory, {edition.digest, before})
    say(_("Storing places"), 1.0)
    return ImportReport(city, True, counts, area_counts, edition.roads)


def import_areas(actor: Actor, *, file: Path, options: AreaOptions | None = None, at: datetime) -> Counts:
    """Import or update the areas of the city from a GeoJSON file; those no longer in it are marked gone.

    Raises CannotReadAreas, or CannotImportAreas where there is no city yet.
    """
    actor.must("places.edit")
    shapes = read_areas(file, options or AreaOptions())
    city = City.objects.order_by("pk").first()
    if city is None:
        raise CannotImportAreas(_("There is no city yet. Import its map first, with its areas."))
    with act(actor, "places.areas_imported", at=at) as entry:
        counts = _store_areas(shapes)
        city.edition = f"{city.map_edition}-{digest_of(file)}"
        city.save(update_fields=["edition"])
        entry.about(city, edition=city.edition, areas=counts)
    return counts


def set_speeds(
    actor: Actor,
    *,
    speeds: Mapping[str, Any],
    directory: Path | None = None,
    at: datetime,
    progress: Progress | None = None,
) -> BuildReport:
    """Override road speeds (km/h) by mode and street class, as `roads.build` takes them, and build the roads again.

    `{}` goes back to the defaults. Raises CannotSetSpeeds with a sentence.
    """
    actor.must("places.edit")
    city = City.objects.order_by("pk").first()
    if city is None:
        raise CannotSetSpeeds(_("There is no city yet. Import its map first."))
    try:  # before the act, which keeps other writers waiting
        report = rebuild_roads(directory or city_directory(), speeds, progress)
    except ValueError as error:
        raise CannotSetSpeeds(str(error)) from None
    with act(actor, "places.speeds_set", at=at) as entry:
        city.speeds = dict(speeds)
        city.save(update_fields=["speeds"])
        entry.about(city, speeds=city.speeds)
    return report


def _check_zone(time_zone: str | None) -> None:
    try:
        ZoneInfo(time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(
            "time_zone",
            _("There is no time zone “%(zone)s”. Write a name such as Europe/Helsinki or Asia/Shanghai.")
            % {"zone": time_zone},
        ) from None


def _name_of(edition: Edition, source: Path) -> str:
    for category in ("place:city", "place:town"):
        for spot in edition.spots:
            if spot.category == category:
                return spot.names.name[:80]
    return source.name.split(".")[0].replace("_", " ").replace("-", " ")[:80]


def _store_city(
    city: City | None, edition: Edition, stamp: str, *, name: str, time_zone: str | None, at: datetime
) -> City:
    city = city or City(time_zone="UTC")
    city.name, city.time_zone = name, time_zone or city.time_zone
    city.west, city.south, city.east, city.north = edition.box
    city.edition, city.attribution, city.imported_at = stamp, ATTRIBUTION, at
    city.save()
    return city


def _store_places(spots: list[Spot]) -> Counts:
    """Write what is new or changed, mark what vanished; give counts by kind and of changes."""
    fields = [f.name for f in Place._meta.concrete_fields if f.name not in ("id", "key")]
    known = {row[0]: row[1:] for row in Place.objects.values_list("key", *fields)}
    counts: Counts = {"new": 0, "changed": 0, "gone": 0}
    rows, seen = [], set()
    for spot in spots:
        counts[spot.kind] = counts.get(spot.kind, 0) + 1
        seen.add(spot.key)
        place = _place_of(spot)
        was = known.get(spot.key)
        if was is None or was != tuple(getattr(place, name) for name in fields):
            counts["new" if was is None else "changed"] += 1
            rows.append(place)
    Place.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["key"], update_fields=fields
    )
    vanished = [key for key in known if key not in seen and not known[key][fields.index("gone")]]
    for i in range(0, len(vanished), _BATCH):
        counts["gone"] += Place.objects.filter(key__in=vanished[i : i + _BATCH]).update(gone=True)
    return counts


def _place_of(spot: Spot) -> Place:
    address = spot.kind == "address"
    return Place(
        key=spot.key[:160], kind=spot.kind, category=spot.category, lon=spot.lon, lat=spot.lat,
        name=f"{spot.street} {spot.number}"[:200] if address else spot.names.name, name_zh=spot.names.zh,
        search="" if address or spot.kind == "crossing" else search_text(spot.names),
        street=spot.street, cross_street=spot.cross_street, number=spot.number,
        cell=cell_of(spot.lon, spot.lat), gone=False,
    )  # fmt: skip


def _store_areas(shapes: list[AreaShape]) -> Counts:
    known = {area.code: area for area in Area.objects.all()}
    for shape in shapes:
        area = known.get(shape.code) or Area(code=shape.code)
        area.name, area.name_zh, area.kind, area.level = shape.name, shape.name_zh, shape.kind, shape.level
        area.path, area.geometry, area.gone, area.parent = shape.path[:200], shape.geometry, False, None
        area.west, area.south, area.east, area.north = shape.bounds
        area.save()
        known[shape.code] = area
    for shape in shapes:
        if shape.parent:
            Area.objects.filter(code=shape.code).update(parent=known[shape.parent])
    gone = Area.objects.drawn().exclude(code__in=[shape.code for shape in shapes]).update(gone=True)
    return {"areas": len(shapes), "gone": gone}


def add_premise_note(
    actor: Actor,
    *,
    kind: str,
    text: str,
    reason: str,
    lon: float,
    lat: float,
    expires_at: datetime | None,
    radius_m: int = 40,
    at: datetime,
) -> PremiseNote:
    """Add a note about premises, with its reason and its end, at most a year ahead. Raises BadInput with the field."""
    actor.must("incidents.edit")
    text, reason = storable(text).strip(), storable(reason).strip()
    if kind not in dict(PremiseNote.KINDS):
        raise BadInput("kind", _("A note is one of: %(kinds)s.") % {"kinds": ", ".join(dict(PremiseNote.KINDS))})
    if not 0 < len(text) <= 400:
        raise BadInput("text", _("Write what whoever comes here should know, in at most 400 characters."))
    if not 0 < len(reason) <= 200:
        raise BadInput(
            "reason",
            _("Give the reason for the note, in at most 200 characters: who reads it must be able to judge it."),
        )
    if not valid_lonlat(lon, lat):
        raise BadInput("lon", _("This is not a place on Earth: give longitude, latitude in degrees."))
    if expires_at is None or not at < expires_at <= at + NOTE_LONGEST:
        raise BadInput("expires_at", _("Give the day on which the note ends, at most a year ahead."))
    if not 0 < radius_m <= NOTE_LONGEST_RADIUS_M:
        raise BadInput("radius_m", _("A note holds within 1 to %(most)d metres.") % {"most": NOTE_LONGEST_RADIUS_M})
    with act(actor, "places.premise_note_added", at=at) as entry:
        note = PremiseNote.objects.create(
            kind=kind, text=text, reason=reason, lon=lon, lat=lat, cell=cell_of(lon, lat), radius_m=radius_m,
            made_at=at, expires_at=expires_at,
        )  # fmt: skip
        entry.about(note, kind=kind, lon=round(lon, 5), lat=round(lat, 5), radius_m=radius_m)
        entry.keep_private(text=text, reason=reason)
    return note


def withdraw_premise_note(actor: Actor, *, note_id: int, reason: str, at: datetime) -> PremiseNote:
    """Withdraw a note before its end. Raises NotFound, BadInput (reason), CannotWithdrawNote the second time."""
    actor.must("incidents.edit")
    reason = storable(reason).strip()
    if not 0 < len(reason) <= 200:
        raise BadInput("reason", _("Say why the note no longer holds, in at most 200 characters."))
    with act(actor, "places.premise_note_withdrawn", at=at) as entry:
        note = PremiseNote.objects.select_for_update().filter(pk=note_id).first()
        if note is None:
            raise NotFound(_("There is no such note."))
        if note.withdrawn:
            raise CannotWithdrawNote(_("This note has been withdrawn already."))
        note.withdrawn = True
        note.save(update_fields=["withdrawn"])
        entry.about(note, withdrawn=True).keep_private(reason=reason)
    return note
