"""New addresses and changed ones: code, standard text, place, and the counts on the map."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from maplebridge.kernel.geometry import cell_of
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.places.models import Area
from maplebridge.places.queries import area_at
from maplebridge.places.register.actions.clusters import Step, count_in
from maplebridge.places.register.actions.names import names_for
from maplebridge.places.register.actions.store import keep_serials, lock_areas
from maplebridge.places.register.models import Address, RegisterName
from maplebridge.places.register.rules.changes import Value, key_in
from maplebridge.places.register.rules.codes import code_of, prefix_of
from maplebridge.places.register.rules.quads import quad_of
from maplebridge.places.register.rules.words import KINDS, TEXT_LONGEST, number_of, part_text, standard_text

_OF_BUILDING = ("street", "site", "number", "lon", "lat")
_BELOW = {"unit": ("building",), "room": ("building", "unit")}


class CannotRemoveAddress(Refused):
    """An address that others stand below, or that something is at, is not gone."""


def new_address(fields: Mapping[str, Value]) -> Address:
    """Make an address, not yet stored: of a building with its place, or of a part below another. Raises BadInput."""
    kind = str(fields.get("kind") or "building")
    if kind not in KINDS:
        raise BadInput("kind", _("An address is a building, a unit or a room."))
    address = _building(fields) if kind == "building" else _part(kind, fields)
    _write(address)
    count_in([(address.cell, int(kind == "building"), 1)])
    return address


def _building(fields: Mapping[str, Value]) -> Address:
    if fields.get("lon") is None or fields.get("lat") is None:
        raise BadInput("lon", _("Say where the building stands: longitude and latitude in degrees."))
    if not fields.get("street") and not fields.get("site"):
        raise BadInput("street", _("Give the street or village, or the compound."))
    area = _area(fields)
    address = Address(kind="building", area=area, code=_code_in(area))
    _put(address, {name: value for name, value in fields.items() if name in _OF_BUILDING})
    return address


def _code_in(area: Area) -> str:
    """The next code of an area, which is locked: nobody else adds an address to it until the act ends."""
    prefix = prefix_of(area.code)
    serial = lock_areas([area.code])[prefix] + 1
    keep_serials({prefix: serial})
    return code_of(prefix, serial)


def _part(kind: str, fields: Mapping[str, Value]) -> Address:
    parent = held_address(key_in(fields, "parent"))
    if parent is None or parent.kind not in _BELOW[kind]:
        raise BadInput("parent", _("A unit stands below a building, a room below a unit or a building."))
    if not fields.get("label"):
        raise BadInput("label", _("Give the number of the unit or room."))
    return Address(
        kind=kind, parent=parent, building=parent.building or parent, area=parent.area, label=str(fields["label"]),
        code=_code_in(parent.area), number_from=number_of(str(fields["label"])), lon=parent.lon, lat=parent.lat,
    )  # fmt: skip


def _area(fields: Mapping[str, Value]) -> Area:
    """The area named, or the finest one in which the point lies."""
    code = str(fields.get("area") or "")
    if not code:
        found = area_at(float(fields["lon"]), float(fields["lat"]))  # type: ignore[arg-type]  # checked before
        code = found.code if found else ""
    area = Area.objects.filter(code=code, gone=False).first()
    if area is None:
        raise BadInput("area", _("Give the code of the village or beat; no area of the map holds this point."))
    return area


def held_address(key: int) -> Address | None:
    """Give an address that is there, and hold it and its area to the end of the act: nobody changes it meanwhile."""
    there = Address.objects.filter(pk=key, gone=False)
    if (code := there.values_list("area__code", flat=True).first()) is None:
        return None
    lock_areas([code])
    held = there.select_for_update(of=("self",), no_key=True)
    return held.select_related("area", "building").first()


def change_address(address: Address, new: Mapping[str, Value]) -> None:
    """Put changed fields into an address, and what follows from them into the map's counts and into its parts."""
    before = (address.cell, int(address.kind == "building"), 1)
    was_there, text, point = not address.gone, address.text, (address.lon, address.lat)
    if new.get("gone") and _occupied(address):
        raise CannotRemoveAddress(_("There are parts, premises or organisations at this address. Remove these first."))
    _put(address, new)
    _write(address)
    steps = [(before[0], -before[1], -1)] * was_there + [(address.cell, *before[1:])] * (not address.gone)
    if address.kind != "room" and (address.text, address.lon, address.lat) != (text, *point):
        steps += _follow(address, point)
    count_in(steps)


def _occupied(address: Address) -> bool:
    there = address.children.filter(gone=False).exists() or address.organisations.filter(gone=False).exists()
    return there or (hasattr(address, "premise") and not address.premise.gone)


def _put(address: Address, fields: Mapping[str, Value]) -> None:
    """Set fields; street and compound by name, both made at once where they are new."""
    names = names_for(str(fields.get(name) or "") for name in ("street", "site"))
    for name, value in fields.items():
        if name in ("street", "site"):
            key = names.get(str(value))
            setattr(address, name, RegisterName(pk=key, name=str(value)) if key else None)
        else:
            setattr(address, name, value)


def _write(address: Address) -> None:
    """Write what follows from an address's fields: text, number for order, cell and Morton number."""
    if address.kind == "building":
        if not address.street and not address.site:
            raise BadInput("street", _("Give the street or village, or the compound."))
        names = [each.name if each else "" for each in (address.street, address.site)]
        address.text = standard_text(street=names[0], site=names[1], number=address.number)
        address.number_from = number_of(address.number)
    else:
        above = address.parent.text if address.parent else ""
        address.text = part_text(above, kind=address.kind, label=address.label)
        address.number_from = number_of(address.label)
    address.text = address.text[:TEXT_LONGEST]
    address.cell, address.quad = cell_of(address.lon, address.lat), quad_of(address.lon, address.lat)


def _follow(address: Address, was: tuple[float, float]) -> list[Step]:
    """Let the parts follow: their text, and their place where it was that of what they are part of.

    Gives the steps of the map's counts.
    """
    changed: list[Address] = []
    level = [address]
    steps: list[Step] = []
    while level:
        parts = list(Address.objects.select_related("parent").filter(parent__in=level))
        above = {each.pk: each for each in level}
        for part in parts:
            part.parent, cell = above[part.parent_id or 0], part.cell
            if (part.lon, part.lat) == was:
                part.lon, part.lat = address.lon, address.lat
            _write(part)
            steps += [] if part.gone else [(cell, 0, -1), (part.cell, 0, 1)]
        changed += parts
        level = parts
    Address.objects.bulk_update(changed, ["text", "lon", "lat", "cell", "quad"], batch_size=200)
    return steps
