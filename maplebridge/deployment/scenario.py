"""A scenario: everything that a simulation needs, as arrays. The same scenario and seed give the same figures anywhere.

The rules of `dispatch` come in as tables that its own functions filled (`Rules`, `CallKinds.wants`): the kernel knows
no rule by heart. Nothing here knows a database, so that a scenario goes to another process or machine as it is.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask, Seconds

PRIORITIES = 11  # 0, most urgent, to 10
WEEK_S = 168 * 3600.0
NO_AREA = -1
UNLIMITED = -1


@dataclass(frozen=True)
class Ground:
    """n places that calls come from, and the seconds between them for each of m road modes.

    `points` (n, 2) lon, lat; `cells` (n,) H3 cells or any number of their own; `areas` (n,) index into `area_codes`,
    NO_AREA outside all; `between` (m, n, n), from the place of the row to that of the column.
    """

    points: Floats
    cells: Ints
    areas: Ints
    area_codes: tuple[str, ...]
    modes: tuple[str, ...]
    between: Seconds


@dataclass(frozen=True)
class Units:
    """u units. `kinds` (u,) index into `kind_codes`; `areas` (u,) of their beats; `skills` (u,) sets of bits.

    `out`, `back` (m, n, u) seconds from a unit's home to a place and from the place home; `goes` (u, n) whether it is
    sent there at all. By hour of the week, (u, 168): `crew_ends` whole hours from the start of that hour until the
    crew's turn of duty ends, `duty_ends` until nobody relieves it; 0 off duty, infinite without end.
    """

    names: tuple[str, ...]
    kinds: Ints
    kind_codes: tuple[str, ...]
    areas: Ints
    skills: Ints
    out: Seconds
    back: Seconds
    goes: Mask
    crew_ends: Floats
    duty_ends: Floats


@dataclass(frozen=True)
class CallKinds:
    """k kinds of call, each a type at a priority. What it wants are the rows `first[k]` to `first[k + 1]` of `wants`.

    `skills` (k,) sets of bits; `usual_s` (k,) what the dispatcher expects on scene; `target_s` (k,) from report to
    arrival; `family`, `a`, `b` (k,) the distribution of the time on scene. `wants` (w, 3): count, kinds of unit (bits;
    0 any), skills (bits), narrow ones first, as `dispatch.rules.chosen` takes them.
    """

    types: tuple[str, ...]
    priorities: Ints
    skills: Ints
    usual_s: Floats
    target_s: Floats
    family: Ints
    a: Floats
    b: Floats
    first: Ints
    wants: Ints
    skill_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replayed:
    """Calls as they were, in order of time: seconds from the begin, place, kind; `scene_s` NaN where it is drawn.

    `response_s` from report to the first arrival as it really was, NaN where it was not recorded; empty: unknown.
    """

    at_s: Floats
    places: Ints
    kinds: Ints
    scene_s: Floats
    response_s: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Drawn:
    """Calls that are drawn: `rates` (n, 168) calls an hour by place and hour of the week; `mix` (k,) share of kinds."""

    rates: Floats
    mix: Floats


class Weights(NamedTuple):
    """The seconds of `dispatch.ranking` by which a unit is preferred or not, and how long a job counts as today's."""

    knows_area_s: float
    skill_missing_s: float
    unsuited_s: float
    uncovered_s: float
    shift_ends_s: float
    job_today_s: float
    small_s: float
    no_rest_s: float
    rest_s: float
    workday_s: float


@dataclass(frozen=True)
class Rules:
    """What `dispatch` decides by.

    By kind of unit and priority, (kinds, 11): `suits` who goes alone, `modes` index of the road mode. `preempts`
    (2, 11, 11): may a unit be taken that is not or is on scene, from a priority, for a priority.
    """

    weights: Weights
    suits: Mask
    modes: Ints
    preempts: Mask


@dataclass(frozen=True)
class Terms:
    """How a run goes.

    It begins at `begin_hour` of the week and lasts `horizon_s`; calls of the first `warm_up_s` are not counted.
    `process_s` from report to decision, `turnout_s` from decision to wheels turning. `line`: how many calls may wait,
    UNLIMITED or 0 for none (what finds nobody is lost). `preempt`: where nobody is free, a unit is taken off a less
    urgent job; in real life a person decides that. Each crew rests for `break_s` once it is `break_after_s` on duty,
    after its job where it has one.
    """

    begin_hour: float = 0.0
    horizon_s: float = WEEK_S
    warm_up_s: float = 0.0
    process_s: float = 60.0
    turnout_s: float = 30.0
    line: int = UNLIMITED
    preempt: bool = False
    break_s: float = 0.0
    break_after_s: float = 4 * 3600.0


@dataclass(frozen=True)
class Scenario:
    """A layout's units on a ground with its need: calls as they were (`Replayed`) or drawn (`Drawn`)."""

    name: str
    ground: Ground
    units: Units
    kinds: CallKinds
    need: Replayed | Drawn
    rules: Rules
    terms: Terms = field(default_factory=Terms)


def duty_ends(spans: tuple[tuple[int, int], ...]) -> tuple[Floats, Floats]:
    """Hours until a crew's turn ends and until nobody relieves it, from the start of each hour of the week: (168,).

    `spans` as of `layout.Post.duty`. Without spans, or on duty all week in one turn, both are infinite; turns one after
    the other that fill the week relieve each other without end. 0 off duty.
    """
    if not spans or spans == ((0, 168),):
        return np.full(168, np.inf), np.full(168, np.inf)
    crew = np.zeros(168)
    for begin, end in spans:
        left = end - np.arange(begin, end, dtype=float)
        crew[begin:end] = np.maximum(crew[begin:end], left)  # of two turns that overlap, the later end counts
    if (crew > 0).all():
        return crew, np.full(168, np.inf)
    duty = np.zeros(168)
    for hour in range(2 * 168 - 1, -1, -1):
        duty[hour % 168] = duty[(hour + 1) % 168] + 1.0 if crew[hour % 168] > 0 else 0.0
    return crew, duty
