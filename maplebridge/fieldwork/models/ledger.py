"""The ledger of work: a copy of what entries of the journal say that somebody did."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules.ledger import KINDS
from maplebridge.places.under import under

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor


class LedgerQuerySet(models.QuerySet["LedgerLine"]):
    def visible_to(self, actor: "Actor") -> "LedgerQuerySet":
        """One's own lines, and those in the areas where one gives tasks."""
        areas = actor.areas("tasks.give")
        if areas is None:
            return self.all()
        mine = [models.Q(user_id=actor.user_id or 0)]
        mine += [under(areas)]
        return self.filter(reduce(or_, mine))


class LedgerLine(models.Model):
    """One piece of work of one worker on one day, as the journal's entry at `position` has it. Never typed in."""

    position = models.BigIntegerField(_("entry"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ledger", verbose_name=_("worker"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind of work"), max_length=8, choices=list(KINDS.items()))
    what = models.CharField(_("form"), max_length=64, blank=True, default="")
    subject = models.CharField(_("record"), max_length=64)
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    quantity = models.PositiveSmallIntegerField(_("how many"))

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ("day", "position")
        constraints = [models.UniqueConstraint(fields=("position", "user", "kind"), name="ledger_line_once")]
        indexes = [
            models.Index(fields=("user", "day"), name="ledger_of_user"),
            models.Index(fields=("day",), name="ledger_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.what}"
