"""What the list of incidents can be asked for, read from an address."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from maplebridge.incidents.actions.shared import checked_text, instant
from maplebridge.incidents.rules import OPEN_STATES, STATES
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import BadInput


def states_of(text: str) -> list[str]:
    """Read the states that a list asks for: `open`, or names with commas. Raises BadInput."""
    if text == "open":
        return list(OPEN_STATES)
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    for part in wanted:
        if part not in STATES:
            sentence = _("There is no state “%(state)s”. States: open, %(states)s.")
            raise BadInput("state", sentence % {"state": part[:40], "states": ", ".join(STATES)})
    return wanted


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """Read west,south,east,north in degrees; None for everywhere. Raises BadInput."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (valid_lonlat(west, south) and valid_lonlat(east, north)):
        raise BadInput("bbox", _("Write the box as west,south,east,north in degrees."))
    return west, south, east, north


def since_of(moment: datetime | None) -> datetime | None:
    """Read a moment; one without an offset is UTC. Raises BadInput."""
    if moment is None:
        return None
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC), field="since")


def searchable(text: str) -> str:
    """Clean the words to search for. Raises BadInput."""
    return checked_text(text, field="q", limit=200)
