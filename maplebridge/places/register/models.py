"""The register: addresses as a tree of buildings, units and rooms; premises and organisations at them. Counts, no names
of residents."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.kernel.personal import Personal
from maplebridge.places.register.rules.changes import Standing, Value

ADDRESS_KINDS = [("building", _("building")), ("unit", _("unit")), ("room", _("room"))]
USES = [
    ("house", _("house")), ("flat", _("flat")), ("dormitory", _("dormitory")), ("rental", _("rental housing")),
    ("shop", _("shop with a dwelling")), ("business", _("place of business")), ("workshop", _("workshop")),
    ("lodging", _("lodging")), ("charging", _("e-bike charging place")), ("public", _("public building")),
    ("empty", _("empty")), ("other", _("other")),
]  # fmt: skip
HAZARDS = [
    ("wiring", _("bad wiring")), ("charging", _("e-bike charged indoors")), ("gas", _("gas")),
    ("exit", _("blocked exit")), ("flood", _("floods easily")), ("building", _("building in danger")),
    ("chemicals", _("chemicals")), ("other", _("something else")),
]  # fmt: skip
ORGANISATION_KINDS = [
    ("company", _("company")), ("shop", _("shop")), ("school", _("school")), ("health", _("health")),
    ("lodging", _("lodging")), ("food", _("food")), ("government", _("public authority")),
    ("association", _("association")), ("other", _("other")),
]  # fmt: skip

NEEDS = [
    ("mobility", _("cannot walk far or use stairs")), ("hearing", _("hears badly")), ("sight", _("sees badly")),
    ("device", _("needs a device that runs on power")), ("alone", _("lives alone")),
    ("language", _("needs an interpreter")), ("other", _("something else")),
]  # fmt: skip
CARE_LONGEST = timedelta(days=366)  # who still wants it asks again


class RegisterName(models.Model):
    """A street, village or compound that addresses are numbered in; found by its tokens."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class RegisterToken(models.Model):
    """The beginning of a word, of Chinese text or of its pinyin, by which a name is found."""

    token = models.CharField(_("token"), max_length=60, db_index=True)
    of = models.ForeignKey(RegisterName, models.CASCADE, related_name="tokens", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("of", "token"), name="token_of_name_once")]

    def __str__(self) -> str:
        return self.token


class RegisterSerial(models.Model):
    """The last serial number given under a prefix of codes."""

    prefix = models.CharField(_("prefix"), max_length=24, unique=True)
    last = models.PositiveIntegerField(_("last"), default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


class Recorded(models.Model):
    """What every record of the register has: a version for concurrent edits, a source, and when it was last seen so."""

    FIELDS: tuple[str, ...] = ()  # of a proposal that are columns as they are

    version = models.PositiveIntegerField(_("version"), default=1)
    touched = models.JSONField(_("version at which each field last changed"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=80)
    changed_at = models.DateTimeField(_("changed at"))
    confirmed_at = models.DateTimeField(_("last seen to be so"))
    gone = models.BooleanField(_("no longer there"), default=False)

    class Meta:
        abstract = True

    def standing(self) -> Standing:
        """Give the record as changes are compared with it."""
        return Standing(self.values(), self.version, self.touched)

    def values(self) -> dict[str, Value]:
        """Give the fields by the names that proposals use."""
        return {name: getattr(self, name) for name in (*self.FIELDS, "gone")}


class Address(Recorded):
    """A building, a unit of it or a room; its code stays whatever else changes."""

    FIELDS = ("number", "label", "lon", "lat")

    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=ADDRESS_KINDS)
    area = models.ForeignKey(
        "places.Area", models.PROTECT, related_name="addresses", db_index=False, verbose_name=_("area")
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False)
    building = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", db_index=False, verbose_name=_("building")
    )
    street = models.ForeignKey(
        RegisterName, models.PROTECT, null=True, blank=True, related_name="along", db_index=False,
        verbose_name=_("street or village"),
    )  # fmt: skip
    site = models.ForeignKey(
        RegisterName, models.PROTECT, null=True, blank=True, related_name="within", db_index=False,
        verbose_name=_("compound or building"),
    )  # fmt: skip
    number = models.CharField(_("number"), max_length=20, blank=True, default="")
    number_from = models.PositiveIntegerField(_("number for order"), null=True, blank=True)
    label = models.CharField(_("unit or room"), max_length=20, blank=True, default="")
    text = models.CharField(_("address"), max_length=240)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    cell = models.BigIntegerField(_("H3 cell"))
    quad = models.BigIntegerField(_("Morton number of the point"))

    class Meta:
        indexes = [
            models.Index(fields=("quad",), name="address_quad", condition=models.Q(kind="building")),
            models.Index(fields=("street", "number_from"), name="address_street", condition=models.Q(kind="building")),
            models.Index(fields=("site", "number_from"), name="address_site", condition=models.Q(site__isnull=False)),
            models.Index(fields=("building", "label"), name="address_part", condition=models.Q(building__isnull=False)),
            models.Index(fields=("area", "kind", "confirmed_at"), name="address_area"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="building", parent=None)
                | models.Q(kind__in=("unit", "room"), parent__isnull=False),
                name="address_tree",
            ),
            models.UniqueConstraint(fields=("code",), name="address_code"),
            models.UniqueConstraint(fields=("parent", "kind", "label"), name="address_part_once"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def area_path(self) -> str:
        """Codes of the areas it lies in, the largest first, between strokes."""
        return self.area.path or f"/{self.area.code}/"

    def values(self) -> dict[str, Value]:
        """Give the fields by the names that proposals use; street and compound by name."""
        names: dict[str, Value] = {
            "street": self.street.name if self.street else "", "site": self.site.name if self.site else "",
        }  # fmt: skip
        return names | super().values()


class Premise(Recorded):
    """What an address is used for, and how many live there: numbers, never names."""

    FIELDS = ("use", "residents", "rooms", "rented", "hazards")

    address = models.OneToOneField(Address, models.PROTECT, related_name="premise", verbose_name=_("address"))
    use = models.CharField(_("use"), max_length=10, choices=USES)
    residents = models.PositiveIntegerField(_("number of residents"), null=True, blank=True)
    rooms = models.PositiveIntegerField(_("number of rooms"), null=True, blank=True)
    rented = models.BooleanField(_("rented out"), null=True, blank=True)
    hazards = models.JSONField(_("hazards"), default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.address} ({self.get_use_display()})"

    @property
    def area_path(self) -> str:
        """That of its address."""
        return self.address.area_path


class Organisation(Recorded):
    """A company, shop, school or other body at an address."""

    FIELDS = ("name", "kind", "credit_code", "staff")

    address = models.ForeignKey(Address, models.PROTECT, related_name="organisations", verbose_name=_("address"))
    name = models.CharField(_("name"), max_length=120, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ORGANISATION_KINDS)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, default="", db_index=True
    )
    staff = models.PositiveIntegerField(_("number of staff"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def area_path(self) -> str:
        """That of its address."""
        return self.address.area_path


Record = Address | Premise | Organisation


class RegisterCluster(models.Model):
    """How many addresses lie in an H3 cell, for maps of low zoom."""

    resolution = models.PositiveSmallIntegerField(_("resolution of the cell"))
    cell = models.BigIntegerField(_("H3 cell"), unique=True)
    quad = models.BigIntegerField(_("Morton number of the centre"))
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    buildings = models.PositiveIntegerField(_("buildings"), default=0)
    addresses = models.PositiveIntegerField(_("addresses"), default=0)

    class Meta:
        indexes = [models.Index(fields=("resolution", "quad"), name="cluster_quad")]

    def __str__(self) -> str:
        return f"{self.cell:x}: {self.addresses}"


class CareRequest(models.Model):
    """Somebody asks to be looked after in an emergency. Voluntary, with an end; gone when withdrawn or over."""

    PERSONAL: ClassVar = Personal(
        purpose="be looked after in an emergency, on one's own request",
        kept=None,
        fields={
            "name": "identity",
            "phone": "contact",
            "needs": "narrative",
            "words": "narrative",
            "address": "location",
        },
    )

    address = models.ForeignKey(Address, models.PROTECT, related_name="care", verbose_name=_("address"))
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    needs = models.JSONField(_("what is needed"), default=list)
    words = models.CharField(_("in a few words"), max_length=120, blank=True, default="")
    consent = models.CharField(_("how consent was given"), max_length=8, choices=[
        ("person", _("in person")), ("paper", _("signed on paper")), ("phone", _("by telephone")),
    ])  # fmt: skip
    consented_at = models.DateTimeField(_("consented at"))
    expires_at = models.DateTimeField(_("erased at"), db_index=True)
    digest = models.CharField(_("digest of the code to withdraw"), max_length=64, unique=True)

    def __str__(self) -> str:
        return f"care {self.pk}"

    @property
    def area_path(self) -> str:
        """That of its address."""
        return self.address.area_path
