"""Read the streets of an OpenStreetMap file into plain arrays, for all modes at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium

from maplebridge.places.roads.modes import (
    MODES,
    ROAD_CLASSES,
    TURN_KEYS,
    WAY_KEYS,
    SpeedTable,
    blocked,
    way_kmh,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Progress = Callable[[str, float], None]

EARTH_METRES = 6_371_008.8  # mean radius, IUGG
_NODE_KEYS = ("barrier", "highway")
_NOWHERE = 2_147_483_647


class RoadFileUnreadable(Exception):
    """The road file can't be used; the message is a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction: at node `via`, from way `from_way` to way `to_way` (indices), `only` or not, for `modes`."""

    from_way: int
    via: int
    to_way: int
    only: bool
    modes: frozenset[str]


@dataclass(slots=True)
class RawRoads:
    """Streets as read: node coordinates (degrees), directed pieces between neighbouring nodes, speeds by profile."""

    lon: Floats
    lat: Floats
    seg_u: Ints
    seg_v: Ints
    seg_way: Ints
    seg_metres: Floats
    way_profile: Ints
    profile_kmh: npt.NDArray[np.float32]  # (profiles, modes, 2): along, against; 0 = not allowed
    way_name: list[str]
    walls: dict[str, Bools]  # by mode: the node can't be passed
    signals: Bools
    restrictions: list[Restriction]
    unresolved: int  # turn restrictions that name a way as via, or ways not in the file


@dataclass(slots=True)
class _Sheet:
    """What one pass over the file collects."""

    refs: list[int] = field(default_factory=list)
    xs: list[int] = field(default_factory=list)
    ys: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    ways: dict[int, int] = field(default_factory=dict)
    profiles: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    profile_of: dict[tuple[str | None, ...], int] = field(default_factory=dict)
    kmh: list[list[tuple[float, float]]] = field(default_factory=list)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    turns: list[tuple[dict[str, str], list[tuple[str, str, int]]]] = field(default_factory=list)


def read_roads(osm_file: Path, table: SpeedTable, progress: Progress | None = None) -> RawRoads:
    """Read every street of `osm_file` (.osm.pbf, .osm, .osm.gz, .osm.bz2).

    Raises RoadFileUnreadable with a sentence for a file that is missing, broken, cut short or without streets.
    """
    say = progress or (lambda text, share: None)
    if not osm_file.is_file():
        raise RoadFileUnreadable(f"There is no file {osm_file.name}.")
    sheet = _Sheet()
    size = osm_file.stat().st_size
    say(f"reading {osm_file.name} ({size / 1e6:.1f} MB)", 0.0)
    try:
        for thing in _things(osm_file):
            _take(sheet, thing, table)
    except Exception as error:  # osmium raises several kinds of its own for what it finds in a broken file
        reason = " ".join(str(error).split())[:200]
        raise RoadFileUnreadable(
            f"{osm_file.name} can't be read as OpenStreetMap data: it is broken or was cut short ({reason})."
        ) from error
    if not sheet.lengths:
        raise RoadFileUnreadable(f"{osm_file.name} is readable but holds no streets.")
    say(f"{len(sheet.lengths):,} ways read", 0.5)
    return _assemble(sheet)


def _things(osm_file: Path) -> Iterator[Any]:
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    keep = osmium.filter.KeyFilter(*_NODE_KEYS).enable_for(osmium.osm.NODE)
    streets = osmium.filter.KeyFilter("highway").enable_for(osmium.osm.WAY)
    turns = osmium.filter.TagFilter(("type", "restriction")).enable_for(osmium.osm.RELATION)
    processor = osmium.FileProcessor(str(osm_file), entities).with_locations()
    return iter(processor.with_filter(keep).with_filter(streets).with_filter(turns))


def _take(sheet: _Sheet, thing: Any, table: SpeedTable) -> None:
    if thing.is_way():
        _take_way(sheet, thing, table)
    elif thing.is_node():
        tags = {tag.k: tag.v for tag in thing.tags}
        if "barrier" in tags or tags.get("highway") == "traffic_signals":
            sheet.node_tags[thing.id] = tags
    else:
        members = [(member.role, member.type, member.ref) for member in thing.members]
        sheet.turns.append(({tag.k: tag.v for tag in thing.tags}, members))


def _take_way(sheet: _Sheet, way: Any, table: SpeedTable) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    if tags["highway"].split(";")[0] not in ROAD_CLASSES:
        return
    key = tuple(tags.get(name) for name in WAY_KEYS)
    profile = sheet.profile_of.get(key)
    if profile is None:
        profile = sheet.profile_of[key] = len(sheet.kmh)
        sheet.kmh.append([way_kmh(tags, mode, table) for mode in MODES])
    if not any(map(any, sheet.kmh[profile])):
        return
    nodes = way.nodes
    sheet.lengths.append(len(nodes))
    sheet.ways[way.id] = len(sheet.profiles)
    sheet.profiles.append(profile)
    sheet.names.append(tags.get("name") or tags.get("ref") or "")
    for node in nodes:
        sheet.refs.append(node.ref)
        sheet.xs.append(node.x)
        sheet.ys.append(node.y)


def _assemble(sheet: _Sheet) -> RawRoads:
    refs, xs, ys = (np.array(values, np.int64) for values in (sheet.refs, sheet.xs, sheet.ys))
    ids, first, index = np.unique(refs, return_index=True, return_inverse=True)
    lon, lat = xs[first] / 1e7, ys[first] / 1e7
    way = np.repeat(np.arange(len(sheet.lengths), dtype=np.int32), sheet.lengths)
    here = (xs != _NOWHERE) & (np.abs(ys) <= 900_000_000) & (np.abs(xs) <= 1_800_000_000)
    joined = (way[1:] == way[:-1]) & here[1:] & here[:-1] & (index[1:] != index[:-1])
    u, v = index[:-1][joined].astype(np.int32), index[1:][joined].astype(np.int32)
    if not len(u):
        raise RoadFileUnreadable("The file has streets but not the points they run through; export it with its nodes.")
    restrictions, unresolved = _restrictions(sheet, ids)
    walls, signals = _node_marks(sheet, ids)
    return RawRoads(
        lon, lat, u, v, way[1:][joined], metres_between(lon[u], lat[u], lon[v], lat[v]),
        np.array(sheet.profiles, np.int32), np.array(sheet.kmh, np.float32), sheet.names, walls, signals,
        restrictions, unresolved,
    )  # fmt: skip


def _position(ids: npt.NDArray[np.int64], ref: int) -> int:
    at = int(np.searchsorted(ids, ref))
    return at if at < len(ids) and ids[at] == ref else -1


def _node_marks(sheet: _Sheet, ids: npt.NDArray[np.int64]) -> tuple[dict[str, Bools], Bools]:
    walls = {mode: np.zeros(len(ids), np.bool_) for mode in MODES}
    signals = np.zeros(len(ids), np.bool_)
    for ref, tags in sheet.node_tags.items():
        at = _position(ids, ref)
        if at < 0:
            continue
        signals[at] = tags.get("highway") == "traffic_signals"
        if "barrier" in tags:
            for mode in MODES:
                walls[mode][at] = blocked(tags, mode)
    return walls, signals


def _restrictions(sheet: _Sheet, ids: npt.NDArray[np.int64]) -> tuple[list[Restriction], int]:
    found: list[Restriction] = []
    unresolved = 0
    for tags, members in sheet.turns:
        by_role = {role: [(kind, ref) for r, kind, ref in members if r == role] for role in ("from", "via", "to")}
        via = by_role["via"]
        at = _position(ids, via[0][1]) if len(via) == 1 and via[0][0] == "n" else -1
        ways = [[sheet.ways.get(ref, -1) for kind, ref in by_role[role] if kind == "w"] for role in ("from", "to")]
        if at < 0 or not ways[0] or not ways[1] or -1 in ways[0] + ways[1]:
            unresolved += 1
            continue
        for kind, modes in _kinds(tags):
            found.extend(
                Restriction(a, at, b, kind.startswith("only_"), modes) for a in ways[0] for b in ways[1] if modes
            )
    return found, unresolved


def _kinds(tags: dict[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Give each kind of turn restriction in a relation's tags with the modes it binds."""
    spared = set(tags.get("except", "").replace(" ", "").split(";"))
    for key, kind in tags.items():
        if not kind.startswith(("no_", "only_")) or not (key == "restriction" or key.startswith("restriction:")):
            continue
        who = key.partition(":")[2]
        bound = {m for m in MODES if (who in TURN_KEYS[m] if who else m != "foot" and TURN_KEYS[m])}
        yield kind, frozenset(mode for mode in bound if not TURN_KEYS[mode] & spared)


def metres_between(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """Give great-circle distances in metres between points in degrees (haversine, mean Earth radius)."""
    a, b = np.radians(lat0), np.radians(lat1)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(np.subtract(lon1, lon0)) / 2) ** 2
    return np.asarray(2 * EARTH_METRES * np.arcsin(np.sqrt(np.minimum(h, 1.0))))
