"""The register of the demo's county: the houses of some villages with their uses, and who asked to be looked after."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from maplebridge.people.actor import Actor
from maplebridge.places.register.actions.care import Wish, ask_for_care
from maplebridge.places.register.actions.imports import BATCH, import_addresses
from maplebridge.places.register.models import Address
from maplebridge.places.register.rules.divisions import Division
from maplebridge.places.register.rules.rows import Row

SOURCE, SEATS = "demo county", "demo county seats"
VILLAGES = 6
_LANES = (
    "水井巷",
    "磨坊巷",
    "果园巷",
    "竹林巷",
    "渡口巷",
    "梯田巷",
    "学堂巷",
    "泉水巷",
)  # one for each hamlet of a village
_USES = ("house", "house", "house", "house", "house", "rental", "shop", "empty", "")
_CARE = (
    ("Grandmother of the last house (invented)", ("mobility", "alone"), "Knock at the window, the bell is broken."),
    ("Test Resident Two", ("device",), "An oxygen device that runs on power."),
    ("Test Resident Three", ("hearing",), ""),
)
_STEP = 0.00042  # degrees between two houses of a lane, some 45 m


def stock_county_doors(actor: Actor, areas: Sequence[Division], *, houses: int, at: datetime, seed: int) -> None:
    """Enter each village's committee, the houses of the first villages, and three who asked to be looked after.

    `houses` stand in each hamlet.
    """
    rng = random.Random(seed)  # noqa: S311  # chance, not secrets
    villages = [area.code for area in areas if area.kind == "village"]
    first = sorted(villages)[:VILLAGES]
    hamlets = sorted((area for area in areas if area.parent in first), key=lambda area: area.code)
    names = {area.code: area.name_zh for area in areas}
    rows = [row for hamlet in hamlets for row in _rows(hamlet, names[hamlet.parent], houses, rng)]
    import_addresses(actor, rows=dict(enumerate(rows[:BATCH])), source=SOURCE, at=at)
    seats = [_seat(area, areas) for area in areas if area.kind == "village"]
    import_addresses(actor, rows=dict(enumerate(filter(None, seats))), source=SEATS, at=at)
    doors = Address.objects.filter(source=SOURCE, kind="building").order_by("pk")
    for number, (name, needs, words) in enumerate(_CARE):
        door = doors[number * houses // 2 : number * houses // 2 + 1].first()
        if door is not None:
            wish = Wish(name, needs, "person", words=words, lasts=timedelta(days=300))
            ask_for_care(actor, address_id=door.pk, wish=wish, at=at + timedelta(days=number))


def _seat(village: Division, areas: Sequence[Division]) -> Row | None:
    """The house of a village's committee, in its first hamlet: by it the map knows where the village is."""
    hamlet = min((area for area in areas if area.parent == village.code), key=lambda area: area.code, default=None)
    if hamlet is None or hamlet.point is None:
        return None
    lon, lat = hamlet.point
    lane = f"{village.name_zh}村部路"
    return Row(hamlet.code, lane, "", "1", "", "", round(lon - 2 * _STEP, 6), round(lat, 6), "public")


def _rows(hamlet: Division, village: str, houses: int, rng: random.Random) -> list[Row]:
    """Houses along the lane of a hamlet, in two rows; a lane is named with its village."""
    lon, lat = hamlet.point or (0.0, 0.0)
    lane = village + _LANES[(int(hamlet.code.rpartition("-")[2]) - 1) % len(_LANES)]
    rows = []
    for number in range(1, houses + 1):
        use = rng.choice(_USES)
        east, north = (number // 2) * _STEP, (number % 2) * _STEP / 2
        rows.append(Row(
            hamlet.code, lane, "", str(number), "", "", round(lon + east, 6), round(lat + north, 6), use,
            residents=rng.randint(1, 6) if use in ("house", "rental") and rng.random() < 0.7 else None,
            organisation=f"小卖部 {number} (invented)" if use == "shop" else "",
        ))  # fmt: skip
    return rows
