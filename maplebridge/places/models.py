"""The city: areas, streets, crossings, addresses, named places, and notes about premises. All of it is data."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.kernel.language import named
from maplebridge.places.under import in_areas


class City(models.Model):
    """The one row that says which city this is and where its files lie."""

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    west = models.FloatField(_("west"))
    south = models.FloatField(_("south"))
    east = models.FloatField(_("east"))
    north = models.FloatField(_("north"))
    edition = models.CharField(_("edition"), max_length=64, help_text=_("hashes of the map and of the areas"))
    attribution = models.CharField(_("attribution"), max_length=200, blank=True, default="")
    speeds = models.JSONField(_("speeds by mode and street class"), default=dict, blank=True)
    imported_at = models.DateTimeField(_("imported at"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "cities"

    def __str__(self) -> str:
        return self.name

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north

    @property
    def map_edition(self) -> str:
        """The part of the edition that names the folder of the city's map files."""
        return self.edition.partition("-")[0]

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the city's box."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class AreaQuerySet(models.QuerySet["Area"]):
    def drawn(self) -> "AreaQuerySet":
        """Areas in use whose borders are known."""
        return self.filter(gone=False, geometry__isnull=False)

    def at_or_below(self, codes: Iterable[str]) -> "AreaQuerySet":
        """Areas of these codes and all that lie in them; see `under` for what a code matches."""
        return self.filter(in_areas(codes))


class Area(models.Model):
    """A beat, ward, station or district, or a county, township, village or hamlet; a tree by `parent`.

    Tables of divisions have no borders: such an area has no geometry, and a box only where a point of it is known.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=24, default="beat")
    level = models.PositiveSmallIntegerField(_("level, 0 the largest"), default=0)
    path = models.CharField(_("codes from the largest down"), max_length=200, blank=True, default="")
    gone = models.BooleanField(_("no longer in use"), default=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    geometry = models.JSONField(_("geometry"), null=True, blank=True, help_text=_("GeoJSON Polygon or MultiPolygon"))
    west = models.FloatField(_("west"), null=True, blank=True)
    south = models.FloatField(_("south"), null=True, blank=True)
    east = models.FloatField(_("east"), null=True, blank=True)
    north = models.FloatField(_("north"), null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return named(self.name, self.name_zh)

    @property
    def middle(self) -> tuple[float, float] | None:
        """The middle of its box, (lon, lat); None where nobody knows where it lies."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return (self.west + self.east) / 2, (self.south + self.north) / 2


class Place(models.Model):
    """Something with a name or address that a report can point at: street, crossing, address, shop, park."""

    KINDS = ("street", "crossing", "address", "poi", "area", "station")

    key = models.CharField(_("key"), max_length=160, unique=True, help_text=_("stable over re-imports"))
    kind = models.CharField(_("kind"), max_length=10)
    category = models.CharField(_("category"), max_length=40, blank=True, default="")
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True, default="")
    search = models.CharField(_("search text"), max_length=500, help_text=_("folded names, ~pinyin, between bars"))
    street = models.CharField(_("street"), max_length=200, blank=True, default="")
    cross_street = models.CharField(_("crossing street"), max_length=200, blank=True, default="")
    number = models.CharField(_("house number"), max_length=16, blank=True, default="")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    cell = models.BigIntegerField(_("H3 cell"), db_index=True)
    gone = models.BooleanField(_("no longer on the map"), default=False)

    class Meta:
        indexes = [models.Index(fields=("kind", "name"), name="place_kind_name")]

    def __str__(self) -> str:
        return self.name


class NoteQuerySet(models.QuerySet["PremiseNote"]):
    def valid(self, at: datetime) -> "NoteQuerySet":
        return self.filter(expires_at__gt=at, withdrawn=False)


class PremiseNote(models.Model):
    """A hazard or hint about a place, shown to whoever is sent there. Never about a person; always with an end."""

    KINDS = [("hazard", _("hazard")), ("access", _("access")), ("hint", _("hint"))]

    kind = models.CharField(_("kind"), max_length=8, choices=KINDS)
    text = models.CharField(_("text"), max_length=400)
    reason = models.CharField(_("reason"), max_length=200)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    cell = models.BigIntegerField(_("H3 cell"), db_index=True)
    radius_m = models.PositiveIntegerField(_("radius in metres"), default=40)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = NoteQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text


GeoJSON = dict[str, Any]

from maplebridge.places.register import models as register  # noqa: E402  # its tables are tables of this domain

__all__ = ["Area", "AreaQuerySet", "City", "GeoJSON", "NoteQuerySet", "Place", "PremiseNote", "register"]
