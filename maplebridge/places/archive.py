"""The tile archive: one PMTiles v3 file, written whole, read by all processes from the same memory pages."""

import mmap
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, deserialize_directory, deserialize_header, zxy_to_tileid
from pmtiles.writer import write

from maplebridge.places.tiles import MAX_ZOOM, MIN_ZOOM

Tile = tuple[int, int, int, bytes]


def write_archive(
    file: Path, tiles: Iterable[Tile], *, box: tuple[float, float, float, float], name: str, attribution: str
) -> int:
    """Write gzipped tiles (z, x, y, bytes) to a PMTiles file, made valid by renaming; give their number."""
    rows = sorted((zxy_to_tileid(z, x, y), data) for z, x, y, data in tiles)
    draft = file.with_suffix(".part")
    with write(str(draft)) as writer:
        for tile_id, data in rows:
            writer.write_tile(tile_id, data)
        west, south, east, north = (round(degrees * 1e7) for degrees in box)
        writer.finalize(
            {
                "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
                "min_zoom": MIN_ZOOM, "max_zoom": MAX_ZOOM,
                "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
                "center_zoom": 14, "center_lon_e7": (west + east) // 2, "center_lat_e7": (south + north) // 2,
            },
            {"name": name, "attribution": attribution},
        )  # fmt: skip
    draft.replace(file)
    return len(rows)


class Archive:
    """Tiles by address. Safe to use from many threads."""

    def __init__(self, file: Path) -> None:
        """Map the file; raises OSError where it is not there, ValueError where it is no PMTiles archive."""
        with file.open("rb") as stream:
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        header: dict[str, Any] = deserialize_header(self._map[:127])
        self._data = header["tile_data_offset"]
        self._rows: list[tuple[int, int, int, int]] = []
        self._gather(header, header["root_offset"], header["root_length"])
        self._starts = [row[0] for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Give a gzipped tile; None where nothing is."""
        if not (MIN_ZOOM <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        tile_id = zxy_to_tileid(z, x, y)
        at = bisect_right(self._starts, tile_id) - 1
        if at < 0:
            return None
        start, run, offset, length = self._rows[at]
        return self._map[self._data + offset : self._data + offset + length] if tile_id < start + run else None

    def _gather(self, header: dict[str, Any], offset: int, length: int) -> None:
        for entry in deserialize_directory(self._map[offset : offset + length]):
            if entry.run_length:
                self._rows.append((entry.tile_id, entry.run_length, entry.offset, entry.length))
            else:
                self._gather(header, header["leaf_directory_offset"] + entry.offset, entry.length)
