"""What a siting problem is given: places that need somebody, sites where somebody may stand, and the cost between them.

Two forms are read. OR-Library's p-median files (Beasley 1990, "OR-Library: distributing test problems by electronic
mail"): `n edges p`, then an edge each line, `from to length`; a later line of the same edge overrides the earlier one;
every vertex is demand and site, costs are shortest paths. And CSV with a header, a line for each pair that can be
reached: `demand,site,cost` and where it is not 1 `weight`; `capacity` (the most weight that the site takes, none: any)
and `opening` (what it costs to open the site, 1 where nothing stands) may stand in any line of the site.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from django.utils.translation import gettext as _

from maplebridge.deployment.kernels.arrays import Floats, Mask
from maplebridge.kernel.refused import BadInput

MOST_PAIRS = 100_000_000
COLUMNS = ("demand", "site", "cost")


@dataclass(frozen=True)
class Instance:
    """n places with their weights, m sites, costs (n, m) in any unit of their own; infinite where there is no way.

    `fixed` sites are taken in any case, `forbidden` ones never. `p` is how many the file asks for, 0 where it does not.
    `capacity` (m,) is the most weight that each site takes, `opening` (m,) what each costs to open.
    """

    weights: Floats
    costs: Floats
    sites: Sequence[str]
    p: int = 0
    fixed: frozenset[int] = field(default_factory=frozenset)
    forbidden: frozenset[int] = field(default_factory=frozenset)
    capacity: Floats | None = None
    opening: Floats | None = None

    def masks(self) -> tuple[Mask, Mask]:
        """Which sites are taken in any case, and which never: (m,) each."""
        fixed, forbidden = np.zeros(len(self.sites), bool), np.zeros(len(self.sites), bool)
        fixed[list(self.fixed)] = True
        forbidden[list(self.forbidden)] = True
        return fixed, forbidden


def read_orlib(text: str) -> Instance:
    """Read a p-median file of OR-Library. Raises BadInput with the line that is wrong."""
    rows = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    try:
        number, (n, _edges, p) = rows[0][0], map(int, rows[0][1])
    except (ValueError, IndexError):
        raise BadInput("instance", _("The first line must be three numbers: vertices, edges, p.")) from None
    if not 0 < n * n <= MOST_PAIRS:
        raise BadInput("instance", _("From 1 to %(n)d vertices are possible.") % {"n": int(MOST_PAIRS**0.5)})
    costs = np.full((n, n), np.inf)
    np.fill_diagonal(costs, 0.0)
    for number, parts in rows[1:]:
        try:
            one, other, length = int(parts[0]) - 1, int(parts[1]) - 1, float(parts[2])
        except (ValueError, IndexError):
            raise BadInput("instance", _at(number, _("two vertices and a length are wanted."))) from None
        if not (0 <= one < n and 0 <= other < n and 0 <= length < np.inf):
            raise BadInput(
                "instance",
                _at(number, _("vertices go from 1 to %(n)d, lengths are not negative.") % {"n": n}),
            )
        costs[one, other] = costs[other, one] = length
    return Instance(np.ones(n), shortest_paths(costs), [str(v + 1) for v in range(n)], p)


def shortest_paths(costs: Floats) -> Floats:
    """Shortest paths between all pairs of edge lengths (n, n), in place (Floyd 1962, Algorithm 97)."""
    for by in range(len(costs)):
        np.minimum(costs, costs[:, by, None] + costs[None, by, :], out=costs)
    return costs


def _at(line: int, what: str) -> str:
    return _("Line %(line)d: %(what)s") % {"line": line, "what": what}


def read_csv(text: str) -> Instance:
    """Read pairs of a demand and a site with their cost. Raises BadInput with the line that is wrong."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise BadInput(
            "instance",
            _("The first line must name the columns demand, site and cost."),
        )
    demands: dict[str, int] = {}
    sites: dict[str, int] = {}
    weights: list[float] = []
    pairs: list[tuple[int, int, float]] = []
    traits: dict[str, dict[int, float]] = {"capacity": {}, "opening": {}}
    for number, row in enumerate(reader, 2):
        demand, site, cost, weight = _pair(row, number)
        at = demands.setdefault(demand, len(demands))
        if at == len(weights):
            weights.append(weight)
        elif weights[at] != weight:
            raise BadInput(
                "instance",
                _at(number, _("this demand has another weight in an earlier line.")),
            )
        pairs.append((at, sites.setdefault(site, len(sites)), cost))
        for name, known in traits.items():
            if text := (row.get(name) or "").strip():
                known[sites[site]] = _trait(text, number)
    if not pairs:
        raise BadInput("instance", _("There is no pair of a demand and a site."))
    joined = _joined(np.array(weights), pairs, list(sites))
    return replace(
        joined, capacity=_of_sites(traits["capacity"], len(sites), np.inf),
        opening=_of_sites(traits["opening"], len(sites), 1.0),
    )  # fmt: skip


def _of_sites(known: dict[int, float], sites: int, usual: float) -> Floats | None:
    return np.array([known.get(site, usual) for site in range(sites)]) if known else None


def _trait(text: str, number: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < np.inf:
        raise BadInput("instance", _at(number, _("capacity and opening must be numbers, not negative.")))
    return value


def _pair(row: dict[str, str], number: int) -> tuple[str, str, float, float]:
    try:
        cost, weight = float(row["cost"]), float(row.get("weight") or 1)
    except (ValueError, TypeError):
        raise BadInput("instance", _at(number, _("cost and weight must be numbers."))) from None
    if not (0 <= cost < np.inf and 0 <= weight < np.inf and row["demand"] and row["site"]):
        raise BadInput(
            "instance",
            _at(number, _("name a demand and a site; cost and weight are not negative.")),
        )
    return row["demand"], row["site"], cost, weight


def _joined(weights: Floats, pairs: Iterable[tuple[int, int, float]], sites: list[str]) -> Instance:
    if len(weights) * len(sites) > MOST_PAIRS:
        raise BadInput("instance", _("There are more than %(n)d pairs of a demand and a site.") % {"n": MOST_PAIRS})
    costs = np.full((len(weights), len(sites)), np.inf)
    for at, site, cost in pairs:
        costs[at, site] = min(costs[at, site], cost)
    return Instance(weights, costs, sites)


def named(instance: Instance, text: str) -> frozenset[int]:
    """The numbers of sites that are named with commas between. Raises BadInput for a name that is not there."""
    known = {name: number for number, name in enumerate(instance.sites)}
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise BadInput("sites", _("There is no site %(name)s in the file.") % {"name": name})
    return frozenset(known[name] for name in names)
