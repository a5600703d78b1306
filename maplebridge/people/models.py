"""Staff, what they may do and until when, their tokens and devices; units and their shifts."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.kernel.language import named
from maplebridge.kernel.personal import Personal
from maplebridge.people.rules import BREAK_GLASS, REVIEW_WITHIN, UNIT_KINDS, UnitKind

NAMES_KEPT = timedelta(days=365)  # after an account ended; then its names are erased


class User(AbstractUser):
    """A member of staff, or a connected system, that signs in. What it may do, its grants say.

    `password_ends_at` is set while the password is one that somebody else gave: until then it opens the account, to
    set one's own.
    """

    PERSONAL: ClassVar = Personal(
        purpose="employment and access control",
        kept=NAMES_KEPT,
        fields=dict.fromkeys(("username", "display_name", "first_name", "last_name", "email"), "staff"),
    )

    display_name = models.CharField(_("name shown"), max_length=80)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    expires_at = models.DateTimeField(_("account ends"), null=True, blank=True)
    password_ends_at = models.DateTimeField(_("first password ends"), null=True, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.Model):
    """A role of the agency's own, or its change of a shipped one; shipped roles need no row."""

    code = models.SlugField(_("code"), max_length=24, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return named(self.name, self.name_zh)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, at: datetime) -> "GrantQuerySet":
        """Grants that give their role at a moment."""
        open_end = models.Q(ends_at=None) | models.Q(ends_at__gt=at)
        return self.filter(open_end, starts_at__lte=at, revoked_at=None)

    def emergencies(self) -> "GrantQuerySet":
        """Emergency access, which somebody else reviews."""
        return self.filter(role=BREAK_GLASS)


class Grant(models.Model):
    """A role given to a person, for an area ("" for everywhere) and a term (no end: until revoked)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=24)
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    reason = models.CharField(_("why"), max_length=300, blank=True, default="")
    given_by = models.CharField(_("given by"), max_length=80)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=80, blank=True, default="")
    justified = models.BooleanField(_("found justified"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=("user", "revoked_at", "ends_at"), name="grant_in_force")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.area_code or '*'}"

    @property
    def review_due_at(self) -> datetime:
        """Until when emergency access is to be reviewed: the next day."""
        return self.starts_at + REVIEW_WITHIN


class ApiToken(models.Model):
    """A bearer token, stored as a SHA-256 digest; the text is shown once. Without scopes it may what its owner may."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("what it is for"), max_length=80, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.name or self.digest[:8]}"


class Device(models.Model):
    """A phone that enrolled by a code shown as QR; its session is bound to it and ends with it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    code_digest = models.CharField(_("digest of its code"), max_length=64, unique=True)
    code_ends_at = models.DateTimeField(_("code ends at"))
    enrolled_at = models.DateTimeField(_("enrolled at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.name}"


class Approval(models.Model):
    """What one person asked for and another decides: a disclosure or an erasure. It may be used once."""

    PERSONAL: ClassVar = Personal(
        purpose="accounting for disclosures and erasures",
        kept=NAMES_KEPT,
        fields={"reason": "narrative", "recipient": "contact", "words": "narrative"},
    )
    KINDS = [("disclosure", _("disclosure")), ("erasure", _("erasure"))]

    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    subject = models.CharField(_("record"), max_length=80)
    reason = models.TextField(_("why"), max_length=1000)
    recipient = models.CharField(_("recipient"), max_length=200, blank=True, default="")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="approvals_asked", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="approvals_decided")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    words = models.CharField(_("words on the decision"), max_length=300, blank=True, default="")
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="approval_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject}"


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
