"""Two stations made one: which areas get farther from help, by how much, and how many calls that is about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maplebridge.deployment.coverage import covered, gained, spread_of_week
from maplebridge.deployment.demand import Demand, Rates, smoothed
from maplebridge.deployment.kernels.arrays import Floats, Mask, Seconds
from maplebridge.deployment.layout import Layout, Post, spans_of
from maplebridge.deployment.travel import Targets
from maplebridge.kernel.refused import BadInput
from maplebridge.places.queries import area_at, road_network
from maplebridge.places.roads.network import Roads

FARTHER = (30.0, 60.0, 120.0, 300.0)  # seconds by which need may get farther


@dataclass(frozen=True)
class AreaChange:
    """An area by its code ("" for outside all): calls a week, mean seconds of the nearest post before and after.

    `within_before`, `within_after` are shares of its need reached in time. Only calls that somebody reached before and
    after count in the seconds; `spread` is how far the interval of `farther` goes either way. `counted` calls came.
    """

    area: str
    calls: float
    seconds_before: float
    seconds_after: float
    within_before: float
    within_after: float
    spread: float = 0.0
    counted: float = 0.0

    @property
    def farther(self) -> float:
        """Seconds that the area gets farther, in the mean of its calls; less than nothing where nearer."""
        return self.seconds_after - self.seconds_before


@dataclass(frozen=True)
class Merger:
    """What merging does: the new layout, `areas` the worst off first, the city as a whole.

    `farther`, `low`, `high` seconds in the mean of all calls with their interval; `gain` of the share in time (mostly a
    loss), likewise; `farther_by` pairs of seconds and the share of calls that get farther by at least so many.
    """

    layout: Layout
    areas: tuple[AreaChange, ...]
    farther: float
    low: float
    high: float
    gain: tuple[float, float, float]
    farther_by: tuple[tuple[float, float], ...]


def merge(
    layout: Layout, one: int, other: int, demand: Demand | Rates, *, minutes: float,
    at: tuple[float, float] | None = None, areas: Sequence[str] | None = None, roads: Roads | None = None,
) -> Merger:  # fmt: skip
    """Make two posts of a layout (by their numbers from 0) one, on duty in the hours of both, and say who loses.

    The new post has the kind and name of `one` and stands at `at`, or else at whichever of the two places keeps the
    mean way shorter. `areas` are the area codes of the places of the need, found on the map where not given. Raises
    BadInput for posts that are not there.
    """
    if one == other or not (0 <= one < len(layout.posts) and 0 <= other < len(layout.posts)):
        raise BadInput("posts", _("Name two different posts of the layout."))
    rates = demand if isinstance(demand, Rates) else smoothed(demand)
    targets = Targets(rates.demand.points, roads or road_network())
    pair = layout.posts[one], layout.posts[other]
    tries = [_joined(layout, one, other, place) for place in ([at] if at else [(post.lon, post.lat) for post in pair])]
    before = covered(layout, rates, (minutes,), targets=targets)
    after, new = min(
        ((covered(each, rates, (minutes,), targets=targets), each) for each in tries),
        key=lambda both: _mean(rates, both[0].nearest),
    )
    mean, deviation = spread_of_week(rates, _difference(before.nearest, after.nearest))
    spread = NormalDist().inv_cdf((1 + rates.level) / 2) * deviation
    gain, low, high = (float(each[0]) for each in gained(before, after))
    need = max(float(rates.mean.sum()), 1e-300)
    by = tuple(
        (limit, float(rates.mean[_later(before.nearest, after.nearest, limit)].sum()) / need) for limit in FARTHER
    )
    codes = _codes(rates) if areas is None else np.array(areas)
    rows = [_change(code, codes == code, rates, before.nearest, after.nearest, minutes) for code in np.unique(codes)]
    rows.sort(key=lambda row: -row.farther)
    return Merger(new, tuple(rows), mean, mean - spread, mean + spread, (gain, low, high), by)


def _joined(layout: Layout, one: int, other: int, place: tuple[float, float]) -> Layout:
    kept, gone = layout.posts[one], layout.posts[other]
    duty = spans_of(kept.on_duty() | gone.on_duty())
    post: Post = replace(kept, lon=place[0], lat=place[1], duty=duty)
    posts = [post if number == one else each for number, each in enumerate(layout.posts) if number != other]
    return replace(layout, posts=tuple(posts))


def _difference(before: Seconds, after: Seconds) -> Floats:
    """Seconds farther, nothing where nobody comes before or after."""
    known = np.isfinite(before) & np.isfinite(after)
    return np.where(known, after, 0.0).astype(float) - np.where(known, before, 0.0)


def _later(before: Seconds, after: Seconds, seconds: float) -> Mask:
    """Where the nearest post is farther by so many seconds, or there is none any more."""
    was = np.isfinite(before)
    return was & (np.where(was, after, 0.0) - np.where(was, before, 0.0) >= seconds)


def _mean(rates: Rates, nearest: Seconds) -> float:
    """Mean seconds in the need; ways that do not exist count an hour, so that no place is forgotten."""
    return float((rates.mean * np.minimum(nearest, 3600.0)).sum())


def _codes(rates: Rates) -> NDArray[np.str_]:
    found = [area_at(lon, lat) for lon, lat in rates.demand.points.tolist()]
    return np.array([area.code if area else "" for area in found], str)


def _change(code: str, here: Mask, rates: Rates, before: Seconds, after: Seconds, minutes: float) -> AreaChange:
    part = _part(rates, here)
    need, one, other = part.mean, before[here], after[here]
    known = need * (np.isfinite(one) & np.isfinite(other))
    weight = max(float(known.sum()), 1e-300)
    seconds = [float((known * np.where(np.isfinite(each), each, 0.0)).sum()) / weight for each in (one, other)]
    total = max(float(need.sum()), 1e-300)
    shares = [float(need[each <= minutes * 60].sum()) / total for each in (one, other)]
    _mean_of_all, deviation = spread_of_week(part, _difference(one, other))
    spread = NormalDist().inv_cdf((1 + rates.level) / 2) * deviation * total / weight
    counted = float(rates.demand.counts[here].sum())
    return AreaChange(str(code), float(need.sum()), seconds[0], seconds[1], shares[0], shares[1], spread, counted)


def _part(rates: Rates, here: Mask) -> Rates:
    """What to expect of some of the places."""
    names = ("mean", "place_mean", "place_shape", "hours_worth")
    return replace(rates, **{name: getattr(rates, name)[here] for name in names})
