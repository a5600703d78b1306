"""What happened here: who may follow a record, what the page tells, and the proof of an entry as a file."""

from datetime import timedelta

import pytest
from staff_for_tests import acting

from maplebridge.journal.act import act
from maplebridge.journal.checkpoints import verifier_key
from maplebridge.journal.proofs import check_proof
from maplebridge.journal.queries import last_position
from maplebridge.kernel import clock
from maplebridge.people.actions import enrol_user
from maplebridge.people.models import User
from maplebridge.site.record_pages import PAGE_SIZE

pytestmark = pytest.mark.django_db(transaction=True)


def note(machine, at, *, subject="thing:1", case="", **private) -> int:
    with act(machine, "things.noted", at=at) as entry:
        entry.about(subject, case=case).keep_private(**private)
    return last_position()


@pytest.mark.parametrize(("role", "name", "status"), [
    ("auditor", "thing:1", 200),
    ("chief", "thing:1", 200),
    ("dispatcher", "thing:1", 403),
    ("dispatcher", "unit:1", 200),
    ("dispatcher", "incident:999999", 403),
    ("call_taker", "report:1", 403),
    ("post_officer", "user:999999", 403),
])  # fmt: skip
def test_a_record_is_for_readers_of_the_journal_and_for_whoever_may_see_it(signed_in, role, name, status):
    assert signed_in(role).get(f"/record/{name}").status_code == status


def test_everyone_may_read_what_happened_to_their_own_account_but_not_the_names_of_others(signed_in, machine, noon):
    client = signed_in("call_taker")
    me = User.objects.get(username="call_taker")
    other = enrol_user(machine, username="o", display_name="Other One", role="chief", password=None, at=noon)
    note(acting(other), noon, subject=f"user:{me.pk}")
    page = client.get(f"/record/user:{me.pk}")
    assert page.status_code == 200
    assert "Other One" not in page.content.decode()
    assert "a member of staff" in page.content.decode()


def test_nobody_signed_in_is_led_to_the_sign_in(client):
    assert client.get("/record/incident:1").headers["Location"] == "/sign-in?next=/record/incident%3A1"
    assert client.get("/journal/1/proof").headers["Location"] == "/sign-in?next=/journal/1/proof"


def test_entries_stand_oldest_first_with_those_of_the_case_and_without_private_text(auditor, machine, noon):
    first = note(machine, noon, secret="the caller's words")
    second = note(machine, noon, subject="other:4", case="thing:1")
    note(machine, noon, subject="other:5")
    page = auditor.get("/record/thing:1")
    assert [line.entry.position for line in page.context["lines"]] == [first, second]
    assert "the caller" not in page.content.decode()


def test_a_look_at_several_records_is_told_at_each_of_them(auditor, machine, noon):
    with act(machine, "journal.consulted", at=noon) as entry:
        entry.processed("consulted", records=["report:1", "report:2"], classes=["contact"], outcome="denied")
    for name in ("report:1", "report:2"):
        (line,) = auditor.get(f"/record/{name}").context["lines"]
        assert line.denied


def test_an_entry_made_later_is_marked(auditor, machine):
    note(machine, clock.now() - timedelta(hours=3))
    (line,) = auditor.get("/record/thing:1").context["lines"]
    assert line.late


def test_a_long_history_goes_on_at_the_next_page(auditor, machine, noon):
    with act(machine, "things.begun", at=noon) as entry:
        entry.about("thing:1")
        for _number in range(PAGE_SIZE + 1):
            entry.another()
    page = auditor.get("/record/thing:1")
    rest = auditor.get("/record/thing:1" + page.context["more"])
    assert len(page.context["lines"]) == PAGE_SIZE
    assert len(rest.context["lines"]) == 2


def test_the_proof_of_an_entry_holds_with_the_journals_key_alone(auditor, machine, noon):
    position = note(machine, noon)
    answer = auditor.get(f"/journal/{position}/proof")
    assert answer.headers["Content-Disposition"].endswith(f'"entry-{position}.tlog-proof"')
    assert check_proof(answer.content.decode(), [verifier_key()]).position == position


def test_a_proof_is_for_whoever_may_see_the_record(signed_in, machine, noon):
    client = signed_in("dispatcher")
    hidden, seen = note(machine, noon), note(machine, noon, subject="unit:1")
    assert client.get(f"/journal/{hidden}/proof").status_code == 403
    assert client.get(f"/journal/{seen}/proof").status_code == 200


@pytest.mark.parametrize("path", [
    "/record/incident:٣", "/record/incident:99999999999999999999999999", "/record/user:" + "9" * 40,
    "/record/<script>alert(1)</script>", "/record/thing:1?after=-1", "/record/thing:1?after=" + "9" * 40,
    "/record/" + "x" * 3000, "/record/%00",
])  # fmt: skip
def test_hostile_addresses_are_answered_with_a_page(auditor, path):
    page = auditor.get(path)
    assert page.status_code in {200, 404}
    assert "<script>alert" not in page.content.decode()


def test_the_proof_of_an_entry_that_is_not_there_is_not_found(auditor):
    assert auditor.get("/journal/99999999999999999999/proof").status_code == 404
