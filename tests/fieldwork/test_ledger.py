"""The ledger is what the journal says: the same when made anew, its sums those of the accepted entries."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from work_for_tests import make_village, sent, settle_ledger

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import LedgerLine, Review
from maplebridge.fieldwork.rules.ledger import ACCEPTED, RETURNED, SETTLED, lines_of
from maplebridge.journal.models import Entry

REASON = "The number on the door is missing."
WORK = {"user": "user:7", "form": "visit", "area": "H1", "area_path": "/T/V/H1/", "day": "2026-05-03", "counts": 1}


@pytest.mark.parametrize(
    ("verb", "actor", "facts", "expected"),
    [
        (ACCEPTED, "system:worker", WORK, [(7, "2026-05-03", "form", 1)]),
        (ACCEPTED, "user:9", WORK, [(7, "2026-05-03", "form", 1), (9, "2026-05-04", "review", 1)]),
        (ACCEPTED, "system:worker", {**WORK, "counts": 0}, [(7, "2026-05-03", "form", 0)]),
        (RETURNED, "user:9", WORK, [(9, "2026-05-04", "review", 1)]),
        (SETTLED, "user:9", WORK, [(7, "2026-05-04", "task", 1)]),
        (SETTLED, "user:9", {**WORK, "user": None}, []),
        ("fieldwork.task_given", "user:9", WORK, []),
    ],
)
def test_an_entry_counts_for_whoever_worked_on_the_day_of_the_work(verb, actor, facts, expected, noon):
    lines = lines_of(verb, actor=actor, at=noon, facts=facts, zone=ZoneInfo("Asia/Shanghai"))
    assert [(line.user, line.day.isoformat(), line.kind, line.quantity) for line in lines] == expected


def test_a_day_is_one_of_the_city_not_of_greenwich(noon):
    late = noon.replace(hour=20)
    line = lines_of(RETURNED, actor="user:9", at=late, facts=WORK, zone=ZoneInfo("Asia/Shanghai"))[0]
    assert line.day.isoformat() == "2026-05-05"


@pytest.fixture
def who(machine, noon, forms):
    return make_village(machine, noon)[1]


STEPS = {
    "accept": lambda judge, review, at: actions.accept_submission(judge, review=review, at=at),
    "return": lambda judge, review, at: actions.return_submission(judge, review=review, reason=REASON, at=at),
    "refuse": lambda judge, review, at: actions.refuse_submission(judge, review=review, reason=REASON, at=at),
}


def rows():
    fields = ("position", "user_id", "day", "kind", "what", "subject", "area_code", "area_path", "quantity")
    return list(LedgerLine.objects.order_by("position", "kind", "user_id").values_list(*fields))


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["one", "two", "auxiliary"]), st.sampled_from([*STEPS, "edit"])), max_size=7))
def test_sums_are_those_of_accepted_entries_and_making_it_anew_changes_nothing(who, machine, noon, steps):
    for number, (worker, step) in enumerate(steps):
        at = noon + timedelta(days=number)
        before = Review.objects.filter(submission__user_id=who[worker].user_id, submission__replaced_by=None).last()
        if step == "edit" and before:
            sent(who[worker], at, deprecated=before.submission.instance_id)
        elif step in STEPS:
            review = sent(who[worker], at)
            STEPS[step](who["officer"], review, at)
    settle_ledger()
    accepted = Entry.objects.filter(verb=ACCEPTED)
    forms = LedgerLine.objects.filter(kind="form")
    assert sum(line.quantity for line in forms) == sum(entry.facts["counts"] for entry in accepted)
    for name in ("one", "two", "auxiliary"):
        ref = f"user:{who[name].user_id}"
        own = [entry.facts["counts"] for entry in accepted if entry.facts["user"] == ref]
        assert sum(line.quantity for line in forms.filter(user_id=who[name].user_id)) == sum(own)
    first = rows()
    assert actions.rebuild_ledger(machine, at=noon) == len(first)
    assert rows() == first


@pytest.mark.django_db
def test_one_sees_the_own_ledger_and_that_of_the_areas_below(who, noon):
    for name in ("one", "two"):
        actions.accept_submission(who["auxiliary"], review=sent(who[name], noon), at=noon)
    settle_ledger()

    def seen(name):
        return set(LedgerLine.objects.all().visible_to(who[name]).values_list("user_id", "kind"))

    one, two, aux = (who[name].user_id for name in ("one", "two", "auxiliary"))
    assert seen("one") == {(one, "form")}
    assert seen("auxiliary") == seen("officer") == {(one, "form"), (two, "form"), (aux, "review")}


@pytest.mark.django_db
def test_the_command_makes_it_anew_and_says_how_much(who, noon, capsys):
    from maplebridge.site.cli import main

    actions.accept_submission(who["auxiliary"], review=sent(who["one"], noon), at=noon)
    assert main(["ledger", "rebuild"]) == 0
    assert "2 lines" in capsys.readouterr().out
