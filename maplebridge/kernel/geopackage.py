"""GeoPackage 1.3 (OGC 12-128r17): points with attributes in one SQLite file that QGIS and GDAL open as it is."""

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_POINT = struct.Struct("<2sBBiBIdd")  # header: GP, version 0, little endian without envelope, srs; WKB: order, 1, x, y
_APPLICATION, _VERSION = 0x47504B47, 10300
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name,
  column_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name));
"""
Cell = str | int | float | bool | None


def write_points(
    file: Path, *, layer: str, columns: Mapping[str, str], rows: Iterable[tuple[float, float, Sequence[Cell]]], at: str
) -> int:
    """Write points (lon, lat, cells) as one layer; `columns` gives each cell's SQL type. Give how many there were.

    `layer` and the columns are names of ours, never of a user; `at` is the moment of change, ISO 8601 in UTC.
    """
    base = sqlite3.connect(file)
    try:
        base.execute(f"PRAGMA application_id = {_APPLICATION}")
        base.execute(f"PRAGMA user_version = {_VERSION}")
        base.executescript(_TABLES)
        base.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("WGS 84", 4326, "EPSG", 4326, _WGS84, "longitude, latitude in degrees"),
                ("Undefined Cartesian", -1, "NONE", -1, "undefined", None),
                ("Undefined geographic", 0, "NONE", 0, "undefined", None),
            ],
        )
        said = "".join(f", {name} {kind}" for name, kind in columns.items())
        base.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT{said})')
        box = _Box()
        marks = ", ".join("?" * (len(columns) + 1))
        names = ", ".join(("geom", *columns))
        into = f'INSERT INTO "{layer}" ({names}) VALUES ({marks})'  # noqa: S608  # names of ours
        base.executemany(into, ((box.point(lon, lat), *cells) for lon, lat, cells in rows))
        contents = (layer, "features", layer, "", at, *box.bounds(), 4326)
        base.execute("INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", contents)
        base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 4326, 0, 0)", (layer,))
        base.commit()
    finally:
        base.close()
    return box.number


class _Box:
    """Encodes points and remembers the box that holds them."""

    def __init__(self) -> None:
        self.number = 0
        self._west = self._south = float("inf")
        self._east = self._north = float("-inf")

    def point(self, lon: float, lat: float) -> bytes:
        """A point as a GeoPackage blob: header and WKB."""
        self.number += 1
        self._west, self._east = min(self._west, lon), max(self._east, lon)
        self._south, self._north = min(self._south, lat), max(self._north, lat)
        return _POINT.pack(b"GP", 0, 1, 4326, 1, 1, lon, lat)

    def bounds(self) -> tuple[float | None, ...]:
        """West, south, east, north; nothing where there is no point."""
        return (self._west, self._south, self._east, self._north) if self.number else (None,) * 4
