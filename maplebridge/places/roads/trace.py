"""The way behind a travel time: follow the labels of a reversed search and lay out its points."""

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.graph import Graph
from maplebridge.places.roads.labels import Work
from maplebridge.places.roads.places import Route, Snaps
from maplebridge.places.roads.search import direct

# point indices in the order they are passed, and the ms since the link was entered or the start left
_Leg = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def trace(g: Graph, work: Work, start: Snaps, target: Snaps, ms: int, metres: float) -> Route:
    """Lay out the way from `start` to `target` found by a search that began at the target; `ms` is its time."""
    a, b = start.at[0], target.at[0]
    a_m, b_m = float(start.where[0, 2]), float(target.where[0, 2])
    points: list[int] = []
    times: list[int] = []
    if a[0] == b[0] and direct(g.link_ms, a, a_m, b, b_m) == ms:
        side = 0 if b_m > a_m else 1
        _append(points, times, _between(g, 2 * int(a[0]) + side, a, b), 0)
    else:
        _along_links(g, work, a, b, ms, points, times)
    ends = [(float(s.where[0, 0]), float(s.where[0, 1])) for s in (start, target)]
    lons, lats = g.pt_lon[points].tolist(), g.pt_lat[points].tolist()
    coordinates = [ends[0], *zip(lons, lats, strict=True), ends[1]]
    seconds = [0.0, *(time / 1000.0 for time in times), ms / 1000.0]
    kept = [0] + [i for i in range(1, len(seconds)) if coordinates[i] != coordinates[i - 1]]
    if kept[-1] != len(seconds) - 1:
        kept = [*kept[:-1], len(seconds) - 1] if len(kept) > 1 else [0, len(seconds) - 1]
    return Route(ms / 1000.0, metres, [coordinates[i] for i in kept], [seconds[i] for i in kept])


def _along_links(
    g: Graph,
    work: Work,
    a: npt.NDArray[np.int32],
    b: npt.NDArray[np.int32],
    ms: int,
    points: list[int],
    times: list[int],
) -> None:
    link, spent = _departure(g, work, a, ms)
    _append(points, times, _leaving(g, link, a), 0)
    state = int(g.link_head[link])
    while work.via[state] >= 0:
        arc = work.via[state]
        link = int(g.in_link[arc])
        spent += int(g.in_ms[arc] - g.link_ms[link])  # lost in turning
        _append(points, times, _whole(g, link), spent)
        spent += int(g.link_ms[link])
        state = int(g.link_head[link])
    link = -1 - int(work.via[state])
    rest = int(b[2]) if link & 1 == 0 else int(g.link_ms[link] - b[3])
    _append(points, times, _arriving(g, link, b), ms - rest)


def _departure(g: Graph, work: Work, a: npt.NDArray[np.int32], ms: int) -> tuple[int, int]:
    """Tell the link by which the best way leaves its start, and the ms to that link's end."""
    for side in range(2):
        link = 2 * int(a[0]) + side
        if g.link_ms[link] < 0:
            continue
        rest = int(g.link_ms[link] - a[2]) if side == 0 else int(a[3])
        state = g.link_head[link]
        if work.epoch[state] == work.now[0] and int(work.ms[state]) + rest == ms:
            return link, rest
    raise AssertionError("the labels of the search do not lead to its start")


def _span(g: Graph, link: int) -> tuple[int, int]:
    return int(g.chain_first[link >> 1]), int(g.chain_first[(link >> 1) + 1])


def _timed(g: Graph, link: int, points: npt.NDArray[np.int64]) -> _Leg:
    if link & 1:
        return points[::-1], (g.link_ms[link] - g.pt_against[points[::-1]]).astype(np.int64)
    return points, g.pt_along[points].astype(np.int64)


def _whole(g: Graph, link: int) -> _Leg:
    return _timed(g, link, np.arange(*_span(g, link)))


def _leaving(g: Graph, link: int, a: npt.NDArray[np.int32]) -> _Leg:
    first, end = _span(g, link)
    points, times = _timed(g, link, np.arange(first, a[1] + 1) if link & 1 else np.arange(a[1] + 1, end))
    return points, times - (g.link_ms[link] - a[3] if link & 1 else a[2])


def _arriving(g: Graph, link: int, b: npt.NDArray[np.int32]) -> _Leg:
    first, end = _span(g, link)
    return _timed(g, link, np.arange(b[1] + 1, end) if link & 1 else np.arange(first, b[1] + 1))


def _between(g: Graph, link: int, a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> _Leg:
    low, high = (b, a) if link & 1 else (a, b)
    points, times = _timed(g, link, np.arange(low[1] + 1, high[1] + 1))
    return points, times - (g.link_ms[link] - a[3] if link & 1 else a[2])


def _append(points: list[int], times: list[int], leg: _Leg, spent: int) -> None:
    points.extend(leg[0].tolist())
    times.extend((leg[1] + spent).tolist())
