"""The auditor's further pages: search by purpose and operation, export as an entry, patterns, a checkpoint."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from staff_for_tests import acting

from maplebridge.journal.act import act
from maplebridge.journal.models import Checkpoint, Entry
from maplebridge.journal.queries import verify
from maplebridge.journal.reads import record_consulted
from maplebridge.kernel import clock
from maplebridge.people.actions import enlist_unit, open_shift
from maplebridge.people.actor import system

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatcher_user(enrolled):
    return enrolled("dispatcher")


def look(user, *, at, purpose="reading without a part in it", record="incident:7", **more):
    actor = acting(user)
    record_consulted(actor, records=[record], classes=["narrative"], purpose=purpose, at=at, **more)


def test_looks_are_found_by_operation_purpose_and_every_record_they_name(auditor, dispatcher_user):
    at = clock.now()
    record_consulted(
        acting(dispatcher_user), records=["incident:7", "report:9"], classes=["contact"], purpose="a theft", at=at
    )
    with act(system("test"), "test.happened", at=at) as entry:
        entry.about("incident:7")
    shown = {
        query: len(auditor.get(f"/journal?{query}").context["rows"])
        for query in ("operation=consulted", "operation=erased", "purpose=THEFT", "subject=report:9", "operation=x")
    }
    assert shown.pop("operation=x") == Entry.objects.count()
    assert shown == {"operation=consulted": 1, "operation=erased": 0, "purpose=THEFT": 1, "subject=report:9": 1}


def exported(auditor, form, query=""):
    answer = auditor.post(f"/journal/export{query}", {"recipient": "Court of appeal", "form": form})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return b"".join(answer.streaming_content).decode()


def test_an_export_holds_what_was_found_and_is_an_entry_with_its_recipient(auditor, dispatcher_user):
    look(dispatcher_user, at=clock.now())
    rows = list(csv.DictReader(io.StringIO(exported(auditor, "csv", "?operation=consulted").removeprefix("\ufeff"))))
    assert [row["subject"] for row in rows] == ["incident:7"]
    lines = [json.loads(line) for line in exported(auditor, "jsonl").splitlines()]
    assert len(lines) == Entry.objects.count() - 1 or len(lines) == Entry.objects.count()
    last = Entry.objects.filter(verb="journal.exported").last()
    assert (last.operation, last.private.get(name="recipient").content) == ("disclosed", "Court of appeal")
    assert verify().sound


def test_a_cell_never_begins_as_a_formula(auditor):
    with act(system("test"), "test.happened", at=clock.now(), purpose="=1+1") as entry:
        entry.about("thing:1")
    assert "'=1+1" in exported(auditor, "csv")


def test_an_export_without_a_recipient_is_refused_with_a_sentence_and_keeps_the_filters(auditor):
    answer = auditor.post("/journal/export?purpose=theft", {"recipient": " "}, follow=True)
    assert "for whom the export is" in answer.content.decode()
    assert answer.redirect_chain[0][0] == "/journal?purpose=theft"
    assert not Entry.objects.filter(verb="journal.exported").exists()


def test_patterns_show_what_is_worth_a_look_with_names_and_thresholds(auditor, dispatcher_user, machine):
    at = clock.now()
    unit = enlist_unit(machine, call_sign="M1", kind="motorbike", home=(24.95, 60.15), at=at)
    begin = at - timedelta(hours=8)
    open_shift(
        machine, unit=unit, crew=[dispatcher_user], starts_at=begin, ends_at=begin + timedelta(hours=1), at=begin
    )
    for number in range(20):
        look(dispatcher_user, at=at, record=f"incident:{number}")
    look(dispatcher_user, at=at, record=f"user:{dispatcher_user.pk}", purpose="handling the incident")
    page = auditor.get("/journal/patterns")
    assert {row["it"].rule for row in page.context["rows"]} == {"without_part", "own_record", "off_duty"}
    assert "The dispatcher" in page.content.decode()
    assert "20 or more looks" in page.content.decode()
    assert auditor.get("/journal/patterns?days=x").context["days"] == 30


def test_a_checkpoint_is_signed_at_a_press(auditor):
    answer = auditor.post("/journal/checkpoint/make", follow=True)
    assert Checkpoint.objects.get().size == Entry.objects.count()
    assert "Signed" in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/journal/patterns"), ("post", "/journal/export"), ("post", "/journal/checkpoint/make")],
)
def test_these_pages_are_for_readers_of_the_journal(dispatcher_user, method, path):
    client = Client()
    assert getattr(client, method)(path).status_code == 302
    client.force_login(dispatcher_user)
    assert getattr(client, method)(path, {"recipient": "somebody"}).status_code == 403
