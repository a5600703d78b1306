"""One door to the siting models: an instance and a question in, the sites with their worth and a proven bound out."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.capacitated import with_capacity, worth_of
from maplebridge.deployment.cover import cover_of
from maplebridge.deployment.covering import Chosen, Stop, Told, cover_most, never
from maplebridge.deployment.instance import Instance
from maplebridge.deployment.kernels.arrays import Floats
from maplebridge.deployment.median import least_cost
from maplebridge.deployment.set_cover import fewest
from maplebridge.kernel.refused import BadInput

FIRST = np.ones(1)  # the first site that reaches a need is all that counts


def silent(_phase: str, _value: float, _bound: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Question:
    """What is asked: how many sites, within what cost, for how long at most, and what a further site is worth.

    `stop`, asked now and then, ends the search once it says True, with the best answer so far and its bound.
    With a `budget` for the opening costs of the sites, p is how many at most (0: any number).
    """

    p: int = 0
    radius: float | None = None
    seconds: float = 60.0
    steps: Floats | None = None
    seed: int = 1
    tell: Told = silent
    budget: float | None = None
    stop: Stop = never


@dataclass(frozen=True)
class Solution:
    """Names of the sites, their worth, a proven bound of any answer's, the gap |bound - value| / |value|, time in s.

    `adds` is what each site adds to the others: how much worse the answer is without it.
    """

    value: float
    bound: float
    gap: float
    seconds: float
    sites: list[str]
    adds: list[float]

    def as_json(self, *, why: bool = False) -> dict[str, Any]:
        """As it is printed; with `why`, what each site adds."""
        row = asdict(self) | {"gap": round(self.gap, 8), "seconds": round(self.seconds, 3)}
        return row if why else {name: value for name, value in row.items() if name != "adds"}


def solve(instance: Instance, model: str, question: Question) -> Solution:
    """Answer by `pmedian`, `mclp` or `lscp`. Raises BadInput when the question cannot be answered."""
    if model not in MODELS:
        known = ", ".join(MODELS)
        raise BadInput("model", _("There is no such model. Models: %(known)s.") % {"known": known})
    begun = monotonic()
    limited = instance.capacity is not None or question.budget is not None
    chosen, adds = _limited(instance, model, question) if limited else MODELS[model](instance, question)
    gap = abs(chosen.bound - chosen.value) / max(abs(chosen.value), 1e-12) if chosen.bound != chosen.value else 0.0
    names = [instance.sites[j] for j in chosen.sites]
    return Solution(chosen.value, chosen.bound, gap, monotonic() - begun, names, adds(chosen.sites))


Adds = Callable[[list[int]], list[float]]  # what each of the sites adds to the others


def _p_of(instance: Instance, question: Question) -> int:
    p, most = question.p or instance.p, len(instance.sites) - len(instance.forbidden)
    if not max(1, len(instance.fixed)) <= p <= most:
        least = max(1, len(instance.fixed))
        sentence = _("Say how many sites to choose, from %(least)d to %(most)d.")
        raise BadInput("p", sentence % {"least": least, "most": most})
    return p


def _radius_of(question: Question) -> float:
    if question.radius is None or question.radius < 0:
        raise BadInput("radius", _("Say within what cost a site reaches a need, in the unit of the costs."))
    return question.radius


def _mclp(instance: Instance, question: Question) -> tuple[Chosen, Adds]:
    p, radius = _p_of(instance, question), _radius_of(question)
    fixed, forbidden = instance.masks()
    steps = FIRST if question.steps is None else question.steps
    chosen = cover_most(
        cover_of(instance, radius), p, fixed=fixed, allowed=~forbidden, steps=steps, seconds=question.seconds,
        tell=question.tell, stop=question.stop, seed=question.seed,
    )  # fmt: skip
    return chosen, _counted(instance, radius, steps)


def _counted(instance: Instance, radius: float, steps: Floats) -> Adds:
    """What sites add when the k-th that reaches a need counts `steps[k - 1]` of its weight."""

    def adds(sites: list[int]) -> list[float]:
        reached = instance.costs[:, sites] <= radius
        last = np.append(np.insert(steps, 0, 0.0), 0.0)[np.minimum(reached.sum(axis=1), len(steps) + 1)]
        return [float(each) for each in (instance.weights * last) @ reached]

    return adds


def _lscp(instance: Instance, question: Question) -> tuple[Chosen, Adds]:
    radius = _radius_of(question)
    fixed, _forbidden = instance.masks()
    chosen = fewest(
        cover_of(instance, radius), fixed=fixed, seconds=question.seconds, tell=question.tell, stop=question.stop
    )
    return chosen, _counted(instance, radius, FIRST)  # the weight that a site alone reaches


def _pmedian(instance: Instance, question: Question) -> tuple[Chosen, Adds]:
    p = _p_of(instance, question)
    fixed, forbidden = instance.masks()
    costs = np.where(instance.weights[:, None] == 0, 0.0, instance.costs) * instance.weights[:, None]
    if not np.isfinite(costs).all():
        raise BadInput("instance", _("The p-median needs a cost between every demand and site; some are missing."))
    chosen = least_cost(
        costs, p, fixed=fixed, allowed=~forbidden, seconds=question.seconds, tell=question.tell, stop=question.stop,
        seed=question.seed,
    )  # fmt: skip
    return chosen, lambda sites: _saved(costs[:, sites])


def _saved(costs: Floats) -> list[float]:
    """What each of the sites of (n, p) costs saves: how much farther the second nearest is than it."""
    if costs.shape[1] == 1:
        return [float("inf")]
    first, second = np.partition(costs, 1, axis=1)[:, :2].T
    saved = np.bincount(costs.argmin(axis=1), second - first, minlength=costs.shape[1])
    return [float(each) for each in saved]


def _limited(instance: Instance, model: str, question: Question) -> tuple[Chosen, Adds]:
    """With capacities or a budget: p-median and maximal covering, a need shared among sites where that is better."""
    if model == "lscp" or question.steps is not None:
        raise BadInput("model", _("Capacities and budgets go with pmedian and mclp, without a busy share."))
    p = question.p or instance.p if question.budget is not None else _p_of(instance, question)
    if question.budget is not None and not 0 < question.budget < np.inf:
        raise BadInput("budget", _("A budget is more than nothing."))
    radius = _radius_of(question) if model == "mclp" else None
    chosen = with_capacity(
        instance, p, radius=radius, budget=question.budget, seconds=question.seconds, tell=question.tell
    )

    def adds(sites: list[int]) -> list[float]:
        return [
            abs(chosen.value - worth_of(instance, [j for j in sites if j != each], radius=radius)) for each in sites
        ]

    return chosen, adds


MODELS: dict[str, Callable[[Instance, Question], tuple[Chosen, Adds]]] = {
    "pmedian": _pmedian,
    "mclp": _mclp,
    "lscp": _lscp,
}
