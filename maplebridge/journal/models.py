"""Tables of the journal: entries, their erasable private parts, the head, checkpoints, and readers' cursors."""

from typing import Any

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet["Entry"]):
    """Chainable reads of the journal, always in order of position."""

    def after(self, position: int) -> "EntryQuerySet":
        """Entries beyond a cursor, oldest first."""
        return self.filter(position__gt=position).order_by("position")

    def about(self, subject: str) -> "EntryQuerySet":
        """Entries whose subject or case is the record `kind:id`, oldest first."""
        return self.filter(models.Q(subject=subject) | models.Q(case=subject)).order_by("position")

    def naming(self, record: str) -> "EntryQuerySet":
        """Entries with the record `kind:id` as subject, as case, or among those that were looked at; oldest first."""
        mentions = Mention.objects.filter(record=record).values("entry")
        named = models.Q(subject=record) | models.Q(case=record) | models.Q(position__in=mentions)
        return self.filter(named).order_by("position")


class Entry(models.Model):
    """One fact, for good. `body` is the canonical JSON that the tree hashes; the columns are copies to search by."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    verb = models.CharField(_("verb"), max_length=64)
    subject = models.CharField(_("subject"), max_length=64)
    case = models.CharField(_("case"), max_length=64, blank=True, default="")
    actor = models.CharField(_("actor"), max_length=64)
    at = models.DateTimeField(_("occurred at"))
    entered_at = models.DateTimeField(_("entered at"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True, default="")
    operation = models.CharField(_("operation"), max_length=16, blank=True, default="")
    body = models.TextField(_("body"))
    leaf = models.BinaryField(_("leaf hash"), max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        indexes = [
            models.Index(fields=("subject", "position"), name="journal_subject"),
            models.Index(fields=("case", "position"), name="journal_case"),
            models.Index(fields=("verb", "position"), name="journal_verb"),
            models.Index(fields=("actor", "position"), name="journal_actor"),
            models.Index(fields=("at",), name="journal_at"),
            models.Index(fields=("purpose", "position"), name="journal_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.verb} {self.subject}"

    @property
    def facts(self) -> dict[str, Any]:
        """What is in clear: the subject's new values, by field."""
        return dict(msgspec.json.decode(self.body)["facts"])


class Private(models.Model):
    """Personal or free text of one entry. The entry holds only its salted digest; deleting the row erases it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="private", verbose_name=_("entry"))
    name = models.CharField(_("name"), max_length=40)
    salt = models.BinaryField(_("salt"), max_length=16)
    content = models.TextField(_("content"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entry", "name"), name="journal_private_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.name}"


class Mention(models.Model):
    """A record that an entry names besides its subject, so that every look at it is found."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="mentions", db_index=False, verbose_name=_("entry"))
    record = models.CharField(_("record"), max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entry", "record"), name="journal_mention_once")]
        indexes = [models.Index(fields=("record", "entry"), name="journal_mention_record")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.record}"


class Head(models.Model):
    """The one row that says how far the journal reaches: size, right edge of the tree, when its last was entered."""

    size = models.BigIntegerField(_("size"), default=0)
    peaks = models.BinaryField(_("peaks"), default=b"")
    entered_at_ms = models.BigIntegerField(_("last entered, in milliseconds since 1970"), default=0)

    def __str__(self) -> str:
        return str(self.size)


class Checkpoint(models.Model):
    """A signed statement of how long the journal was and what its root was. Others keep copies of its note."""

    size = models.BigIntegerField(_("size"), unique=True)
    root = models.BinaryField(_("root"), max_length=32)
    note = models.TextField(_("signed note"))
    made_at = models.DateTimeField(_("made at"))

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Cursor(models.Model):
    """How far a named reader (a reaction, an export) has read."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    position = models.BigIntegerField(_("position"), default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
