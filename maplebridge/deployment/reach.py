"""The area that posts reach in time by road: outlines for the map, and square kilometres."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
from shapely import affinity
from shapely.geometry import mapping, shape
from shapely.ops import unary_union

from maplebridge.deployment.layout import Layout
from maplebridge.kernel.geometry import EARTH_RADIUS_M
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import TARGET_METRES, Roads

DEGREE_KM = EARTH_RADIUS_M * np.pi / 180_000


@dataclass(frozen=True)
class Area:
    """What is reached within `minutes`: a GeoJSON MultiPolygon or Polygon, None where nothing is; its size."""

    minutes: float
    geometry: dict[str, Any] | None
    square_km: float
    is_estimate: bool


def area_within(
    layout: Layout, minutes: Sequence[float], *, hour: int | None = None, roads: Roads | None = None
) -> list[Area]:
    """Draw what the posts reach by road, each by its own way of going, within each number of minutes.

    `hour` of the week leaves out who is not on duty then. All posts of a mode are one search.
    """
    posts = [post for post in layout.posts if hour is None or post.on_duty()[hour]]
    by_mode: dict[str, list[tuple[float, float]]] = {}
    for post in posts:
        by_mode.setdefault(post.mode, []).append((post.lon, post.lat))
    return [_area(by_mode, limit, roads or road_network()) for limit in minutes]


def _area(by_mode: dict[str, list[tuple[float, float]]], minutes: float, roads: Roads) -> Area:
    parts, guessed = [], False
    for mode, points in by_mode.items():
        network = roads.mode(mode)
        lons, lats = zip(*points, strict=True)
        reached = network.reachable_from(network.snap(lons, lats, TARGET_METRES), minutes * 60)
        guessed |= reached.is_estimate
        parts.append(shape({"type": "MultiPolygon", "coordinates": reached.outline()}).buffer(0))
    whole = unary_union(parts) if parts else shape({"type": "MultiPolygon", "coordinates": []})
    if whole.is_empty:
        return Area(minutes, None, 0.0, guessed)
    plane = affinity.scale(whole, DEGREE_KM * cos(radians(whole.centroid.y)), DEGREE_KM, origin=(0, 0))
    return Area(minutes, dict(mapping(whole)), float(plane.area), guessed)
