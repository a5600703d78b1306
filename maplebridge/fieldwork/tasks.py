"""What field work does by the clock, and because of what happened."""

from datetime import datetime

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Submission
from maplebridge.journal.models import Entry
from maplebridge.people.actor import system


def erase_expired(at: datetime) -> None:
    """Erase submissions and deductions whose time is over, in portions, until none is left."""
    while actions.erase_expired(system("worker"), at=at):
        pass
    while actions.erase_old_deductions(system("worker"), at=at):
        pass


def remind_of_overdue(at: datetime) -> None:
    """Mark overdue tasks, once a day each."""
    while actions.remind_of_overdue(system("worker"), at=at):
        pass


def screen_submission(entry: Entry, at: datetime) -> None:
    """Say whether somebody looks at what has arrived, or accept it by rule."""
    submission = Submission.objects.filter(pk=int(entry.subject.partition(":")[2])).first()
    if submission is not None:
        review = actions.screen_submission(system("worker"), submission=submission, at=at)
        if review is not None and not review.why:
            actions.apply_by_rule(system("worker"), review=review, at=at)


def post_to_ledger(entry: Entry, at: datetime) -> None:
    """Copy work that an entry tells of into the ledger."""
    actions.post_to_ledger(system("worker"), entry=entry)
