"""`maplebridge city import`: streets, addresses, areas, base map and travel times from open files."""

import argparse
from pathlib import Path

from maplebridge.site.commands import declare, say


def add(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
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
    bring.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import what is given."""
    from maplebridge.kernel import clock
    from maplebridge.kernel.refused import BadInput
    from maplebridge.people.actor import system
    from maplebridge.places.actions import import_city
    from maplebridge.site.prepare import bring_up_to_date

    if not options.roads and not options.areas:
        raise BadInput("roads", "Say what to import: --roads CITY.osm.pbf, --areas AREAS.geojson, or both.")
    bring_up_to_date(say)
    report = import_city(
        system("import"),
        roads=options.roads,
        areas=options.areas,
        name=options.name,
        time_zone=options.time_zone,
        progress=say,
        at=clock.now(),
    )
    say(str(report))
    return 0
