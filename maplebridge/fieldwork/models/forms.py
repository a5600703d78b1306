"""Forms, their versions, and the files that these need on the phone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules.forms import FORM_STATES
from maplebridge.kernel.language import named


class Form(models.Model):
    """A form by its ID, as XLSForm and OpenRosa name it. What it asks, its versions say."""

    code = models.CharField(_("form ID"), max_length=64, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return named(self.name, self.name_zh)


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
