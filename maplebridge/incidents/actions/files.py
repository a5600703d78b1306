"""Attach photos and files to an incident; erase what has expired."""

import hashlib
import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from maplebridge.incidents.actions.shared import locked
from maplebridge.incidents.models import PERSONAL_DATA_KEPT, Attachment, Incident, Report
from maplebridge.incidents.rules import clean
from maplebridge.incidents.rules.files import ENDINGS, FILE_MAX, SHOWABLE, media_type_of
from maplebridge.journal.act import act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Entry, Private
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.people.actor import Actor

FILES_MAX = 40  # of one incident
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "PNG", "image/webp": "WEBP"}


class CannotAttach(Refused):
    """The incident carries as many files as it can."""


def attach_file(actor: Actor, *, incident: Incident, name: str, content: bytes, at: datetime) -> Attachment:
    """Attach a photo or file to an incident; `incidents.file_attached`.

    The type is told by the content. Photos from the public are encoded afresh, so that no position or other
    metadata stays in them. Raises BadInput for a type not taken, an unreadable photo or more than 20 MB.
    """
    public = actor.role == "public"
    if not public and not actor.may("incidents.note") and not actor.may("incidents.edit"):
        raise NotAllowed(_("You may not attach files. Ask dispatch to do it."))
    content, media_type = public_photo(content) if public else (content, _checked_type(content))
    name = (clean(name).replace("/", " ").replace("\\", " ").strip(". ") or "file")[:100]
    stored = None
    try:
        with act(actor, "incidents.file_attached", at=at) as entry:
            fresh = locked(incident)
            if Attachment.objects.filter(incident=fresh).count() >= FILES_MAX:
                sentence = _("%(number)s already has %(count)d files. Link a second incident, or keep them elsewhere.")
                raise CannotAttach(sentence % {"number": fresh.label, "count": FILES_MAX})
            digest = hashlib.sha256(content).hexdigest()
            stored = Attachment(incident=fresh, name=name, media_type=media_type, size=len(content), sha256=digest)
            stored.at, stored.expires_at = at, at + PERSONAL_DATA_KEPT
            stored.file.save(f"{digest[:20]}{ENDINGS[media_type]}", ContentFile(content), save=False)
            stored.save(force_insert=True)
            entry.about(fresh, files=Attachment.objects.filter(incident=fresh).count()).keep_private(name=name)
    except BaseException:
        if stored is not None and stored.file:
            stored.file.delete(save=False)
        raise
    return stored


def _checked_type(content: bytes) -> str:
    if len(content) > FILE_MAX:
        raise BadInput("file", _("The file is larger than %(mb)d MB.") % {"mb": FILE_MAX // 2**20})
    media_type = media_type_of(content)
    if not media_type:
        raise BadInput("file", _("This kind of file is not taken. Photos, video, sound, PDF and plain text are."))
    return media_type


def public_photo(content: bytes) -> tuple[bytes, str]:
    """Encode a photo afresh, upright and without metadata; returns it with its media type. Raises BadInput."""
    media_type = _checked_type(content)
    if media_type not in SHOWABLE:
        raise BadInput("file", _("Please send a photo as JPEG, PNG or WebP."))
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > 50_000_000:
                raise BadInput("file", _("The photo has more than 50 megapixels. Send a smaller one."))
            upright = ImageOps.exif_transpose(image).convert("RGBA" if media_type == "image/png" else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput("file", _("The photo cannot be read. Take it again or send another.")) from error
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, _FORMATS[media_type], quality=88)
    return out.getvalue(), "image/png" if _FORMATS[media_type] == "PNG" else media_type


def erase_expired(actor: Actor, *, at: datetime) -> int:
    """Erase names, telephone numbers and files whose time is over, in tables and journal; return how many reports.

    The words of the report stay without the reporter; the journal keeps its digests, so every root stays valid.
    """
    actor.must("people.manage")
    reports = list(Report.objects.filter(expires_at__lte=at).exclude(caller="", phone="", follow_key=None)[:1000])
    files = list(Attachment.objects.filter(expires_at__lte=at)[:200])
    if not reports and not files:
        return 0
    with act(actor, "incidents.personal_data_erased", at=at) as entry:
        entry.about("report:*", reports=len(reports), files=len(files))
        entry.processed("erased", records=[*reports, *files], classes=["identity", "contact", "image"])
        callers = [(position, name) for position in _entries_of(reports) for name in ("caller", "phone")]
        erase_private(entry, [*callers, *_names_of(files)])
        Report.objects.filter(pk__in=[r.pk for r in reports]).update(caller="", phone="", follow_key=None)
        Attachment.objects.filter(pk__in=[f.pk for f in files]).delete()
    for each in files:
        each.file.delete(save=False)
    return len(reports)


def _entries_of(reports: list[Report]) -> list[int]:
    """Positions of the entries by which these very reports came in, told by incident and moment."""
    came = {(f"incident:{report.incident_id}", _journaled(report.reported_at)) for report in reports}
    subjects = {subject for subject, _at in came}
    rows = Entry.objects.filter(subject__in=subjects, verb__in=("incidents.reported", "incidents.imported"))
    return [position for position, *key in rows.values_list("position", "subject", "at") if tuple(key) in came]


def _names_of(files: list[Attachment]) -> list[tuple[int, str]]:
    """Where names of files stand: in the entries that attached them and, with the last of its name, in every look."""
    gone = [each.pk for each in files]
    parts: list[tuple[int, str]] = []
    for each in files:
        names = Private.objects.filter(entry__subject=f"incident:{each.incident_id}", name="name", content=each.name)
        parts += _parts(names.filter(entry__verb="incidents.file_attached", entry__at=_journaled(each.at)))
        if not Attachment.objects.filter(incident=each.incident_id, name=each.name).exclude(pk__in=gone).exists():
            parts += _parts(names.filter(entry__verb="incidents.file_consulted"))
    return parts


def _parts(rows: QuerySet[Private]) -> list[tuple[int, str]]:
    return list(rows.values_list("entry_id", "name"))


def _journaled(moment: datetime) -> datetime:
    """A moment as the journal keeps it, in milliseconds."""
    return clock.parse_stamp(clock.stamp(moment))


def open_file(actor: Actor, *, attachment: Attachment, at: datetime) -> Attachment:
    """Let someone see a file; every look is an entry, `incidents.file_consulted`."""
    actor.must("incidents.view")
    with act(actor, "incidents.file_consulted", at=at, purpose="handling the incident") as entry:
        entry.about(Incident(pk=attachment.incident_id)).keep_private(name=attachment.name)
        entry.processed("consulted", records=[Incident(pk=attachment.incident_id), attachment], classes=["image"])
    return attachment
