"""The pages of review, ledger and appraisal: what is shown, what is refused, what is journaled."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook
from work_for_tests import BOX, fresh, make_village, sent, settle_ledger

from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Deduction, FormHandling, LedgerLine, Scheme, StipendSheet, Task
from maplebridge.fieldwork.rules.appraisal import period_of
from maplebridge.fieldwork.toml_text import toml_of
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people.models import User
from maplebridge.places.models import Area
from maplebridge.places.register.models import Premise

pytestmark = pytest.mark.django_db
REASON = "The number on the door is missing."


@pytest.fixture
def village(machine, forms):
    """The people of a village by the real clock, which the pages read; the scheme holds since long ago."""
    at = clock.now() - timedelta(days=70)
    who = make_village(machine, at)[1]
    actions.install_schemes(machine, at=at)
    return who


def browser(name):
    client = Client()
    client.force_login(User.objects.get(username=name), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def yesterday():
    return clock.now() - timedelta(days=1)


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def test_a_reviewer_reads_answers_in_words_and_accepts_what_is_ticked(village):
    review = sent(village["one"], clock.now(), filled=yesterday(), photo="1.jpg")
    auxiliary = browser("auxiliary")
    assert "1 submission waits" in text(auxiliary.get("/workbook/review"))
    page = text(auxiliary.get(f"/workbook/review/{review.pk}"))
    for words in ("Number of residents", "Bad wiring", "Maple Lane 7", "one of the first of a new worker"):
        assert words in page
    assert Entry.objects.filter(verb="fieldwork.review_opened").count() == 1
    photo = auxiliary.get(f"/workbook/review/{review.pk}/files/1.jpg")
    assert photo.status_code == 200
    assert Entry.objects.filter(verb="journal.consulted").count() == 1
    done = auxiliary.post(
        f"/workbook/review/{review.pk}/decide",
        {"what": "accept", "take": ["premise.use", "premise.residents"], "seen-premise": "0"},
    )
    assert done["Location"] == "/workbook/review"
    assert Premise.objects.get().residents == 3
    assert fresh(review).state == "accepted"


def test_the_answers_are_in_chinese_for_a_chinese_reader(village):
    review = sent(village["one"], clock.now())
    client = browser("auxiliary")
    client.cookies["django_language"] = "zh-hans"
    page = text(client.get(f"/workbook/review/{review.pk}"))
    assert "居住人数" in page
    assert "电线老化" in page


def test_what_is_returned_is_on_the_workers_page_with_the_way_to_correct_it(village):
    review = sent(village["one"], clock.now())
    browser("auxiliary").post(f"/workbook/review/{review.pk}/decide", {"what": "return", "reason": REASON})
    page = text(browser("one").get("/workbook"))
    assert REASON in page
    assert f"?edit={review.submission.instance_id.replace(':', '%3A')}" in page
    assert Task.objects.get().state == "returned"


def test_a_refusal_is_a_message_on_the_same_page(village):
    review = sent(village["one"], clock.now())
    client = browser("auxiliary")
    response = client.post(f"/workbook/review/{review.pk}/decide", {"what": "return", "reason": ""}, follow=True)
    assert response.redirect_chain[0][0] == f"/workbook/review/{review.pk}"
    assert "Say why in a sentence" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("one", "/workbook/review", 403),
        ("one", "/workbook/ledger", 403),
        ("one", "/workbook/sheets", 403),
        ("auxiliary", "/workbook/sheets", 403),
        ("auxiliary", "/workbook/review/rules", 403),
        ("one", "/workbook", 200),
        ("one", "/workbook/schemes", 200),
        ("officer", "/workbook/sheets", 200),
        ("officer", "/workbook/deductions", 200),
    ],
)
def test_each_page_is_for_whom_it_is(name, path, status, village):
    assert browser(name).get(path).status_code == status


def test_a_submission_elsewhere_is_not_even_there(village, machine):
    from maplebridge.people.actions import enrol_user

    Area.objects.create(code="X", name="X", path="/X/", **BOX)
    enrol_user(machine, username="far", display_name="far", role="auxiliary", area_code="X",
               password="Bamboo bridge 7", at=clock.now())  # fmt: skip
    review = sent(village["one"], clock.now())
    assert browser("far").get(f"/workbook/review/{review.pk}").status_code == 404


def test_a_worker_sees_how_each_figure_came_about_and_the_entry_behind_it(village):
    actions.accept_submission(village["auxiliary"], review=sent(village["one"], clock.now()), at=clock.now())
    settle_ledger()
    line = LedgerLine.objects.get(kind="form")
    client = browser("one")
    page = text(client.get("/workbook"))
    assert "1 accepted × 1" in page
    assert f"/workbook/entries/{line.position}" in page
    assert Entry.objects.get(position=line.position).leaf.hex() in text(
        client.get(f"/workbook/entries/{line.position}")
    )
    assert browser("two").get(f"/workbook/entries/{line.position}").status_code == 404
    officer = browser("officer")
    assert "Days at work" in text(officer.get("/workbook/ledger"))
    assert "Ledger of one" in text(officer.get(f"/workbook/ledger?user={line.user_id}"))
    assert "2026-05-04" in text(officer.get("/workbook/ledger?since=yesterday"))


def test_a_deduction_is_appealed_and_decided_by_another(village):
    today = clock.now().date().isoformat()
    form = {"worker": "one", "day": today, "points": "1.5", "reason": "Forms of three visits were copied."}
    assert browser("officer").post("/workbook/deductions", form)["Location"] == "/workbook/deductions"
    made = Deduction.objects.get()
    assert made.starts_on == period_of(clock.now().date(), "month")[0]
    browser("one").post("/workbook/appeal", {"deduction": made.pk, "words": "They are three doors of one house."})
    decision = {"deduction": made.pk, "what": "lift", "decision": "The doors are there."}
    assert browser("officer").post("/workbook/deductions/decide", decision).status_code == 403
    browser("second").post("/workbook/deductions/decide", decision)
    made.refresh_from_db()
    assert made.state == "lifted"


def test_two_approve_a_sheet_and_it_comes_out_as_a_spreadsheet_without_formulas(village):
    then = clock.now() - timedelta(days=32)
    actions.accept_submission(village["auxiliary"], review=sent(village["one"], then), at=then)
    settle_ledger()
    User.objects.filter(username="one").update(display_name='=HYPERLINK("http://x","one")')
    browser("officer").post("/workbook/sheets", {"area": "V", "day": then.date().isoformat()})
    sheet = StipendSheet.objects.get()
    for name in ("officer", "second"):
        client = browser(name)
        assert "Approve" in text(client.get(f"/workbook/sheets/{sheet.pk}"))
        client.post(f"/workbook/sheets/{sheet.pk}/approve", {"what": "approve", "digest": sheet.digest})
    sheet.refresh_from_db()
    assert sheet.state == "frozen"
    response = browser("officer").post(f"/workbook/sheets/{sheet.pk}/stipends.xlsx")
    book = load_workbook(io.BytesIO(response.content))
    page = book.worksheets[0]
    cells = {row[0].value: row for row in page.iter_rows(min_row=2)}
    name = cells['=HYPERLINK("http://x","one")'][0]
    assert (name.data_type, name.quotePrefix) == ("s", True)
    assert Decimal(str(cells["Sum"][3].value)) == sheet.total == Decimal("7.50")
    assert Entry.objects.filter(verb="fieldwork.sheet_exported", operation="disclosed").count() == 1


def test_a_new_version_of_a_scheme_is_written_as_text_and_published(village):
    officer, scheme = browser("officer"), Scheme.objects.get()
    rules = toml_of(scheme.rules).replace("cap = 40", "cap = 50", 1)
    officer.post("/workbook/schemes/change", {"code": "standard", "rules": rules})
    second = Scheme.objects.get(version=2)
    assert second.rules == {**scheme.rules, "items": second.rules["items"]}
    assert second.rules["items"][0]["cap"] == 50
    officer.post("/workbook/schemes/change", {"scheme": second.pk, "starts_on": ""})
    second.refresh_from_db()
    assert second.starts_on
    broken = officer.post("/workbook/schemes/change", {"code": "standard", "rules": "x = "}, follow=True)
    assert "no scheme of appraisal" in broken.content.decode()


def test_rules_of_review_are_set_and_bad_figures_told(village):
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import system

    enrol_user(system("test"), username="chief", display_name="chief", role="chief", password="Bamboo bridge 7",
               at=clock.now())  # fmt: skip
    client = browser("chief")
    client.post("/workbook/review/rules", {"form": "visit", "percent": "25", "new": "3"})
    row = FormHandling.objects.get()
    assert (row.rules["share"], row.rules["new"]) == (0.25, 3)
    assert row.rules["register"]["address"] == "place/address"
    told = client.post("/workbook/review/rules", {"form": "visit", "percent": "101", "new": "3"}, follow=True)
    assert "0 to 100 %" in told.content.decode()
