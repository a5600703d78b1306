"""Erase submissions whose time is over."""

from datetime import datetime

from maplebridge.fieldwork.models import Submission, SubmissionFile
from maplebridge.journal.act import act
from maplebridge.people.actor import Actor

BATCH = 500


def erase_expired(actor: Actor, *, at: datetime) -> int:
    """Erase the words and files of submissions whose time is over; return of how many.

    The row stays with its digest, so that the ledger still counts the work; what was said and shown is gone.
    """
    actor.must("people.manage")
    rows = list(Submission.objects.filter(expires_at__lte=at).exclude(xml=b"")[:BATCH])
    if not rows:
        return 0
    files = list(SubmissionFile.objects.filter(submission__in=rows))
    with act(actor, "fieldwork.submissions_erased", at=at) as entry:
        entry.about("submission:*", submissions=len(rows), files=len(files))
        entry.processed("erased", records=rows, classes=["narrative", "image"])
        SubmissionFile.objects.filter(pk__in=[file.pk for file in files]).delete()
        Submission.objects.filter(pk__in=[row.pk for row in rows]).update(xml=b"")
    for file in files:
        file.file.delete(save=False)
    return len(rows)
