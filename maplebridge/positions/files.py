"""Tracks as files: GPX 1.1, GeoJSON (RFC 7946) and CSV out; GPX and CSV in. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from xml.parsers import expat

import msgspec

from maplebridge.positions.formats import MOST_SAMPLES, Sample, Unreadable
from maplebridge.positions.tracks import Row

MOST_FIXES = 100 * MOST_SAMPLES  # of one file: two days and more, a fix each second
KINDS = {"geojson": "application/geo+json", "gpx": "application/gpx+xml", "csv": "text/csv; charset=utf-8"}
_LON, _LAT = ("lon", "lng", "longitude", "x", "经度"), ("lat", "latitude", "y", "纬度")
_TIME = ("time", "timestamp", "at", "datetime", "date", "fixed_at", "时间")
_SPEED = ("speed", "speed_mps", "速度")


def written(kind: str, rows: Sequence[Row], *, name: str) -> bytes:
    """Write a track as "geojson", "gpx" or "csv"; fixes that were not believed are left out of the line."""
    writer = {"geojson": _geojson, "gpx": _gpx, "csv": _csv}[kind]
    return writer([row for row in rows if not row[7]] if kind != "csv" else rows, name)


def read_file(data: bytes) -> list[Sample]:
    """Read a GPX or CSV file, oldest fix first. Raises Unreadable with what is wrong, for people."""
    try:
        samples = _Gpx().read(data) if data.lstrip()[:1] == b"<" else _read_csv(data)
    except csv.Error as error:
        raise Unreadable("it is neither GPX nor a table in UTF-8") from error
    if len(samples) > MOST_FIXES:
        raise Unreadable(f"it has more than {MOST_FIXES} fixes")
    return sorted(samples, key=lambda sample: sample.at)


def stamp_of(ms: int) -> str:
    """RFC 3339 of milliseconds since 1970 UTC, whole seconds where they are."""
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")
    return text.replace("+00:00", "Z")


def _geojson(rows: Iterable[Row], name: str) -> bytes:
    """One LineString with the times of its vertices beside it, as several programs write and read them."""
    rows = list(rows)
    geometry = {"type": "LineString", "coordinates": [[row[2], row[3]] for row in rows]} if len(rows) > 1 else None
    properties = {"name": name, "coordTimes": [stamp_of(row[1]) for row in rows]}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return msgspec.json.encode({"type": "FeatureCollection", "features": [feature]})


def _gpx(rows: Iterable[Row], name: str) -> bytes:
    points = "".join(
        f'<trkpt lat="{row[3]:.7f}" lon="{row[2]:.7f}"><time>{stamp_of(row[1])}</time></trkpt>\n' for row in rows
    )
    title = escape(name)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Maplebridge" '
        'xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<trk><name>{title}</name><trkseg>\n{points}</trkseg></trk>\n</gpx>\n"
    ).encode()


def _csv(rows: Iterable[Row], _name: str) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("time", "lon", "lat", "speed_mps", "bearing", "accuracy_m", "flag"))
    table.writerows((stamp_of(row[1]), row[2], row[3], row[4], row[5], row[6], row[7]) for row in rows)
    return out.getvalue().encode()


class _Gpx:
    """Collects track points; whatever declares a document type is refused before it is expanded."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._point: dict[str, str] | None = None
        self._text: list[str] = []

    def read(self, data: bytes) -> list[Sample]:
        """Read a whole file."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Unreadable(f"line {error.lineno} is no XML") from error
        return self.samples

    def _refuse(self, *_declaration: Any) -> None:
        raise Unreadable("it declares a document type, which no track does")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        if name.rpartition(" ")[2] == "trkpt":
            self._point = dict(attributes)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if self._point is not None and tag in ("time", "speed"):
            self._point[tag] = "".join(self._text).strip()
        elif self._point is not None and tag == "trkpt":
            self.samples.append(_sample(self._point, len(self.samples) + 1))
            self._point = None
        self._text.clear()


def _read_csv(data: bytes) -> list[Sample]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("it is neither GPX nor a table in UTF-8") from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    names = [name.strip().lower() for name in next(rows, [])]
    column = {
        key: next((names.index(name) for name in known if name in names), None)
        for key, known in (("lon", _LON), ("lat", _LAT), ("time", _TIME), ("speed", _SPEED))
    }
    if missing := [key for key in ("lon", "lat", "time") if column[key] is None]:
        raise Unreadable(f"its first line names no column {', '.join(missing)}")
    wanted = {key: at for key, at in column.items() if at is not None}
    return [
        _sample({key: row[at] for key, at in wanted.items() if at < len(row)}, number)
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
    ]


def _sample(row: dict[str, str], number: int) -> Sample:
    try:
        lon, lat, at = float(row["lon"]), float(row["lat"]), _seconds(row["time"])
        speed = float(row["speed"]) if row.get("speed") else None
    except (KeyError, ValueError, OverflowError) as error:
        raise Unreadable(f"fix or line {number} lacks its place or its time") from error
    return Sample(lon, lat, at, speed)


def _seconds(text: str) -> float:
    """Seconds since 1970 of a number or of ISO 8601, UTC where it names no zone."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
