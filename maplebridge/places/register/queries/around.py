"""What somebody at the map asks of the register: which buildings are near, and what one address is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from maplebridge.kernel.geometry import bbox_around, distance_m
from maplebridge.people.actor import Actor
from maplebridge.places.register.models import Address, Organisation, Premise
from maplebridge.places.register.rules.quads import range_of, ranges_of
from maplebridge.places.under import in_areas

WIDTHS_M = (150.0, 600.0, 2_400.0)
_CONSIDERED = 4_000
_NAMED = 50


@dataclass(frozen=True, slots=True)
class Near:
    """A building and how far away it is, in metres."""

    address: Address
    distance_m: int


@dataclass(frozen=True, slots=True)
class House:
    """An address with what is at it; of premises only for whoever may see them: None else."""

    address: Address
    above: list[Address]
    parts: dict[str, int]
    organisations: list[Organisation]
    premise: Premise | None
    residents: int | None
    premises: int | None
    hazards: list[str]


def addresses_around(lon: float, lat: float, *, limit: int = 30, widths_m: Sequence[float] = WIDTHS_M) -> list[Near]:
    """Give the buildings nearest to a point, the nearest first, within some 2.4 km or the last of other widths."""
    for metres in widths_m:
        west, south, east, north = box = bbox_around(lon, lat, metres)
        spans = Q()
        for first, end in ranges_of(box):
            spans |= Q(quad__gte=first, quad__lt=end)
        rows = Address.objects.filter(spans, kind="building", lon__range=(west, east), lat__range=(south, north))
        found = list(rows.filter(gone=False).select_related("area")[:_CONSIDERED])
        if len(found) >= limit or metres == widths_m[-1]:
            break
    near = [Near(each, round(distance_m(lon, lat, each.lon, each.lat))) for each in found]
    return sorted(near, key=lambda each: (each.distance_m, each.address.pk))[:limit]


def house_of(actor: Actor, key: int) -> House | None:
    """Give an address of the register with what is at it, for this reader; None where it is not there."""
    rows = Address.objects.select_related("area", "parent", "building", "premise")
    here = rows.filter(pk=key).first()
    if here is None:
        return None
    parts = dict(here.children.filter(gone=False).order_by().values_list("kind").annotate(n=Count("pk")))
    organisations = Organisation.objects.filter(_within("address", here), gone=False).order_by("name")[:_NAMED]
    above = list(dict.fromkeys(each for each in (here.building, here.parent) if each and each.pk != here.pk))
    if not actor.may("register.view", about=here):
        return House(here, above, parts, list(organisations), None, None, None, [])
    known = Premise.objects.filter(_within("address", here), gone=False)
    sums = known.aggregate(residents=Sum("residents"), n=Count("pk"))
    noted = {each for row in known.exclude(hazards=[]).values_list("hazards", flat=True)[:_NAMED] for each in row}
    premise = getattr(here, "premise", None)
    shown = premise if premise and not premise.gone else None
    return House(here, above, parts, list(organisations), shown, sums["residents"], sums["n"], sorted(noted))


def uses_in_tile(actor: Actor, z: int, x: int, y: int) -> Mapping[int, str]:
    """Give the use of premises by the key of their building, in one tile, where the actor may see premises."""
    mine = actor.areas("register.view")
    if mine is not None and not mine:
        return {}
    first, end = range_of(z, x, y)
    rows = Premise.objects.filter(gone=False, address__kind="building")
    rows = rows.filter(address__quad__gte=first, address__quad__lt=end)
    if mine is not None:
        rows = rows.filter(in_areas(mine, area="address__area__"))  # by the areas of the tile, not through all areas
    return dict(rows.values_list("address_id", "use"))


def _within(name: str, here: Address) -> Q:
    """At the address itself, or at a part of the building that it is."""
    at = Q(**{name: here})
    return at | Q(**{f"{name}__building": here}) if here.kind == "building" else at | Q(**{f"{name}__parent": here})
