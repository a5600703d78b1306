"""Forms and their versions, the keys of phones, and the submissions that come from the field."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules import FORM_STATES
from maplebridge.kernel.personal import Personal

SUBMISSIONS_KEPT = timedelta(days=730)  # two years: the year's work, its appraisal and the time to appeal


class Form(models.Model):
    """A form by its ID, as XLSForm and OpenRosa name it. What it asks, its versions say."""

    code = models.CharField(_("form ID"), max_length=64, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def published(self) -> "FormVersionQuerySet":
        """Versions that phones are offered."""
        return self.filter(state="published")


class FormVersion(models.Model):
    """One version of a form: the spreadsheet it was made from, the XForm made of it, and who is offered it.

    `roles` and `areas` are codes; none: everyone who fills forms, everywhere. `binary` are the paths of its questions
    that take a file.
    """

    form = models.ForeignKey(Form, models.PROTECT, related_name="versions", verbose_name=_("form"))
    version = models.CharField(_("version"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=list(FORM_STATES.items()), default="draft")
    xform = models.TextField(_("XForm"))
    md5 = models.CharField(_("MD5 of the XForm"), max_length=32)
    source = models.BinaryField(_("XLSForm"))
    source_type = models.CharField(_("kind of spreadsheet"), max_length=6)
    warnings = models.JSONField(_("warnings"), default=list, blank=True)
    binary = models.JSONField(_("questions that take a file"), default=list, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    areas = models.JSONField(_("areas"), default=list, blank=True)
    made_at = models.DateTimeField(_("made at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ("form", "-made_at")
        constraints = [models.UniqueConstraint(fields=("form", "version"), name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.version}"


class FormFile(models.Model):
    """A picture, sound or list that a version of a form needs on the phone."""

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="files", verbose_name=_("version"))
    name = models.CharField(_("name"), max_length=120)
    content = models.BinaryField(_("content"))
    md5 = models.CharField(_("MD5"), max_length=32)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("version", "name"), name="form_file_once")]

    def __str__(self) -> str:
        return self.name


class FieldKey(models.Model):
    """The key by which one phone of a worker gets forms and sends submissions; its text is shown once.

    `sealed` is the same text encrypted, because Digest authentication needs it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="field_keys")
    name = models.CharField(_("name of the phone"), max_length=60, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    sealed = models.CharField(_("encrypted text"), max_length=200)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.name or self.digest[:8]}"


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
