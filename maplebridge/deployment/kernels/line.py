"""Compiled: the line of calls that wait, a list for each priority, the oldest first."""

from typing import Any

from maplebridge.deployment.kernels.arrays import Ints
from maplebridge.deployment.kernels.compiled import lean
from maplebridge.deployment.kernels.fleet import Records


@lean
def stand_in_line(calls: Records, line: Ints, now: Any, priority: int, call: int) -> None:
    """Put a call in line behind those of its priority that came before it. `line` (2, 11): first and last, -1 none."""
    before, after = -1, line[0, priority]
    if line[1, priority] >= 0 and line[1, priority] < call:
        before, after = line[1, priority], -1
    while after >= 0 and after < call:
        before, after = after, calls[after].after
    calls[call].after = after
    if before < 0:
        line[0, priority] = call
    else:
        calls[before].after = call
    if after < 0:
        line[1, priority] = call
    now.waiting += 1
