"""Where a point lies as one number whose order keeps tiles together: each tile of the web map is one range of it."""

import math
from collections.abc import Iterator

QUAD_ZOOM = 26  # 52 bits: a step is 0.6 m at the equator
_LIMIT = 85.05112878  # degrees of latitude at which web Mercator ends (EPSG:3857)
Box = tuple[float, float, float, float]


def quad_of(lon: float, lat: float) -> int:
    """Give the Morton number of a point: bits of its web Mercator x and y at zoom 26, interleaved, y first."""
    x, y = tile_of(lon, lat, QUAD_ZOOM)
    return _spread(x) | _spread(y) << 1


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Give column and row of the tile that holds a point."""
    side = 1 << zoom
    phi = math.radians(max(-_LIMIT, min(_LIMIT, lat)))
    x = (lon + 180) / 360 * side
    y = (1 - math.asinh(math.tan(phi)) / math.pi) / 2 * side
    return min(side - 1, max(0, int(x))), min(side - 1, max(0, int(y)))


def range_of(zoom: int, x: int, y: int) -> tuple[int, int]:
    """Give the first number of a tile, and the one after its last."""
    shift = 2 * (QUAD_ZOOM - zoom)
    first = (_spread(x) | _spread(y) << 1) << shift
    return first, first + (1 << shift)


def ranges_of(box: Box, *, most: int = 16) -> list[tuple[int, int]]:
    """Cover (west, south, east, north) by at most `most` ranges, neighbours joined; beside it more is covered."""
    west, south, east, north = box
    for zoom in range(QUAD_ZOOM, -1, -1):
        (x0, y0), (x1, y1) = tile_of(west, north, zoom), tile_of(east, south, zoom)
        if (x1 - x0 + 1) * (y1 - y0 + 1) <= most:
            return list(_joined(sorted(range_of(zoom, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1))))
    return [(0, 1 << 2 * QUAD_ZOOM)]


def _joined(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, end = ranges[0]
    for begin, stop in ranges[1:]:
        if begin != end:
            yield first, end
            first = begin
        end = stop
    yield first, end


def _spread(value: int) -> int:
    """Move bit k of 26 to 2k (binary magic numbers, Anderson's Bit Twiddling Hacks)."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555
