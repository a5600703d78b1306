"""Submissions that come from the field, and their files."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.models.forms import FormVersion
from maplebridge.fieldwork.models.tasks import Task
from maplebridge.kernel.personal import Personal

SUBMISSIONS_KEPT = timedelta(days=730)  # two years: the year's work, its appraisal and the time to appeal


class Submission(models.Model):
    """What somebody filled in, byte for byte as it came; once for each instance ID."""

    PERSONAL: ClassVar = Personal(
        purpose="work in the field: review, the register it feeds, the ledger of the worker",
        kept=SUBMISSIONS_KEPT,
        fields={"xml": "narrative"},
    )

    instance_id = models.CharField(_("instance ID"), max_length=120, unique=True)
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="submissions", verbose_name=_("form"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="submissions")
    xml = models.BinaryField(_("XML as sent"))
    sha256 = models.CharField(_("SHA-256 of the XML"), max_length=64)
    wanted = models.JSONField(_("files named in it"), default=list, blank=True)
    complete = models.BooleanField(_("all its files are here"), default=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="submissions")
    late = models.BooleanField(_("came when the task had ended"), default=False)
    device = models.CharField(_("device"), max_length=80, blank=True, default="")
    ended_at = models.DateTimeField(_("filled in at"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"))
    expires_at = models.DateTimeField(_("erased at"), db_index=True)

    class Meta:
        ordering = ("-received_at",)
        indexes = [models.Index(fields=("user", "received_at"), name="submission_of_user")]

    def __str__(self) -> str:
        return self.instance_id


class SubmissionFile(models.Model):
    """A photo or other file of a submission."""

    PERSONAL: ClassVar = Personal(
        purpose="evidence of work in the field", kept=SUBMISSIONS_KEPT, fields={"file": "image", "name": "narrative"}
    )

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=120)
    file = models.FileField(_("file"), upload_to="fieldwork/%Y/%m/")
    media_type = models.CharField(_("media type"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    at = models.DateTimeField(_("received at"))
    expires_at = models.DateTimeField(_("erased at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("submission", "name"), name="submission_file_once")]

    def __str__(self) -> str:
        return self.name
