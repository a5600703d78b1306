"""Who is reached from where within a radius, as sparse lists both ways; the same needs merged into one.

A covering problem knows only which sites reach a place. Places reached by the same sites are one place of their joint
weight: in a city a tenth to a half of them is left.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maplebridge.deployment.instance import Instance
from maplebridge.deployment.kernels.arrays import Cover, Floats, Ints


def cover_of(instance: Instance, radius: float) -> Cover:
    """Who reaches whom at a cost of `radius` at most; forbidden sites reach nobody, the same needs are merged."""
    reached = instance.costs <= radius
    reached[:, list(instance.forbidden)] = False
    return merged(instance.weights, [np.flatnonzero(row) for row in reached], len(instance.sites))


def merged(weights: Floats, rows: Sequence[NDArray[np.integer]], sites: int) -> Cover:
    """The cover of needs that are given with the sites that reach each; those alike become one."""
    groups: dict[bytes, int] = {}
    kept: list[Ints] = []
    joint: list[float] = []
    for weight, row in zip(weights, rows, strict=True):
        sites_here = np.ascontiguousarray(row, np.int64)
        at = groups.setdefault(sites_here.tobytes(), len(kept))
        if at == len(kept):
            kept.append(sites_here)
            joint.append(0.0)
        joint[at] += float(weight)
    alone = joint[groups[b""]] if b"" in groups else 0.0
    left = [(row, weight) for row, weight in zip(kept, joint, strict=True) if len(row)]
    return packed(np.array([weight for _row, weight in left]), [row for row, _weight in left], sites, alone)


def packed(weights: Floats, rows: Sequence[Ints], sites: int, alone: float = 0.0) -> Cover:
    """The cover of needs as they are, none merged and none dropped."""
    need_at = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64))).astype(np.int64)
    by_need = np.concatenate(rows).astype(np.int64) if rows else np.zeros(0, np.int64)
    needs = np.repeat(np.arange(len(rows)), np.diff(need_at))
    order = np.argsort(by_need, kind="stable")
    site_at = np.searchsorted(by_need[order], np.arange(sites + 1)).astype(np.int64)
    return Cover(weights, need_at, by_need, site_at, needs[order].astype(np.int64), alone)
