"""Where our own units are: samples, not facts, so outside the journal and kept for a short, stated time."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.people.models import Unit


class LatestPosition(models.Model):
    """The newest fix of a unit on shift. `at` is when it was fixed, `received_at` when it came in here.

    `speed` in m/s, `bearing` in degrees, `accuracy` in metres, `battery` as a share of 1; each where the device says.
    """

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="position")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    at = models.DateTimeField(_("fixed at"))
    received_at = models.DateTimeField(_("received at"), db_index=True)
    speed = models.FloatField(_("speed, m/s"), null=True, blank=True)
    bearing = models.FloatField(_("bearing, degrees"), null=True, blank=True)
    accuracy = models.FloatField(_("accuracy, m"), null=True, blank=True)
    battery = models.FloatField(_("battery, share of 1"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.lon:.5f}, {self.lat:.5f}"


class TrackerQuerySet(models.QuerySet["Tracker"]):
    def in_force(self, at: datetime) -> "TrackerQuerySet":
        """Those that may send."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=at), revoked_at=None, unit__active=True)


class Tracker(models.Model):
    """A phone or tracker that sends the positions of one unit to `/p/TOKEN`; the token is stored as a digest.

    `sealed_secret` opens what OwnTracks sends encrypted; it is itself encrypted with a key that the database lacks.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="trackers", verbose_name=_("unit"))
    name = models.CharField(_("what it is"), max_length=60, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    speed_unit = models.CharField(_("unit of its speeds"), max_length=5, default="knots")
    made_at = models.DateTimeField(_("made at"))
    sealed_secret = models.CharField(_("secret of its encryption"), max_length=250, blank=True, default="")
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = TrackerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.unit} · {self.name or self.digest[:8]}"

    @property
    def shown(self) -> str:
        """What people call it: its name, or what it must be."""
        return self.name or str(_("phone page of the crew") if self.ends_at else _("device without a name"))


class Fence(models.Model):
    """A place on the ground, an area of the city or a circle; it is told when units come into it or leave it.

    `units` are those it is for; for none named, an area is for the units of that beat, a circle for every unit.
    """

    TELLS = [("left", _("when a unit leaves it")), ("entered", _("when a unit comes in")), ("both", _("both"))]

    name = models.CharField(_("name"), max_length=60)
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    radius_m = models.PositiveIntegerField(_("radius, m"), null=True, blank=True)
    tells = models.CharField(_("tells"), max_length=8, choices=TELLS, default="both")
    units = models.ManyToManyField(Unit, related_name="fences", blank=True, verbose_name=_("units"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_code="", lon__isnull=False, lat__isnull=False, radius_m__isnull=False)
                | (~models.Q(area_code="") & models.Q(radius_m=None)),
                name="fence_area_or_circle",
            )
        ]

    def __str__(self) -> str:
        return self.name


class FencePresence(models.Model):
    """Whether a unit was last seen inside a fence, and since when; gone with the end of its shift."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="presences")
    fence = models.ForeignKey(Fence, models.CASCADE, related_name="presences")
    inside = models.BooleanField(_("inside"))
    since_at = models.DateTimeField(_("since"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("unit", "fence"), name="presence_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {'in' if self.inside else 'out of'} {self.fence_id}"
