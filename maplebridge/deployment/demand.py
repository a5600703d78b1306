"""Need by place and hour of the week: how many calls came from where, and how sure one can be of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F, Func
from django.db.models.fields import BigIntegerField

from maplebridge.deployment.calls import Calls, clock, finest, parents
from maplebridge.deployment.kernels.arrays import Floats, Ints, Mask
from maplebridge.deployment.layout import HOURS
from maplebridge.deployment.smoothing import hour_shares, place_rates, spread_of
from maplebridge.incidents.models import Incident
from maplebridge.people.actor import Actor
from maplebridge.places.queries import city_zone
from maplebridge.places.under import under

EPOCH = date(1970, 1, 1).toordinal()
ENOUGH = 20.0


@dataclass(frozen=True)
class Demand:
    """n places and what came from them. Place-based: a place is an H3 cell (or street segment), never a person.

    `cells` (n,) H3 indexes at `resolution`; `points` (n, 2) lon, lat where the calls of a cell centre; `counts`
    (n, 168) calls by hour of the week (hour 0: Monday from 00:00, the city's clocks); `observed` (168,) how many times
    each hour of the week was observed; `daily` calls of each day of the city from `first_day` on.
    """

    resolution: int
    cells: Ints
    points: Floats
    counts: Floats
    observed: Floats
    first_day: date = date(1970, 1, 1)
    daily: Floats = field(default_factory=lambda: np.zeros(0))

    def weights(self) -> Floats:
        """Calls of each place in an average week, as counted: (n,)."""
        per_hour = np.divide(self.counts, self.observed, out=np.zeros_like(self.counts), where=self.observed > 0)
        return np.asarray(per_hour.sum(axis=1))


@dataclass(frozen=True)
class Rates:
    """How many calls to expect, with equal-tailed credible intervals of `level`.

    `mean`, `low`, `high` (n, 168) calls an hour by hour of the week; `place_*` (n,) calls a week; `hour_*` (168,) calls
    an hour of the whole city. `place_shape` (n,) is the shape of the gamma posterior of a place's week: how many calls
    its mean is worth, `hours_worth` (n,) the same of how its calls fall on the hours. `enough` (n,), `enough_hours`
    (168,): worth at least 20 calls, so that one standard error is less than 23 % of the mean; below, the National
    Center for Health Statistics calls a rate unreliable (Klein et al. 2002, "Healthy People 2010 criteria for data
    suppression", Statistical Notes 24). Show "too little data" there.
    """

    demand: Demand
    mean: Floats
    low: Floats
    high: Floats
    place_mean: Floats
    place_low: Floats
    place_high: Floats
    place_shape: Floats
    hours_worth: Floats
    hour_mean: Floats
    hour_low: Floats
    hour_high: Floats
    enough: Mask
    enough_hours: Mask
    level: float

    def scatter(self) -> Floats:
        """Squared coefficient of variation of the rate of each place and hour of the week: (n, 168)."""
        shares = self.mean / np.maximum(self.mean.sum(axis=1, keepdims=True), 1e-300)
        return _scatter(shares, self.place_shape, self.hours_worth)


class _Quarter(Func):
    """Quarter-hours since 1970 UTC of a moment, in either database."""

    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 900) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite keeps moments as text in UTC."""
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS integer) / 900")


def demand_of(
    actor: Actor, *, begin: datetime, end: datetime, types: Collection[str] = (), area: str = "", resolution: int = 9
) -> Demand:
    """Count the incidents that the actor may see, reported from `begin` up to `end`, by place and hour of the week.

    `types` are codes of incident types, none: all; `area` is the code of an area. An incident that was merged into
    another counts once. Raises BadInput for a time or resolution that cannot be.
    """
    return demand_from(
        calls_on_record(actor, begin=begin, end=end, types=types, area=area), begin=begin, end=end, zone=city_zone(),
        resolution=resolution,
    )  # fmt: skip


def calls_on_record(
    actor: Actor, *, begin: datetime, end: datetime, types: Collection[str] = (), area: str = ""
) -> Calls:
    """When and where the incidents on the map that the actor may see were reported; merged ones once.

    From `begin` up to `end`. Without those off the map: no road there is known, so that no post can be placed for them.
    """
    rows = Incident.objects.visible_to(actor).on_map().filter(merged_into=None)
    rows = rows.filter(reported_at__gte=begin, reported_at__lt=end)
    rows = rows.filter(type__in=types) if types else rows
    rows = rows.filter(under([area])) if area else rows
    columns = rows.order_by().values_list(_Quarter(F("reported_at")), "cell", "lon", "lat")
    form = np.dtype([("quarter", np.int64), ("cell", np.int64), ("lon", float), ("lat", float)])
    found = np.fromiter(columns.iterator(chunk_size=20_000), form)
    return Calls(found["quarter"].copy(), np.stack([found["lon"], found["lat"]], axis=1), found["cell"].copy())


def demand_from(calls: Calls, *, begin: datetime, end: datetime, zone: ZoneInfo, resolution: int = 9) -> Demand:
    """Count calls from `begin` up to `end` by place and hour of the week. Raises BadInput as `demand_of` does."""
    time = clock(begin, end, zone)
    calls = calls.between(begin, end)
    cells, of_call = np.unique(parents(calls.cells, finest(resolution)), return_inverse=True)
    at = calls.quarters - time.first
    counts = np.bincount(of_call * HOURS + time.hours[at], minlength=len(cells) * HOURS).reshape(-1, HOURS)
    sums = [np.bincount(of_call, calls.points[:, axis], minlength=len(cells)) for axis in (0, 1)]
    points = np.stack(sums, axis=1) / np.maximum(counts.sum(axis=1), 1)[:, None]
    first = int(time.days[0])
    daily = np.bincount(time.days[at] - first, minlength=int(time.days[-1]) - first + 1)
    return Demand(
        resolution, cells, points, counts.astype(float), time.observed(), date.fromordinal(EPOCH + first),
        daily.astype(float),
    )  # fmt: skip


def smoothed(demand: Demand, level: float = 0.9) -> Rates:
    """Estimate what to expect where and when: counts are Poisson, places borrow from neighbours, hours from hours.

    The calls of a place in a week are Poisson with a gamma prior round the mean of its neighbours; how they fall on the
    hours is Dirichlet round the hours of the city and the neighbourhood. Both priors are fitted by maximum marginal
    likelihood (empirical Bayes; Clayton and Kaldor 1987, Biometrics 43; Marshall 1991, Applied Statistics 40, for
    neighbours). Both are conjugate, so that a place's own calls count once. Of an hour of a place the interval is that
    of a gamma with the posterior's mean and variance.
    """
    weeks = max(float(demand.observed.mean()), 1e-9)
    shape, mean = place_rates(demand)
    shares, worth = hour_shares(demand)
    per_week = mean / weeks
    lift = weeks / np.where(demand.observed > 0, demand.observed, np.inf)  # hours that were seen more or less often
    expected = per_week[:, None] * shares * lift
    scatter = _scatter(shares, shape, worth)
    low, high = spread_of(expected, 1 / scatter, level)
    place_low, place_high = spread_of(per_week, shape, level)
    total, variance = expected.sum(axis=0), (expected**2 * scatter).sum(axis=0)
    hour_shape = np.divide(total**2, variance, out=np.ones(HOURS), where=variance > 0)
    hour_low, hour_high = spread_of(total, hour_shape, level)
    return Rates(
        demand, expected, low, high, per_week, place_low, place_high, shape, worth, total, hour_low, hour_high,
        shape >= ENOUGH, demand.counts.sum(axis=0) >= ENOUGH, level,
    )  # fmt: skip


def _scatter(shares: Floats, shape: Floats, worth: Floats) -> Floats:
    """Squared coefficient of variation of a gamma variable times a share of a Dirichlet that does not know of it."""
    share = (1 - shares) / np.maximum(shares * (worth[:, None] + 1), 1e-300)
    return np.asarray((1 + 1 / shape[:, None]) * (1 + share) - 1)
