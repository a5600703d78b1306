"""What a Lagrangian relaxation proves: a bound, and sites that no better answer may have or must have.

With the needs priced out, choosing p sites falls apart into a score for each; the best p scores and a constant bound
every answer. A site whose being taken (or left) brings the bound below the best answer known is settled
(Beasley 1993, "Lagrangean heuristics for location problems").
"""

from dataclasses import dataclass

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Mask


@dataclass(frozen=True)
class Proof:
    """An upper bound of what p sites can be worth, and which sites are out of every better answer, or in it."""

    bound: float
    out: Mask
    into: Mask


def proof(base: float, scores: Floats, p: int, *, fixed: Mask, allowed: Mask, best: float) -> Proof:
    """What scores (m,) prove of the sites when an answer worth `best` is known; maximising."""
    free = np.flatnonzero(allowed & ~fixed)
    left = p - int(fixed.sum())
    order = free[np.argsort(-scores[free], kind="stable")]
    taken, others = order[:left], order[left:]
    bound = base + float(scores[fixed].sum() + scores[taken].sum())
    out, into = ~allowed, fixed.copy()
    if len(taken) and len(others):
        out = out.copy()
        out[others[bound - scores[taken[-1]] + scores[others] <= best]] = True
        into[taken[bound - scores[taken] + scores[others[0]] <= best]] = True
    return Proof(bound, out, into)
