"""Who goes where: the status of each unit, its assignments, response plans and kept overrides."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.dispatch.rules import STATUSES
from maplebridge.incidents.models import Incident, IncidentType
from maplebridge.people.models import Unit

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor


class UnitStatus(models.Model):
    """The present EIDO status of a unit. `timer_at` is when its status or welfare timer runs out."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="status")
    status = models.CharField(_("status"), max_length=16, choices=[(s.code, s.name) for s in STATUSES.values()])
    secondary = models.CharField(_("secondary status"), max_length=24, blank=True, default="")
    since_at = models.DateTimeField(_("since"))
    timer_at = models.DateTimeField(_("check by"), null=True, blank=True)
    alarm = models.CharField(_("alarm"), max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.unit} {self.status}"


class LoneWatch(models.Model):
    """Somebody works alone: when nothing is heard of the unit for so long, an alarm is raised, and then a louder one.

    `heard_at` is when its crew last said that it is well; its positions count as being heard of, too.
    """

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="lone_watch")
    every_s = models.PositiveIntegerField(_("alarm after so many seconds of silence"))
    heard_at = models.DateTimeField(_("heard of at"))

    def __str__(self) -> str:
        return f"{self.unit} every {self.every_s} s"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def active(self) -> "AssignmentQuerySet":
        return self.filter(cleared_at=None)

    def visible_to(self, actor: "Actor") -> "AssignmentQuerySet":
        return self.filter(incident__in=Incident.objects.visible_to(actor))


class Assignment(models.Model):
    """One unit sent to one incident, with the moment of each step."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    assigned_at = models.DateTimeField(_("assigned at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    enroute_at = models.DateTimeField(_("en route at"), null=True, blank=True)
    onscene_at = models.DateTimeField(_("on scene at"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, blank=True, default="")
    eta_s = models.FloatField(_("travel time expected, s"), null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank in the recommendation"), null=True, blank=True)
    override_reason = models.CharField(_("why not the first"), max_length=200, blank=True, default="")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("assigned_at",)
        indexes = [models.Index(fields=("assigned_at",), name="assignment_time")]
        constraints = [
            models.UniqueConstraint(
                fields=("unit",), condition=models.Q(cleared_at=None), name="unit_one_active_assignment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.incident}"


class ResponsePlan(models.Model):
    """How many of what kind of unit an incident of a type and priority wants, by alarm level."""

    type = models.ForeignKey(IncidentType, models.CASCADE, null=True, blank=True, related_name="plans")
    max_priority = models.PositiveSmallIntegerField(_("for priorities up to"), default=10)
    level = models.PositiveSmallIntegerField(_("alarm level"), default=1)
    wants = models.JSONField(_("wants"), help_text=_("list of {kinds: [...], skills: [...], count: n}"))

    class Meta:
        ordering = ("type", "max_priority", "level")
        constraints = [
            models.UniqueConstraint(fields=("type", "max_priority", "level"), name="response_plan_once"),
            models.UniqueConstraint(
                fields=("max_priority", "level"), condition=models.Q(type=None), name="response_plan_for_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type or '*'} ≤{self.max_priority} level {self.level}"


class AlarmLevel(models.Model):
    """The alarm level of an incident that was raised above the first; without a row it is at level 1."""

    incident = models.OneToOneField(Incident, models.CASCADE, primary_key=True, related_name="alarm_level")
    level = models.PositiveSmallIntegerField(_("alarm level"))
    since_at = models.DateTimeField(_("since"))

    def __str__(self) -> str:
        return f"{self.incident} level {self.level}"
