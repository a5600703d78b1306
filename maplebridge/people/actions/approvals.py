"""Writes about what needs two people: one asks, another decides, and it is used once."""

from datetime import datetime

from django.utils.translation import gettext as _

from maplebridge.journal.act import act
from maplebridge.journal.erasing import erase_private
from maplebridge.journal.models import Private
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import BadInput, NotAllowed, Refused
from maplebridge.kernel.text import storable
from maplebridge.people.actions.grants import checked_reason
from maplebridge.people.actor import Actor
from maplebridge.people.models import NAMES_KEPT, Approval, User
from maplebridge.people.rules import APPROVAL_LASTS


class CannotDecideTwice(Refused):
    """The approval was decided already, or has lapsed."""


class CannotProceed(Refused):
    """There is no approval that covers this, or it was used."""


def ask_approval(
    actor: Actor, *, user: User, kind: str, subject: str, reason: str, recipient: str = "", at: datetime
) -> Approval:
    """Ask another person to approve a disclosure or an erasure of a record ("incident:7"). Raises BadInput."""
    actor.must("approvals.ask")
    reason, recipient = checked_reason(reason), storable(recipient).strip()[:200]
    if kind not in dict(Approval.KINDS):
        raise BadInput("kind", _("Choose a disclosure or an erasure."))
    if kind == "disclosure" and len(recipient) < 3:
        raise BadInput("recipient", _("Say who is to receive it: an office and a person."))
    with act(actor, "people.approval_asked", at=at) as entry:
        approval = Approval.objects.create(
            kind=kind, subject=subject, reason=reason, recipient=recipient,
            asked_by=user, asked_at=at, expires_at=at + APPROVAL_LASTS,
        )  # fmt: skip
        entry.about(approval, case=subject, kind=kind, expires_at=stamp(approval.expires_at))
        entry.keep_private(reason=reason, recipient=recipient)
    return approval


def decide_approval(
    actor: Actor, *, approval: Approval, user: User, approved: bool, words: str = "", at: datetime
) -> Approval:
    """Approve or refuse what another asked for. Raises NotAllowed for one's own request, and CannotDecideTwice."""
    actor.must("approvals.decide")
    if approval.asked_by_id == user.pk:
        raise NotAllowed(_("You asked for this yourself; a second person decides."))
    if not approved:
        words = checked_reason(words, field="words")
    with act(actor, "people.approval_decided", at=at) as entry:
        fresh = Approval.objects.select_for_update().get(pk=approval.pk)
        if fresh.decided_at or fresh.expires_at <= at:
            raise CannotDecideTwice(_("This was decided already, or has lapsed. Load the page again."))
        fresh.decided_by, fresh.decided_at, fresh.approved, fresh.words = user, at, approved, words[:300]
        fresh.save(update_fields=["decided_by", "decided_at", "approved", "words"])
        entry.about(fresh, case=fresh.subject, kind=fresh.kind, approved=approved).keep_private(words=words[:300])
    return fresh


def erase_old_approvals(actor: Actor, *, at: datetime) -> int:
    """Erase the words of requests that lapsed `NAMES_KEPT` ago, in table and journal; return how many.

    Who asked, who decided and what it was about stay.
    """
    actor.must("people.manage")
    old = list(Approval.objects.filter(expires_at__lte=at - NAMES_KEPT).exclude(reason="")[:200])
    if not old:
        return 0
    with act(actor, "people.approvals_erased", at=at) as entry:
        entry.about("approval:*", approvals=len(old)).processed("erased", records=old, classes=["narrative", "contact"])
        parts = Private.objects.filter(entry__subject__in=[f"approval:{each.pk}" for each in old])
        erase_private(entry, parts.values_list("entry_id", "name"))
        Approval.objects.filter(pk__in=[each.pk for each in old]).update(reason="", recipient="", words="")
    return len(old)


def use_approval(actor: Actor, *, approval: Approval, kind: str, subject: str, at: datetime) -> Approval:
    """Use an approval up, inside the act that it allows. Raises CannotProceed where it does not cover that act.

    Whoever asked carries it out: two people are then named for each disclosure and each erasure.
    """
    fresh = Approval.objects.select_for_update().get(pk=approval.pk)
    if (fresh.kind, fresh.subject) != (kind, subject) or not fresh.approved:
        raise CannotProceed(_("A second person has not approved this. Ask for approval first."))
    if fresh.used_at or fresh.expires_at <= at:
        raise CannotProceed(_("This approval was used already, or has lapsed. Ask again."))
    if fresh.asked_by_id != actor.user_id:
        raise CannotProceed(_("Only the person who asked for this approval may use it."))
    with act(actor, "people.approval_used", at=at) as entry:
        fresh.used_at = at
        fresh.save(update_fields=["used_at"])
        entry.about(fresh, case=subject, kind=kind)
    return fresh
