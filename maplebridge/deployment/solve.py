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
from maplebridge.deployment.instance import Floats, Instance
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
    chosen, worth = _limited(instance, model, question) if limited else MODELS[model](instance, question)
    gap = abs(chosen.bound - chosen.value) / max(abs(chosen.value), 1e-12) if chosen.bound != chosen.value else 0.0
    adds = [abs(chosen.value - worth([j for j in chosen.sites if j != each])) for each in chosen.sites]
    names = [instance.sites[j] for j in chosen.sites]
    return Solution(chosen.value, chosen.bound, gap, monotonic() - begun, names, adds)


Worth = Callable[[list[int]], float]


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


def _covered(instance: Instance, radius: float) -> Worth:
    return lambda sites: float(instance.weights[(instance.costs[:, sites] <= radius).any(axis=1)].sum())


def _mclp(instance: Instance, question: Question) -> tuple[Chosen, Worth]:
    p, radius = _p_of(instance, question), _radius_of(question)
    fixed, forbidden = instance.masks()
    steps = FIRST if question.steps is None else question.steps
    chosen = cover_most(
        cover_of(instance, radius), p, fixed=fixed, allowed=~forbidden, steps=steps, seconds=question.seconds,
        tell=question.tell, stop=question.stop, seed=question.seed,
    )  # fmt: skip
    return chosen, _counted(instance, radius, steps)


def _counted(instance: Instance, radius: float, steps: Floats) -> Worth:
    """Worth of sites when the k-th that reaches a need counts `steps[k - 1]` of its weight."""
    total = np.concatenate(([0.0], np.cumsum(steps)))

    def worth(sites: list[int]) -> float:
        counts = (instance.costs[:, sites] <= radius).sum(axis=1)
        return float(instance.weights @ total[np.minimum(counts, len(steps))])

    return worth


def _lscp(instance: Instance, question: Question) -> tuple[Chosen, Worth]:
    radius = _radius_of(question)
    fixed, _forbidden = instance.masks()
    chosen = fewest(
        cover_of(instance, radius), fixed=fixed, seconds=question.seconds, tell=question.tell, stop=question.stop
    )
    covered = _covered(instance, radius)
    whole = chosen.value + float(instance.weights.sum())
    return chosen, lambda sites: whole - covered(sites)  # what a site adds: the weight that it alone reaches


def _pmedian(instance: Instance, question: Question) -> tuple[Chosen, Worth]:
    p = _p_of(instance, question)
    fixed, forbidden = instance.masks()
    costs = np.where(instance.weights[:, None] == 0, 0.0, instance.costs) * instance.weights[:, None]
    if not np.isfinite(costs).all():
        raise BadInput("instance", _("The p-median needs a cost between every demand and site; some are missing."))
    chosen = least_cost(
        costs, p, fixed=fixed, allowed=~forbidden, seconds=question.seconds, tell=question.tell, stop=question.stop,
        seed=question.seed,
    )  # fmt: skip
    return chosen, lambda sites: float(costs[:, sites].min(axis=1).sum()) if sites else float("inf")


def _limited(instance: Instance, model: str, question: Question) -> tuple[Chosen, Worth]:
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
    return chosen, lambda sites: worth_of(instance, sites, radius=radius)


MODELS: dict[str, Callable[[Instance, Question], tuple[Chosen, Worth]]] = {
    "pmedian": _pmedian,
    "mclp": _mclp,
    "lscp": _lscp,
}
