"""Build scenarios from a layout and its need: units as they are on record, ways by road, the rules of `dispatch`."""

from collections.abc import Iterable, Sequence

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.call_kinds import KIND_CODES, bits
from maplebridge.deployment.demand import Demand, smoothed
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.scenario import (
    NO_AREA,
    PRIORITIES,
    CallKinds,
    Drawn,
    Ground,
    Replayed,
    Rules,
    Scenario,
    Terms,
    Units,
    Weights,
    duty_ends,
)
from maplebridge.deployment.travel import seconds_between
from maplebridge.dispatch import ranking, rules
from maplebridge.dispatch.fleet import WORKDAY
from maplebridge.dispatch.simulation import PROCESS_S, TURNOUT_S
from maplebridge.dispatch.travel import POST_REACH_M, mode_of
from maplebridge.incidents.whereabouts import area_of
from maplebridge.kernel.geometry import distance_m
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import Unit

MOST_PLACES = 3_000  # a table of travel between all pairs for each road mode: 36 MB each


def scenario_of(
    layout: Layout, demand: Demand, *, kinds: CallKinds, mix: Floats | None = None, replayed: Replayed | None = None,
    rates: Floats | None = None, ground: Ground | None = None, terms: Terms | None = None,
) -> Scenario:  # fmt: skip
    """Put a layout on the need: calls drawn from `rates` (by default the smoothed ones) and `mix`, or `replayed`.

    `ground` is that of another scenario on the same need, whose tables of travel are used again. Raises BadInput where
    there is no need, or more places than fit.
    """
    terms = terms or Terms(process_s=PROCESS_S, turnout_s=TURNOUT_S)
    ground = ground if ground and modes_of([layout]) <= set(ground.modes) else ground_of(demand, [layout])
    if not layout.posts:
        raise BadInput("posts", _("A layout without posts cannot be simulated; place one."))
    need: Replayed | Drawn
    if replayed is not None:
        need = replayed
    else:
        if mix is None:
            mix = np.full(len(kinds.priorities), 1.0 / len(kinds.priorities))
        need = Drawn(smoothed(demand).mean if rates is None else rates, mix)
    return Scenario(layout.name, ground, units_of(layout, ground, kinds), kinds, need, rules_of(ground.modes), terms)


def modes_of(layouts: Iterable[Layout]) -> set[str]:
    """Road modes by which the units of layouts travel, to calls of any urgency."""
    kinds = {post.kind for layout in layouts for post in layout.posts}
    return {mode_of(kind, priority) for kind in kinds for priority in range(PRIORITIES)}


def ground_of(demand: Demand, layouts: Iterable[Layout]) -> Ground:
    """Measure the ways between all places of a need, for the modes of some layouts."""
    if not 0 < len(demand.cells) <= MOST_PLACES:
        words = _("The simulation takes 1 to %(n)d places; choose larger cells or a smaller area.")
        raise BadInput("resolution", words % {"n": MOST_PLACES})
    modes = tuple(sorted(modes_of(layouts)))
    codes = [area_of(lon, lat)[0] for lon, lat in demand.points.tolist()]
    names = tuple(sorted(set(codes) - {""}))
    between = np.array([seconds_between(mode, demand.points, demand.points) for mode in modes], np.float32)
    for table in between:
        np.fill_diagonal(table, 0.0)
    return Ground(demand.points, demand.cells, _numbered(codes, names), names, modes, between)


def _numbered(codes: Sequence[str], names: Sequence[str]) -> Ints:
    index = {name: number for number, name in enumerate(names)}
    return np.array([index.get(code, NO_AREA) for code in codes], np.int64)


def units_of(layout: Layout, ground: Ground, kinds: CallKinds) -> Units:
    """Let each post of a layout be a unit: skills and beat of the unit on record that it names, ways from and to it."""
    points = layout.points()
    skills, areas = _on_record(layout, kinds.skill_names, ground.area_codes)
    out = np.array([seconds_between(mode, points, ground.points).T for mode in ground.modes], np.float32)
    back = np.array([seconds_between(mode, ground.points, points) for mode in ground.modes], np.float32)
    ends = [duty_ends(post.duty) for post in layout.posts]
    return Units(
        tuple(post.name for post in layout.posts),
        np.array([KIND_CODES.index(post.kind) for post in layout.posts], np.int64), KIND_CODES, areas, skills,
        out, back, _goes(layout, ground.points), np.array([crew for crew, _duty in ends]),
        np.array([duty for _crew, duty in ends]),
    )  # fmt: skip


def _on_record(layout: Layout, skill_names: Sequence[str], area_codes: Sequence[str]) -> tuple[Ints, Ints]:
    signs = [post.unit for post in layout.posts if post.unit]
    rows = Unit.objects.filter(call_sign__in=signs).values_list("call_sign", "skills", "area_code")
    known = {row[0]: row[1:] for row in rows}
    held, codes = [], []
    for post in layout.posts:
        had, area = known.get(post.unit, ((), ""))
        held.append(bits(had or (), skill_names))
        codes.append(area or area_of(post.lon, post.lat)[0])
    beats = (*area_codes, *sorted(set(codes) - {"", *area_codes}))
    return np.array(held, np.int64), _numbered(codes, beats)


def _goes(layout: Layout, places: Floats) -> Mask:
    """Where units are sent at all: a street post no further than its reach, here as the crow flies."""
    goes = np.ones((len(layout.posts), len(places)), bool)
    for number, post in enumerate(layout.posts):
        if post.kind == "post":
            near = [distance_m(post.lon, post.lat, lon, lat) <= POST_REACH_M for lon, lat in places.tolist()]
            goes[number] = near
    return goes


def rules_of(modes: Sequence[str]) -> Rules:
    """Ask `dispatch` for all its decisions beforehand: a table of each."""
    every = range(PRIORITIES)
    index = {mode: number for number, mode in enumerate(modes)}
    suits = np.array([[ranking.suits(kind, priority) for priority in every] for kind in KIND_CODES])
    ways = np.array([[index.get(mode_of(kind, priority), 0) for priority in every] for kind in KIND_CODES], np.int64)
    preempts = np.array(
        [
            [[rules.may_preempt(taken_status=s, taken_priority=t, wanted_priority=w) for w in every] for t in every]
            for s in ("EnRoute", "OnScene")
        ]
    )
    return Rules(weights(), suits, ways, preempts)


def weights() -> Weights:
    """Give the weights of `dispatch.ranking` as they stand."""
    return Weights(
        ranking.KNOWS_AREA_S, ranking.SKILL_MISSING_S, ranking.UNSUITED_S, ranking.UNCOVERED_S, ranking.SHIFT_ENDS_S,
        ranking.JOB_TODAY_S, ranking.SMALL_S, ranking.NO_REST_S, ranking.REST_S, WORKDAY.total_seconds(),
    )  # fmt: skip
