"""Schemes of appraisal, deductions with their appeals, and the stipend sheets of a period."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules.appraisal import Scheme as Rules
from maplebridge.fieldwork.rules.appraisal import scheme_from
from maplebridge.kernel.language import named
from maplebridge.kernel.personal import Personal
from maplebridge.places.under import under

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor

APPRAISALS_KEPT = timedelta(days=3 * 365)  # as long as what was paid can be disputed
DEDUCTION_STATES = {
    "stands": _("stands"),
    "appealed": _("appealed"),
    "upheld": _("upheld on appeal"),
    "lifted": _("lifted on appeal"),
}
SHEET_STATES = {"draft": _("draft"), "approved": _("approved by one"), "frozen": _("approved by two")}
USER = settings.AUTH_USER_MODEL


class Scheme(models.Model):
    """One version of a scheme of appraisal; it holds from `starts_on`, and is published before that day."""

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    rules = models.JSONField(_("rules"))
    starts_on = models.DateField(_("holds from"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        ordering = ("code", "-version")
        constraints = [models.UniqueConstraint(fields=("code", "version"), name="scheme_version_once")]

    def __str__(self) -> str:
        name = named(self.rules.get("name", self.code), self.rules.get("name_zh", ""))
        return f"{name} {self.version}"

    @property
    def parsed(self) -> Rules:
        """Its rules, as the pure part reads them."""
        return scheme_from(self.rules)


def within(actor: "Actor", permission: str, *, own: models.Q) -> models.Q | None:
    """Condition: in the areas for which the actor has a permission, or their own; None for everywhere."""
    areas = actor.areas(permission)
    if areas is None:
        return None
    return own | under(areas)


class DeductionQuerySet(models.QuerySet["Deduction"]):
    def visible_to(self, actor: "Actor") -> "DeductionQuerySet":
        """One's own, and those in the areas where one appraises work."""
        found = within(actor, "work.appraise", own=models.Q(user_id=actor.user_id or 0))
        return self if found is None else self.filter(found)

    def in_force(self) -> "DeductionQuerySet":
        """Those that take points off."""
        return self.exclude(state="lifted")


class Deduction(models.Model):
    """Points taken off a worker's period, with a reason; the worker may appeal, and another person decides."""

    PERSONAL: ClassVar = Personal(
        purpose="appraisal of work and appeals against it",
        kept=APPRAISALS_KEPT,
        fields={"user": "staff", "given_by": "staff", "decided_by": "staff", "reason": "note", "appeal": "note",
                "decision": "note"},
    )  # fmt: skip

    user = models.ForeignKey(USER, models.PROTECT, related_name="deductions", verbose_name=_("worker"))
    starts_on = models.DateField(_("period begins"))
    points = models.DecimalField(_("points"), max_digits=9, decimal_places=2)
    reason = models.CharField(_("why"), max_length=400)
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    given_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given at"))
    state = models.CharField(_("state"), max_length=8, choices=list(DEDUCTION_STATES.items()), default="stands")
    appeal = models.CharField(_("the worker's words"), max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(_("words on the decision"), max_length=400, blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("erased at"), db_index=True)

    objects = DeductionQuerySet.as_manager()

    class Meta:
        ordering = ("-given_at",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(given_by=models.F("user")), name="deduction_by_another"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | (~models.Q(decided_by=models.F("given_by")) & ~models.Q(decided_by=models.F("user"))),
                name="appeal_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.starts_on} · {self.points}"


class SheetQuerySet(models.QuerySet["StipendSheet"]):
    def visible_to(self, actor: "Actor") -> "SheetQuerySet":
        """Sheets of the areas where one appraises work."""
        if not actor.may("work.appraise"):
            return self.none()
        found = within(actor, "work.appraise", own=models.Q(pk__in=()))
        return self if found is None else self.filter(found)


class StipendSheet(models.Model):
    """What the workers of an area are due for a period; frozen once two people who are not in it approved it.

    `digest` is of its lines: an approval is of what the approver saw. Work that was accepted after `upto` counts in the
    next sheet.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="sheets", verbose_name=_("scheme"))
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=8, choices=list(SHEET_STATES.items()), default="draft")
    digest = models.CharField(_("digest"), max_length=64)
    upto = models.BigIntegerField(_("last entry that counts"))
    made_at = models.DateTimeField(_("made at"))
    first_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    first_at = models.DateTimeField(_("first approval"), null=True, blank=True)
    second_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    second_at = models.DateTimeField(_("second approval"), null=True, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "area_code")
        constraints = [
            models.UniqueConstraint(fields=("area_code", "starts_on", "ends_on"), name="stipend_sheet_once"),
            models.CheckConstraint(
                condition=models.Q(second_by=None) | ~models.Q(second_by=models.F("first_by")), name="sheet_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_code or '*'} {self.starts_on} – {self.ends_on}"

    @property
    def total(self) -> Decimal:
        """The sum of its lines, in money."""
        return sum((line.amount for line in self.lines.all()), Decimal(0))


class StipendLine(models.Model):
    """What one worker is due, with every step of how it came about."""

    sheet = models.ForeignKey(StipendSheet, models.CASCADE, related_name="lines", verbose_name=_("sheet"))
    user = models.ForeignKey(USER, models.PROTECT, related_name="stipends", verbose_name=_("worker"))
    points = models.DecimalField(_("points"), max_digits=12, decimal_places=4)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    steps = models.JSONField(_("how it came about"), default=list)

    class Meta:
        ordering = ("sheet", "user")
        constraints = [models.UniqueConstraint(fields=("sheet", "user"), name="stipend_line_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.amount}"
