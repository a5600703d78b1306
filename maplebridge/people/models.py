"""Staff, API tokens, units and their shifts."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.kernel.personal import Personal
from maplebridge.people.rules import ROLES, UNIT_KINDS, UnitKind

NAMES_KEPT = timedelta(days=365)  # after an account ended; then its names are erased


class User(AbstractUser):
    """A member of staff who signs in. `area_code` names the area the role is bound to; empty means all."""

    PERSONAL: ClassVar = Personal(
        purpose="employment and access control",
        kept=NAMES_KEPT,
        fields=dict.fromkeys(("username", "display_name", "first_name", "last_name", "email"), "staff"),
    )

    display_name = models.CharField(_("name shown"), max_length=80)
    role = models.CharField(_("role"), max_length=24, choices=[(r.code, r.name) for r in ROLES.values()])
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    expires_at = models.DateTimeField(_("account ends"), null=True, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiToken(models.Model):
    """A bearer token, stored as a SHA-256 digest; the text is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))

    def __str__(self) -> str:
        return f"{self.user} · {self.digest[:8]}"


class UnitQuerySet(models.QuerySet["Unit"]):
    def active(self) -> "UnitQuerySet":
        return self.filter(active=True)

    def on_shift(self, at: datetime) -> "UnitQuerySet":
        """Units with a shift that covers the moment."""
        return self.filter(shifts__starts_at__lte=at, shifts__ends_at__gt=at).distinct()


class Unit(models.Model):
    """A unit that can be sent: a call sign, a kind, skills, a home place and a beat."""

    call_sign = models.CharField(_("call sign"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=[(k.code, k.name) for k in UNIT_KINDS.values()])
    skills = models.JSONField(_("skills"), default=list, blank=True)
    home_lon = models.FloatField(_("home longitude"))
    home_lat = models.FloatField(_("home latitude"))
    area_code = models.CharField(_("beat"), max_length=40, blank=True, default="")
    active = models.BooleanField(_("in service"), default=True)
    invented = models.BooleanField(_("invented"), default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("call_sign",)

    def __str__(self) -> str:
        return self.call_sign

    @property
    def traits(self) -> UnitKind:
        """Letter, road mode and mobility of its kind."""
        return UNIT_KINDS[self.kind]


class Shift(models.Model):
    """A unit on duty from one moment to another, with its crew."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="shifts", verbose_name=_("unit"))
    crew = models.ManyToManyField(User, related_name="shifts", blank=True, verbose_name=_("crew"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        indexes = [models.Index(fields=("starts_at", "ends_at"), name="shift_span")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_forward")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_at:%d %b %H:%M}"
