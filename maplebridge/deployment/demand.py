"""Need by place and hour of the week: how many calls came from where, and how sure one can be of it."""

from dataclasses import dataclass

from maplebridge.deployment.instance import Floats, Ints


@dataclass(frozen=True)
class Demand:
    """n places and what came from them. Place-based: a place is an H3 cell (or street segment), never a person.

    `cells` (n,) H3 indexes at `resolution`; `points` (n, 2) lon, lat where the calls of a cell centre; `counts`
    (n, 168) calls by hour of the week (hour 0: Monday from 00:00, the city's clocks); `observed` (168,) how many times
    each hour of the week was observed.
    """

    resolution: int
    cells: Ints
    points: Floats
    counts: Floats
    observed: Floats
