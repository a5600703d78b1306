"""What field work does by the clock, and because of what happened."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Submission, TaskSchedule
from maplebridge.fieldwork.queries import version_sent
from maplebridge.fieldwork.queries.coverage import smallest_post
from maplebridge.journal.models import Entry
from maplebridge.people.actor import system
from maplebridge.places.models import PremiseNote
from maplebridge.places.queries import area_at

LOOK_WITHIN = timedelta(days=7)


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


def turn_schedules(at: datetime) -> None:
    """Give the tasks that come again whose time has come."""
    for schedule in TaskSchedule.objects.filter(next_at__lte=at):
        actions.turn_schedule(system("worker"), schedule=schedule, at=at)


def look_at_hazard(entry: Entry, at: datetime) -> None:
    """Reaction to `places.premise_note_added`: a hazard is looked at by the post of the smallest area that has one."""
    note = PremiseNote.objects.valid(at).filter(pk=int(entry.subject.partition(":")[2]), kind="hazard").first()
    found = area_at(note.lon, note.lat) if note else None
    if note is None or found is None:
        return
    post = smallest_post(found.path, at=at)
    if post is not None:
        actions.give_task(
            system("worker"), title=_("Look at a hazard that was noted")[:120], instructions=note.text,
            whose=actions.Whose(post[0], role=post[1]), due_at=min(note.expires_at, at + LOOK_WITHIN),
            source_key=f"premise_note:{note.pk}", at=at,
        )  # fmt: skip


def screen_submission(entry: Entry, at: datetime) -> None:
    """Say whether somebody looks at what has arrived, or accept it by rule."""
    facts = entry.facts
    version = version_sent(facts["form"], facts["version"])
    if version is None or not facts["complete"]:
        return  # the entry that tells of the last file comes
    rows = Submission.objects.select_related("user", "review")
    for submission in rows.filter(pk=int(entry.subject.partition(":")[2])):
        submission.version = version
        review = actions.screen_submission(system("worker"), submission=submission, at=at)
        if review is not None and not review.why:
            actions.apply_by_rule(system("worker"), review=review, at=at)


def post_to_ledger(entry: Entry, at: datetime) -> None:
    """Copy work that an entry tells of into the ledger."""
    actions.post_to_ledger(system("worker"), entry=entry)
