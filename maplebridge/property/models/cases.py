"""Thefts, what is impounded, sightings and alarms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.incidents.models import Incident
from maplebridge.property import rules
from maplebridge.property.models.items import Item
from maplebridge.property.models.places import Dealer, Placed, Reader

ONE = models.UniqueConstraint  # the database itself holds what may be only once


class TheftReport(Placed):
    """An item was reported stolen: last seen where and between when; the words stand with its incident."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="thefts")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="thefts")
    state = models.CharField(_("state"), max_length=10, choices=rules.THEFT_STATES, default="open")
    lost_from = models.DateTimeField(_("stolen at the earliest"))
    lost_to = models.DateTimeField(_("stolen at the latest"))
    reported_at = models.DateTimeField(_("reported at"), db_index=True)
    recovered_at = models.DateTimeField(_("recovered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("erased at"), null=True, blank=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=("state", "reported_at"), name="theft_state")]
        constraints = [
            ONE(fields=("item",), condition=models.Q(state__in=("open", "recovered")), name="theft_one_unended"),
            models.CheckConstraint(condition=models.Q(lost_to__gte=models.F("lost_from")), name="theft_forward"),
        ]

    def __str__(self) -> str:
        return f"theft of item {self.item_id}"


class Impound(models.Model):
    """An item in the police's hands: where it lies, and how that ended."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="impounds")
    theft = models.ForeignKey(TheftReport, models.SET_NULL, null=True, blank=True, related_name="impounds")
    place = models.CharField(_("where it lies"), max_length=120)
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True, default="")  # returned, disposed

    class Meta:
        constraints = [ONE(fields=("item",), condition=models.Q(until_at=None), name="impound_one_open")]

    def __str__(self) -> str:
        return f"item {self.item_id} at {self.place}"


class Sighting(models.Model):
    """A code was checked at a place. Of an item that is not stolen it is a sample, kept for days, outside the journal.

    `checked_by` is the account of the shop or patrol, as the journal names it; nothing is known of the customer.
    """

    canonical = models.CharField(_("canonical key"), max_length=rules.CODE_LIMIT, db_index=True)
    channel = models.CharField(_("by"), max_length=8, choices=rules.CHANNELS)
    dealer = models.ForeignKey(Dealer, models.SET_NULL, null=True, blank=True, related_name="sightings")
    reader = models.ForeignKey(Reader, models.SET_NULL, null=True, blank=True, related_name="sightings")
    checked_by = models.CharField(_("checked by"), max_length=40, blank=True, default="")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    at = models.DateTimeField(_("at"))
    last_at = models.DateTimeField(_("last seen at"), null=True, blank=True)  # where a reader saw it for a while
    expires_at = models.DateTimeField(_("erased at"), null=True, blank=True, db_index=True)  # none: a theft's

    def __str__(self) -> str:
        return f"{self.canonical} at {self.lon:.5f}, {self.lat:.5f}"


class CheckCount(models.Model):
    """How many checks of a day were forgotten, by channel: a number for the figures, of no item and no place."""

    day = models.DateField(_("day"))
    channel = models.CharField(_("by"), max_length=8, choices=rules.CHANNELS)
    checks = models.PositiveIntegerField(_("checks"), default=0)

    class Meta:
        constraints = [ONE(fields=("day", "channel"), name="check_count_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.channel}: {self.checks}"


class Alarm(models.Model):
    """A stolen item was seen. `incident` is where it is worked on; `late` where the theft was reported afterwards."""

    theft = models.ForeignKey(TheftReport, models.CASCADE, related_name="alarms")
    sighting = models.ForeignKey(Sighting, models.PROTECT, related_name="alarms")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, related_name="property_alarms")
    late = models.BooleanField(_("theft reported afterwards"), default=False)
    at = models.DateTimeField(_("raised at"), db_index=True)
    answer = models.CharField(_("dealer's answer"), max_length=8, choices=rules.ANSWERS, blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=rules.OUTCOMES, blank=True, default="")
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        constraints = [ONE(fields=("theft", "sighting"), name="alarm_once")]

    def __str__(self) -> str:
        return f"alarm of theft {self.theft_id}"
