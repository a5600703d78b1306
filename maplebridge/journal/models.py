"""Tables of the journal: append-only entries, their erasable private parts, the head, and readers' cursors."""

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


class Entry(models.Model):
    """One fact, for good. `body` is the canonical JSON that the tree hashes; the columns are copies to search by."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    verb = models.CharField(_("verb"), max_length=64)
    subject = models.CharField(_("subject"), max_length=64)
    case = models.CharField(_("case"), max_length=64, blank=True, default="")
    actor = models.CharField(_("actor"), max_length=64)
    at = models.DateTimeField(_("occurred at"))
    entered_at = models.DateTimeField(_("entered at"))
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


class Head(models.Model):
    """The one row that says how far the journal reaches: its size and the right edge of the tree."""

    size = models.BigIntegerField(_("size"), default=0)
    peaks = models.BinaryField(_("peaks"), default=b"")

    def __str__(self) -> str:
        return str(self.size)


class Cursor(models.Model):
    """How far a named reader (a reaction, an export) has read."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    position = models.BigIntegerField(_("position"), default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
