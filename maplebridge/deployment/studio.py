"""The studio's figures of two layouts on one need, at once while posts are dragged: what they reach, who is worse off.

Nobody is busy here: a place is reached in time when a post on duty in that hour is near enough by road. What being busy
changes, the simulation says.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment import compare
from maplebridge.deployment.coverage import Coverage, covered, gained
from maplebridge.deployment.demand import Demand, Rates, smoothed
from maplebridge.deployment.intervals import Interval
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.travel import Targets
from maplebridge.places.queries import area_at, road_network

MINUTES = (1, 3, 5, 8)
SHARES = (0.5, 0.9)  # of the calls: the median and the ninth tenth
AREA_LEAST = 10  # calls from which on an area is judged


@dataclass(frozen=True)
class Ground:
    """The places of a need, found on the streets, what to expect there, and the areas they lie in.

    `areas` (n,) index into `codes`, -1 outside all.
    """

    demand: Demand
    rates: Rates
    targets: Targets
    areas: Ints
    codes: tuple[str, ...]


def ground_of(demand: Demand) -> Ground:
    """Find the places of a need on the streets and in the areas of the city, and say what to expect of them."""
    found = [area_at(float(lon), float(lat)) for lon, lat in demand.points]
    codes = tuple(sorted({area.code for area in found if area}))
    index = {code: number for number, code in enumerate(codes)}
    areas = np.array([index[area.code] if area else -1 for area in found], np.int64)
    return Ground(demand, smoothed(demand), Targets(demand.points, road_network()), areas, codes)


@dataclass(frozen=True)
class Compared:
    """Two layouts on one ground: what each covers at MINUTES and at the target, which comes last."""

    ground: Ground
    minutes: int
    layouts: tuple[Layout, Layout]
    covers: tuple[Coverage, Coverage]

    def within(self, side: int) -> Mask:
        """Whether a layout reaches a place in an hour of the week within the target: (n, 168)."""
        return np.asarray(self.covers[side].nearest <= 60 * self.minutes)


def compared(a: Layout, b: Layout, ground: Ground, *, minutes: int) -> Compared:
    """Cover the ground by both layouts."""
    limits = (*MINUTES, minutes)
    one, other = (covered(layout, ground.rates, limits, targets=ground.targets) for layout in (a, b))
    return Compared(ground, minutes, (a, b), (one, other))


def figures_of(both: Compared) -> dict[str, Any]:
    """Give what each layout reaches within MINUTES, its travel times, hours and cost; B minus A with intervals; areas
    better and worse off at the target; the verdict's code (`words.py` has its sentences).
    """
    calls = float(both.ground.demand.counts.sum())
    enough = calls >= compare.LEAST_CALLS
    differences = [
        Interval(float(mean), float(low), float(high), round(calls))
        for mean, low, high in zip(*gained(*both.covers), strict=True)
    ]
    return {
        "calls": calls,
        "weeks": float(both.ground.demand.observed.mean()),
        "enough": enough,
        "level": both.ground.rates.level,
        "minutes": list(MINUTES),
        "target": both.minutes,
        "a": _of_one(both, 0),
        "b": _of_one(both, 1),
        "difference": [asdict(each) for each in differences[:-1]],
        "of_target": asdict(differences[-1])
        | {"a": float(both.covers[0].share[-1]), "b": float(both.covers[1].share[-1])},
        "areas": _of_areas(both.ground, both.within(0), both.within(1)),
        "verdict": compare.verdict(differences[-1], worth=compare.WORTH_SHARE, enough=enough),
    }


def _of_one(both: Compared, side: int) -> dict[str, Any]:
    layout, cover = both.layouts[side], both.covers[side]
    columns = zip(cover.share[:-1], cover.low[:-1], cover.high[:-1], strict=True)
    return {
        "covered": [{"share": float(share), "low": float(low), "high": float(high)} for share, low, high in columns],
        "travel_s": [quantile(cover.nearest, both.ground.rates.mean, share) for share in SHARES],
        "posts": len(layout.posts), "hours": layout.hours(), "cost": layout.cost(),
    }  # fmt: skip


def quantile(values: NDArray[np.floating[Any]], weights: Floats, share: float) -> float | None:
    """Give the least value up to which lies this share of the weight; None where that is infinite or nothing weighs."""
    kept = weights > 0
    flat, weight = values[kept], weights[kept]
    if not len(flat):
        return None
    order = np.argsort(flat, kind="stable")
    up_to = np.cumsum(weight[order])
    found = float(flat[order][np.searchsorted(up_to, share * up_to[-1] * (1 - 1e-12))])
    return found if np.isfinite(found) else None


def _of_areas(ground: Ground, in_a: Mask, in_b: Mask) -> list[dict[str, Any]]:
    """Judge each area with calls enough; those named better or worse off are a tenth by chance at most."""
    counts, rows = ground.demand.counts, []
    for number, code in enumerate(ground.codes):
        here = ground.areas == number
        pair = compare.paired(counts[here], in_a[here], in_b[here])
        if pair.calls >= AREA_LEAST:
            rows.append((code, pair))
    named = compare.discoveries(np.array([pair.p for _code, pair in rows]))
    return [
        _of_area(code, pair, bool(stands)) for (code, pair), stands in zip(rows, named, strict=True)
    ]  # fmt: skip


def _of_area(code: str, pair: compare.Paired, stands: bool) -> dict[str, Any]:
    turn = compare.verdict(pair.difference, worth=compare.WORTH_SHARE) if stands else compare.UNCLEAR
    found: Interval = pair.difference
    return {
        "area": code, "calls": pair.calls, "a": pair.share_a, "b": pair.share_b, "mean": found.mean,
        "low": found.low, "high": found.high, "p": pair.p, "turn": turn if stands else "",
    }  # fmt: skip
