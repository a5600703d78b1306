"""`maplebridge city import`: streets, addresses, areas, base map and travel times from open files."""

import argparse
import time
import tomllib
from pathlib import Path
from typing import Any

from maplebridge.site.commands import Subparsers, declare, say


def add(commands: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        commands,
        "city",
        "Bring in a city: its streets, addresses and areas.",
        examples="maplebridge city import --roads helsinki.osm.pbf --name Helsinki",
    )
    parts = it.add_subparsers(metavar="PART", required=True)
    bring = declare(
        parts,
        "import",
        """
        Import a city from an OpenStreetMap file, and its areas from GeoJSON.
        Can be repeated with newer files: places keep their ids. An interrupted import is simply started again.
        """,
        examples="""
        maplebridge city import --roads washington.osm.pbf --areas wards.geojson --name Washington \\
            --time-zone America/New_York
        """,
    )
    bring.add_argument("--roads", type=Path, metavar="CITY.osm.pbf", help="an OpenStreetMap extract of the city")
    bring.add_argument("--areas", type=Path, metavar="AREAS.geojson", help="beats, wards or stations as polygons")
    bring.add_argument("--name", default="", help="the city's name")
    bring.add_argument("--time-zone", default="", help="for example Europe/Helsinki")
    for part, what in (("code", "its code"), ("name", "its name"), ("parent", "the code of the area it is part of")):
        bring.add_argument(
            f"--area-{part}", default="", metavar="PROPERTY", help=f"property of an area that holds {what}"
        )
    bring.add_argument("--area-kind", default="", metavar="KIND", help="what all these areas are: beat, ward, station")
    bring.set_defaults(run=run)
    speeds = declare(
        parts,
        "speeds",
        """
        Set the speeds (km/h) by class of street, and build the roads again. An empty file goes back to the defaults.
        A class alone counts for motorbike and car; a table [foot], [bicycle], [motorbike], [car] or [urgent] for that.
        """,
        examples="""
        maplebridge city speeds speeds.toml
        where speeds.toml says, for example:   residential = 22
                                               primary = 38
                                               [foot]
                                               steps = 2
        """,
    )
    speeds.add_argument("file", type=Path, metavar="FILE.toml", help="km/h by class of street, observed in your city")
    speeds.set_defaults(run=run_speeds)


def run(options: argparse.Namespace) -> int:
    """Import what is given, and say what came in and what was cut off."""
    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actor import system
    from maplebridge.places.actions import import_areas, import_city
    from maplebridge.site.prepare import bring_up_to_date

    if not options.roads and not options.areas:
        raise BadInput("roads", "Say what to import: --roads CITY.osm.pbf, --areas AREAS.geojson, or both.")
    bring_up_to_date(say)
    actor, areas = system("import"), _area_options(options)
    if not options.roads:
        _say_counts("Areas", import_areas(actor, file=options.areas, options=areas, at=clock.now()))
        return 0
    report = import_city(
        actor,
        roads=options.roads,
        areas=options.areas,
        area_options=areas,
        name=options.name or None,
        time_zone=options.time_zone or None,
        at=clock.now(),
        progress=Stages(),
    )
    if not report.fresh:
        say(f"{report.city} is up to date: these files were imported before.")
        return 0
    _say_counts("Places", report.counts)
    _say_counts("Areas", report.areas)
    for sentence in report.roads.sentences() if report.roads else []:
        say(sentence)
    say(f"{report.city} is ready.")
    return 0


def run_speeds(options: argparse.Namespace) -> int:
    """Set the speeds of the file, and say what became of the roads."""
    from maplebridge.kernel import clock
    from maplebridge.people.actor import system
    from maplebridge.places.actions import set_speeds
    from maplebridge.site.prepare import bring_up_to_date

    speeds = read_speeds(options.file)
    bring_up_to_date(say)
    report = set_speeds(system("import"), speeds=speeds, at=clock.now(), progress=Stages())
    for sentence in report.sentences():
        say(sentence)
    return 0


def read_speeds(file: Path) -> dict[str, Any]:
    """Read a table of speeds; which classes there are is checked where they are set. Raises BadInput."""
    from maplebridge.kernel.refused import BadInput

    try:
        speeds = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("file", f"{file} is not valid TOML: {error}.") from error
    rows = [
        row for key, value in speeds.items() for row in (value.items() if isinstance(value, dict) else [(key, value)])
    ]
    for name, kmh in rows:
        if type(kmh) not in (int, float) or not 0 < kmh <= 200:
            raise BadInput(name, f"{name} is {kmh!r} in {file}; write a speed above 0 and at most 200 km/h.")
    return speeds


class Stages:
    """Progress on the terminal: one line for each stage, and how long it took."""

    def __init__(self) -> None:
        self._stage, self._begun = "", 0.0

    def __call__(self, stage: str, share: float) -> None:
        if stage != self._stage:
            self._stage, self._begun = stage, time.monotonic()
            say(f"{stage} ...")
        elif share >= 1:
            say(f"{stage}: done in {time.monotonic() - self._begun:.1f} s")


def _area_options(options: argparse.Namespace) -> Any:
    from maplebridge.places.areas import AreaOptions

    return AreaOptions(options.area_code, options.area_name, options.area_parent, options.area_kind)


def _say_counts(what: str, counts: dict[str, int]) -> None:
    if counts:
        say(f"{what}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.items()))
