"""Make the demo city, or bring the one that is there up to this moment: `prepare(home, progress)`."""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from maplebridge.dispatch.actions import install_plans
from maplebridge.incidents.actions import install_types
from maplebridge.incidents.models import Incident
from maplebridge.kernel import clock
from maplebridge.people.actions import enlist_unit, enrol_user
from maplebridge.people.actor import Actor, system
from maplebridge.people.models import Shift, Unit, User
from maplebridge.places.actions import add_premise_note, import_city
from maplebridge.places.models import Area, City, Place, PremiseNote
from maplebridge.site.demo.cast import DEMO_NOTES, DEMO_UNITS, DemoUnit
from maplebridge.site.demo.city import CITY_NAME, TIME_ZONE, map_file, quarters
from maplebridge.site.demo.county import stock_county
from maplebridge.site.demo.county_work import months_at
from maplebridge.site.demo.doors import stock_doors
from maplebridge.site.demo.ground import beats, on_street, teller
from maplebridge.site.demo.hands import Hands
from maplebridge.site.demo.history import Telling
from maplebridge.site.demo.registry import stock_registry
from maplebridge.site.demo.shifts import roll_shifts
from maplebridge.site.demo_accounts import DEMO_ACCOUNTS

Progress = Callable[[str], None]
DAY = timedelta(hours=24)
REFRESH_AFTER = timedelta(minutes=10)  # asleep for longer, the city is told what happened meanwhile
REFRESH_MOST = timedelta(hours=4)


def prepare(home: Path, progress: Progress, *, seed: int = 2026, history: bool = True) -> None:
    """Make or refresh the demo in the migrated database; its files lie in `home`. Done again it does next to nothing.

    `progress` gets sentences. `history=False` leaves out the day before and the county, as tests want. Raises
    MapFileMissing.
    """
    actor, at = system("demo"), clock.now()
    _import(actor, home, progress, at=at)
    with transaction.atomic():  # one write to the disk for all; each act is journaled on its own all the same
        first = _settle(actor, at=at)
        stock_registry(actor, at=at - DAY)
        stock_doors(actor, at=at - DAY)
        if history:
            stock_county(actor, at=at)
        last = Shift.objects.order_by("-ends_at").values_list("ends_at", flat=True).first()
        since = at - DAY if last is None else max(at - REFRESH_MOST, _last_report(at))
        asleep = last is None or at - since > REFRESH_AFTER
        roll_shifts(actor, at=at, since=since if asleep else None)
        if asleep and history:
            progress(
                "Telling the day so far (invented reports) ..." if first else "Telling what happened meanwhile ..."
            )
            _end_leftovers(seed, at=since)
            tell(since, until=at, seed=seed if first else seed + int(at.timestamp()))


def _import(actor: Actor, home: Path, progress: Progress, *, at: datetime) -> None:
    """Import the map and the quarters, or what of them is missing; each stage goes to `progress` once."""
    home.mkdir(parents=True, exist_ok=True)
    areas = home / "demo-quarters.geojson"
    if not areas.exists():
        areas.write_text(json.dumps(quarters(map_file())), encoding="utf-8")
    said: set[str] = set()

    def stage(name: str, share: float) -> None:
        if share < 1 and name not in said:
            if not said:
                progress("Importing the centre of Helsinki (© OpenStreetMap contributors, ODbL) ...")
            said.add(name)
            progress(f"  {name}")

    import_city(actor, roads=map_file(), areas=areas, name=CITY_NAME, time_zone=TIME_ZONE, at=at, progress=stage)


def _settle(actor: Actor, *, at: datetime) -> bool:
    """Types, people, units, notes: whatever is missing. Returns whether the units were."""
    begun = at - DAY - timedelta(hours=1)
    install_types(actor, at=begun)
    install_plans(actor, at=begun)
    there = set(User.objects.values_list("username", flat=True))
    for account in DEMO_ACCOUNTS:
        if account.username not in there:
            enrol_user(
                actor,
                username=account.username,
                display_name=account.display_name,
                role=account.role,
                password=account.password,
                area_code=account.area,
                at=months_at(at).begun if account.area else begun,
            )
    if not PremiseNote.objects.exists():
        _add_notes(actor, at=begun)
    if Unit.objects.filter(invented=True).exists():
        return False
    codes = dict(Area.objects.values_list("name", "code"))
    shapes = beats()
    for unit in DEMO_UNITS:
        code = codes[unit.quarter]
        home = on_street(*_within(shapes[code].bounds, unit))
        skills = list(unit.skills)
        enlist_unit(
            actor,
            call_sign=unit.call_sign,
            kind=unit.kind,
            home=home,
            skills=skills,
            area_code=code,
            invented=True,
            at=begun,
        )
    return True


def _within(bounds: tuple[float, float, float, float], unit: DemoUnit) -> tuple[float, float]:
    west, south, east, north = bounds
    return west + unit.spread[0] * (east - west), south + unit.spread[1] * (north - south)


def _add_notes(actor: Actor, *, at: datetime) -> None:
    """Put each note at the first address whose street it names; where there is none, nowhere."""
    for note in DEMO_NOTES:
        place = Place.objects.filter(kind="address", name__startswith=note.near, gone=False).order_by("key").first()
        if place:
            add_premise_note(
                actor,
                kind=note.kind,
                text=note.text,
                reason=note.reason,
                lon=place.lon,
                lat=place.lat,
                expires_at=at + timedelta(days=note.days),
                at=at,
            )


def _last_report(at: datetime) -> datetime:
    """When the city was last alive."""
    newest = Incident.objects.order_by("-reported_at").values_list("reported_at", flat=True).first()
    return newest or at - DAY


def _end_leftovers(seed: int, *, at: datetime) -> None:
    """End what was left open when the demo was stopped, soon after it was."""
    hands = Hands(random.Random(seed))  # noqa: S311  # chance, not secrets
    for incident in Incident.objects.open().filter(invented=True, reported_at__lt=at + timedelta(seconds=1)):
        hands.close(incident, at=at)


def tell(since: datetime, *, until: datetime, seed: int) -> int:
    """Tell a stretch of the past; the same seed tells the same. Returns the number of reports."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    zone = ZoneInfo(City.objects.get().time_zone)
    units = Unit.objects.active().filter(invented=True).in_bulk()
    return Telling(Hands(rng), teller(rng), zone, until, units).tell(since)
