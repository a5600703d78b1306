"""Compiled parts of the hot spots: permutations of Gi*, and the kernel that spreads calls along streets."""

from typing import Any

import numpy as np

from maplebridge.deployment.kernels.compiled import compiled

FAINT = 1e-3  # a share of a call that is no longer split: it stays where it is


@compiled
def beyond(values: Any, first: Any, near: Any, permutations: int, seed: int) -> Any:
    """Count how often sums of as many values drawn from all others reach what the neighbours of each place sum to.

    Neighbours of i are `near[first[i]:first[i + 1]]`, i itself not among them. Returns (n, 2): times at least as much,
    times at most as much. The places themselves stay (conditional permutation, Anselin 1995).
    """
    np.random.seed(seed)
    n = len(values)
    most = 0
    for i in range(n):
        most = max(most, first[i + 1] - first[i])
    most = min(most, n - 1)
    out = np.zeros((n, 2), np.int64)
    observed = np.zeros(n)
    for i in range(n):
        for a in range(first[i], first[i + 1]):
            observed[i] += values[near[a]]
    order = np.arange(n - 1)
    for _turn in range(permutations):
        for k in range(most):  # the first of a shuffle of n - 1 others
            other = k + np.random.randint(n - 1 - k)
            order[k], order[other] = order[other], order[k]
        for i in range(n):
            total = 0.0
            for k in range(min(first[i + 1] - first[i], most)):
                j = order[k]
                total += values[j if j < i else j + 1]
            out[i, 0] += total >= observed[i] - 1e-9
            out[i, 1] += total <= observed[i] + 1e-9
    return out


@compiled
def held(u: float) -> float:
    """Mass of the quartic kernel from 0 to u (in bandwidths): one half from 1 on."""
    u = min(max(u, 0.0), 1.0)
    return 15.0 / 16.0 * (u - 2.0 * u**3 / 3.0 + u**5 / 5.0)


@compiled
def _lay(
    mass: Any, begin: int, count: int, length: float, start: float, onward: bool, d: float, w: float, h: float
) -> Any:
    """Lay mass on the lixels of a chain from `start` metres on, going on or back; returns the distance at its end."""
    step = length / count
    at = start
    while True:
        k = int(at / step)
        if onward:
            k = min(k, count - 1)
            edge = (k + 1) * step
            if edge - at < 1e-9:
                k, edge = k + 1, edge + step
            if k >= count or d >= h:
                break
            here = min(edge, length) - at
        else:
            if at - k * step < 1e-9:
                k -= 1
            if k < 0 or d >= h:
                break
            edge = k * step
            here = at - edge
        mass[begin + min(k, count - 1)] += w * (held((d + here) / h) - held(d / h))
        d += here
        at = edge
    return d


@compiled
def spread(
    mass: Any, lengths: Any, lixels: Any, ends: Any, node_first: Any, node_chain: Any, node_end: Any, chains: Any,
    metres: Any, weights: Any, h: float,
) -> None:  # fmt: skip
    """Spread calls along the streets, into `mass` by lixel.

    At a junction of k chains what arrives goes on in k - 1 equal parts, at a dead end it turns back: nothing is lost.
    """
    size = 4096
    chain_at, end_at = np.empty(size, np.int64), np.empty(size, np.int64)
    far, share = np.empty(size), np.empty(size)
    for i in range(len(chains)):
        c = chains[i]
        top = 0
        for end in range(2):  # from the call towards the far end (1), and back (0)
            begin, count = lixels[c], lixels[c + 1] - lixels[c]
            d = _lay(mass, begin, count, lengths[c], metres[i], end == 1, 0.0, weights[i], h)
            if d < h:
                chain_at[top], end_at[top], far[top], share[top] = c, end, d, 1.0
                top += 1
        while top > 0:
            top -= 1
            c, end, d, part = chain_at[top], end_at[top], far[top], share[top]
            node = ends[c, end]
            ways = node_first[node + 1] - node_first[node]
            if part < FAINT or top + ways > size:
                last = lixels[c] if end == 0 else lixels[c + 1] - 1
                mass[last] += weights[i] * part * (0.5 - held(d / h))
                continue
            for a in range(node_first[node], node_first[node + 1]):
                other, side = node_chain[a], node_end[a]
                if ways > 1 and other == c and side == end:
                    continue
                each = part if ways == 1 else part / (ways - 1)
                start = 0.0 if side == 0 else lengths[other]
                begin, count = lixels[other], lixels[other + 1] - lixels[other]
                reached = _lay(mass, begin, count, lengths[other], start, side == 0, d, weights[i] * each, h)
                if reached < h:
                    chain_at[top], end_at[top], far[top], share[top] = other, 1 - side, reached, each
                    top += 1
