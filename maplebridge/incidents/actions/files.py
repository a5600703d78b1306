"""Attach photos and files to an incident; erase what has expired."""

import hashlib
import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from maplebridge.incidents.actions.shared import crews, locked, must_any
from maplebridge.incidents.models import PERSONAL_DATA_KEPT, Attachment, Incident
from maplebridge.incidents.rules import clean
from maplebridge.journal.act import act
from maplebridge.kernel.media import ENDINGS, FILE_MAX, SHOWABLE, media_type_of
from maplebridge.kernel.refused import BadInput, Refused
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
    if not public:
        must_any(actor, "incidents.edit", "incidents.note", about=None if crews(actor, incident, at=at) else incident)
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
