"""Compiled search for maximal covering: greedy, swaps of one site for another, kicks.

A need that k chosen sites reach counts `steps[0] + ... + steps[k - 1]` times its weight. The steps never rise and the
last is 0: (1, 0) is maximal covering, (1 - q, (1 - q) q, ..., 0) expected covering with busy fraction q.
`gain[j]` is what site j would add to the sites chosen now; it is kept in step with every change.
"""

import numpy as np

from maplebridge.deployment.kernels.arrays import Cover, Floats, Ints, Mask
from maplebridge.deployment.kernels.compiled import compiled


@compiled
def _flip(j: int, up: int, cover: Cover, steps: Floats, counts: Ints, gain: Floats) -> None:
    """Take a site (`up` 1) or leave it (-1): the counts of its needs and the gains of all sites follow."""
    last = len(steps) - 1
    for at in range(cover.site_at[j], cover.site_at[j + 1]):
        i = cover.by_site[at]
        before, counts[i] = counts[i], counts[i] + up
        change = cover.weights[i] * (steps[min(counts[i], last)] - steps[min(before, last)])
        if change != 0.0:
            for other in range(cover.need_at[i], cover.need_at[i + 1]):
                gain[cover.by_need[other]] += change


@compiled
def _best_in(gain: Floats, extra: Floats, chosen: Mask, allowed: Mask) -> int:
    """The site not chosen that adds most."""
    best, found = -np.inf, -1
    for j in range(len(gain)):
        if allowed[j] and not chosen[j] and gain[j] + extra[j] > best:
            best, found = gain[j] + extra[j], j
    return found


@compiled
def _swap_out(r: int, cover: Cover, steps: Floats, counts: Ints, gain: Floats, extra: Floats) -> float:
    """What leaving site r loses; `extra` becomes what each site would add beyond `gain` once r is gone."""
    last, loss = len(steps) - 1, 0.0
    for at in range(cover.site_at[r], cover.site_at[r + 1]):
        i = cover.by_site[at]
        held = cover.weights[i] * steps[min(counts[i] - 1, last)]
        loss += held
        more = held - cover.weights[i] * steps[min(counts[i], last)]
        if more != 0.0:
            for other in range(cover.need_at[i], cover.need_at[i + 1]):
                extra[cover.by_need[other]] += more
    return loss


@compiled
def _improve(
    chosen: Mask, allowed: Mask, fixed: Mask, cover: Cover, steps: Floats, counts: Ints, gain: Floats
) -> float:
    """Swap one chosen site for another as long as that adds; returns what was added."""
    m, added, quiet, r = len(chosen), 0.0, 0, 0
    extra = np.zeros(m)
    while quiet < m:
        quiet += 1
        if chosen[r] and not fixed[r]:
            extra[:] = 0.0
            loss = _swap_out(r, cover, steps, counts, gain, extra)
            j = _best_in(gain, extra, chosen, allowed)
            if j >= 0 and gain[j] + extra[j] > loss + 1e-9:
                added += gain[j] + extra[j] - loss
                _flip(r, -1, cover, steps, counts, gain)
                _flip(j, 1, cover, steps, counts, gain)
                chosen[r], chosen[j], quiet = False, True, 0
        r = (r + 1) % m
    return added


@compiled
def search(
    p: int, allowed: Mask, fixed: Mask, start: Mask, cover: Cover, steps: Floats, kicks: int, seed: int
) -> tuple[Mask, float]:
    """Choose p sites: `start` or greedily, then swaps, then `kicks` times a few at random and swaps again.

    Returns the sites chosen, (m,) of bool, and their value. The same seed gives the same sites.
    """
    m, n = len(allowed), len(cover.weights)
    np.random.seed(seed)
    counts, gain, none = np.zeros(n, np.int64), np.zeros(m), np.zeros(m)
    for j in range(m):
        for at in range(cover.site_at[j], cover.site_at[j + 1]):
            gain[j] += cover.weights[cover.by_site[at]] * steps[0]
    chosen, value = np.zeros(m, np.bool_), 0.0
    given = np.flatnonzero(fixed | start)
    for turn in range(p):
        j = given[turn] if turn < len(given) else _best_in(gain, none, chosen, allowed)
        value += gain[j]
        _flip(j, 1, cover, steps, counts, gain)
        chosen[j] = True
    value += _improve(chosen, allowed, fixed, cover, steps, counts, gain)
    best, best_value = chosen.copy(), value
    free = np.flatnonzero(allowed & ~fixed)
    for _kick in range(kicks if len(free) else 0):
        for _each in range(1 + np.random.randint(1 + min(3, p // 4))):
            r, j = free[np.random.randint(len(free))], free[np.random.randint(len(free))]
            if chosen[j] and not chosen[r]:
                r, j = j, r
            if chosen[r] and not chosen[j]:
                value += gain[j]
                _flip(j, 1, cover, steps, counts, gain)
                _flip(r, -1, cover, steps, counts, gain)
                value -= gain[r]
                chosen[r], chosen[j] = False, True
        value += _improve(chosen, allowed, fixed, cover, steps, counts, gain)
        if value >= best_value:
            best[:] = chosen
            best_value = value
        else:
            value = best_value
            for other in np.flatnonzero(chosen != best):
                _flip(int(other), 1 if best[other] else -1, cover, steps, counts, gain)
            chosen[:] = best
    return best, best_value


def worth(chosen: Ints, cover: Cover, steps: Floats) -> float:
    """Value of chosen sites: each need's weight times the steps up to how many of them reach it."""
    counts = np.zeros(len(cover.weights), np.int64)
    for j in chosen:
        counts[cover.needs_of(j)] += 1
    total = np.concatenate(([0.0], np.cumsum(steps)))
    return float(cover.weights @ total[np.minimum(counts, len(steps))])
