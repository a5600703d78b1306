"""Connected parts of a directed graph, compiled."""

from typing import Any

import numpy as np
import numpy.typing as npt

from maplebridge.places.roads.compiled import compiled

Ints = npt.NDArray[np.int32]


@compiled
def rows(keys: Any, n: int) -> Any:
    """Give (first, order): `order[first[k]:first[k + 1]]` are the positions of key k in `keys` (counting sort)."""
    first = np.zeros(n + 1, np.int32)
    for i in range(len(keys)):
        first[keys[i] + 1] += 1
    for k in range(n):
        first[k + 1] += first[k]
    at = first[:-1].copy()
    order = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        order[at[keys[i]]] = i
        at[keys[i]] += 1
    return first, order


@compiled
def strong_parts(tail: Any, head: Any, n: int) -> Any:
    """Label the strongly connected parts of n nodes joined by arcs tail -> head (Tarjan 1972, without recursion)."""
    first, order = rows(tail, n)
    label = np.full(n, -1, np.int32)
    low = np.zeros(n, np.int32)
    seen = np.full(n, -1, np.int32)
    at = first[:-1].copy()
    stack = np.empty(n, np.int32)
    path = np.empty(n, np.int32)
    clock = parts = n_stack = 0
    for root in range(n):
        if seen[root] >= 0:
            continue
        path[0] = root
        n_path = 1
        while n_path:
            v = path[n_path - 1]
            if seen[v] < 0:
                seen[v] = low[v] = clock
                clock += 1
                stack[n_stack] = v
                n_stack += 1
            down = False
            while at[v] < first[v + 1]:
                w = head[order[at[v]]]
                if seen[w] < 0:
                    path[n_path] = w
                    n_path += 1
                    down = True
                    break
                if label[w] < 0:
                    low[v] = min(low[v], low[w])
                at[v] += 1
            if down:
                continue
            n_path -= 1
            if low[v] == seen[v]:
                while True:
                    n_stack -= 1
                    w = stack[n_stack]
                    label[w] = parts
                    if w == v:
                        break
                parts += 1
    return label


def largest_part(tail: Ints, head: Ints, n: int) -> npt.NDArray[np.bool_]:
    """Mark the nodes of the largest strongly connected part, counted in nodes that have an arc."""
    label = strong_parts(tail, head, n)
    used = np.zeros(n, np.bool_)
    used[tail] = used[head] = True
    sizes = np.bincount(label[used], minlength=1)
    return np.asarray(used & (label == int(sizes.argmax())))


def leading_to(marked: npt.NDArray[np.bool_], tail: Ints, head: Ints) -> npt.NDArray[np.bool_]:
    """Mark, besides the marked nodes, every node from which one of them can be reached."""
    found = marked.copy()
    while True:
        more = tail[found[head] & ~found[tail]]
        if not len(more):
            return found
        found[more] = True
