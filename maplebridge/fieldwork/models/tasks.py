"""Tasks of posts and persons."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.models.forms import Form
from maplebridge.fieldwork.rules.tasks import STATES
from maplebridge.places.under import under

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: "Actor") -> "TaskQuerySet":
        """Tasks in the areas where the actor gives tasks, those of a post that they hold, and their own."""
        areas = actor.areas("tasks.give")
        if areas is None:
            return self.all()
        mine = [models.Q(user_id=actor.user_id or 0), models.Q(given_by=actor.ref)]
        mine += [under(areas)]
        return self.filter(reduce(or_, mine + [posts_of(actor)]))

    def of(self, actor: "Actor") -> "TaskQuerySet":
        """Tasks of the actor's own and of the posts that they hold."""
        return self.filter(models.Q(user_id=actor.user_id or 0) | posts_of(actor))


def posts_of(actor: "Actor") -> models.Q:
    """Condition: the task is for a post that the actor holds: its role, in its area or for everywhere."""
    held = [
        models.Q(user=None, role=grant.role) & (models.Q(area_code=grant.area_code) if grant.area_code else models.Q())
        for grant in actor.grants
    ]
    return reduce(or_, held) if held else models.Q(pk__in=())


class Task(models.Model):
    """Something to be done by a post (a role in an area) or a person, with the evidence that it was.

    `path` is the line of tasks down to this one, "/1/5/", so that all below one are found at once.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    path = models.CharField(_("line of tasks"), max_length=200, blank=True, default="", db_index=True)
    title = models.CharField(_("what is to be done"), max_length=120)
    instructions = models.CharField(_("how"), max_length=2000, blank=True, default="")
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("form"))
    evidence = models.JSONField(_("evidence wanted"), default=list, blank=True)
    role = models.CharField(_("role"), max_length=24, blank=True, default="")
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="", db_index=True)
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    state = models.CharField(_("state"), max_length=10, choices=list(STATES.items()), default="offered")
    reason = models.CharField(_("why returned or withdrawn"), max_length=400, blank=True, default="")
    given_by = models.CharField(_("given by"), max_length=80)
    given_at = models.DateTimeField(_("given at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True, db_index=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    source_key = models.CharField(_("key at its source"), max_length=140, null=True, blank=True, unique=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(role="") | models.Q(user__isnull=False), name="task_of_somebody")
        ]

    def __str__(self) -> str:
        return self.title
