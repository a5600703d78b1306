"""The auditor's journal: who may read it, how it is searched, what a look at private text leaves behind."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from maplebridge.journal.act import act
from maplebridge.journal.models import Entry, Private
from maplebridge.journal.queries import last_position
from maplebridge.places.models import City
from maplebridge.places.queries import reload
from maplebridge.site.journal_pages import PAGE_SIZE
from maplebridge.site.sentences import in_words

pytestmark = pytest.mark.django_db(transaction=True)


def note(machine, at, *, subject="thing:1", case="", verb="things.noted", **private) -> int:
    with act(machine, verb, at=at) as entry:
        entry.about(subject, case=case, colour="red").keep_private(**private)
    return last_position()


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("chief", 200), ("dispatcher", 403),
                                              ("post_officer", 403), ("call_taker", 403)])  # fmt: skip
def test_only_roles_with_the_permission_read_the_journal(signed_in, role, status):
    client = signed_in(role)
    assert client.get("/journal").status_code == status
    assert client.get("/journal/1").status_code == status
    assert client.post("/journal/verify").status_code == status
    answer = client.post("/journal/1/consult", {"reason": "checking a complaint"})
    assert answer.status_code == status


def test_nobody_signed_in_is_led_to_the_sign_in(client):
    for path in ("/journal", "/journal/1"):
        assert client.get(path).headers["Location"] == f"/sign-in?next={path}"
    assert client.post("/journal/verify").status_code == 302
    assert client.post("/journal/1/consult").status_code == 302


def test_pages_tell_the_time_by_the_clocks_of_the_city(auditor, machine, noon):
    note(machine, noon)
    City.objects.create(name="T", time_zone="Asia/Shanghai", west=1, south=1, east=2, north=2, edition="test")
    reload()
    page = auditor.get("/journal").content.decode()
    assert "Times in Asia/Shanghai." in page
    assert f"{noon.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M:%S}" in page
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE


def test_entries_stand_newest_first_with_a_sentence_and_the_name_of_the_actor(auditor, machine, noon):
    note(machine, noon)
    rows = auditor.get("/journal").context["rows"]
    assert [row["entry"].position for row in rows] == [3, 2, 1]
    assert rows[1]["sentence"] == "Role given: auditor, for everywhere."
    assert rows[2]["sentence"] == "Account set up or changed; role: auditor."
    assert rows[0]["sentence"] == "noted"
    assert rows[0]["who"] == "system:test"


def test_filters_go_by_subject_or_case_verb_actor_and_time(auditor, machine, noon):
    one = note(machine, noon, subject="incident:7")
    two = note(machine, noon + timedelta(hours=1), subject="unit:3", case="incident:7", verb="dispatch.tried")

    def found(query: str) -> list[int]:
        return [row["entry"].position for row in auditor.get(f"/journal?{query}").context["rows"]]

    assert found("subject=incident:7") == [two, one]
    assert found("verb=dispatch.") == [two]
    assert found("verb=dispatch.tried&subject=unit:3") == [two]
    assert found("actor=system:test&since=2026-05-04&until=2026-05-04") == [two, one]
    assert found("until=2026-05-04T12:30:00%2B00:00") == [one]
    assert found("subject=incident:8") == []


def test_a_time_that_is_none_is_refused_where_it_was_typed(auditor):
    answer = auditor.get("/journal?since=the+other+day")
    assert answer.status_code == 200
    assert "Write the time as" in answer.content.decode()
    assert "Write the time as" in auditor.get("/journal?since=2026-13-45").content.decode()


def test_pages_follow_each_other_by_position_without_gap_or_double(auditor, machine, noon):
    for _entry in range(PAGE_SIZE + 5):
        note(machine, noon)
    first = auditor.get("/journal")
    second = auditor.get("/journal" + first.context["more"])
    seen = [row["entry"].position for page in (first, second) for row in page.context["rows"]]
    assert seen == list(range(last_position(), 0, -1))
    assert second.context["more"] == ""


def test_an_empty_answer_says_what_to_do(auditor):
    assert "Take a filter away" in auditor.get("/journal?verb=nothing.").content.decode()


def test_private_text_is_neither_in_the_list_nor_on_the_entrys_page(auditor, machine, noon):
    position = note(machine, noon, words="the secret garden")
    assert "secret garden" not in auditor.get("/journal").content.decode()
    page = auditor.get(f"/journal/{position}").content.decode()
    assert "secret garden" not in page
    assert "Why you need to read it" in page


def test_reading_private_text_is_journaled_before_it_is_shown(auditor, machine, noon):
    position = note(machine, noon, case="incident:7", words="the secret garden")
    answer = auditor.post(f"/journal/{position}/consult", {"reason": "complaint 12 of May"})
    assert "the secret garden" in answer.content.decode()
    look = Entry.objects.get(verb="journal.consulted")
    assert (look.subject, look.case) == (f"entry:{position}", "incident:7")
    assert "complaint" not in look.body
    assert Private.objects.get(entry=look).content == "complaint 12 of May"
    assert f"Your look is entry {look.position}." in answer.content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_without_a_reason_nothing_is_shown_and_nothing_is_written(auditor, machine, noon, reason):
    position = note(machine, noon, words="the secret garden")
    before = last_position()
    answer = auditor.post(f"/journal/{position}/consult", {"reason": reason})
    assert answer.status_code == 422
    assert "secret garden" not in answer.content.decode()
    assert last_position() == before


def test_erased_text_is_said_to_be_erased(auditor, machine, noon):
    position = note(machine, noon, words="the secret garden")
    Private.objects.all().delete()
    assert "It has been erased." in auditor.get(f"/journal/{position}").content.decode()


def test_an_entry_that_is_not_there_is_refused_with_a_sentence(auditor):
    answer = auditor.get("/journal/4711")
    assert answer.status_code == 404
    assert "There is no entry 4711" in answer.content.decode()
    assert auditor.post("/journal/4711/consult", {"reason": "checking something"}).status_code == 404


def test_verifying_shows_the_root_or_the_first_fault(auditor, machine, noon):
    note(machine, noon)
    sound = auditor.post("/journal/verify")
    assert sound.context["verdict"].sound
    assert sound.context["verdict"].root in sound.content.decode()
    Entry.objects.filter(position=2).update(actor="user:999")
    broken = auditor.post("/journal/verify").content.decode()
    assert "Not sound" in broken
    assert "Entry 2 was changed" in broken


def test_a_damaged_entry_is_still_listed(auditor, machine, noon):
    position = note(machine, noon, verb="incidents.reported")
    Entry.objects.filter(position=position).update(body="{")
    assert auditor.get("/journal").context["rows"][0]["sentence"] == "reported"


def test_verbs_read_as_words():
    assert in_words("people.user_enrolled") == "user enrolled"
