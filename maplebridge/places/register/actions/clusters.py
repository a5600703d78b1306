"""Counts of addresses by H3 cell, kept with every write, so that a map of low zoom need not count."""

from collections.abc import Iterable, Sequence

import h3

from maplebridge.kernel.geometry import cell_centre, cell_name
from maplebridge.places.register.models import RegisterCluster
from maplebridge.places.register.rules.quads import quad_of

RESOLUTIONS = (5, 7, 9)  # edges of 9.9 km, 1.4 km and 200 m
_BATCH = 400
Step = tuple[int, int, int]  # cell of a point, buildings more, addresses more


def count_in(steps: Iterable[Step]) -> None:
    """Add to (or take from) the counts of the cells above each point's cell."""
    by_cell: dict[int, list[int]] = {}
    for cell, buildings, addresses in steps:
        sums = by_cell.setdefault(cell, [0, 0])
        sums[0] += buildings
        sums[1] += addresses
    sums_above: dict[str, list[int]] = {}
    for cell, (buildings, addresses) in by_cell.items():
        name = cell_name(cell)
        for resolution in RESOLUTIONS:
            above = sums_above.setdefault(h3.cell_to_parent(name, resolution), [0, 0])
            above[0] += buildings
            above[1] += addresses
    names = sorted(sums_above)
    for start in range(0, len(names), _BATCH):
        _store({h3.str_to_int(name): sums_above[name] for name in names[start : start + _BATCH]})


def _store(sums: dict[int, list[int]]) -> None:
    known = {row.cell: row for row in RegisterCluster.objects.select_for_update().filter(cell__in=list(sums))}
    fresh = [_cluster(cell) for cell in sums if cell not in known]
    for row in (*known.values(), *fresh):
        buildings, addresses = sums[row.cell]
        row.buildings, row.addresses = max(0, row.buildings + buildings), max(0, row.addresses + addresses)
    RegisterCluster.objects.bulk_create(fresh)
    _update(list(known.values()))


def _cluster(cell: int) -> RegisterCluster:
    name = cell_name(cell)
    lon, lat = cell_centre(name)
    return RegisterCluster(resolution=h3.get_resolution(name), cell=cell, quad=quad_of(lon, lat), lon=lon, lat=lat)


def _update(rows: Sequence[RegisterCluster]) -> None:
    if rows:
        RegisterCluster.objects.bulk_update(rows, ["buildings", "addresses"], batch_size=100)
