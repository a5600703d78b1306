"""A layout that reaches as much need in time as can be, with a proof of how far from the best it could be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.calls import parents
from maplebridge.deployment.cover import merged
from maplebridge.deployment.coverage import covered
from maplebridge.deployment.covering import Told
from maplebridge.deployment.demand import Demand, Rates, smoothed
from maplebridge.deployment.kernels.arrays import Cover, Floats, Mask
from maplebridge.deployment.kinds import Choice, cover_with_kinds
from maplebridge.deployment.layout import MOST_POSTS, Layout, Post, Spans
from maplebridge.deployment.solve import silent
from maplebridge.deployment.travel import Targets
from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput
from maplebridge.people.rules import UNIT_KINDS
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import Roads

MOST_SITES = 1_000


@dataclass(frozen=True)
class Proposal:
    """A layout: the fixed posts, then the proposed; what it reaches and how much any other could.

    `share` of the need of a week is reached in time, no choice among the candidate sites reaches more than `bound`;
    `gap` is (bound - share) / share. `adds` (posts,) is the share that would be lost without each post. `sites` were
    looked at.
    """

    layout: Layout
    share: float
    bound: float
    gap: float
    adds: Floats
    sites: int
    seconds: float


def propose(
    demand: Demand | Rates, *, counts: Mapping[str, int], minutes: float, costs: Mapping[str, float] | None = None,
    budget: float | None = None, fixed: Sequence[Post] = (), forbidden: Collection[int] = (), duty: Spans = (),
    sites: Floats | None = None, name: str = "", seconds: float = 20.0, tell: Told = silent, seed: int = 1,
    roads: Roads | None = None,
) -> Proposal:  # fmt: skip
    """Propose where units of each kind should stand so that most need lies within `minutes` of one.

    `counts` says how many of each kind; with a `budget` (a week's, `costs` by kind are an hour's) how many at most.
    `fixed` posts stay and what they reach in their hours counts as reached; new ones are on `duty` in the given hours.
    No post stands in `forbidden` H3 cells. Candidates are `sites` (m, 2) lon, lat, or else the places of the need with
    most calls and those of the fixed posts. Raises BadInput where the question cannot be answered.
    """
    begun = monotonic()
    _checked(counts, budget)
    rates = demand if isinstance(demand, Rates) else smoothed(demand)
    roads = roads or road_network()
    targets = Targets(rates.demand.points, roads)
    known = covered(Layout("", tuple(fixed)), rates, (minutes,), targets=targets)
    points = candidates(rates, fixed, forbidden, sites)
    hours = Post("", next(iter(counts)), 0, 0, duty).on_duty()
    left = (rates.mean * (known.nearest > minutes * 60))[:, hours].sum(axis=1)
    kinds = tuple(counts)
    choice = _choice(kinds, points, counts, costs or {}, budget, int(hours.sum()))
    cover = _cover(kinds, points, targets, left, minutes)
    chosen = cover_with_kinds(cover, choice, seconds=seconds, tell=tell, seed=seed)
    posts = tuple(
        _post(
            number,
            kinds[choice.kinds[j]],
            points[choice.places[j]],
            duty,
            (costs or {}).get(kinds[choice.kinds[j]], 1.0),
        )
        for number, j in enumerate(chosen.sites, 1)
    )
    layout = Layout(name, (*fixed, *posts))
    total = max(float(rates.place_mean.sum()), 1e-300)
    base = float(known.share[0])
    share, bound = base + chosen.value / total, base + chosen.bound / total
    gap = (bound - share) / max(share, 1e-12)
    return Proposal(
        layout, share, bound, gap, what_each_adds(layout, rates, minutes, targets), len(points), monotonic() - begun
    )


def candidates(
    rates: Rates, fixed: Sequence[Post] = (), forbidden: Collection[int] = (), sites: Floats | None = None
) -> Floats:
    """Where a post may stand: (m, 2) lon, lat. Raises BadInput where no place is left."""
    if sites is None:
        demand = rates.demand
        order = np.argsort(-rates.place_mean, kind="stable")[:MOST_SITES]
        sites = np.concatenate((demand.points[np.sort(order)], Layout("", tuple(fixed)).points()))
    if len(forbidden):
        cells = np.array([cell_of(lon, lat) for lon, lat in sites.tolist()], np.int64)
        sites = sites[~np.isin(parents(cells, rates.demand.resolution), list(forbidden))]
    if not len(sites):
        raise BadInput("sites", _("No place is left where a post may stand. Look at more calls, or forbid less."))
    return np.unique(sites, axis=0)


def what_each_adds(layout: Layout, rates: Rates, minutes: float, targets: Targets) -> Floats:
    """The share of a week's need that no other post of the layout reaches in time: (posts,)."""
    alone = np.zeros(len(layout.posts))
    times = np.zeros(rates.mean.shape, np.int32)
    within = []
    for post in layout.posts:
        seconds = targets.seconds_from(post.mode, np.array([[post.lon, post.lat]]), minutes * 60)[0]
        within.append((seconds <= minutes * 60, post.on_duty()))
        times += within[-1][0][:, None] & within[-1][1][None, :]
    once = rates.mean * (times == 1)
    for number, (near, on) in enumerate(within):
        alone[number] = once[near][:, on].sum()
    return alone / max(float(rates.place_mean.sum()), 1e-300)


def _checked(counts: Mapping[str, int], budget: float | None) -> None:
    if not counts or any(kind not in UNIT_KINDS or count < 0 for kind, count in counts.items()):
        known = ", ".join(UNIT_KINDS)
        raise BadInput("counts", _("Say how many units of which kind. Kinds: %(known)s.") % {"known": known})
    if not 0 < sum(counts.values()) <= MOST_POSTS:
        raise BadInput("counts", _("From 1 to %(n)d posts can be proposed.") % {"n": MOST_POSTS})
    if budget is not None and not 0 < budget < float("inf"):
        raise BadInput("budget", _("A budget is more than nothing."))


def _choice(
    kinds: Sequence[str], points: Floats, counts: Mapping[str, int], costs: Mapping[str, float], budget: float | None,
    hours: int,
) -> Choice:  # fmt: skip
    if budget is None and sum(counts.values()) > len(points):
        raise BadInput("counts", _("There are only %(n)d places where a post may stand.") % {"n": len(points)})
    each = np.array([costs.get(kind, 1.0) * hours for kind in kinds])
    return Choice(
        np.repeat(np.arange(len(kinds)), len(points)), np.tile(np.arange(len(points)), len(kinds)),
        [counts[kind] for kind in kinds], np.repeat(each, len(points)), budget,
    )  # fmt: skip


def _cover(kinds: Sequence[str], points: Floats, targets: Targets, left: Floats, minutes: float) -> Cover:
    """Which kind at which place reaches what is left of the need: candidates by kind, then place."""
    by_mode: dict[str, Mask] = {}
    for kind in kinds:
        mode = UNIT_KINDS[kind].mode
        if mode not in by_mode:
            by_mode[mode] = np.asarray(targets.seconds_from(mode, points, minutes * 60) <= minutes * 60)
    reached = np.concatenate([by_mode[UNIT_KINDS[kind].mode] for kind in kinds])
    needed = np.flatnonzero(left > 0)
    columns = np.ascontiguousarray(reached[:, needed].T)
    return merged(left[needed], [np.flatnonzero(row) for row in columns], len(reached))


def _post(number: int, kind: str, point: Floats, duty: Spans, cost: float) -> Post:
    return Post(f"{UNIT_KINDS[kind].letter}{number}", kind, float(point[0]), float(point[1]), duty, cost=cost)
