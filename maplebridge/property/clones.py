"""Rules by which one code on two things shows itself: seen at two places at once, or telling what its item is not.

Pure. A finding is a reason to look at the number on the thing itself, never more: numbers are misread, and a shop may
enter a day's list late.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

CLOCKS_S = 300.0  # by which two places' clocks may differ, and in which a code is read twice
FASTEST = 0.6  # of the travel time of an urgent run: nobody is quicker

_VEHICLES = {"bicycle": ("bicycle",), "e-bike": ("e_bike", "scooter")}

OTHER_KIND, MADE_LATER, OTHER_YEAR, CELL = "other_kind", "made_later", "other_year", "cell"


def impossible(apart_s: float, way_s: float) -> bool:
    """Whether nothing can have been at two places `apart_s` seconds apart that are `way_s` away by an urgent run."""
    return apart_s + CLOCKS_S < FASTEST * way_s


def contradictions(
    decoded: Mapping[str, Any], *, item_kind: str, item_year: int | None, registered_on: date
) -> tuple[str, ...]:
    """What a decoded code tells that its item is not.

    `other_kind`: of another kind of vehicle. `made_later`: made after the item was registered. `other_year`: of a
    year that is more than one from the item's. `cell`: the code of a single cell on what is registered as a battery.
    """
    found = []
    kinds = _VEHICLES.get(str(decoded.get("vehicle")))
    if kinds and item_kind not in kinds:
        found.append(OTHER_KIND)
    made = date.fromisoformat(decoded["made_on"]) if decoded.get("made_on") else None
    year = made.year if made else decoded.get("made_in")
    if made and made > registered_on or isinstance(year, int) and year > registered_on.year + 1:
        found.append(MADE_LATER)
    elif isinstance(year, int) and item_year and abs(year - item_year) > 1:
        found.append(OTHER_YEAR)
    if decoded.get("product") == "cell" and item_kind == "battery" and "specification" in decoded:
        found.append(CELL)
    return tuple(found)
