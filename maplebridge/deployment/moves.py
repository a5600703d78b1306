"""The same units on the same roster, at better places: who should stand where so that most need is reached in time.

Each post keeps its kind and hours; only its place is free. A call counts as reached where a post on duty in its hour is
near enough, so that posts of complementary hours may share a place.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from maplebridge.deployment.cover import merged
from maplebridge.deployment.coverage import covered
from maplebridge.deployment.covering import Told
from maplebridge.deployment.demand import Demand, Rates, smoothed
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.kinds import Choice, reach_bound
from maplebridge.deployment.layout import Layout, Post
from maplebridge.deployment.propose import Proposal, candidates, what_each_adds
from maplebridge.deployment.solve import silent
from maplebridge.deployment.travel import Targets
from maplebridge.places.queries import road_network
from maplebridge.places.roads.network import Roads

KICKED, PATIENCE, SMALL = 3, 60, 1e-9
FOR_THE_BOUND = 0.5  # of the seconds


@dataclass
class _Board:
    """Posts to place: `need` (n, k) by place and pattern of the roster, `duty` (posts, k), `reach` (m, n) by mode."""

    need: Floats
    duty: Mask
    reach: dict[str, Floats]
    modes: list[str]

    def gains(self, post: int, times: Ints) -> Floats:
        """What the post would add at each site to the others, of which `times` (n, k) reach each need: (m,)."""
        open_need = (self.need * (times == 0)) @ self.duty[post]
        return np.asarray(self.reach[self.modes[post]] @ open_need)

    def put(self, post: int, site: int, times: Ints, by: int) -> None:
        """Count the post in at a site (`by` 1), or out (-1)."""
        near = self.reach[self.modes[post]][site] > 0
        times[np.ix_(near, self.duty[post])] += by

    def worth(self, times: Ints) -> float:
        """The need reached."""
        return float(self.need[times > 0].sum())


def propose_moves(
    layout: Layout, demand: Demand | Rates, *, minutes: float, most: int | None = None, forbidden: Collection[int] = (),
    sites: Floats | None = None, name: str = "", seconds: float = 20.0, tell: Told = silent, seed: int = 1,
    roads: Roads | None = None,
) -> Proposal:  # fmt: skip
    """Propose places for the posts of a layout that are not fixed; kinds, hours and names stay as they are.

    With `most` at most so many posts move, the others stand where they stand. Candidates are as in `propose`. The bound
    lets every post stand elsewhere in each pattern of the roster: no layout of these posts at these sites reaches more.
    With `most` none reaches more than all posts where they are and so many more of them. Raises BadInput where no site
    is left.
    """
    begun = monotonic()
    rates = demand if isinstance(demand, Rates) else smoothed(demand)
    targets = Targets(rates.demand.points, roads or road_network())
    fixed = tuple(post for post in layout.posts if post.fixed)
    free = [number for number, post in enumerate(layout.posts) if not post.fixed]
    known = covered(Layout("", fixed), rates, (minutes,), targets=targets)
    points = candidates(rates, layout.posts, forbidden, sites)
    moving = tuple(layout.posts[number] for number in free)
    few = most is not None and most < len(free)
    if few:
        points = np.concatenate((points, Layout("", moving).points()))  # each post's own place last
    board = _board(moving, rates, known.nearest <= minutes * 60, points, targets, minutes)
    end = begun + seconds * (1 - FOR_THE_BOUND)
    at = _few_placed(board, most or 0, end=end) if few else _placed(board, end=end, tell=tell, seed=seed)
    end = max(begun + seconds, monotonic() + seconds * FOR_THE_BOUND)
    bound = _bound_of_few(board, most or 0, end=end) if few else _bound(board, board.need, end=end)
    posts = list(layout.posts)
    for number, post, site in zip(free, moving, at, strict=True):
        posts[number] = replace(post, lon=float(points[site, 0]), lat=float(points[site, 1]))
    moved = Layout(name, tuple(posts))
    total = max(float(rates.place_mean.sum()), 1e-300)
    share = float(covered(moved, rates, (minutes,), targets=targets).share[0])
    at_most = max(share, float(known.share[0]) + bound / total)
    adds = what_each_adds(moved, rates, minutes, targets)
    return Proposal(
        moved, share, at_most, (at_most - share) / max(share, 1e-12), adds, len(points), monotonic() - begun
    )


def _board(
    moving: tuple[Post, ...], rates: Rates, held: Mask, points: Floats, targets: Targets, minutes: float
) -> _Board:
    """What is left of the need by place and pattern of the roster, and which site reaches which place."""
    duty = np.array([post.on_duty() for post in moving]).reshape(-1, rates.mean.shape[1])
    patterns, of_hour = np.unique(duty, axis=1, return_inverse=True)
    left = rates.mean * ~held
    need = np.stack([left[:, of_hour.ravel() == k].sum(axis=1) for k in range(patterns.shape[1])], axis=1)
    modes = [post.mode for post in moving]
    reach = {
        mode: (targets.seconds_from(mode, points, minutes * 60) <= minutes * 60).astype(np.float64)
        for mode in sorted(set(modes))
    }
    return _Board(need, patterns, reach, modes)


def _placed(board: _Board, *, end: float, tell: Told, seed: int) -> Ints:
    """A site for each post: greedily, then each in turn to where it adds most, with kicks; never worse than before."""
    rng, size = np.random.default_rng(seed), len(board.modes)
    at, times = np.full(size, -1, np.int64), np.zeros(board.need.shape, np.int64)
    for post in np.argsort(-board.duty.sum(axis=1), kind="stable"):
        at[post] = np.argmax(board.gains(post, times))
        board.put(post, at[post], times, 1)
    _settle(board, at, times)
    best, kept, quiet = board.worth(times), at.copy(), 0
    tell("greedy and moves", best, float(board.need.sum()))
    while size and quiet < PATIENCE and monotonic() < end:
        for post in rng.choice(size, min(KICKED, size), replace=False):
            board.put(post, at[post], times, -1)
            at[post] = rng.integers(len(board.reach[board.modes[post]]))
            board.put(post, at[post], times, 1)
        _settle(board, at, times)
        value = board.worth(times)
        if value > best + SMALL:
            best, kept, quiet = value, at.copy(), 0
        else:
            quiet += 1
            for post in range(size):
                board.put(post, at[post], times, -1)
                board.put(post, kept[post], times, 1)
            at[:] = kept
    tell("kicks", best, float(board.need.sum()))
    return kept


def _few_placed(board: _Board, most: int, *, end: float) -> Ints:
    """A site for each post of which at most so many move: greedily, then one goes home for another while that gains."""
    size = len(board.modes)
    home = len(board.reach[board.modes[0]]) - size + np.arange(size)
    at, times = home.copy(), np.zeros(board.need.shape, np.int64)
    for post in range(size):
        board.put(post, at[post], times, 1)
    while (at != home).sum() < most and _moved_best(board, at, home, times):
        pass
    gained = True
    while gained and monotonic() < end:
        gained = False
        for post in np.flatnonzero(at != home).tolist():
            before, kept, kept_times = board.worth(times), at.copy(), times.copy()
            board.put(post, at[post], times, -1)
            board.put(post, home[post], times, 1)
            at[post] = home[post]
            if _moved_best(board, at, home, times) and board.worth(times) > before * (1 + SMALL) + SMALL:
                gained = True
            else:
                at[:], times[:] = kept, kept_times
    return at


def _moved_best(board: _Board, at: Ints, home: Ints, times: Ints) -> bool:
    """Move the one post that stands at home whose move gains most; tell whether any gains."""
    best, chosen = SMALL, None
    for post in np.flatnonzero(at == home).tolist():
        board.put(post, home[post], times, -1)
        gains = board.gains(post, times)
        board.put(post, home[post], times, 1)
        site = int(np.argmax(gains[: home[0]]))
        if gains[site] - gains[home[post]] > best:
            best, chosen = float(gains[site] - gains[home[post]]), (post, site)
    if chosen is None:
        return False
    post, site = chosen
    board.put(post, home[post], times, -1)
    board.put(post, site, times, 1)
    at[post] = site
    return True


def _settle(board: _Board, at: Ints, times: Ints) -> None:
    """Move each post in turn to where it adds most, until none gains by moving."""
    still, post = 0, 0
    while still < len(at):
        board.put(post, at[post], times, -1)
        gains = board.gains(post, times)
        better = int(np.argmax(gains))
        if gains[better] > gains[at[post]] * (1 + SMALL) + SMALL:
            at[post], still = better, 0
        else:
            still += 1
        board.put(post, at[post], times, 1)
        post = (post + 1) % len(at)


def _bound(board: _Board, need: Floats, *, most: int | None = None, end: float) -> float:
    """What no places can exceed: in each pattern the posts on duty (`most` of them) stand where it likes best."""
    total = 0.0
    order = np.argsort(-need.sum(axis=0))
    kinds = sorted(board.reach)
    if not kinds:
        return 0.0
    reached = np.concatenate([board.reach[mode] for mode in kinds]) > 0
    rows = [np.flatnonzero(row) for row in np.ascontiguousarray(reached.T)]
    size = len(reached) // len(kinds)
    budget, costs = None if most is None else float(most), np.full(len(reached), float(most is not None))
    for k in order:
        on = [mode for mode, here in zip(board.modes, board.duty[:, k], strict=True) if here]
        counts = [on.count(kind) for kind in kinds]
        choice = Choice(np.repeat(np.arange(len(kinds)), size), np.arange(len(reached)), counts, costs, budget)
        cover = merged(need[:, k], rows, len(reached))
        total += reach_bound(cover, choice, seconds=end - monotonic())
    return total


def _bound_of_few(board: _Board, most: int, *, end: float) -> float:
    """What no `most` moves can exceed: all posts where they are, and so many more of them."""
    times, home = np.zeros(board.need.shape, np.int64), len(board.reach[board.modes[0]]) - len(board.modes)
    for post in range(len(board.modes)):
        board.put(post, home + post, times, 1)
    return board.worth(times) + _bound(board, board.need * (times == 0), most=most, end=end)
