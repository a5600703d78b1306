"""Where our own units are: samples, not facts, so outside the journal and kept for a short, stated time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.people.models import Unit


class LatestPosition(models.Model):
    """The newest fix of a unit on shift. `at` is when it was fixed, `received_at` when it came in here."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="position")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    at = models.DateTimeField(_("fixed at"))
    received_at = models.DateTimeField(_("received at"), db_index=True)

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.lon:.5f}, {self.lat:.5f}"


class Tracker(models.Model):
    """A phone or tracker that sends the positions of one unit to `/p/TOKEN`; the token is stored as a digest."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="trackers", verbose_name=_("unit"))
    name = models.CharField(_("what it is"), max_length=60, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    speed_unit = models.CharField(_("unit of its speeds"), max_length=5, default="knots")
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.unit} · {self.name or self.digest[:8]}"
