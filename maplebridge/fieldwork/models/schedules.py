"""Plans of tasks that come again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.models.forms import Form


class TaskSchedule(models.Model):
    """A task that comes again by a rule: for one post, or for each area of a kind within an area.

    `next_at` is when it comes next; None once it has ended. `set_role` is the post that tasks for each are split from.
    """

    title = models.CharField(_("what is to be done"), max_length=120)
    instructions = models.CharField(_("how"), max_length=2000, blank=True, default="")
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("form"))
    evidence = models.JSONField(_("evidence wanted"), default=list, blank=True)
    role = models.CharField(_("role"), max_length=24, blank=True, default="")
    each_kind = models.CharField(_("for each area of this kind"), max_length=24, blank=True, default="")
    area_code = models.CharField(_("area"), max_length=40)
    area_path = models.CharField(_("area path"), max_length=200)
    rule = models.CharField(_("how it comes again"), max_length=200, help_text="iCalendar RRULE")
    starts_at = models.DateTimeField(_("from"))
    due_days = models.PositiveSmallIntegerField(_("days until it is due"), default=1)
    next_at = models.DateTimeField(_("comes next"), null=True, blank=True, db_index=True)
    set_by = models.CharField(_("planned by"), max_length=80)
    set_role = models.CharField(_("role of whoever planned it"), max_length=24, blank=True, default="")

    class Meta:
        ordering = ("next_at", "pk")

    def __str__(self) -> str:
        return self.title
