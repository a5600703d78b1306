"""Plain geometry on lon/lat in degrees (WGS 84)."""

import math

import h3

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG 1980
CELL_RESOLUTION = 11  # H3: edge about 29 m, enough to find an incident, too coarse to name a flat


def distance_m(lon0: float, lat0: float, lon1: float, lat1: float) -> float:
    """Great-circle distance in metres by the haversine formula (Sinnott 1984)."""
    phi0, phi1 = math.radians(lat0), math.radians(lat1)
    a = (
        math.sin((phi1 - phi0) / 2) ** 2
        + math.cos(phi0) * math.cos(phi1) * math.sin(math.radians(lon1 - lon0) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(a)))


def cell_of(lon: float, lat: float, resolution: int = CELL_RESOLUTION) -> int:
    """H3 cell of a point as a 64-bit integer (fits a signed bigint)."""
    return int(h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution)))


def cell_name(cell: int) -> str:
    """H3 cell as its usual 15-character hexadecimal name, as journal facts carry it."""
    return str(h3.int_to_str(cell))


def cell_centre(name: str) -> tuple[float, float]:
    """Centre (lon, lat) of a cell given by name."""
    lat, lon = h3.cell_to_latlng(name)
    return float(lon), float(lat)


def bbox_around(lon: float, lat: float, metres: float) -> tuple[float, float, float, float]:
    """Smallest (west, south, east, north) box that holds the circle of that radius."""
    dlat = math.degrees(metres / EARTH_RADIUS_M)
    dlon = dlat / max(0.01, math.cos(math.radians(lat)))
    return lon - dlon, lat - dlat, lon + dlon, lat + dlat


def valid_lonlat(lon: float, lat: float) -> bool:
    """Whether the pair is a finite point on Earth."""
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90
