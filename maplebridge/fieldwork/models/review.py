"""How submissions are looked at, and what became of each."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.models.forms import Form
from maplebridge.fieldwork.models.submissions import Submission
from maplebridge.fieldwork.rules.review import OPEN, STATES, TWIN_DAYS, WHY, Seen
from maplebridge.places.under import under

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor


class FormHandling(models.Model):
    """An agency's own rules of review for a form; without a row those that come with the software hold."""

    form = models.OneToOneField(Form, models.CASCADE, primary_key=True, related_name="handling")
    rules = models.JSONField(_("rules of review"), default=dict)
    changed_at = models.DateTimeField(_("changed at"))

    def __str__(self) -> str:
        return self.form_id


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, actor: "Actor") -> "ReviewQuerySet":
        """Reviews in the areas where the actor gives tasks, and those of their own submissions."""
        areas = actor.areas("tasks.give")
        if areas is None:
            return self.all()
        mine = [models.Q(submission__user_id=actor.user_id or 0)]
        mine += [under(areas)]
        return self.filter(reduce(or_, mine))

    def waiting_for(self, actor: "Actor") -> "ReviewQuerySet":
        """What this actor may decide: open, in their areas, sent by another."""
        if not actor.may("tasks.give"):
            return self.none()
        rows = self.visible_to(actor).filter(state__in=OPEN)
        return rows.exclude(submission__user_id=actor.user_id) if actor.user_id else rows

    def hindered_for(self, actor: "Actor") -> "ReviewQuerySet":
        """Accepted in the actor's areas, but not in the register yet."""
        return self.visible_to(actor).filter(state="accepted").exclude(hindered="")

    def near(self, one: "Review") -> "ReviewQuerySet":
        """Others of the same form from about the same days, among which twins are looked for."""
        span = timedelta(days=TWIN_DAYS)
        rows = self.filter(form_id=one.form_id, day__range=(one.day - span, one.day + span))
        return rows.exclude(pk=one.pk).exclude(state__in=("replaced", "refused"))


class Review(models.Model):
    """What became of a submission: waiting, returned, accepted or refused; by whom, and why it was looked at.

    `lon`, `lat` and `address_key` say where it was filled in, to find twins; they go with the submission's words.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="review")
    form = models.ForeignKey(Form, models.PROTECT, related_name="reviews", verbose_name=_("form"))
    state = models.CharField(_("state"), max_length=10, choices=list(STATES.items()), default="received")
    why = models.CharField(_("why it is looked at"), max_length=12, choices=list(WHY.items()), blank=True, default="")
    flags = models.JSONField(_("what asks for a look"), default=list, blank=True)
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="", db_index=True)
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    day = models.DateField(_("day"))
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    address_key = models.CharField(_("key of the address"), max_length=32, blank=True, default="")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why returned or refused"), max_length=400, blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    applied = models.JSONField(_("fields of the register that it changed"), null=True, blank=True)
    hindered = models.CharField(_("why it is not in the register"), max_length=300, blank=True, default="")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("submission_id",)
        indexes = [
            models.Index(fields=("form", "lon"), name="review_place"),
            models.Index(fields=("address_key", "day"), name="review_address"),
            models.Index(fields=("state", "submission"), name="review_state"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.day}"

    @property
    def seen(self) -> Seen:
        """Where and when it was filled in."""
        return Seen(self.day, self.lon, self.lat, self.address_key)
