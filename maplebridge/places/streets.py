"""From OSM ways to streets as people mean them, and to their corners."""

from collections import defaultdict
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import shapely

from maplebridge.kernel.geometry import EARTH_RADIUS_M
from maplebridge.places.osm import Geometries, MapData, Spot, Street
from maplebridge.places.rules import Names

DEGREE_M = float(np.radians(1.0) * EARTH_RADIUS_M)
SAME_STREET_M = 250.0  # two ways of one name this near each other are one street
SAME_CORNER_M = 70.0  # the carriageways of a wide street make one corner

Floats = npt.NDArray[np.float64]


def street_spots(data: MapData) -> list[Spot]:
    """Give one spot for every named street: at the vertex nearest to its middle, keyed by its lowest way id."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, street in enumerate(data.streets):
        if street.names:
            by_name[street.names.name].append(i)
    boxes = shapely.bounds(data.street_lines)
    spots = []
    for members in by_name.values():
        for part in _near_parts(boxes[members], members):
            spots.append(_spot(data.streets, data.street_lines, part))
    return spots


def _near_parts(boxes: Floats, members: list[int]) -> list[list[int]]:
    """Split ways into groups whose boxes lie within SAME_STREET_M of each other."""
    if len(members) == 1:
        return [members]
    reach_y = SAME_STREET_M / DEGREE_M / 2
    reach_x = reach_y / max(0.01, float(np.cos(np.radians(boxes[0, 1]))))
    grown = shapely.box(boxes[:, 0] - reach_x, boxes[:, 1] - reach_y, boxes[:, 2] + reach_x, boxes[:, 3] + reach_y)
    parts: list[list[int]] = []
    whole = shapely.union_all(grown)
    for piece in shapely.get_parts(whole):
        inside = np.flatnonzero(shapely.intersects(piece, grown))
        parts.append([members[i] for i in inside.tolist()])
    return parts


def _spot(streets: list[Street], lines: Geometries, part: list[int]) -> Spot:
    points = shapely.get_coordinates(lines[part])
    nearest = points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))]
    first = min(part, key=lambda i: streets[i].way)
    every = [names for i in part if (names := streets[i].names)]
    zh = next((names.zh for names in every if names.zh), "")
    others = tuple(dict.fromkeys(other for names in every for other in names.others))
    largest = streets[max(part, key=lambda i: shapely.length(lines[i]))].cls
    names = Names(every[0].name, zh, others)
    return Spot(f"street/w{streets[first].way}", "street", largest, names, float(nearest[0]), float(nearest[1]))


def crossing_spots(data: MapData) -> list[Spot]:
    """Give one spot for every corner: a node that streets of different names share.

    `street` and `cross_street` are the two names; corners of the same two streets within SAME_CORNER_M are one.
    """
    codes: dict[str, int] = {}
    zh: dict[str, str] = {}
    named = [i for i, street in enumerate(data.streets) if street.names and street.cls != "path"]
    if not named:
        return []
    owner = []
    for i in named:
        names = data.streets[i].names or Names("")
        owner.append(codes.setdefault(names.name, len(codes)))
        zh.setdefault(names.name, names.zh)
    refs = np.concatenate([data.street_refs[i] for i in named])
    points = shapely.get_coordinates(data.street_lines[named])
    who = np.repeat(np.array(owner), [len(data.street_refs[i]) for i in named])
    label = list(codes)
    groups: dict[tuple[str, str], list[tuple[int, float, float]]] = defaultdict(list)
    for ref, first, second, lon, lat in _shared(refs, who, points):
        a, b = sorted((label[first], label[second]), key=str.casefold)
        groups[a, b].append((ref, lon, lat))
    return [_corner(a, b, zh, corner) for (a, b), found in groups.items() for corner in _corners(found)]


def _shared(
    refs: npt.NDArray[np.int64], who: npt.NDArray[np.int64], points: Floats
) -> list[tuple[int, int, int, float, float]]:
    """Give (node, street, street, lon, lat) for every pair of streets at a node."""
    order = np.lexsort((who, refs))
    refs, who, points = refs[order], who[order], points[order]
    fresh = np.ones(len(refs), np.bool_)
    fresh[1:] = (refs[1:] != refs[:-1]) | (who[1:] != who[:-1])
    refs, who, points = refs[fresh], who[fresh], points[fresh]
    starts = np.flatnonzero(np.r_[True, refs[1:] != refs[:-1]])
    counts = np.diff(np.r_[starts, len(refs)])
    found = []
    for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
        streets = who[start : start + count].tolist()
        lon, lat = points[start].tolist()
        for i, first in enumerate(streets):
            found += [(int(refs[start]), first, second, lon, lat) for second in streets[i + 1 :]]
    return found


def _corners(found: list[tuple[int, float, float]]) -> list[list[tuple[int, float, float]]]:
    corners: list[list[tuple[int, float, float]]] = []
    for node in sorted(found):
        for corner in corners:
            _ref, lon, lat = corner[0]
            east = (node[1] - lon) * float(np.cos(np.radians(lat)))
            if np.hypot(east, node[2] - lat) * DEGREE_M <= SAME_CORNER_M:
                corner.append(node)
                break
        else:
            corners.append([node])
    return corners


def _corner(a: str, b: str, zh: dict[str, str], nodes: list[tuple[int, float, float]]) -> Spot:
    lon, lat = (sum(node[i] for node in nodes) / len(nodes) for i in (1, 2))
    pair = sha256(f"{a}\n{b}".encode()).hexdigest()[:8]
    names_zh = f"{zh[a] or a}与{zh[b] or b}" if zh[a] or zh[b] else ""
    return Spot(
        f"crossing/n{nodes[0][0]}/{pair}",
        "crossing",
        "",
        Names(f"{a} & {b}"[:200], names_zh[:200]),
        lon,
        lat,
        a,
        cross_street=b,
    )
