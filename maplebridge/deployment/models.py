"""Studies: two layouts on the same need, with all that is needed to come to the same figures again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

OPEN_STATES = ("waiting", "running")


class StudyQuerySet(models.QuerySet["Study"]):
    def kept(self) -> "StudyQuerySet":
        """Studies that nobody took off the list, newest first."""
        return self.filter(dropped_at=None).order_by("-pk")


class Study(models.Model):
    """A comparison as it was saved: layouts A and B, the need as it was then, the seed, and where the journal stood.

    `inputs` holds the layouts and the choices; `need` the calls by place and hour (`frozen.py`), so that a report that
    is corrected later changes no study. `digest` is of both: two studies of one digest must give the same figures.
    `made_by` is an actor's reference, never shown beside figures of places.
    """

    name = models.CharField(_("name"), max_length=80)
    made_by = models.CharField(_("made by"), max_length=80)
    made_at = models.DateTimeField(_("made at"))
    position = models.PositiveBigIntegerField(_("position of the journal"))
    seed = models.PositiveIntegerField(_("seed"), default=1)
    inputs = models.JSONField(_("inputs"))
    need = models.BinaryField(_("need by place and hour"))
    digest = models.CharField(_("digest of inputs and need"), max_length=64, db_index=True)
    dropped_at = models.DateTimeField(_("taken off the list at"), null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.name


class StudyRunQuerySet(models.QuerySet["StudyRun"]):
    def unfinished(self) -> "StudyRunQuerySet":
        """Runs that wait to be worked on or are worked on, oldest first."""
        return self.filter(state__in=OPEN_STATES).order_by("pk")


class StudyRun(models.Model):
    """One simulation of a study, worked on in parts. `done` of `total` replications are kept and survive any stop.

    `figures` are those of all parts once it is done. `held_until` is the term of the process that works on it; after
    it another may go on.
    """

    STATES = [
        ("waiting", _("waiting")),
        ("running", _("running")),
        ("stopped", _("stopped")),
        ("done", _("done")),
        ("failed", _("failed")),
    ]

    study = models.ForeignKey(Study, models.CASCADE, related_name="runs", verbose_name=_("study"))
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="waiting")
    done = models.PositiveIntegerField(_("replications done"), default=0)
    total = models.PositiveIntegerField(_("replications asked for"))
    asked_at = models.DateTimeField(_("asked for at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    fault = models.CharField(_("what went wrong"), max_length=200, blank=True, default="")
    figures = models.JSONField(_("figures"), null=True, blank=True)

    objects = StudyRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("study",), condition=models.Q(state__in=OPEN_STATES), name="study_run_one_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(done__lte=models.F("total")), name="study_run_within_total"),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.done}/{self.total}"


class StudyPart(models.Model):
    """The figures of some replications of a run: from `first`, `count` of them, of both layouts."""

    run = models.ForeignKey(StudyRun, models.CASCADE, related_name="parts", verbose_name=_("run"))
    first = models.PositiveIntegerField(_("first replication"))
    count = models.PositiveIntegerField(_("replications"))
    figures = models.BinaryField(_("figures of each replication"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("run", "first"), name="study_part_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first}+{self.count}"
