"""The report of a replay: counts, travel and response times, utilisation, queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.people.rules import UNIT_KINDS

PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Call:
    """One incident dispatched: seconds it was reported at, waited for a free unit, the first unit travelled."""

    number: int
    priority: int
    at_s: float
    waited_s: float
    travel_s: float
    response_s: float  # from report to the first unit on scene: processing, waiting, turnout, travel
    target_s: float
    estimate: bool


class Worker(Protocol):
    """What the report needs of a unit."""

    kind: str
    busy_s: float
    free_s: float


@dataclass(slots=True)
class ReplayReport:
    """Figures of a replay; times in seconds. `str()` gives it as lines for a terminal."""

    begin: datetime
    days: int
    units: int
    incidents: int
    seed: int
    simulated_s: float = 0.0
    dispatched: int = 0
    queued: int = 0
    left_waiting: int = 0
    estimated: int = 0
    within_target: float | None = None
    unreachable: list[int] = field(default_factory=list)
    travel_s: dict[str, float] = field(default_factory=dict)
    response_s: dict[str, float] = field(default_factory=dict)
    response_by_priority: dict[int, dict[str, float]] = field(default_factory=dict)
    utilisation: dict[str, float] = field(default_factory=dict)
    queue_mean: float = 0.0
    queue_most: int = 0
    waited_most_s: float = 0.0

    def fill(
        self,
        calls: Sequence[Call],
        unreachable: list[int],
        queue: Sequence[tuple[float, int]],
        cars: Sequence[Worker],
        *,
        left: int,
    ) -> None:
        """Work out the figures from what happened. `queue` holds (second, length after it)."""
        self.dispatched, self.unreachable, self.left_waiting = len(calls), unreachable, left
        self.queued = sum(call.waited_s > 1 for call in calls)
        self.waited_most_s = max((call.waited_s for call in calls), default=0.0)
        self.estimated = sum(call.estimate for call in calls)
        self.travel_s = percentiles([call.travel_s for call in calls])
        self.response_s = percentiles([call.response_s for call in calls])
        for level in sorted({call.priority for call in calls}):
            mine = [call.response_s for call in calls if call.priority == level]
            self.response_by_priority[level] = percentiles(mine) | {"count": len(mine)}
        if calls:
            self.within_target = sum(call.response_s <= call.target_s for call in calls) / len(calls)
        self._fill_units(cars)
        self._fill_queue(queue)

    def _fill_units(self, cars: Sequence[Worker]) -> None:
        """Share of the time with a job, by kind; what lies beyond the end is not counted."""
        for kind in sorted({car.kind for car in cars}):
            mine = [car for car in cars if car.kind == kind]
            busy = sum(car.busy_s - max(0.0, car.free_s - self.simulated_s) for car in mine)
            self.utilisation[kind] = busy / (len(mine) * self.simulated_s) if self.simulated_s else 0.0

    def _fill_queue(self, queue: Sequence[tuple[float, int]]) -> None:
        steps = [step for step in queue if step[0] <= self.simulated_s]
        ends = [*(second for second, _length in steps[1:]), self.simulated_s]
        area = sum(length * (end - second) for (second, length), end in zip(steps, ends, strict=True))
        self.queue_mean = area / self.simulated_s if self.simulated_s else 0.0
        self.queue_most = max((length for _second, length in steps), default=0)

    def to_dict(self) -> dict[str, Any]:
        """The figures by name, as a program wants them."""
        return {name: getattr(self, name) for name in self.__slots__} | {"begin": self.begin.isoformat()}

    def __str__(self) -> str:
        """Lines for a terminal."""
        return "\n".join([*self._counts(), *self._times(), *self._load(), *self._remarks()])

    def _counts(self) -> list[str]:
        head = _("Replay of %(days)d days from %(day)s with %(units)d invented units (chance %(seed)d)")
        body = _(
            "  incidents       %(all)d on record, %(done)d dispatched, %(left)d still waiting, %(lost)d out of reach"
        )
        lost = len(self.unreachable)
        return [
            head % {"days": self.days, "day": f"{self.begin:%Y-%m-%d}", "units": self.units, "seed": self.seed},
            body % {"all": self.incidents, "done": self.dispatched, "left": self.left_waiting, "lost": lost},
        ]

    def _times(self) -> list[str]:
        response = _("  response        %(times)s (report to first unit on scene, waiting included)")
        lines = [
            _("  travel          %(times)s") % {"times": _times(self.travel_s)},
            response % {"times": _times(self.response_s)},
        ]
        if self.within_target is not None:
            lines.append(_("  within target   %(share).1f %%") % {"share": 100 * self.within_target})
        for level, times in self.response_by_priority.items():
            words = {"level": level, "times": _times(times), "count": times["count"]}
            lines.append(_("    priority %(level)-2d   %(times)s, %(count)d incidents") % words)
        return lines

    def _load(self) -> list[str]:
        busy = ", ".join(f"{UNIT_KINDS[kind].name} {100 * share:.1f} %" for kind, share in self.utilisation.items())
        queue = _(
            "  queue           %(queued)d waited, at most %(most)d at once, %(mean).3f on average, longest %(long)s"
        )
        words = {"queued": self.queued, "most": self.queue_most, "mean": self.queue_mean}
        return [
            _("  utilisation     %(busy)s") % {"busy": busy},
            queue % (words | {"long": _clock(self.waited_most_s)}),
        ]

    def _remarks(self) -> list[str]:
        remarks = []
        if self.simulated_s < self.days * 86_400:
            hours = self.simulated_s / 3600
            remarks.append(_("  stopped after %(hours).1f simulated hours") % {"hours": hours})
        if self.estimated:
            words = {"count": self.estimated}
            remarks.append(_("  %(count)d travel times are estimated by straight line") % words)
        if self.unreachable:
            numbers = ", ".join(f"{number:04d}" for number in self.unreachable[:20])
            remarks.append(_("  out of reach by any road: %(numbers)s") % {"numbers": numbers})
        return remarks


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p90, p99 and mean of some seconds; empty of none."""
    if not values:
        return {}
    found = {f"p{q}": float(np.percentile(values, q)) for q in PERCENTILES}
    return found | {"mean": float(np.mean(values))}


def _times(found: dict[str, float]) -> str:
    if not found:
        return "-"
    return ", ".join(f"p{q} {_clock(found[f'p{q}'])}" for q in PERCENTILES)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
