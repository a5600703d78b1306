"""The register as collections of features: buildings, rooms, premises, organisations. What exports and QGIS read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from maplebridge.kernel.clock import stamp
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area
from maplebridge.places.register.models import Address, Organisation, Premise
from maplebridge.places.register.rules.quads import Box, ranges_of

Row = dict[str, Any]
_ADDRESS = ("code", "text", "area__code", "number")


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection: its name, its columns with their SQL types, and how its rows are found."""

    id: str
    title: object
    columns: dict[str, str]
    rows: Callable[[], QuerySet[Any]]
    at: str = "address__"  # from a row to the address that has the point

    def fields(self) -> list[str]:
        """Columns of the query, in the order of `columns`, then longitude and latitude."""
        known = {"address": f"{self.at}text", "address_code": f"{self.at}code", "area": f"{self.at}area__code",
                 "street": "street__name", "site": "site__name", "confirmed": "confirmed_at",
                 "changed": "changed_at"}  # fmt: skip
        return ["pk", *(known.get(name, name) for name in self.columns), f"{self.at}lon", f"{self.at}lat"]


_COMMON = {"source": "TEXT", "confirmed": "DATETIME", "changed": "DATETIME"}
_WHERE = {"address_code": "TEXT", "address": "TEXT", "area": "TEXT"}
COLLECTIONS = {
    each.id: each
    for each in (
        Collection(
            "buildings", gettext_lazy("Buildings"),
            {"code": "TEXT", "address": "TEXT", "area": "TEXT", "street": "TEXT", "site": "TEXT", "number": "TEXT"}
            | _COMMON,
            lambda: Address.objects.filter(kind="building", gone=False), "",
        ),
        Collection(
            "rooms", gettext_lazy("Units and rooms"),
            {"code": "TEXT", "address": "TEXT", "area": "TEXT", "kind": "TEXT", "label": "TEXT"} | _COMMON,
            lambda: Address.objects.filter(building__isnull=False, gone=False), "",
        ),
        Collection(
            "premises", gettext_lazy("Premises"),
            _WHERE | {"use": "TEXT", "residents": "INTEGER", "rooms": "INTEGER", "rented": "BOOLEAN"} | _COMMON,
            lambda: Premise.objects.filter(gone=False),
        ),
        Collection(
            "organisations", gettext_lazy("Organisations"),
            _WHERE | {"name": "TEXT", "kind": "TEXT", "credit_code": "TEXT", "staff": "INTEGER"} | _COMMON,
            lambda: Organisation.objects.filter(gone=False),
        ),
    )
}  # fmt: skip


def rows_of(
    actor: Actor,
    collection: Collection,
    *,
    box: Box | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    area: str = "",
) -> QuerySet[Any]:
    """Give the rows of a collection that the actor may see, in the order of their keys: in a box, changed between."""
    rows = collection.rows().order_by("pk")
    mine = actor.areas("register.view")
    if mine is not None or area:
        areas = Area.objects.all() if mine is None else Area.objects.at_or_below(mine)
        areas = areas.at_or_below([area]) if area else areas
        rows = rows.filter(**{f"{collection.at}area__in": list(areas.order_by().values_list("pk", flat=True))})
    if since:
        rows = rows.filter(changed_at__gte=since)
    if until:
        rows = rows.filter(changed_at__lte=until)
    return _within(collection, rows, box) if box else rows


def _within(collection: Collection, rows: QuerySet[Any], box: Box) -> QuerySet[Any]:
    """Those whose building lies in the box; one that crosses the antimeridian is two."""
    west, south, east, north = box
    if west > east:
        return _within(collection, rows, (west, south, 180.0, north)) | _within(
            collection, rows, (-180.0, south, east, north)
        )
    spans = Q()
    for first, end in ranges_of(box):
        spans |= Q(quad__gte=first, quad__lt=end)
    inside = Address.objects.filter(spans, kind="building", lon__range=(west, east), lat__range=(south, north))
    if collection.id == "buildings":
        return rows.filter(spans, lon__range=(west, east), lat__range=(south, north))
    if collection.id == "rooms":
        return rows.filter(building__in=inside)
    return rows.filter(Q(address__in=inside) | Q(address__building__in=inside))


def read_rows(collection: Collection, rows: QuerySet[Any]) -> Iterator[tuple[int, Row, float, float]]:
    """Read rows one after the other, however many: key, properties, longitude, latitude."""
    names = list(collection.columns)
    for key, *cells, lon, lat in rows.values_list(*collection.fields()).iterator(chunk_size=2_000):
        values = (stamp(cell) if isinstance(cell, datetime) else cell for cell in cells)
        yield key, dict(zip(names, values, strict=True)), lon, lat


def feature_of(key: int, row: Row, lon: float, lat: float) -> Row:
    """Write a row as a GeoJSON feature (RFC 7946)."""
    return {
        "type": "Feature", "id": key, "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": row,
    }  # fmt: skip
