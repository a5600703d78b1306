"""Reports and the incidents they become: types, states, reporters, narrative, files, links."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maplebridge.fieldwork.models import Form
from maplebridge.incidents.rules.follow_ups import FollowUp
from maplebridge.incidents.rules.states import DISPOSITIONS, LINK_KINDS, OPEN_STATES, PRIORITIES, SOURCES, STATES
from maplebridge.kernel.personal import Personal
from maplebridge.places.kept import current_city
from maplebridge.places.under import under

if TYPE_CHECKING:
    from maplebridge.people.actor import Actor

PERSONAL_DATA_KEPT = timedelta(days=365)  # then names, telephone numbers and files of a report are erased


class IncidentType(models.Model):
    """A kind of incident, as data: APCO 2.103 family, names in both languages, priority and targets."""

    code = models.SlugField(_("code"), max_length=32, primary_key=True)
    family = models.CharField(_("family"), max_length=16)
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    words = models.CharField(_("also called"), max_length=300, blank=True, default="")
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    target_s = models.PositiveIntegerField(_("response target in seconds"), default=600)
    scene_s = models.PositiveIntegerField(_("usual time on scene in seconds"), default=900)
    skills = models.JSONField(_("skills wanted"), default=list, blank=True)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ("family", "code")

    def __str__(self) -> str:
        return self.name


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> "IncidentQuerySet":
        """Incidents that still need somebody."""
        return self.filter(state__in=OPEN_STATES, merged_into=None)

    def visible_to(self, actor: "Actor") -> "IncidentQuerySet":
        """Incidents the actor may see: with the permission, and inside the areas for which it was given."""
        codes = actor.areas("incidents.view")
        if codes is None:
            return self.all()
        return self.filter(under(codes))

    def on_map(self) -> "IncidentQuerySet":
        """Those on the city's map, where there are roads to them; all of them while there is no city."""
        city = current_city()
        if city is None:
            return self
        return self.filter(lon__range=(city.west, city.east), lat__range=(city.south, city.north))


class Target(models.Model):
    """A service target of this city: seconds and share for a measure, by type, by area, by both or for all."""

    MEASURES = [("answer", _("answer")), ("process", _("process")), ("response", _("response"))]

    measure = models.CharField(_("measure"), max_length=8, choices=MEASURES)
    type = models.ForeignKey(IncidentType, models.CASCADE, null=True, blank=True, related_name="targets")
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="")
    seconds = models.PositiveIntegerField(_("seconds"))
    share = models.FloatField(_("share that should reach it"), default=0.9)

    def __str__(self) -> str:
        return f"{self.measure} {self.type_id or '*'} {self.area_code or '*'} {self.seconds} s"


class FollowUpRule(models.Model):
    """The agency's own word on what is looked at again after incidents of a type; 0 days for nothing."""

    type = models.OneToOneField(IncidentType, models.CASCADE, primary_key=True, related_name="follow_up")
    days = models.PositiveSmallIntegerField(_("days until it is due"))
    post = models.CharField(_("smallest kind of area whose post gets it"), max_length=12)
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("form"))
    title = models.CharField(_("what is to be done"), max_length=120, blank=True, default="")
    instructions = models.CharField(_("how"), max_length=2000, blank=True, default="")
    changed_at = models.DateTimeField(_("changed at"))

    def __str__(self) -> str:
        return f"{self.type_id}: {self.title}"

    def as_rule(self) -> FollowUp:
        """The same, as the rules read it."""
        return FollowUp(self.days, self.post, self.form_id or "", self.title, "", self.instructions)


class Incident(models.Model):
    """Something that happened at a place, from first report to close. States are EIDO's."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    type = models.ForeignKey(IncidentType, models.PROTECT, verbose_name=_("type"))
    state = models.CharField(_("state"), max_length=20, choices=[(s, s) for s in STATES], default="Active")
    held = models.BooleanField(_("held"), default=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES)
    priority_reason = models.CharField(_("why this priority"), max_length=200, blank=True, default="")
    own_priority = models.PositiveSmallIntegerField(_("priority without what was merged in"), choices=PRIORITIES)
    own_priority_reason = models.CharField(_("why its own priority"), max_length=200, blank=True, default="")
    source = models.CharField(_("source"), max_length=10, choices=SOURCES)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    cell = models.BigIntegerField(_("H3 cell"), db_index=True)
    address = models.CharField(_("place"), max_length=200, blank=True, default="")
    area_code = models.CharField(_("area"), max_length=40, blank=True, default="", db_index=True)
    area_path = models.CharField(_("area path"), max_length=200, blank=True, default="")
    reported_at = models.DateTimeField(_("reported at"), db_index=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("first unit assigned at"), null=True, blank=True)
    enroute_at = models.DateTimeField(_("first unit en route at"), null=True, blank=True)
    onscene_at = models.DateTimeField(_("first unit on scene at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, db_index=True)
    disposition = models.CharField(_("disposition"), max_length=24, blank=True, choices=DISPOSITIONS, default="")
    closed_at_post = models.BooleanField(_("handled and closed at the post"), default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    source_key = models.CharField(_("key at its source"), max_length=140, null=True, blank=True, unique=True)
    source_digest = models.CharField(_("digest of what came with the key"), max_length=64, blank=True, default="")
    invented = models.BooleanField(_("invented"), default=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-reported_at",)
        indexes = [
            models.Index(fields=("state", "priority", "reported_at"), name="incident_queue"),
            models.Index(fields=("lon", "lat"), name="incident_lonlat"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Number as people say it: at least four digits."""
        return f"{self.number:04d}"


class Report(models.Model):
    """What one reporter said. Merging moves no report: each keeps its incident of origin and its words."""

    PERSONAL: ClassVar = Personal(
        purpose="handling this incident and following it up with the reporter",
        kept=PERSONAL_DATA_KEPT,
        fields={"caller": "identity", "phone": "contact", "narrative": "narrative", "follow_key": "contact"},
    )

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="reports")
    source = models.CharField(_("source"), max_length=10, choices=SOURCES)
    narrative = models.TextField(_("narrative"), blank=True, default="")
    caller = models.CharField(_("caller"), max_length=120, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    follow_key = models.CharField(_("digest of the follow-up code"), max_length=24, null=True, blank=True, unique=True)
    reported_at = models.DateTimeField(_("reported at"))
    expires_at = models.DateTimeField(_("personal data erased at"))

    def __str__(self) -> str:
        return f"{self.incident} · {self.get_source_display()}"


class Note(models.Model):
    """A line of narrative added while the incident lives."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="notes")
    text = models.TextField(_("text"))
    author = models.CharField(_("author"), max_length=80)
    at = models.DateTimeField(_("at"))
    source_key = models.CharField(_("key at its source"), max_length=140, null=True, blank=True, unique=True)

    def __str__(self) -> str:
        return self.text[:60]


class Attachment(models.Model):
    """A photo or file, checked by type and size; public photos lose their EXIF position."""

    PERSONAL: ClassVar = Personal(
        purpose="evidence in this incident", kept=PERSONAL_DATA_KEPT, fields={"file": "image", "name": "narrative"}
    )

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to="incidents/%Y/%m/")
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(_("media type"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("erased at"))

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """Two incidents that belong together."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="links")
    other = models.ForeignKey(Incident, models.CASCADE, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=8, choices=LINK_KINDS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("incident", "other", "kind"), name="link_once")]

    def __str__(self) -> str:
        return f"{self.incident} {self.kind} {self.other}"


class Closer(models.Model):
    """Who closed an incident, so that reopening can alert them."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="closers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    at = models.DateTimeField(_("at"))

    def __str__(self) -> str:
        return f"{self.user} closed {self.incident}"


class Numbering(models.Model):
    """The next incident number; one row."""

    next_number = models.PositiveIntegerField(_("next number"), default=1)

    def __str__(self) -> str:
        return str(self.next_number)


class ReservedNumber(models.Model):
    """A number printed on a paper card for an outage, used when the card is entered later."""

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    reserved_at = models.DateTimeField(_("reserved at"))
    incident = models.OneToOneField(Incident, models.SET_NULL, null=True, blank=True, related_name="card")

    def __str__(self) -> str:
        return f"{self.number:04d}"


def open_at(moment: datetime) -> models.Q:
    """Condition: the incident had been reported and was not yet closed at that moment."""
    return models.Q(reported_at__lte=moment) & (models.Q(closed_at=None) | models.Q(closed_at__gt=moment))
