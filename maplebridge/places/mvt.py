"""Mapbox Vector Tile 2.1 in numpy: a whole layer at a time, ten times as fast as one feature after the other.

Specification: https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[Any]
Properties = Mapping[str, str | int]


def encode_tile(layers: Sequence[bytes]) -> bytes:
    """Put encoded layers together to a tile; empty layers are left out."""
    return b"".join(b"\x1a" + varint(len(layer)) + layer for layer in layers if layer)


def encode_layer(name: str, kind: int, shapes: Geometries, properties: Sequence[Properties]) -> bytes:
    """Encode one layer whose shapes are all points, lines or polygons in tile units (0..4096, y down).

    Shapes that vanish on the grid are left out; b"" where none is left.
    """
    points, part_size, part_row = _parts(kind, shapes)
    if not len(part_row):
        return b""
    stream, ends = _commands(kind, points, part_size, part_row)
    rows, last_part = np.unique(part_row[::-1], return_index=True)
    feature_end = ends[len(part_row) - 1 - last_part]
    encoded, offsets = varints(stream)
    table = _Table()
    out = bytearray(b"\x78\x02\x0a" + _sized(name.encode()))
    start = 0
    for row, end in zip(rows.tolist(), feature_end.tolist(), strict=True):
        geometry = encoded[offsets[start] : offsets[end]]
        body = table.tags(properties[row]) + bytes((0x18, kind, 0x22)) + varint(len(geometry)) + geometry
        out += b"\x12" + varint(len(body)) + body
        start = end
    out += table.encoded() + b"\x28" + varint(EXTENT)
    return bytes(out)


def _parts(kind: int, shapes: Geometries) -> tuple[Ints, Ints, Ints]:
    """Give the grid points of all parts, the number of points of each, and the row each belongs to."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    if kind == POLYGON:
        return _rings(parts, row)
    coords, part = shapely.get_coordinates(parts, return_index=True)
    points = np.rint(coords).astype(np.int64)
    if kind == LINE:
        points, part = _without_repeats(points, part)
    size = np.bincount(part, minlength=len(parts))
    good = size >= (1 if kind == POINT else 2)
    return points[good[part]], size[good], row[good]


def _rings(polygons: Geometries, row: Ints) -> tuple[Ints, Ints, Ints]:
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    points, ring = _without_repeats(np.rint(coords).astype(np.int64), ring)
    size = np.bincount(ring, minlength=len(rings))
    first = np.r_[0, np.cumsum(size)[:-1]]
    same = ring[1:] == ring[:-1]
    twice = np.where(same, points[:-1, 0] * points[1:, 1] - points[1:, 0] * points[:-1, 1], 0)
    area = np.bincount(ring[:-1], twice, len(rings))  # twice the signed area: positive is clockwise, y points down
    outer = np.r_[True, polygon[1:] != polygon[:-1]] if len(polygon) else np.zeros(0, np.bool_)
    good = (size >= 4) & (area != 0)
    good &= (good & outer)[np.maximum.accumulate(np.where(outer, np.arange(len(rings)), 0))] if len(rings) else good
    turned = (area > 0) != outer
    place = np.arange(len(points)) - first[ring]
    source = np.where(turned[ring], first[ring] + size[ring] - 1 - place, first[ring] + place)
    keep = good[ring] & (place < size[ring] - 1)  # ClosePath brings the last point
    return points[source][keep], size[good] - 1, row[polygon[good]]


def _without_repeats(points: Ints, part: Ints) -> tuple[Ints, Ints]:
    fresh = np.ones(len(points), np.bool_)
    fresh[1:] = (points[1:] != points[:-1]).any(axis=1) | (part[1:] != part[:-1])
    return points[fresh], part[fresh]


def _commands(kind: int, points: Ints, part_size: Ints, part_row: Ints) -> tuple[Ints, Ints]:
    """Write MoveTo, LineTo and ClosePath with zigzag deltas; give the stream and the end of each part in it."""
    delta = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    first = np.r_[0, np.cumsum(part_size)[:-1]]
    opens = first[np.r_[True, part_row[1:] != part_row[:-1]]]
    delta[opens] = points[opens]  # the cursor starts each feature at 0, 0
    zigzag = (delta << 1) ^ (delta >> 63)
    if kind == POINT:
        stream = np.empty((len(points), 3), np.int64)
        stream[:, 0], stream[:, 1:] = 9, zigzag
        return stream.ravel(), 3 * np.arange(1, len(points) + 1)
    length = 2 * part_size + 2 + (kind == POLYGON)
    ends = np.cumsum(length)
    begin = ends - length
    out = np.empty(int(ends[-1]), np.int64)
    out[begin], out[begin + 3] = 9, ((part_size - 1) << 3) | 2
    place = np.arange(len(points)) - np.repeat(first, part_size)
    where = np.repeat(begin, part_size) + 1 + 2 * place + (place > 0)
    out[where], out[where + 1] = zigzag[:, 0], zigzag[:, 1]
    if kind == POLYGON:
        out[ends - 1] = 15
    return out, ends


def varints(values: Ints) -> tuple[bytes, list[int]]:
    """Encode unsigned numbers as protobuf varints; also give where each starts, and the end."""
    size = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        size += values >= 1 << bits
    offsets = np.r_[0, np.cumsum(size)]
    out = np.empty(int(offsets[-1]), np.uint8)
    for k in range(5):
        here = size > k
        out[offsets[:-1][here] + k] = (values[here] >> (7 * k) & 127) | np.where(size[here] > k + 1, 128, 0)
    return out.tobytes(), offsets.tolist()


def varint(value: int) -> bytes:
    """Encode one unsigned number."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _sized(data: bytes) -> bytes:
    return varint(len(data)) + data


class _Table:
    """Keys and values of a layer, each written once."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.values: dict[str | int, int] = {}
        self.known: dict[int, bytes] = {}

    def tags(self, properties: Properties) -> bytes:
        """Encode the tags field of a feature; b"" where it has no properties."""
        known = self.known.get(id(properties))
        if known is None:
            pairs = b"".join(
                varint(self.keys.setdefault(key, len(self.keys)))
                + varint(self.values.setdefault(value, len(self.values)))
                for key, value in properties.items()
            )
            known = self.known[id(properties)] = b"\x12" + _sized(pairs) if pairs else b""
        return known

    def encoded(self) -> bytes:
        out = bytearray()
        for key in self.keys:
            out += b"\x1a" + _sized(key.encode())
        for value in self.values:
            body = b"\x0a" + _sized(value.encode()) if isinstance(value, str) else b"\x28" + varint(value)
            out += b"\x22" + _sized(body)
        return bytes(out)
