"""A study simulated: parts of replications of A and B on the same calls and chances, and the figures of all parts.

Each replication is a week, after six hours that are not counted. What is compared is the same replication of both.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from maplebridge.deployment import compare
from maplebridge.deployment.frozen import Array
from maplebridge.deployment.intervals import Interval, difference, interval
from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.layout import Layout
from maplebridge.deployment.record import Record
from maplebridge.deployment.scenario import WEEK_S, Scenario, Terms
from maplebridge.deployment.scenario_building import ground_of, scenario_of
from maplebridge.deployment.simulation import ALL, PERCENTILES, WITHIN_S, Outcome, simulate
from maplebridge.dispatch.simulation import PROCESS_S, TURNOUT_S

WARM_UP_S = 6 * 3600.0
PARTS = 20  # of a run, so that its bar moves and a stop is soon heard
WORTH_H = 0.5  # hours of work beyond duty in a week
MEDIAN, NINETIETH = PERCENTILES.index(50.0), PERCENTILES.index(90.0)


@dataclass(frozen=True)
class Pair:
    """The scenarios of A and B on one ground; `near`, which of WITHIN_S is closest to the target."""

    a: Scenario
    b: Scenario
    near: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A measure: how it is written, what is worth nothing, whether more of it is better."""

    code: str
    form: str
    worth: float
    more_is_better: bool = False


KINDS = (
    Kind("p50", "s", compare.WORTH_S),
    Kind("p90", "s", compare.WORTH_S),
    Kind("on_target", "share", compare.WORTH_SHARE, more_is_better=True),
    Kind("near", "share", compare.WORTH_SHARE, more_is_better=True),
    Kind("waited", "share", compare.WORTH_SHARE),
    Kind("busy", "share", compare.WORTH_SHARE),
    Kind("busiest", "share", compare.WORTH_SHARE),
    Kind("over", "h", WORTH_H),
)


def pair_of(a: Layout, b: Layout, record: Record, *, minutes: int) -> Pair:
    """Put both layouts on the need of a study."""
    terms = Terms(horizon_s=WEEK_S + WARM_UP_S, warm_up_s=WARM_UP_S, process_s=PROCESS_S, turnout_s=TURNOUT_S)
    ground = ground_of(record.demand, [a, b])
    one, other = (
        scenario_of(layout, record.demand, kinds=record.kinds, mix=record.mix, ground=ground, terms=terms)
        for layout in (a, b)
    )
    near = int(np.argmin([abs(seconds - 60 * minutes) for seconds in WITHIN_S]))
    return Pair(one, other, near)


def part_of(pair: Pair, *, seed: int, first: int, count: int) -> dict[str, Array]:
    """Simulate some replications of both: arrays of a row each, by `a_` and `b_` and the measure's code."""
    found: dict[str, Array] = {}
    for side, scenario in (("a", pair.a), ("b", pair.b)):
        outcome = simulate(scenario, replications=count, seed=seed, first=first, cores=1)
        found |= {f"{side}_{name}": values for name, values in _measured(outcome, scenario, pair.near).items()}
    return found


def _measured(outcome: Outcome, scenario: Scenario, near: int) -> dict[str, Array]:
    ground = scenario.ground
    return {
        "p50": outcome.percentiles_s[:, ALL, MEDIAN], "p90": outcome.percentiles_s[:, ALL, NINETIETH],
        "on_target": outcome.on_target[:, ALL], "near": outcome.near[:, near], "waited": outcome.waited,
        "busy": outcome.busy.mean(axis=1), "busiest": outcome.busy.max(axis=1),
        "over": outcome.over_s.sum(axis=1) / 3600.0,
        "area_calls": _by_area(outcome.place_calls, ground.areas, len(ground.area_codes)),
        "area_s": _by_area(outcome.place_s, ground.areas, len(ground.area_codes)),
    }  # fmt: skip


def _by_area(values: Array, areas: Ints, count: int) -> Floats:
    """Sums by area, (R, areas), of values by place, (R, n)."""
    out = np.zeros((len(values), count))
    for number in range(count):
        out[:, number] = values[:, areas == number].sum(axis=1)
    return out


def figures_of(parts: Iterable[dict[str, Array]], codes: tuple[str, ...]) -> dict[str, Any]:
    """Give the measures of all parts, in order of their replications, with intervals; areas better and worse off."""
    rows = list(parts)
    whole = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    measures = [_measure(kind, whole[f"a_{kind.code}"], whole[f"b_{kind.code}"]) for kind in KINDS]
    return {"measures": measures, "areas": _areas(whole, codes), "replications": len(whole["a_p50"])}


def _measure(kind: Kind, a: Floats, b: Floats) -> dict[str, Any]:
    apart = difference(a, b)
    return {
        "code": kind.code, "form": kind.form, "a": _row(interval(a)), "b": _row(interval(b)), "difference": _row(apart),
        "turn": compare.verdict(apart, worth=kind.worth, more_is_better=kind.more_is_better),
    }  # fmt: skip


def _row(of: Interval) -> dict[str, Any]:
    """An interval for JSON, which knows no infinity."""
    return {name: value if np.isfinite(value) else None for name, value in asdict(of).items()}


def _areas(whole: dict[str, Array], codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Judge the mean response of each area, seconds; those named better or worse off are a tenth by chance at most."""
    means = [
        np.divide(whole[f"{side}_area_s"], whole[f"{side}_area_calls"],
                  out=np.full_like(whole[f"{side}_area_s"], np.nan), where=whole[f"{side}_area_calls"] > 0)
        for side in "ab"
    ]  # fmt: skip
    apart = [difference(means[0][:, number], means[1][:, number]) for number in range(len(codes))]
    named = compare.discoveries(np.array([compare.p_of(each) for each in apart]))
    return [
        _row(each) | {
            "area": code, "calls": float(whole["a_area_calls"][:, number].mean()),
            "a": interval(means[0][:, number]).mean, "b": interval(means[1][:, number]).mean,
            "turn": compare.verdict(each, worth=compare.WORTH_S, more_is_better=False) if named[number] else "",
        }
        for number, (code, each) in enumerate(zip(codes, apart, strict=True))
        if each.n > 1
    ]  # fmt: skip
