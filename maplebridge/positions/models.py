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
