"""`maplebridge deployment patrols`: routes of a shift that nobody can time."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from maplebridge.site.commands import Subparsers, declare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maplebridge.deployment.patrol_routes import Base, Place


def add(whats: Subparsers) -> None:
    """Declare the command."""
    it = declare(
        whats,
        "patrols",
        """
        Plan the patrols of a shift: places visited as often as wanted, by road, at times that change from day to day.
        Reads CSV with a header, place,lon,lat and where they are not 1 and 5 visits,minutes. Prints a plan for each
        day as JSON, with what is left out and why, and how hard visits are to time from 0 to 1 over all days.
        """,
        examples="""
        maplebridge deployment patrols --places places.csv --units 4 --hours 8
        maplebridge deployment patrols --places places.csv --units 4 --hours 8 --base 113.01,28.20 --days 7
        maplebridge deployment patrols --places places.csv --units 2 --hours 6 --mode bicycle --geojson routes.json
        """,
    )
    it.add_argument("--places", required=True, metavar="FILE", help="places to visit")
    it.add_argument("--units", required=True, type=int, metavar="N", help="how many units go")
    it.add_argument("--hours", required=True, type=float, metavar="H", help="length of the shift")
    it.add_argument("--base", action="append", default=[], metavar="LON,LAT",
                    help="where units leave and return; several: in turn (else the middle of the places)")  # fmt: skip
    it.add_argument("--apart", type=float, default=30.0, metavar="MIN", help="between visits to a place (30 min)")
    it.add_argument("--mode", default="foot", help="how they go: a mode of the roads (foot)")
    it.add_argument("--days", type=int, default=1, metavar="N", help="plan so many shifts (1), each with its own seed")
    it.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the first; the same gives the same plan")
    it.add_argument("--seconds", type=float, default=20.0, metavar="S", help="longest search for a shift (20)")
    it.add_argument("--geojson", metavar="FILE", help="also write the first shift's routes for a map")
    it.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the plans."""
    from maplebridge.deployment.patrol_files import as_json, geojson, read_places
    from maplebridge.deployment.patrol_routes import Plan, Shift, routes, unpredictability
    from maplebridge.kernel.refused import BadInput
    from maplebridge.places.roads.modes import MODES

    try:
        places = read_places(Path(options.places).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput("places", f"{options.places} cannot be read as text. Name another file.") from None
    if options.mode not in MODES or options.units < 1 or options.days < 1:
        raise BadInput("units", f"Give 1 or more --units and --days, and a --mode of {', '.join(MODES)}.")
    bases, plans = _bases(options, places), list[Plan]()
    shift = Shift(round(options.hours * 3_600), round(options.apart * 60), options.mode)
    for day in range(options.days):
        plans.append(routes(places, bases, shift, seed=options.seed + day, seconds=options.seconds))
        served = sum(len(route.stops) for route in plans[-1].routes)
        print(f"day {day + 1}: {served} visits, {len(plans[-1].unserved)} left out", file=sys.stderr, flush=True)
    if options.geojson:
        Path(options.geojson).write_text(json.dumps(geojson(plans[0])), encoding="utf-8")
    hard = round(unpredictability(plans), 4) if len(plans) > 1 else None
    print(json.dumps({"plans": [as_json(plan) for plan in plans], "unpredictability": hard}, ensure_ascii=False))
    return 0


def _bases(options: argparse.Namespace, places: "Sequence[Place]") -> "list[Base]":
    from statistics import median

    from maplebridge.deployment.patrol_routes import Base
    from maplebridge.kernel.refused import BadInput

    try:
        points = [tuple(map(float, text.split(","))) for text in options.base]
        if not points and places:
            points = [(median(one.lon for one in places), median(one.lat for one in places))]
        return [Base(str(unit + 1), *points[unit % len(points)]) for unit in range(options.units)] if points else []
    except (ValueError, TypeError):
        raise BadInput("base", "Give each --base as LON,LAT in degrees.") from None
