"""Writes of review: a submission is screened, opened, returned, refused or accepted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.tasks import Whose, deliver_task, give_task, return_task, settle_task
from maplebridge.fieldwork.handling import handling_of
from maplebridge.fieldwork.models import Form, FormHandling, Review, Submission, Task
from maplebridge.fieldwork.registering import meeting_of
from maplebridge.fieldwork.rules import review as rules
from maplebridge.fieldwork.rules import tasks as task_rules
from maplebridge.fieldwork.screening import lot_of, new_review
from maplebridge.journal.act import Draft, act
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actor import Actor, actor_of
from maplebridge.places.models import Area

CORRECT_WITHIN = timedelta(days=7)
_AT_HAND = ("offered", "accepted", "returned")


class CannotReview(Refused):
    """The submission is decided already, or cannot be decided so."""


def screen_submission(actor: Actor, *, submission: Submission, at: datetime) -> Review | None:
    """Say whether somebody looks at a submission that has arrived whole, else accept it by rule; once.

    None where files are still missing. What it replaces is replaced, and the task of returning it is delivered.
    """
    known: Review | None = getattr(submission, "review", None)
    if known or not submission.complete or not submission.xml:
        return known
    worker, handling = actor_of(submission.user, at=at), handling_of(submission.version.form_id)
    made = new_review(submission, worker, handling)
    if meeting_of(made).conflicts:
        made.flags.append("conflict")
    before = Review.objects.filter(submission__user=submission.user, form_id=made.form_id, state="accepted")
    accepted = before[: handling.new].count()
    made.why = rules.why_reviewed(handling, flags=made.flags, accepted_before=accepted, digest=lot_of(submission))
    try:
        _screen(actor, made, worker, at=at)
    except IntegrityError:  # another process was quicker: theirs counts
        if (known := Review.objects.filter(submission=submission).first()) is None:
            raise
        return known
    return made


def _screen(actor: Actor, made: Review, worker: Actor, *, at: datetime) -> None:
    with act(actor, "fieldwork.submission_screened", at=at) as entry:
        _replace(actor, made.submission, worker, at=at)
        made.save(force_insert=True)
        _tell(entry, made, why=made.why or "rule", flags=made.flags)
        if not made.why:
            with act(actor, "fieldwork.submission_accepted", at=at) as accepting:
                _accepted(accepting, actor, made, by="rule", at=at)


def _replace(actor: Actor, submission: Submission, worker: Actor, *, at: datetime) -> None:
    """End the review of what a submission replaces, and take over its task."""
    before = submission.replaces
    if before is None:
        return
    review = Review.objects.select_for_update().filter(submission=before).first()
    if review and (state := rules.after(review.state, "replace")):
        with act(actor, "fieldwork.submission_replaced", at=at) as entry:
            review.state = state
            review.save(update_fields=["state"])
            _tell(entry, review, by=f"submission:{submission.pk}")
    if submission.task is None and before.task is not None:
        submission.task = before.task
        submission.save(update_fields=["task"])
        mine = before.task.user_id == worker.user_id and worker.may("forms.fill")
        if mine and before.task.state in _AT_HAND:
            deliver_task(worker, task=before.task, given=list(task_rules.EVIDENCE), at=at)


def _tell(entry: Draft, review: Review, **more: Any) -> None:
    entry.about(
        review.submission, state=review.state, form=review.form_id, user=f"user:{review.submission.user_id}",
        area=review.area_code, area_path=review.area_path, day=review.day.isoformat(), **more,
    )  # fmt: skip


def open_review(actor: Actor, *, review: Review, at: datetime) -> Review:
    """Look at a submission's words and files to decide on it; the look is an entry, and others see who has it open."""
    _must_judge(actor, review)
    with act(actor, "fieldwork.review_opened", at=at, purpose="review of work in the field") as entry:
        fresh = Review.objects.select_for_update().get(pk=review.pk)
        if state := rules.after(fresh.state, "open"):
            fresh.state, fresh.reviewer_id = state, actor.user_id
            fresh.save(update_fields=["state", "reviewer"])
        entry.processed("consulted", records=[fresh.submission], classes=["narrative", "image", "location"])
        _tell(entry, fresh)
    return fresh


def accept_submission(actor: Actor, *, review: Review, at: datetime) -> Review:
    """Accept a submission: it counts in the worker's ledger, and its task is settled."""
    with act(actor, "fieldwork.submission_accepted", at=at) as entry:
        return _accepted(entry, actor, _judged(actor, review, "accept", at=at), by="reviewer", at=at)


def _accepted(entry: Draft, actor: Actor, review: Review, *, by: str, at: datetime) -> Review:
    """Write down that a submission is accepted. `counts` is 0 where it changes one that has counted."""
    review.state, review.decided_at, review.reviewer_id = "accepted", at, actor.user_id
    review.save(update_fields=["state", "decided_at", "reviewer"])
    _tell(entry, review, by=by, counts=int(not _counted_before(review.submission)))
    task = review.submission.task
    if task and task.state == "delivered" and task.user_id != actor.user_id and actor.may("tasks.give", task):
        settle_task(actor, task=task, at=at)
    return review


def _counted_before(submission: Submission) -> bool:
    """Whether something that this one replaces, at once or by others between, was accepted."""
    before = submission.replaces
    while before is not None:
        if Review.objects.filter(submission=before, state="accepted").exists():
            return True
        before = before.replaces
    return False


def refuse_submission(actor: Actor, *, review: Review, reason: str, at: datetime) -> Review:
    """Refuse a submission for good, with a reason that its worker reads; it does not count."""
    with act(actor, "fieldwork.submission_refused", at=at) as entry:
        fresh = _judged(actor, review, "refuse", at=at)
        return _decided(entry, actor, fresh, reason, at=at)


def return_submission(actor: Actor, *, review: Review, reason: str, at: datetime) -> Review:
    """Send a submission back to its worker as a task with the reason; what they send then replaces it."""
    with act(actor, "fieldwork.submission_returned", at=at) as entry:
        fresh = _judged(actor, review, "return", at=at)
        _decided(entry, actor, fresh, reason, at=at)
        return_task(actor, task=_task_to_return(actor, fresh, at=at), reason=fresh.reason, at=at)
    return fresh


def _task_to_return(actor: Actor, review: Review, *, at: datetime) -> Task:
    """The delivered task of a submission, or one made for it and delivered with it."""
    submission = review.submission
    if submission.task and submission.task.state == "delivered":
        return submission.task
    area = Area.objects.filter(code=review.area_code).first() or Area(code=review.area_code, path=review.area_path)
    title = _("Correct: %(form)s, %(day)s") % {"form": review.form, "day": review.day.isoformat()}
    task = give_task(
        actor, title=title[:120], whose=Whose(area, user=submission.user), form=review.form, evidence=["form"],
        due_at=at + CORRECT_WITHIN, at=at,
    )  # fmt: skip
    submission.task = task
    submission.save(update_fields=["task"])
    return deliver_task(actor_of(submission.user, at=at), task=task, given=["form"], at=at)


def _decided(entry: Draft, actor: Actor, review: Review, reason: str, *, at: datetime) -> Review:
    review.reason, review.decided_at, review.reviewer_id = _reason(reason), at, actor.user_id
    review.save(update_fields=["state", "reason", "decided_at", "reviewer"])
    entry.keep_private(reason=review.reason)
    _tell(entry, review)
    return review


def _must_judge(actor: Actor, review: Review) -> None:
    """Raise NotAllowed unless the actor gives tasks there and did not send it themselves."""
    actor.must("tasks.give", about=review)
    if actor.user_id is not None and review.submission.user_id == actor.user_id:
        raise NotAllowed(_("Somebody else looks at what you sent."))


def _judged(actor: Actor, review: Review, step: str, *, at: datetime) -> Review:
    _must_judge(actor, review)
    fresh = Review.objects.select_for_update().get(pk=review.pk)
    state = rules.after(fresh.state, step)
    if state is None:
        sentence = _("This submission is %(state)s now, so that this is not possible. Load it again.")
        raise CannotReview(sentence % {"state": rules.STATES[fresh.state]})
    if step == "return" and not actor_of(fresh.submission.user, at=at).may("forms.fill"):
        raise CannotReview(_("Whoever sent this fills in no forms any more. Accept or refuse it."))
    fresh.state = state
    return fresh


def _reason(text: str) -> str:
    reason = storable(text).strip()
    if not 3 <= len(reason) <= 400:
        raise BadInput("reason", _("Say why in a sentence: the worker reads it on the phone."))
    return reason


def set_handling(actor: Actor, *, form: Form, rules_of_review: Mapping[str, object], at: datetime) -> FormHandling:
    """Set how what is sent with a form is looked at from now on. Raises BadInput."""
    actor.must("forms.manage")
    try:
        rules.handling_from(rules_of_review)
    except (ValueError, TypeError) as error:
        raise BadInput("rules", _("A share is 0 to 100 %, the first of a worker 0 to 1000.")) from error
    with act(actor, "fieldwork.review_rules_set", at=at) as entry:
        row, _new = FormHandling.objects.update_or_create(
            form=form, defaults={"rules": dict(rules_of_review), "changed_at": at}
        )
        entry.about(f"form:{form.pk}", form=form.pk, rules=row.rules)
    return row
