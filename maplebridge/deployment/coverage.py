"""What share of the need a layout reaches in time: in all, by hour of the week, and where the gaps are."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.demand import Demand, Rates, smoothed
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.layout import HOURS, Layout
from maplebridge.deployment.travel import Targets
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import Roads

MINUTES = (1.0, 3.0, 5.0, 8.0)


@dataclass(frozen=True)
class Coverage:
    """Shares of the need within k thresholds; intervals of the level of `rates`, of what is not known of the need.

    `share`, `low`, `high` (k,) of a week; `hour_*` (k, 168) of each hour of the week; `by_place` (k, n) of each place's
    own need. `nearest` (n, 168) seconds from the nearest post on duty, infinite where none gets there.
    """

    minutes: tuple[float, ...]
    share: Floats
    low: Floats
    high: Floats
    hour_share: Floats
    hour_low: Floats
    hour_high: Floats
    by_place: Floats
    nearest: NDArray[np.float32]
    is_estimate: bool
    rates: Rates


def covered(
    layout: Layout, demand: Demand | Rates, minutes: Sequence[float] = MINUTES, *, roads: Roads | None = None,
    targets: Targets | None = None,
) -> Coverage:  # fmt: skip
    """Say what share of the need the posts on duty reach within each number of minutes, each by its own way of going.

    Give `targets` (of the same places) again to ask of many layouts: the places are found on the streets once. The
    variance of a share is that of a ratio by the delta method, over the posterior of places and hours; its interval is
    normal on the scale of log odds.
    """
    rates = demand if isinstance(demand, Rates) else smoothed(demand)
    targets = targets or Targets(rates.demand.points, roads or road_network())
    nearest = _nearest(layout, targets)
    limits = tuple(float(value) for value in minutes)
    within = [nearest <= limit * 60 for limit in limits]
    scatter = rates.scatter()
    week = [spread_of_week(rates, reached) for reached in within]
    hours = [_share_by_hour(rates, reached, scatter) for reached in within]
    share, deviation = (np.array(column) for column in zip(*week, strict=True))
    hour_share, hour_deviation = (np.array(column) for column in zip(*hours, strict=True))
    low, high = odds_interval(share, deviation, rates.level)
    hour_low, hour_high = odds_interval(hour_share, hour_deviation, rates.level)
    by_place = np.array([_own(rates, reached) for reached in within])
    guessed = any(targets.roads.mode(mode).is_estimate for mode in {post.mode for post in layout.posts})
    return Coverage(
        limits, share, low, high, hour_share, hour_low, hour_high, by_place, nearest, guessed, rates
    )  # fmt: skip


def gained(before: Coverage, after: Coverage) -> tuple[Floats, Floats, Floats]:
    """How much more of the same need `after` reaches than `before`, with its interval: (k,) each.

    Both on the same rates, so that what is not known of the need hits both alike: the interval is of the difference.
    """
    rates = after.rates
    gains, deviations = [], []
    for limit in after.minutes:
        one, other = (np.asarray(each.nearest <= limit * 60, float) for each in (before, after))
        gain, deviation = spread_of_week(rates, other - one)
        gains.append(gain)
        deviations.append(deviation)
    z = NormalDist().inv_cdf((1 + rates.level) / 2)
    mean, spread = np.array(gains), z * np.array(deviations)
    return mean, mean - spread, mean + spread


def _nearest(layout: Layout, targets: Targets) -> NDArray[np.float32]:
    """Seconds from the nearest post on duty by place and hour: (n, 168)."""
    out = np.full((len(targets.points), HOURS), np.inf, np.float32)
    if not layout.posts:
        return out
    seconds = np.empty((len(layout.posts), len(targets.points)), np.float32)
    modes = np.array([post.mode for post in layout.posts])
    for mode in sorted(set(modes.tolist())):
        seconds[modes == mode] = targets.seconds_from(mode, layout.points()[modes == mode])
    duty = np.array([post.on_duty() for post in layout.posts])
    patterns, of_hour = np.unique(duty, axis=1, return_inverse=True)
    for number, on in enumerate(patterns.T):
        if on.any():
            out[:, of_hour.ravel() == number] = seconds[on].min(axis=0)[:, None]
    return out


def _own(rates: Rates, reached: Floats | Mask) -> Floats:
    """Of each place's own calls of a week, the share reached: (n,)."""
    return np.asarray((rates.mean * reached).sum(axis=1) / np.maximum(rates.mean.sum(axis=1), 1e-300))


def spread_of_week(rates: Rates, reached: Floats | Mask) -> tuple[float, float]:
    """Mean of a value of places and hours (n, 168) in a week's need, a share where it is 0 or 1, and its deviation."""
    total, own = float(rates.place_mean.sum()), _own(rates, reached)
    if total <= 0:
        return 0.0, 0.0
    share = float(rates.place_mean @ own) / total
    square = (rates.mean * np.asarray(reached, float) ** 2).sum(axis=1) / np.maximum(rates.mean.sum(axis=1), 1e-300)
    off = (own - share) ** 2
    variance = rates.place_mean**2 * ((1 + 1 / rates.place_shape) * (off + (square - own**2) / (rates.hours_worth + 1)))
    return share, float(np.sqrt(max(0.0, (variance - rates.place_mean**2 * off).sum()))) / total


def _share_by_hour(rates: Rates, reached: Mask, scatter: Floats) -> tuple[Floats, Floats]:
    """Share of the need of each hour of the week, and its standard deviation: (168,) each."""
    total = np.maximum(rates.mean.sum(axis=0), 1e-300)
    share = (rates.mean * reached).sum(axis=0) / total
    variance = (rates.mean**2 * scatter * (reached - share) ** 2).sum(axis=0)
    return np.asarray(share), np.asarray(np.sqrt(variance) / total)


def odds_interval(share: Floats, deviation: Floats, level: float) -> tuple[Floats, Floats]:
    """The interval of a share that is normal on the scale of log odds; a point where it is sure."""
    inside = (share > 1e-12) & (share < 1 - 1e-12) & (deviation > 0)
    safe = np.where(inside, share, 0.5)
    odds = np.log(safe / (1 - safe))
    spread = NormalDist().inv_cdf((1 + level) / 2) * deviation / (safe * (1 - safe))
    ends = [np.where(inside, 1 / (1 + np.exp(-(odds + sign * spread))), share) for sign in (-1, 1)]
    return ends[0], ends[1]


@dataclass(frozen=True)
class Gap:
    """Places beside each other that are mostly not reached in time: how much need they leave, and how far it is.

    `calls` a week that are not reached in time, `share` of all need; `lon`, `lat` their middle; `seconds` from the
    nearest post in the mean of the need, infinite where nobody gets to some of it.
    """

    cells: tuple[int, ...]
    lon: float
    lat: float
    calls: float
    share: float
    seconds: float


def gaps(coverage: Coverage, minutes: float) -> list[Gap]:
    """The gaps within one of the thresholds of a coverage, by how much need they leave, the largest first.

    A place belongs to a gap when less than half of its own need is reached in time.
    """
    at = coverage.minutes.index(minutes)
    rates, demand = coverage.rates, coverage.rates.demand
    left = rates.place_mean * (1 - coverage.by_place[at])
    found = [_gap(coverage, part, left) for part in patches(demand.cells, np.flatnonzero(coverage.by_place[at] < 0.5))]
    return sorted(found, key=lambda gap: -gap.calls)


def _gap(coverage: Coverage, part: Ints, left: Floats) -> Gap:
    rates, demand = coverage.rates, coverage.rates.demand
    weight = left[part] / max(float(left[part].sum()), 1e-300)
    middle = weight @ demand.points[part]
    mean = rates.mean[part]
    seconds = float((mean * coverage.nearest[part]).sum() / max(float(mean.sum()), 1e-300))
    calls = float(left[part].sum())
    share = calls / max(float(rates.place_mean.sum()), 1e-300)
    cells = tuple(int(cell) for cell in demand.cells[part])
    return Gap(cells, float(middle[0]), float(middle[1]), calls, share, seconds)


def patches(cells: Ints, chosen: Ints) -> list[Ints]:
    """The chosen cells in groups that hang together."""
    left = {int(cells[number]): int(number) for number in chosen}
    patches = []
    while left:
        cell, number = left.popitem()
        patch, edge = [number], [cell]
        while edge:
            for near in h3.grid_ring(edge.pop(), 1):
                if near in left:
                    patch.append(left.pop(near))
                    edge.append(near)
        patches.append(np.array(sorted(patch)))
    return patches
