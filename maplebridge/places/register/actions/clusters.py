"""Counts of addresses by H3 cell, kept with every write, so that a map of low zoom need not count."""

from collections.abc import Iterable

import h3
from django.db import connection

from maplebridge.kernel.geometry import cell_centre, cell_name
from maplebridge.places.register.rules.quads import quad_of

RESOLUTIONS = (5, 7, 9)  # edges of 9.9 km, 1.4 km and 200 m
Step = tuple[int, int, int]  # cell of a point, buildings more, addresses more
_MAKE = (
    "INSERT INTO places_registercluster (cell, resolution, quad, lon, lat, buildings, addresses)"
    " VALUES (%s, %s, %s, %s, %s, 0, 0) ON CONFLICT (cell) DO NOTHING"
)
_ADD = (
    "UPDATE places_registercluster SET buildings = CASE WHEN buildings + %s < 0 THEN 0 ELSE buildings + %s END,"
    " addresses = CASE WHEN addresses + %s < 0 THEN 0 ELSE addresses + %s END WHERE cell = %s"
)


def count_in(steps: Iterable[Step]) -> None:
    """Add to (or take from) the counts of the cells above each point's cell; once in an act, with all its steps.

    The database adds, cell by cell in their order, so that acts at the same time neither lose a count nor wait for
    each other in a circle.
    """
    by_cell: dict[int, list[int]] = {}
    for cell, buildings, addresses in steps:
        _add(by_cell, cell, buildings, addresses)
    above: dict[int, list[int]] = {}
    for cell, (buildings, addresses) in by_cell.items():
        name = cell_name(cell)
        for resolution in RESOLUTIONS:
            _add(above, h3.str_to_int(h3.cell_to_parent(name, resolution)), buildings, addresses)
    moved = sorted((cell, *counts) for cell, counts in above.items() if any(counts))
    if moved:
        with connection.cursor() as cursor:
            cursor.executemany(_MAKE, [_cluster(cell) for cell, _buildings, _addresses in moved])
            cursor.executemany(_ADD, [(b, b, a, a, cell) for cell, b, a in moved])


def _add(sums: dict[int, list[int]], cell: int, buildings: int, addresses: int) -> None:
    known = sums.setdefault(cell, [0, 0])
    known[0] += buildings
    known[1] += addresses


def _cluster(cell: int) -> tuple[int, int, int, float, float]:
    name = cell_name(cell)
    lon, lat = cell_centre(name)
    return cell, h3.get_resolution(name), quad_of(lon, lat), lon, lat
