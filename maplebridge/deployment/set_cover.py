"""Set cover: the fewest sites that reach every need (Toregas, Swain, ReVelle and Bergman 1971, LSCP).

First the problem is made small, as it may be without a loss: a need goes whose sites contain another's, a site goes
whose needs are contained in another's, a site is taken that alone reaches a need (Garfinkel and Nemhauser 1972); again
until nothing changes. What is left goes to branch and bound, with the answer of a greedy search.
"""

from time import monotonic

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.covering import Chosen, Stop, Told, never
from maplebridge.deployment.kernels.arrays import Cover, Mask
from maplebridge.deployment.kernels.set_cover import dominated, greedy
from maplebridge.deployment.mip import INF, Rows, minimise
from maplebridge.kernel.refused import BadInput


def fewest(cover: Cover, *, fixed: Mask, seconds: float, tell: Told, stop: Stop = never) -> Chosen:
    """Choose the fewest sites that reach all needs; the bound is proven. Raises BadInput where a need has no site."""
    end = monotonic() + seconds
    if cover.alone:
        sentence = _("Needs of weight %(n)g are beyond the radius of every site. Widen it.")
        raise BadInput("radius", sentence % {"n": cover.alone})
    needs, sites, taken = reduced(cover, fixed)
    chosen = taken.copy()
    greedy(cover, sites, chosen)
    best, bound = int(chosen.sum()), int(taken.sum()) + bool(needs.any())
    tell(f"{int(needs.sum())} needs and {int(sites.sum())} sites left", best, bound)
    if needs.any():
        found, proven = _program(cover, needs, sites, end - monotonic(), stop)
        bound = max(bound, int(taken.sum()) + int(np.ceil(proven - 1e-6)))
        if found is not None and found.sum() + taken.sum() < best:
            chosen = found | taken
            best = int(chosen.sum())
        tell("branch and bound", best, bound)
    return Chosen([int(j) for j in np.flatnonzero(chosen)], float(best), float(min(best, bound)))


def reduced(cover: Cover, fixed: Mask) -> tuple[Mask, Mask, Mask]:
    """Which needs are left to be reached, which sites to choose from, and which are taken already."""
    needs, taken = np.ones(len(cover.weights), bool), fixed.copy()
    sites = (np.diff(cover.site_at) > 0) & ~fixed
    of_need = np.repeat(np.arange(len(needs)), np.diff(cover.need_at))
    while True:
        reached = np.bincount(of_need, taken[cover.by_need], minlength=len(needs)) > 0
        needs = dominated(cover.need_at, cover.by_need, cover.site_at, cover.by_site, needs & ~reached, sites, True)
        left = dominated(cover.site_at, cover.by_site, cover.need_at, cover.by_need, sites, needs, False)
        left &= np.bincount(cover.by_need, needs[of_need], minlength=cover.sites) > 0
        count = np.bincount(of_need, left[cover.by_need], minlength=len(needs))
        only = (count == 1) & needs
        forced = np.unique(cover.by_need[only[of_need] & left[cover.by_need]])
        if not len(forced) and bool((left == sites).all()):
            return needs, left, taken
        taken[forced] = True
        left[forced] = False
        sites = left


def _program(cover: Cover, needs: Mask, sites: Mask, seconds: float, stop: Stop) -> tuple[Mask | None, float]:
    """Branch and bound over what is left: sites found (None for none) and the bound."""
    columns = np.cumsum(sites) - 1
    rows = [cover.sites_of(i) for i in np.flatnonzero(needs)]
    lists = [columns[row[sites[row]]] for row in rows]
    start = np.concatenate(([0], np.cumsum([len(row) for row in lists])))
    index = np.concatenate(lists)
    count = int(sites.sum())
    program = Rows(start, index, np.ones(len(index)), np.ones(len(lists)), np.full(len(lists), INF))
    answer = minimise(np.ones(count), np.ones(count), program, whole=count, seconds=max(0.0, seconds), stop=stop)
    if not len(answer.columns):
        return None, answer.bound
    found = np.zeros(len(sites), bool)
    found[np.flatnonzero(sites)[answer.columns > 0.5]] = True
    return found, answer.bound
