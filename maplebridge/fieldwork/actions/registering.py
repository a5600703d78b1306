"""Writes of what an accepted submission says into the register, through the register's own actions."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.fieldwork.actions.review import CannotReview, accept_submission
from maplebridge.fieldwork.models import Review
from maplebridge.fieldwork.registering import address_of, findings_of, meeting_of, proposals_at
from maplebridge.journal.act import act
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.places.register.actions import apply_change
from maplebridge.places.register.models import Address
from maplebridge.places.register.rules.changes import SUBJECTS, Fields, Proposal


def accept_and_apply(
    actor: Actor, *, review: Review, take: Collection[str], seen: Mapping[str, int], at: datetime
) -> Review:
    """Accept a submission and put the fields in `take` ("premise.residents") into the register: both, or neither.

    `seen` gives the version of each subject's record against which the differences were shown (0: new).
    """
    with act(actor, "fieldwork.submission_decided", at=at) as entry:
        accepted = accept_submission(actor, review=review, at=at)
        entry.about(accepted.submission, taken=sorted(take))
        return apply_submission(actor, review=accepted, take=take, seen=seen, at=at) if take else accepted


def apply_submission(
    actor: Actor, *, review: Review, take: Collection[str], seen: Mapping[str, int], at: datetime
) -> Review:
    """Put fields of an accepted submission into the register. Raises CannotReview and what the register refuses."""
    if review.state != "accepted" or review.applied is not None:
        raise CannotReview(_("Only what was accepted goes into the register, and once."))
    found = findings_of(review)
    with act(actor, "fieldwork.submission_applied", at=at) as entry:
        address, proposal = address_of(review, found)
        if address is None and proposal is None:
            raise CannotReview(meeting_of(review).hindrance or _("There is nothing in it for the register."))
        if proposal:
            made = apply_change(actor, proposal=proposal, take=SUBJECTS["address"], at=at)
            address = made if isinstance(made, Address) else None
        for each in proposals_at(review, found, address):
            mine = [name.partition(".")[2] for name in take if name.startswith(f"{each.subject}.")]
            if mine:
                kept = {name: value for name, value in each.fields.items() if name in (*mine, "address")}
                apply_change(actor, proposal=_with(each, kept), take=mine, seen=seen.get(each.subject), at=at)
        review.applied, review.hindered = sorted(take), ""
        review.save(update_fields=["applied", "hindered"])
        entry.about(review.submission, fields=review.applied, answers=len(review.applied))
    return review


def _with(proposal: Proposal, fields: Fields) -> Proposal:
    return Proposal(proposal.subject, fields, proposal.source, proposal.record, proposal.base)


def apply_by_rule(actor: Actor, *, review: Review, at: datetime) -> Review:
    """Put all that a submission accepted by rule says into the register; once, and where it is hindered, say why."""
    if review.state != "accepted" or review.applied is not None or review.hindered:
        return review
    meeting = meeting_of(review)
    take = [f"{change.proposal.subject}.{each.field}" for change in meeting.changes for each in change.differences]
    hindrance = meeting.hindrance
    if take and not hindrance:
        try:
            return apply_submission(actor, review=review, take=take, seen={}, at=at)
        except Refused as refused:  # its act is undone; why is kept, so that somebody looks
            hindrance = refused.sentence
    if hindrance:
        with act(actor, "fieldwork.register_hindered", at=at) as entry:
            review.applied, review.hindered = None, hindrance[:300]
            review.save(update_fields=["hindered"])
            entry.about(review.submission, form=review.form_id).keep_private(why=review.hindered)
    return review
