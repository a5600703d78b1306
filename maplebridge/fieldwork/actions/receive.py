"""A submission comes in: once, whole, in as many sendings as the phone needs."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.tasks import deliver_task
from maplebridge.fieldwork.models import SUBMISSIONS_KEPT, Submission, SubmissionFile, Task
from maplebridge.fieldwork.queries import version_sent
from maplebridge.fieldwork.rules import tasks
from maplebridge.fieldwork.rules.forms import Known, is_complete, is_file_name, takes_records, verdict
from maplebridge.fieldwork.xml import Instance, files_named, read_instance
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.media import ENDINGS, FILE_MAX, media_type_of
from maplebridge.kernel.refused import BadInput, NotFound, Refused
from maplebridge.kernel.single import Busy, single
from maplebridge.people.actor import Actor
from maplebridge.people.models import User

FILES_MOST = 60  # of one submission
_PLACE = re.compile(r"-?\d+(\.\d+)? -?\d+(\.\d+)?( -?\d+(\.\d+)?){0,2}")  # a geopoint: latitude, longitude, ...


class CannotReceive(Refused):
    """The submission is of a version that takes none, or replaces one that cannot be replaced."""


class InstanceConflict(Refused):
    """Another submission stands under this instance ID: answered 409."""


class StillReceiving(Refused):
    """The same submission is coming in just now by another way: answered 423."""

    status = 423


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a sending: "new", "again" or "more" (it brought files), and the submission as it stands."""

    verdict: str
    submission: Submission


def receive_submission(
    actor: Actor, *, user: User, xml: bytes, files: Mapping[str, bytes], device: str = "", task: int | None = None,
    at: datetime,
) -> Received:  # fmt: skip
    """Take a submission as OpenRosa sends it; the same one again changes nothing but the files it still lacked.

    `user` is whose key sent it, `task` the task that it is of where the form itself does not ask for it.
    Raises BadInput, NotFound for an unknown form, CannotReceive, InstanceConflict and StillReceiving.
    """
    actor.must("forms.fill")
    instance = read_instance(xml)
    checked = {name: (content, _type_of(name, content)) for name, content in files.items()}
    try:
        with single(f"submission {instance.instance_id}"):
            return _receive(actor, user, instance, xml, checked, device=device, task=task, at=at)
    except Busy:
        raise StillReceiving(_("This submission is coming in just now. Send it again in a moment.")) from None


def _type_of(name: str, content: bytes) -> str:
    if not is_file_name(name):
        raise BadInput("file", _("“%(name)s” is not the name of a file.") % {"name": name[:60]})
    if len(content) > FILE_MAX:
        raise BadInput("file", _("%(name)s is larger than %(mb)d MB.") % {"name": name, "mb": FILE_MAX // 2**20})
    media_type = media_type_of(content)
    if not media_type:
        raise BadInput(
            "file",
            _("%(name)s is of a kind that is not taken: photos, video, sound, PDF and text are.") % {"name": name},
        )
    return media_type


def _receive(
    actor: Actor, user: User, instance: Instance, xml: bytes, files: Mapping[str, tuple[bytes, str]], *,
    device: str, task: int | None, at: datetime,
) -> Received:  # fmt: skip
    """Take what is new of a sending; whoever calls holds the instance ID, so that nobody else does meanwhile."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, (content, _type) in files.items()}
    same = Submission.objects.filter(instance_id=instance.instance_id)
    before = same.get() if same.exists() else None  # nearly always there is none, and to ask for that is cheap
    known = _known(before, user)
    found = verdict(known, digest=hashlib.sha256(xml).hexdigest(), files=digests)
    if found == "conflict":
        raise InstanceConflict(_("Another submission stands under this ID. Start a new form for a new visit."))
    if found == "again" and before:
        return Received(found, before)
    arrived = digests.keys() | (known.files if known else {})
    if len(arrived) > FILES_MOST:
        raise BadInput("file", _("A submission has at most %(n)d files.") % {"n": FILES_MOST})
    mine = before or _made(instance, user, xml, device=device, at=at)
    mine.complete = is_complete(mine.wanted, arrived)
    new = {name: (*files[name], sha) for name, sha in digests.items() if not known or name not in known.files}
    with _on_disk(new) as rows, act(actor, "fieldwork.submission_received", at=at) as entry:
        if before is None:
            mine.task, mine.replaces = _task_of(actor, instance, task), _replaced(instance, user)
            mine.save(force_insert=True)
        else:
            mine.save(update_fields=["complete"])
        for row in rows:
            row.submission, row.at, row.expires_at = mine, at, mine.expires_at
        SubmissionFile.objects.bulk_create(rows)
        _tell(entry, mine, instance, files=len(arrived), new=before is None)
        _deliver(actor, mine, instance, at=at)
    return Received(found, mine)


@contextmanager
def _on_disk(files: Mapping[str, tuple[bytes, str, str]]) -> Iterator[list[SubmissionFile]]:
    """Write files (content, media type and SHA-256 by name) before anybody waits; an exception takes them away again.

    Gives their rows, still without a submission.
    """
    rows: list[SubmissionFile] = []
    try:
        for name, (content, media_type, sha) in files.items():
            row = SubmissionFile(name=name, media_type=media_type, size=len(content), sha256=sha)
            row.file.save(f"{sha[:24]}{ENDINGS[media_type]}", ContentFile(content), save=False)
            rows.append(row)
        yield rows
    except BaseException:
        for row in rows:
            row.file.delete(save=False)
        raise


def _tell(entry: Draft, mine: Submission, instance: Instance, *, files: int, new: bool) -> None:
    """Say what the entry is about. The XML's digest may stand in clear: the random instance ID within is its salt."""
    entry.about(
        mine, form=instance.form, version=instance.version, user=f"user:{mine.user_id}", sha256=mine.sha256,
        files=files, complete=mine.complete, replaces=mine.replaces_id,
    )  # fmt: skip
    entry.processed("collected" if new else "altered", records=[mine], classes=["narrative"])


def _known(before: Submission | None, user: User) -> Known | None:
    if before is None:
        return None
    own = before.sha256 if before.user_id == user.pk else "of another worker"
    return Known(own, dict(before.files.values_list("name", "sha256")))


def _made(instance: Instance, user: User, xml: bytes, *, device: str, at: datetime) -> Submission:
    """A new submission, not saved yet."""
    version = version_sent(instance.form, instance.version)
    if version is None:
        sentence = _("There is no form %(form)s in version %(version)s. Get the forms anew on the phone.")
        raise NotFound(sentence % {"form": instance.form, "version": instance.version or "–"})
    if not takes_records(version.state):
        raise CannotReceive(_("This version is a draft: nothing can be sent with it yet."))
    return Submission(
        instance_id=instance.instance_id, version=version, user=user, xml=xml, device=device[:80],
        sha256=hashlib.sha256(xml).hexdigest(), wanted=list(files_named(instance, frozenset(version.binary))),
        ended_at=instance.ended_at, received_at=at, expires_at=at + SUBMISSIONS_KEPT,
    )  # fmt: skip


def _task_of(actor: Actor, instance: Instance, task: int | None) -> Task | None:
    """The task that a submission names in its question `task`, or that came with it, if it is the worker's."""
    named = next((text for path, text in instance.values if path == "task" and text.isdecimal()), str(task or ""))
    return Task.objects.filter(pk=int(named[:15])).of(actor).first() if named else None


def _deliver(actor: Actor, mine: Submission, instance: Instance, *, at: datetime) -> None:
    """Deliver the task that a submission is of, once it is whole; when the task has ended, the submission is late."""
    if mine.task is None or not mine.complete:
        return
    task = Task.objects.select_for_update().get(pk=mine.task.pk)
    mine.late = tasks.late(task.state)
    mine.save(update_fields=["late"])
    given = ["form", *(["photo"] if mine.files.filter(media_type__startswith="image/").exists() else [])]
    given += ["place"] if any(_PLACE.fullmatch(text) for _path, text in instance.values) else []
    if not mine.late and not tasks.lacks(task.evidence, given):
        deliver_task(actor, task=task, given=given, at=at)


def _replaced(instance: Instance, user: User) -> Submission | None:
    """The submission that this one edits. Raises CannotReceive where it is not there, another's, or replaced."""
    if not instance.deprecated_id:
        return None
    before = Submission.objects.filter(instance_id=instance.deprecated_id, user=user).first()
    if before is None:
        raise CannotReceive(_("What this changes has not arrived here. Send the earlier submission first."))
    if hasattr(before, "replaced_by"):
        raise CannotReceive(_("This was changed already by a later one. Get it anew before you change it."))
    return before
