"""Where one registers and checks: accredited places and fixed readers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.property import rules


class Placed(models.Model):
    """Where something is or happened: WGS 84, words for it, and the areas that hold it (`/district/beat/`)."""

    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    address = models.CharField(_("place"), max_length=200, blank=True, default="")
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="", db_index=True)
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True


class DealerQuerySet(models.QuerySet["Dealer"]):
    def in_force(self) -> "DealerQuerySet":
        """Those whose accreditation has not ended."""
        return self.filter(ended_at=None)


class Dealer(Placed):
    """An accredited place, a business and never a person: it registers items and checks codes by its own accounts."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=rules.DEALER_KINDS)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="dealers", blank=True)
    accredited_at = models.DateTimeField(_("accredited at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    invented = models.BooleanField(_("invented"), default=False)

    objects = DealerQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Reader(Placed):
    """A fixed radio-tag reader; its token is stored as a digest. Only reads of stolen items are ever written."""

    name = models.CharField(_("what it is"), max_length=60)
    dealer = models.ForeignKey(Dealer, models.CASCADE, null=True, blank=True, related_name="readers")
    digest = models.CharField(_("digest of its token"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name
