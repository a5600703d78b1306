"""Counts of addresses by H3 cell, kept with every write, so that a map of low zoom need not count."""

from collections.abc import Iterable, Sequence
from typing import Any

import h3
from django.db import connection

from maplebridge.kernel.geometry import cell_centre, cell_name
from maplebridge.places.register.rules.quads import quad_of

RESOLUTIONS = (5, 7, 9)  # edges of 9.9 km, 1.4 km and 200 m
_BATCH = 400
Step = tuple[int, int, int]  # cell of a point, buildings more, addresses more
_MORE = (
    "INSERT INTO places_registercluster (cell, resolution, quad, lon, lat, buildings, addresses)"
    " VALUES {rows} ON CONFLICT (cell) DO UPDATE SET buildings = places_registercluster.buildings + excluded.buildings,"
    " addresses = places_registercluster.addresses + excluded.addresses"
)
_LESS = (
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
    moved = sorted((cell, b, a) for cell, (b, a) in above.items() if b or a)
    with connection.cursor() as cursor:
        for start in range(0, len(moved), _BATCH):
            _move(cursor, moved[start : start + _BATCH])


def _move(cursor: Any, steps: Sequence[Step]) -> None:
    """Add what is more, which also makes and holds each row, then take what is less."""
    more = [(*_cluster(cell), max(0, buildings), max(0, addresses)) for cell, buildings, addresses in steps]
    places = ", ".join([f"({', '.join(['%s'] * 7)})"] * len(more))
    cursor.execute(_MORE.format(rows=places), [value for row in more for value in row])
    less = [(min(0, b), min(0, b), min(0, a), min(0, a), cell) for cell, b, a in steps if b < 0 or a < 0]
    if less:
        cursor.executemany(_LESS, less)


def _add(sums: dict[int, list[int]], cell: int, buildings: int, addresses: int) -> None:
    known = sums.setdefault(cell, [0, 0])
    known[0] += buildings
    known[1] += addresses


def _cluster(cell: int) -> tuple[int, int, int, float, float]:
    name = cell_name(cell)
    lon, lat = cell_centre(name)
    return cell, h3.get_resolution(name), quad_of(lon, lat), lon, lat
