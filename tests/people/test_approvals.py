"""What needs two people: asked by one, decided by another, used once, in time, by whoever asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from staff_for_tests import acting, make_staff

from maplebridge.journal.act import act
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.queries import verify
from maplebridge.kernel.refused import BadInput, NotAllowed
from maplebridge.people.actions import CannotDecideTwice, CannotProceed, ask_approval, decide_approval, use_approval
from maplebridge.people.models import NAMES_KEPT, Approval
from maplebridge.people.tasks import erase_ended

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "request of the prosecutor, file 12/26"


@pytest.fixture
def first(db):
    return make_staff("chief", username="first")


@pytest.fixture
def second(db):
    return make_staff("chief", username="second")


@pytest.fixture
def asked(first, noon):
    return ask_approval(acting(first), user=first, kind="disclosure", subject="incident:7", reason=WHY,
                        recipient="The prosecutor", at=noon)  # fmt: skip


def approve(user, approval, at, **more):
    return decide_approval(acting(user), approval=approval, user=user, **{"approved": True} | more, at=at)


def use(user, approval, at, kind="disclosure", subject="incident:7"):
    with act(acting(user), "incidents.disclosed", at=at) as entry:
        entry.about(subject)
        return use_approval(acting(user), approval=approval, kind=kind, subject=subject, at=at)


def test_two_people_and_the_recipient_stand_in_the_journal(asked, first, second, noon):
    approve(second, asked, noon)
    assert use(first, asked, noon).used_at == noon
    actors = {e.verb: e.actor for e in Entry.objects.filter(verb__startswith="people.approval")}
    assert actors == {
        "people.approval_asked": f"user:{first.pk}",
        "people.approval_decided": f"user:{second.pk}",
        "people.approval_used": f"user:{first.pk}",
    }
    assert all(entry.case == "incident:7" for entry in Entry.objects.filter(verb__startswith="people.approval"))
    assert Private.objects.get(name="recipient").content == "The prosecutor"


def test_nobody_approves_what_they_asked_for_themselves(asked, first, noon):
    with pytest.raises(NotAllowed, match="a second person"):
        approve(first, asked, noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(decided_by=first)


def test_a_refusal_says_why_and_ends_it(asked, first, second, noon):
    with pytest.raises(BadInput):
        approve(second, asked, noon, approved=False)
    approve(second, asked, noon, approved=False, words="no legal ground is given")
    with pytest.raises(CannotProceed, match="not approved"):
        use(first, asked, noon)
    with pytest.raises(CannotDecideTwice):
        approve(second, asked, noon)


@pytest.mark.parametrize("changes", [{"kind": "erasure"}, {"subject": "incident:8"}])
def test_an_approval_covers_one_act_on_one_record(asked, first, second, noon, changes):
    approve(second, asked, noon)
    with pytest.raises(CannotProceed):
        use(first, asked, noon, **changes)
    assert Approval.objects.get().used_at is None


def test_it_is_used_once_and_by_whoever_asked(asked, first, second, noon):
    approve(second, asked, noon)
    with pytest.raises(CannotProceed, match="Only the person who asked"):
        use(second, asked, noon)
    use(first, asked, noon)
    with pytest.raises(CannotProceed, match="used already"):
        use(first, asked, noon)


def test_it_lapses_after_a_week_decided_or_not(asked, first, second, noon):
    late = noon + timedelta(days=7)
    with pytest.raises(CannotDecideTwice):
        approve(second, asked, late)
    approve(second, asked, late - timedelta(seconds=1))
    with pytest.raises(CannotProceed, match="lapsed"):
        use(first, asked, late)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"kind": "gossip"}, "kind"), ({"reason": "please"}, "reason"), ({"recipient": ""}, "recipient")],
)
def test_a_request_that_makes_no_sense_is_refused_with_its_field(first, noon, changes, field):
    values = {"kind": "disclosure", "subject": "incident:7", "reason": WHY, "recipient": "The court"} | changes
    with pytest.raises(BadInput) as refused:
        ask_approval(acting(first), user=first, **values, at=noon)
    assert refused.value.field == field


def test_only_who_may_asks_and_decides(asked, noon):
    desk = make_staff("dispatcher")
    with pytest.raises(NotAllowed):
        ask_approval(acting(desk), user=desk, kind="erasure", subject="incident:7", reason=WHY, at=noon)
    with pytest.raises(NotAllowed):
        approve(desk, asked, noon)


def test_the_words_of_old_requests_are_erased_and_the_journal_stays_sound(asked, noon):
    erase_ended(noon + NAMES_KEPT)
    assert Approval.objects.get().reason == WHY
    erase_ended(noon + timedelta(days=7) + NAMES_KEPT)
    old = Approval.objects.get()
    assert (old.reason, old.recipient) == ("", "")
    assert not Private.objects.filter(entry__verb="people.approval_asked").exists()
    assert Entry.objects.get(verb="people.approvals_erased").operation == "erased"
    assert verify().sound
