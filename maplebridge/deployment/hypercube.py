"""Larson's hypercube queueing model: how busy each unit is when calls go to the first free unit of a list.

A state of N units is a number of N bits, bit n set while unit n is busy. Calls of atom a arrive at random at a rate,
each goes to the first free unit of the atom's list, and every service takes an exponential time of one mean. Where all
units are busy a call is lost, or waits in one line. Sources: Larson 1974, "A hypercube queuing model for facility
location and redistricting in urban emergency services"; Larson and Odoni 1981, Urban Operations Research, chapter 5;
the approximation: Larson 1975, "Approximating the performance of urban emergency service systems", Jarvis 1985.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.erlang import corrections, lost, with_line
from maplebridge.deployment.kernels.arrays import Floats, Ints
from maplebridge.deployment.kernels.states import balanced_states, dispatch_shares, offered_rates
from maplebridge.kernel.refused import BadInput

EXACT_TO = 18  # units: 2^18 states take some seconds
APPROXIMATE_CLOSE, APPROXIMATE_TURNS = 1e-12, 2_000


@dataclass(frozen=True)
class Workload:
    """What the model says of N units and A atoms.

    `busy` (N,) share of the time that each unit is busy; `dispatched` (A, N) share of all calls served that are of an
    atom and served by a unit; `saturated` share of the time that all are busy; `states` (2^N,) their probabilities,
    empty by the approximation; `waiting` probability that somebody waits.
    """

    busy: Floats
    dispatched: Floats
    saturated: float
    waiting: float
    states: Floats

    def not_nearest(self, lists: Ints) -> float:
        """Share of dispatches that went to another unit than the first of the atom's list."""
        first = self.dispatched[np.arange(len(lists)), lists[:, 0]].sum()
        return float(1.0 - first / self.dispatched.sum())

    def mean_travel(self, times: Floats) -> float:
        """Mean of times (A, N) over the dispatches."""
        return float((self.dispatched * times).sum() / self.dispatched.sum())


def exact(rates: Floats, lists: Ints, *, service: float = 1.0, queue: bool = True) -> Workload:
    """Solve the balance equations of all 2^N states by Gauss-Seidel; N up to 18.

    `rates` (A,) calls per time, `lists` (A, N) the units of each atom in the order of preference, `service` rate of a
    unit (mu). Raises BadInput where a queue would grow for ever or there are too many units.
    """
    units = lists.shape[1]
    _must_fit(rates, units, service, queue=queue)
    if units > EXACT_TO:
        raise BadInput(
            "units", _("The exact model takes up to %(n)d units; ask for the approximation.") % {"n": EXACT_TO}
        )
    states = balanced_states(rates, lists, service, lost(units, float(rates.sum()) / service))
    use = float(rates.sum()) / service / units
    behind = (
        use / (1.0 - use) if queue else 0.0
    )  # of the full state: with one waiting, with two, ... a geometric series
    states = states / (1.0 + behind * states[-1])
    line = behind * states[-1]
    bits = (np.arange(1 << units)[:, None] >> np.arange(units)) & 1
    dispatched = dispatch_shares(states, rates, lists)
    if queue:
        dispatched += (states[-1] + line) * rates[:, None] / (units * rates.sum())  # who waits gets any unit alike
    return Workload(states @ bits + line, dispatched, float(states[-1] + line), float(line), states)


def _must_fit(rates: Floats, units: int, service: float, *, queue: bool) -> None:
    if queue and rates.sum() >= units * service:
        raise BadInput("rates", _("More calls come than the units can serve: the queue would grow for ever."))


def approximate(rates: Floats, lists: Ints, *, service: float = 1.0, queue: bool = True) -> Workload:
    """The approximation for any number of units: units independent but for a correction, by fixed-point iteration.

    A call of an atom goes to its j-th unit with Q(N, rho, j - 1) times the chance that those before are busy and it is
    free (Larson 1975, equations 13 to 20; for loss Jarvis 1985). Workloads are brought to their known sum each time.
    Arguments and result as of `exact`; `states` stay empty.
    """
    units = lists.shape[1]
    _must_fit(rates, units, service, queue=queue)
    load = float(rates.sum()) / service
    chances, line = with_line(units, load) if queue else (lost(units, load), 0.0)
    full = float(chances[-1] + line)
    factors, use = corrections(units, load, queue=queue), load * (1.0 if queue else 1.0 - full) / units
    busy = np.full(units, use)
    for _turn in range(APPROXIMATE_TURNS):
        offered = offered_rates(busy, rates / service, lists, factors)
        fresh = (offered + (load * full / units if queue else 0.0)) / (1.0 + offered)
        fresh *= use * units / fresh.sum() if fresh.sum() else 1.0
        change, busy = float(np.abs(fresh - busy).max()), fresh
        if change < APPROXIMATE_CLOSE:
            break
    served = np.zeros(lists.shape)
    np.put_along_axis(
        served, lists, _passed_on(busy, rates / rates.sum(), lists, factors) * (1.0 - busy[lists]), axis=1
    )
    served *= (1.0 - full) / served.sum()
    if queue:
        served += full * (rates / rates.sum())[:, None] / units
    return Workload(busy, served, full, line, np.zeros(0))


def _passed_on(busy: Floats, rates: Floats, lists: Ints, factors: Floats) -> Floats:
    """Rates (A, N) at which calls of an atom come to the unit at a place of its list, those before being busy."""
    before = np.cumprod(np.hstack([np.ones((len(lists), 1)), busy[lists][:, :-1]]), axis=1)
    return np.asarray(rates[:, None] * factors[None, :] * before)
