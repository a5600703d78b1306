"""Cut map layers into tiles: from the whole world down, each tile from its parent's pieces."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from maplebridge.places.mvt import EXTENT, POINT, POLYGON, Properties, encode_layer, encode_tile

MIN_ZOOM, MAX_ZOOM = 8, 15  # beyond, the map enlarges tiles of 15: its grid of 0.3 m (at 0°) is fine enough
BUFFER = 80 / EXTENT  # share of a tile kept around it, so that lines and labels cross its edge whole
_SMALLEST_PX2 = 6.0  # polygons below this many square pixels (512 to a tile) are left out
Geometries = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer: shapes in world units (Web Mercator, 0..1, y down), properties and the first zoom of each."""

    name: str
    kind: int
    shapes: Geometries
    properties: npt.NDArray[Any]
    first_zoom: npt.NDArray[np.int64]

    def chosen(self, mask: npt.NDArray[Any], shapes: Geometries) -> "Layer":
        """Give the rows under a mask, with other shapes."""
        return Layer(self.name, self.kind, shapes, self.properties[mask], self.first_zoom[mask])


def layer_of(name: str, kind: int, shapes: Geometries, properties: list[Properties], first_zoom: list[int]) -> Layer:
    """Make a layer from shapes in lon/lat."""
    column = np.empty(len(properties), object)
    column[:] = properties
    return Layer(name, kind, shapely.transform(shapes, to_world), column, np.array(first_zoom, np.int64))


def to_world(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Project lon/lat to Web Mercator (EPSG:3857) scaled to 0..1 with y down."""
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -85.0511, 85.0511)))
    return np.stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)], axis=1)


def cut(layers: list[Layer], progress: Callable[[float], None] | None = None) -> Iterator[tuple[int, int, int, bytes]]:
    """Give (z, x, y, gzipped tile) for every tile that holds something, from MIN_ZOOM to MAX_ZOOM."""
    say = progress or (lambda fraction: None)
    stack: list[tuple[int, int, int, list[Layer], float, float]] = [(0, 0, 0, layers, 0.0, 1.0)]
    while stack:
        z, x, y, inside, done, share = stack.pop()
        if z >= MIN_ZOOM:
            tile = encode_tile([_encoded(layer, z, x, y) for layer in inside])
            if tile:
                yield z, x, y, gzip.compress(tile, 6, mtime=0)
        if z == MAX_ZOOM:
            say(done + share)
            continue
        for i in (3, 2, 1, 0):  # the last put down is the first taken up
            cx, cy = 2 * x + i % 2, 2 * y + i // 2
            below = [piece for layer in inside if (piece := _clipped(layer, z + 1, cx, cy)) is not None]
            if below:
                stack.append((z + 1, cx, cy, below, done + share * i / 4, share / 4))
    say(1.0)


def _clipped(layer: Layer, z: int, x: int, y: int) -> Layer | None:
    size = 0.5**z
    west, north = (x - BUFFER) * size, (y - BUFFER) * size
    east, south = (x + 1 + BUFFER) * size, (y + 1 + BUFFER) * size
    box = shapely.bounds(layer.shapes)
    near = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= south) & (box[:, 3] >= north)
    if not near.any():
        return None
    shapes, box = layer.shapes[near], box[near]
    across = (box[:, 0] < west) | (box[:, 2] > east) | (box[:, 1] < north) | (box[:, 3] > south)
    if across.any():
        shapes = shapes.copy()
        shapes[across] = shapely.clip_by_rect(shapes[across], west, north, east, south)
        full = ~shapely.is_empty(shapes)
        if not full.all():
            shapes = shapes[full]
            near[np.flatnonzero(near)[~full]] = False
    return layer.chosen(near, shapes) if len(shapes) else None


def _encoded(layer: Layer, z: int, x: int, y: int) -> bytes:
    shown = layer.first_zoom <= z
    shapes, properties = layer.shapes[shown], layer.properties[shown]
    if layer.kind == POLYGON and z < MAX_ZOOM and len(shapes):
        large = shapely.area(shapes) * (512 * 2**z) ** 2 >= _SMALLEST_PX2
        shapes, properties = shapes[large], properties[large]
    if not len(shapes):
        return b""
    scale = EXTENT * 2**z
    shapes = shapely.transform(shapes, lambda points: points * scale - (x * EXTENT, y * EXTENT))
    if layer.kind != POINT:
        shapes = shapely.simplify(shapes, 1.0 if z == MAX_ZOOM else 5.0, preserve_topology=False)
    return encode_layer(layer.name, layer.kind, shapes, properties.tolist())
