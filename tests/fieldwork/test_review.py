"""A submission is screened, then accepted by rule or looked at: returned, refused or accepted by another."""

import pytest
from work_for_tests import fresh, make_village, sent

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Form, Review, Submission, Task
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, NotAllowed

pytestmark = pytest.mark.django_db
REASON = "The number on the door is missing."


@pytest.fixture
def who(machine, noon, forms):
    return make_village(machine, noon)[1]


def rules(machine, noon, **table):
    actions.set_handling(machine, form=Form.objects.get(code="visit"), rules_of_review=table, at=noon)


def test_what_no_rule_asks_for_is_accepted_by_an_entry_that_says_so(who, machine, noon):
    rules(machine, noon, share=0, new=0)
    review = sent(who["one"], noon)
    assert (review.state, review.why) == ("accepted", "")
    entry = Entry.objects.get(verb="fieldwork.submission_accepted")
    assert (entry.facts["by"], entry.facts["counts"], entry.facts["area"]) == ("rule", 1, "H1")
    assert entry.actor == "system:worker"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"share": 0, "new": 1}, "new_worker"),
        ({"share": 1, "new": 0}, "sample"),
        ({"share": 0, "new": 0, "flags": {"hazards": ["wiring"]}}, "flagged"),
    ],
)
def test_a_rule_of_the_form_has_it_looked_at(table, why, who, machine, noon):
    rules(machine, noon, **table)
    review = sent(who["one"], noon)
    assert (review.state, review.why) == ("received", why)


def test_of_two_that_screen_at_once_the_quicker_counts(who, machine, noon):
    review = sent(who["one"], noon)
    slower = Submission.objects.get(pk=review.submission_id)
    slower._state.fields_cache["review"] = None  # it looked before the quicker had written
    assert actions.screen_submission(machine, submission=slower, at=noon) == review
    assert Entry.objects.filter(verb="fieldwork.submission_screened").count() == 1


@pytest.mark.parametrize(("form", "why"), [("shop", "new_worker"), ("visit", "")])
def test_a_worker_is_new_to_each_form_until_enough_of_it_was_accepted(form, why, who, machine, noon):
    rules(machine, noon, share=0, new=0)
    elsewhere = {"address_key": "", "lon": None, "lat": None}  # no twin
    Review.objects.filter(pk=sent(who["one"], noon).pk).update(form_id=form, **elsewhere)
    rules(machine, noon, share=0, new=1)
    assert sent(who["one"], noon).why == why


def test_screening_again_changes_nothing(who, machine, noon):
    review = sent(who["one"], noon)
    assert actions.screen_submission(machine, submission=review.submission, at=noon) == review
    assert Entry.objects.filter(verb="fieldwork.submission_screened").count() == 1


def test_two_visits_at_one_door_in_a_week_are_told_and_both_kept(who, machine, noon):
    rules(machine, noon, share=0, new=0)
    first, second = sent(who["one"], noon), sent(who["two"], noon)
    assert (first.flags, second.flags) == ([], ["twin"])
    assert (first.state, second.state) == ("accepted", "received")


def test_the_village_decides_on_its_hamlets_and_nobody_on_their_own(who, noon):
    own, below = sent(who["auxiliary"], noon), sent(who["one"], noon)
    assert list(Review.objects.all().waiting_for(who["auxiliary"])) == [below]
    assert set(Review.objects.all().waiting_for(who["officer"])) == {own, below}
    assert list(Review.objects.all().waiting_for(who["one"])) == []
    with pytest.raises(NotAllowed):
        actions.accept_submission(who["auxiliary"], review=own, at=noon)
    with pytest.raises(NotAllowed):
        actions.open_review(who["two"], review=below, at=noon)


def test_opening_is_a_look_that_the_journal_keeps(who, noon):
    review = sent(who["one"], noon)
    actions.open_review(who["auxiliary"], review=review, at=noon)
    entry = Entry.objects.get(verb="fieldwork.review_opened")
    assert (entry.operation, entry.subject) == ("consulted", f"submission:{review.submission_id}")
    assert fresh(review).state == "in_review"


def test_what_is_returned_is_a_task_with_the_words_and_comes_back_by_an_edit(who, noon):
    review = sent(who["one"], noon)
    actions.return_submission(who["auxiliary"], review=review, reason=REASON, at=noon)
    task = Task.objects.get()
    assert (task.user_id, task.state, task.reason) == (who["one"].user_id, "returned", REASON)
    assert fresh(review).submission.task == task
    edit = sent(who["one"], noon, deprecated=review.submission.instance_id)
    assert (fresh(review).state, edit.state) == ("replaced", "received")
    task.refresh_from_db()
    assert task.state == "delivered"
    actions.accept_submission(who["auxiliary"], review=edit, at=noon)
    task.refresh_from_db()
    assert task.state == "settled"


def test_a_returned_submission_of_a_task_returns_that_task(who, machine, noon):
    from maplebridge.places.models import Area

    whose = actions.Whose(Area.objects.get(code="H1"), role="hamlet_assistant")
    task = actions.give_task(who["auxiliary"], title="Visit the mill", whose=whose, at=noon)
    review = sent(who["one"], noon, inside=f"<task>{task.pk}</task>")
    actions.return_submission(who["auxiliary"], review=review, reason=REASON, at=noon)
    task.refresh_from_db()
    assert (task.state, Task.objects.count()) == ("returned", 1)


def test_what_changes_an_accepted_one_is_looked_at_and_counts_no_second_time(who, machine, noon):
    rules(machine, noon, share=0, new=0)
    first = sent(who["one"], noon)
    edit = sent(who["one"], noon, deprecated=first.submission.instance_id, residents=4)
    assert "edit" in edit.flags
    assert fresh(first).state == "accepted"
    actions.accept_submission(who["auxiliary"], review=edit, at=noon)
    assert [e.facts["counts"] for e in Entry.objects.filter(verb="fieldwork.submission_accepted")] == [1, 0]


def test_what_is_decided_stays_decided(who, noon):
    review = sent(who["one"], noon)
    actions.refuse_submission(who["auxiliary"], review=review, reason=REASON, at=noon)
    for act in (
        actions.accept_submission,
        lambda actor, **more: actions.return_submission(actor, reason=REASON, **more),
    ):
        with pytest.raises(actions.CannotReview):
            act(who["auxiliary"], review=review, at=noon)


def test_a_reason_is_words(who, noon):
    review = sent(who["one"], noon)
    with pytest.raises(BadInput):
        actions.return_submission(who["auxiliary"], review=review, reason=" ", at=noon)
    assert fresh(review).state == "received"


def test_files_that_are_missing_hold_the_review_up(who, machine, noon):
    from phone_for_tests import record

    from maplebridge.people.models import User

    xml, _id = record(photo="1.jpg")
    user = User.objects.get(username="one")
    done = actions.receive_submission(who["one"], user=user, xml=xml, files={}, at=noon)
    assert actions.screen_submission(machine, submission=done.submission, at=noon) is None


def test_rules_of_review_that_cannot_be_are_refused(machine, forms, noon):
    with pytest.raises(BadInput):
        rules(machine, noon, share=2)
