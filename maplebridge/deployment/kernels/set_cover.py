"""Compiled reductions of a set cover: needs that another need implies, sites that another site stands for."""

import numpy as np

from maplebridge.deployment.kernels.arrays import Cover, Ints, Mask
from maplebridge.deployment.kernels.compiled import compiled


@compiled
def dominated(
    at: Ints, items: Ints, other_at: Ints, other_items: Ints, alive: Mask, other_alive: Mask, larger: bool
) -> Mask:
    """Mark what is dominated among the lists `items[at[i]:at[i + 1]]`; the other two arrays are the same turned round.

    With `larger` a list goes whose items contain those of another; else one whose items are contained in another's.
    Of equals the first stays. Only items in `other_alive` count. Returns which are left.
    """
    n = len(at) - 1
    size, mark = np.zeros(n, np.int64), np.zeros(len(other_at) - 1, np.int64)
    for i in range(n):
        for k in range(at[i], at[i + 1]):
            size[i] += other_alive[items[k]]
    left = alive.copy()
    for i in range(n):
        if not left[i] or size[i] == 0:
            continue
        rare = -1
        for k in range(at[i], at[i + 1]):
            j = items[k]
            if other_alive[j]:
                mark[j] = i + 1
                if rare < 0 or other_at[j + 1] - other_at[j] < other_at[rare + 1] - other_at[rare]:
                    rare = j
        for k in range(other_at[rare], other_at[rare + 1]):
            o = other_items[k]
            if o == i or not left[o] or size[o] < size[i] or (size[o] == size[i] and o < i and larger):
                continue
            shared = 0
            for q in range(at[o], at[o + 1]):
                j = items[q]
                if other_alive[j] and mark[j] == i + 1:
                    shared += 1
            if shared == size[i]:
                if larger:
                    left[o] = False
                elif size[o] > size[i] or o < i:
                    left[i] = False
                    break
    return left


@compiled
def greedy(cover: Cover, allowed: Mask, chosen: Mask) -> None:
    """Add the site that reaches most open needs until none is open, then leave what is not needed; in `chosen`."""
    m, n = len(cover.site_at) - 1, len(cover.need_at) - 1
    count, gain = np.zeros(n, np.int64), np.zeros(m, np.int64)
    fixed = chosen.copy()
    for j in range(m):
        for k in range(cover.site_at[j], cover.site_at[j + 1]):
            count[cover.by_site[k]] += chosen[j]
    for i in range(n):
        if count[i] == 0:
            for k in range(cover.need_at[i], cover.need_at[i + 1]):
                gain[cover.by_need[k]] += 1
    while True:
        best = -1
        for j in range(m):
            if allowed[j] and not chosen[j] and gain[j] > 0 and (best < 0 or gain[j] > gain[best]):
                best = j
        if best < 0:
            break
        chosen[best] = True
        for k in range(cover.site_at[best], cover.site_at[best + 1]):
            i = cover.by_site[k]
            if count[i] == 0:
                for q in range(cover.need_at[i], cover.need_at[i + 1]):
                    gain[cover.by_need[q]] -= 1
            count[i] += 1
    for j in range(m):
        if chosen[j] and not fixed[j]:
            spare = True
            for k in range(cover.site_at[j], cover.site_at[j + 1]):
                spare = spare and count[cover.by_site[k]] > 1
            if spare:
                chosen[j] = False
                for k in range(cover.site_at[j], cover.site_at[j + 1]):
                    count[cover.by_site[k]] -= 1
