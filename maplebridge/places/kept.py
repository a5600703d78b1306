"""What is slow to build is kept per process, and built anew when what it was built from has another version."""

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

from django.db.models import Count, Max

from maplebridge.journal.models import Entry
from maplebridge.kernel.moment import for_a_moment, forget
from maplebridge.places.models import Area, City, Place

Kept = TypeVar("Kept")
AREAS_WRITTEN = ("places.areas_imported", "places.city_imported", "places.divisions_imported")
_kept: dict[str, tuple[object, Any]] = {}
_locks: dict[str, RLock] = {}


def keep(name: str, version: object, build: Callable[[], Kept]) -> Kept:
    """Give the kept value of a name where it was built for this version; else build and keep it."""
    known = _kept.get(name)
    if known is None or known[0] != version:
        with _locks.setdefault(name, RLock()):
            known = _kept.get(name)
            if known is None or known[0] != version:
                known = _kept[name] = (version, build())
    kept: Kept = known[1]
    return kept


def let_go() -> None:
    """Forget all that is kept in this process."""
    _kept.clear()
    forget()


def current_city() -> City | None:
    """Give the city, None before the first import. One row by its key, some 0.1 ms."""
    return for_a_moment("city", lambda: (City.objects.order_by("pk").first(),))[0]  # "none yet" is an answer, too


def areas_version() -> tuple[object, ...]:
    """Give what changes with the areas: the city's edition, how many there are, and the last entry that wrote any.

    The journal is the only door for writes, so its last entry of a verb of AREAS_WRITTEN tells of an outline or name
    that was changed in place, too; tests/house reads the actions and finds a verb that is not named.
    """
    in_use = Area.objects.filter(gone=False)
    known = for_a_moment("areas", lambda: in_use.aggregate(number=Count("pk"), last=Max("pk")))
    return (_edition(), known["number"], known["last"], for_a_moment("areas written", _last_written))


def places_version() -> tuple[object, ...]:
    """Give what changes with the places: the city's edition and box, and the last place."""
    city = current_city()
    return (_edition(), city.bbox if city else (), for_a_moment("places", _last_place))


def _edition() -> str:
    city = current_city()
    return city.edition if city else ""


def _last_written() -> int:
    written = Entry.objects.filter(verb__in=AREAS_WRITTEN).order_by("-position")
    return written.values_list("position", flat=True).first() or 0


def _last_place() -> int | None:
    return Place.objects.order_by("-pk").values_list("pk", flat=True).first()
