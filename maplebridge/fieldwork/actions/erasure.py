"""Erase submissions and deductions whose time is over."""

from datetime import datetime

from maplebridge.fieldwork.models import Deduction, Review, Submission, SubmissionFile
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
        Review.objects.filter(submission__in=rows).update(lon=None, lat=None, address_key="", reason="", hindered="")
    for file in files:
        file.file.delete(save=False)
    return len(rows)


def erase_old_deductions(actor: Actor, *, at: datetime) -> int:
    """Erase deductions whose time is over, with the words on them; return how many. Sheets keep their figures."""
    actor.must("people.manage")
    rows = list(Deduction.objects.filter(expires_at__lte=at)[:BATCH])
    if not rows:
        return 0
    with act(actor, "fieldwork.deductions_erased", at=at) as entry:
        entry.about("deduction:*", deductions=len(rows))
        entry.processed("erased", records=rows, classes=["note", "staff"])
        Deduction.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
