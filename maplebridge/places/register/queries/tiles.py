"""The register as a layer of the map: buildings from zoom 15 on, counts by H3 cell below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db.models import Max, Min, Sum

from maplebridge.kernel.geometry import bbox_around
from maplebridge.places.mvt import EXTENT, POINT, encode_layer, encode_tile
from maplebridge.places.register.models import Address, RegisterCluster
from maplebridge.places.register.rules.quads import Box, range_of

POINTS_FROM = 15  # zoom
_RESOLUTIONS = ((8, 5), (11, 7), (14, 9))  # up to which zoom cells of which resolution are drawn
_MOST = 12_000  # points in one tile
_REACH_M = 1_800.0  # from the centre of a cell of resolution 7 to its corners, and a little more


def register_tile(z: int, x: int, y: int, *, uses: Mapping[int, str] = MappingProxyType({})) -> bytes:
    """Draw one vector tile: layer `register` with `id`, `number` and `use` (of `uses` by key) of buildings, or
    `addresses` and `buildings`."""
    first, end = range_of(z, x, y)
    if z >= POINTS_FROM:
        rows: Any = Address.objects.filter(kind="building", quad__gte=first, quad__lt=end)
        found = list(rows.filter(gone=False).values_list("lon", "lat", "pk", "number")[:_MOST])
        properties = [
            {"id": pk, "number": number} | ({"use": uses[pk]} if pk in uses else {}) for _lon, _lat, pk, number in found
        ]
    else:
        resolution = next(resolution for most, resolution in _RESOLUTIONS if z <= most)
        rows = RegisterCluster.objects.filter(resolution=resolution, quad__gte=first, quad__lt=end, addresses__gt=0)
        found = list(rows.values_list("lon", "lat", "addresses", "buildings")[:_MOST])
        properties = [{"addresses": number, "buildings": buildings} for _lon, _lat, number, buildings in found]
    if not found:
        return b""
    points = _in_tile(np.array([row[:2] for row in found], float), z, x, y)
    return encode_tile([encode_layer("register", POINT, shapely.points(points), properties)])


def register_size() -> tuple[int, int]:
    """Give how many buildings and addresses there are, from the counts of the map."""
    sums = RegisterCluster.objects.filter(resolution=5).aggregate(b=Sum("buildings"), a=Sum("addresses"))
    return sums["b"] or 0, sums["a"] or 0


def register_extent() -> Box | None:
    """Give (west, south, east, north) of what is registered, wider by a cell of the map; None where nothing is."""
    cells = RegisterCluster.objects.filter(resolution=7, addresses__gt=0)
    found = cells.aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    if found["w"] is None:
        return None
    around = [bbox_around(found[lon], found[lat], _REACH_M) for lon in "we" for lat in "sn"]
    west, south, east, north = zip(*around, strict=True)
    return max(-180.0, min(west)), max(-90.0, min(south)), min(180.0, max(east)), min(90.0, max(north))


def _in_tile(points: npt.NDArray[np.float64], z: int, x: int, y: int) -> npt.NDArray[np.float64]:
    """Lon, lat as grid positions of a tile (EPSG:3857, y down)."""
    side = float(1 << z)
    east = (points[:, 0] + 180) / 360 * side - x
    south = (1 - np.arcsinh(np.tan(np.radians(points[:, 1]))) / np.pi) / 2 * side - y
    return np.column_stack((east, south)) * EXTENT
