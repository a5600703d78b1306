"""Forms and their versions, the keys of phones, tasks, and the submissions that come from the field."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.rules.forms import FORM_STATES
from maplebridge.fieldwork.rules.tasks import STATES
from maplebridge.kernel.personal import Personal

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor

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


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: "Actor") -> "TaskQuerySet":
        """Tasks in the areas where the actor gives tasks, those of a post that they hold, and their own."""
        areas = actor.areas("tasks.give")
        if areas is None:
            return self.all()
        mine = [models.Q(user_id=actor.user_id or 0), models.Q(given_by=actor.ref)]
        mine += [models.Q(area_path__contains=f"/{code}/") for code in sorted(areas)]
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
